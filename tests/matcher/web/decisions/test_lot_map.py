"""The map of an allotment: every lot inside its frame, no number over another, the same for the same lots."""

from dataclasses import replace
from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.decisions.allotment.answer import Allotted
from matcher.decisions.allotment.compute import Allotment, AllottedLot, LotSite, Reach
from matcher.web.decisions.lot_map import lot_map

NOBODY = Reach((), np.zeros((0, 0), dtype=bool), np.zeros(0, dtype=np.float32), np.zeros(0, dtype=np.float32))


def cut(places: list[tuple[float, float]]) -> Allotted:
    """One lot a site."""
    sites = tuple(LotSite(f"site {row}", at) for row, at in enumerate(places))
    lots = tuple(AllottedLot((row,), 1.0, 0.0, 0.0, enough=row % 2 == 0) for row in range(len(sites)))
    its = Allotment(lots, 0.0, 0.0, 1, exact=True)
    towns = tuple(site.label for site in sites)
    return Allotted("x", "", sites, towns, NOBODY, 1, its, {}, (), (), 0, (), 1, 0, date(2026, 11, 25))


PLACES = st.lists(
    st.tuples(st.floats(-21.4, 51.1, allow_nan=False), st.floats(-61.8, 55.8, allow_nan=False)), min_size=1, max_size=12
)


@settings(deadline=None, max_examples=40)
@given(PLACES)
def test_every_site_and_every_number_is_inside_the_frame(places: list[tuple[float, float]]) -> None:
    drawn = lot_map(cut(places))
    for lot in drawn.lots:
        for x, y in ((lot.x, lot.y), *lot.sites):
            assert 0 <= x <= drawn.width
            assert 0 <= y <= drawn.height
    assert [lot.number for lot in drawn.lots] == list(range(1, len(places) + 1))
    assert drawn.scale > 0


def test_numbers_of_one_place_stand_apart() -> None:
    lots = lot_map(cut([(50.28, 3.97)] * 5)).lots
    spots = [(lot.x, lot.y) for lot in lots]
    assert all((a - c) ** 2 + (b - d) ** 2 >= 21**2 for at, (a, b) in enumerate(spots) for c, d in spots[:at])


def test_north_is_up_east_is_right_and_the_scale_is_true() -> None:
    drawn = lot_map(cut([(50.0, 3.0), (50.9, 3.0), (50.0, 4.0)]))
    south, north, east = (lot.sites[0] for lot in drawn.lots)
    assert north[1] < south[1]
    assert east[0] > south[0]
    assert abs((south[1] - north[1]) / drawn.scale * drawn.scale_km - 100) < 2
    assert drawn.outlines


def test_the_same_lots_are_drawn_the_same() -> None:
    its = cut([(50.0, 3.0), (50.5, 3.2)])
    assert lot_map(its) == lot_map(replace(its))
