"""Both sides of a pair read the same of how far they are from each other."""

from dataclasses import replace

import pytest

from matcher.domain.french import typeset
from tests.matcher.club.day import BUYERS, frozen, full


@pytest.mark.parametrize(
    ("place", "words"), [("Nord", "dans le territoire (Nord)"), ("Maubeuge", "sur place (Maubeuge)")]
)
def test_both_sides_read_the_same_where_the_supplier_is_in_the_place_of_the_need(place: str, words: str) -> None:
    first = replace(BUYERS[0], place=place, needs=tuple(replace(need, place=place) for need in BUYERS[0].needs))
    day = frozen(full((first, *full().participants[1:])))
    (meeting,) = (one for one in day.bookings if (one.buyer, one.supplier) == (1, 4))
    assert typeset(f"il est {words}") in meeting.to_buyer
    assert typeset(f"vous êtes {words}") in meeting.to_supplier
