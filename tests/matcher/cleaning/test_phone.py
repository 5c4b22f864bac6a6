"""A number is read as people write it, and shown as it is dialled."""

import pytest

from matcher.cleaning.phone import PHONE_SEVERAL, PHONE_UNREADABLE, PHONE_ZERO_RESTORED, clean_phone, shown_phone


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


@pytest.mark.parametrize(
    ("raw", "value", "flag"),
    [
        ("01 23 45 67 89", "+33123456789", ""),
        ("+33123456789", "+33123456789", ""),
        ("01.23.45.67.89", "+33123456789", ""),
        ("123456789", "+33123456789", PHONE_ZERO_RESTORED),
        ("01 23 45 67 89 / 06 12 34 56 78", "+33123456789", PHONE_SEVERAL),
        ("0262 12 34 56", "+262262123456", ""),
        ("", None, ""),
        ("néant", None, ""),
        ("12 34", None, PHONE_UNREADABLE),
    ],
)
def test_phone(raw: str, value: str | None, flag: str) -> None:
    assert clean_phone(raw) == (value, flag)
