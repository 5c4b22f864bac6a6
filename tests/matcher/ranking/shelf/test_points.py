"""The points of a shelf: the sites of every supplier, and those of a few."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.place import Place
from matcher.domain.supplier import Supplier
from matcher.need.fields import need_from
from matcher.ranking.shelf.points import FAR_KM, PointsMaker, km_to_area
from matcher.ranking.shelf.sphere import Floats, commune_row, commune_rows, commune_vectors, kilometres, unit_vectors
from matcher.reading.reader import read
from matcher.reference.geography.communes import commune_arrays, quarters
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
    points = maker.make()
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
    points = maker.make()
    values = np.arange(len(points.commune), dtype=np.float32)
    expected = [max((float(values[point]) for point in points.of(row)), default=np.nan) for row in range(len(held))]
    np.testing.assert_array_equal(points.best(values), np.array(expected, dtype=np.float32))


AREAS = ("dep:62", "dep:75", "dep:13", "dep:2A", "dep:974", "reg:32", "epci:200043396")


def _area(code: str) -> Place:
    return read(need_from({"objet": "Nettoyage", "lieu": code}).lot).places[0]


def _each(area: Place, points: Floats, towns: list[int]) -> Floats:
    """The distance of each point, the points of a commune one after the other."""
    known, counts = np.unique(towns, return_counts=True)
    return km_to_area(area, points.T, known.astype(np.int32), np.concatenate(([0], np.cumsum(counts))))


def _exact(communes: tuple[str, ...], vector: Floats) -> float:
    rows = commune_rows(quarters(communes))
    centres = commune_vectors()[rows[rows >= 0]]
    return float(np.nanmin(kilometres(np.linalg.norm(centres - vector, axis=1))))


@pytest.mark.slow(reason="it measures to every commune of a territory, one by one")
@pytest.mark.parametrize("code", AREAS)
@given(rows=st.lists(st.integers(0, len(commune_arrays().codes) - 1), min_size=1, max_size=30, unique=True))
def test_as_far_as_the_nearest_commune_of_the_area(code: str, rows: list[int]) -> None:
    area = _area(code)
    towns = np.array(sorted(rows), dtype=np.int32)
    towns = towns[~np.isnan(commune_vectors()[towns]).any(axis=1)]
    vectors = commune_vectors()[towns]
    for town, vector, km in zip(towns, vectors, _each(area, vectors, towns.tolist()), strict=True):
        exact = (
            0.0
            if commune_arrays().codes[town] in (*area.communes, *quarters(area.communes))
            else _exact(area.communes, vector)
        )
        assert exact - 0.1 <= km <= exact + (0.1 if exact < FAR_KM else 0.03 * exact)


def test_a_point_of_no_known_commune_is_measured_where_it_stands() -> None:
    area = _area("dep:62")
    points = unit_vectors([50.29, 43.3], [2.78, 5.4])  # Arras, in the area; Marseille
    near, far = _each(area, points, [-1, -1])
    assert near == pytest.approx(_exact(area.communes, points[0]), abs=0.1)
    assert far == pytest.approx(_exact(area.communes, points[1]), abs=0.1)


def test_points_of_one_commune_near_the_area_are_not_all_as_far() -> None:
    area = _area("dep:62")
    lille = commune_row("59350")
    points = unit_vectors([50.62, 50.64], [2.98, 3.12])
    first, second = _each(area, points, [lille, lille])
    assert first == pytest.approx(_exact(area.communes, points[0]), abs=0.1)
    assert second == pytest.approx(_exact(area.communes, points[1]), abs=0.1)
    assert first < second


def test_a_territory_whose_communes_are_not_located_is_out_of_reach_from_elsewhere() -> None:
    area = _area("dep:987")
    assert np.isnan(commune_vectors()[commune_rows(area.communes)]).all()
    points = unit_vectors([50.29, -17.5], [2.78, -149.5])  # Arras; a site there whose commune is known
    inside, away = commune_row(area.communes[0]), commune_row("62041")
    order = sorted((away, inside))
    found = dict(zip(order, _each(area, points[[0, 1] if order[0] == away else [1, 0]], order).tolist(), strict=True))
    assert found == {inside: 0.0, away: float("inf")}
