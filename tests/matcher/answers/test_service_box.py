"""A fact holds the box of a place, of which every word is known, and never what may be a person’s."""

import pytest

from matcher.answers.service_box import is_service_box


@pytest.mark.parametrize(
    ("email", "may_leave"),
    [
        ("contact@atelier.example", True),
        ("accueil.saint-omer@atelier.example", True),
        ("contact-esat62@atelier.example", False),
        ("contact.esat.62@atelier.example", True),
        ("contact.tremplin@tremplin.example", True),
        ("contact.jean.dupont@atelier.example", False),
        ("direction.martin@atelier.example", False),
        ("contact.marie@atelier.example", False),
        ("lea@atelier.example", False),
        ("", False),
    ],
)
def test_every_word_of_a_box_that_leaves_is_known(email: str, may_leave: bool) -> None:
    assert is_service_box(email) is may_leave
