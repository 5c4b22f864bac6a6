"""A wide place is its people: who stands among most of them serves more of it."""

import numpy as np
import pytest

from matcher.domain.lot import Lot, RawPlace
from matcher.domain.place import Place
from matcher.ranking.shelf.sphere import commune_rows, unit_vectors
from matcher.ranking.shelf.spread import share_within, spread
from matcher.reading.reader import read

CHATEAUROUX, LE_BLANC, PARIS = "36044", "36018", "75056"


@pytest.fixture(scope="module")
def indre() -> Place:
    (place,) = read(Lot("Nettoyage", lieux=(RawPlace("dep:36"),))).places
    return place


def at(code: str, near: np.ndarray[tuple[int], np.dtype[np.float32]]) -> float:
    return float(near[commune_rows([code])[0]])


def test_the_town_most_people_live_in_is_served_best(indre: Place) -> None:
    near = spread(indre, 20.0)
    assert float(np.nanmax(near)) == pytest.approx(1.0)
    assert at(CHATEAUROUX, near) > 0.9
    assert 0.05 < at(LE_BLANC, near) < at(CHATEAUROUX, near)
    assert at(PARIS, near) < 0.01
    assert np.isnan(near[-1])


def test_the_longer_the_reach_the_less_the_middle_counts(indre: Place) -> None:
    assert at(LE_BLANC, spread(indre, 40.0)) > at(LE_BLANC, spread(indre, 20.0))


def test_the_share_of_people_within_reach(indre: Place) -> None:
    chateauroux = unit_vectors([46.8103], [1.6911])[0]
    near, all_of_it = share_within(indre, chateauroux, 30.0), share_within(indre, chateauroux, 200.0)
    assert 0.5 < near < 0.9
    assert all_of_it == pytest.approx(1.0, abs=1e-3)
    assert share_within(indre, chateauroux, 0.0) <= near


def test_a_place_without_people_says_nothing() -> None:
    nowhere = Place(type="departement", code="00", name="Nulle part", lat=None, lon=None, communes=("00000", "00001"))  # type: ignore[arg-type]
    assert np.isnan(spread(nowhere, 20.0)).all()
    assert np.isnan(share_within(nowhere, unit_vectors([46.0], [1.0])[0]))
