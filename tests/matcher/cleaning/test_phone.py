"""A number is shown as it is dialled."""

import pytest

from matcher.cleaning.phone import shown_phone


@pytest.mark.parametrize(
    ("cleaned", "shown"),
    [
        ("+33320000000", "03 20 00 00 00"),
        ("+262262000000", "+262 262 00 00 00"),
        ("", ""),
        ("demander à l’accueil", "demander à l’accueil"),
    ],
)
def test_a_number_is_shown_as_it_is_dialled(cleaned: str, shown: str) -> None:
    assert shown_phone(cleaned) == shown
