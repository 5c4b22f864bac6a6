"""An address is a place’s, or may be a person’s."""

import pytest

from importers.boxes import is_box


@pytest.mark.parametrize("email", ["contact@a.example", "accueil.arras@a.example", "ESAT-Lille@a.example"])
def test_the_box_of_a_place_is_told(email: str) -> None:
    assert is_box(email)


@pytest.mark.parametrize("email", ["lea.exemple@a.example", "lea@a.example", "l.contact@a.example"])
def test_a_box_that_may_be_a_persons_is_not(email: str) -> None:
    assert not is_box(email)
