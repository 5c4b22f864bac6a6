"""The points of a shelf: the sites of every supplier, and those of a few."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.supplier import Supplier
from matcher.ranking.shelf.points import PointsMaker
from tests.factories import DENAIN, LILLE, MARSEILLE, MAUBEUGE, supplier

TOWNS = (DENAIN, LILLE, MARSEILLE, MAUBEUGE)


def _supplier(rank: int, towns: list[int]) -> Supplier:
    sites = tuple(site for town in towns for site in supplier(f"S{rank}", at=TOWNS[town]).sites)
    return supplier(f"S{rank}", sites=sites)


@given(held=st.lists(st.lists(st.integers(0, 3), max_size=3), min_size=1, max_size=8), seed=st.integers(0, 99))
def test_the_sites_of_a_few_suppliers_are_theirs_and_nobody_else_s(held: list[list[int]], seed: int) -> None:
    maker = PointsMaker()
    for rank, towns in enumerate(held):
        maker.add(rank, _supplier(rank, towns))
    points = maker.made()
    rows = np.flatnonzero(np.random.default_rng(seed).integers(0, 2, len(held)))
    sites, owner = points.sites(rows)
    for place, row in enumerate(rows.tolist()):
        assert sorted(sites[owner == place].tolist()) == sorted(points.of(row).tolist())
    assert len(sites) == sum(len(held[row]) for row in rows.tolist())


@given(held=st.lists(st.lists(st.integers(0, 3), max_size=3), min_size=1, max_size=8))
def test_the_best_site_counts_and_who_has_none_is_unknown(held: list[list[int]]) -> None:
    maker = PointsMaker()
    for rank, towns in enumerate(held):
        maker.add(rank, _supplier(rank, towns))
    points = maker.made()
    values = np.arange(len(points.commune), dtype=np.float32)
    expected = [max((float(values[point]) for point in points.of(row)), default=np.nan) for row in range(len(held))]
    np.testing.assert_array_equal(points.best(values), np.array(expected, dtype=np.float32))
