"""Coverage of a wide place by its population: a supplier among most of a département's people serves more of it."""

from functools import lru_cache

import numpy as np

from matcher.domain.place import Place
from matcher.ranking.shelf.sphere import Floats, Rows, commune_rows, commune_vectors, kilometres
from matcher.reference.geography.communes import EARTH_RADIUS_KM, commune_arrays, quarters

# The people of a wide place are those of its most populous communes: they hold nearly all, and bound the work.
MOST_COMMUNES = 200
# Communes set against the people at a time: few enough to stay in the processor's own memory.
BLOCK = 1_000
# Farther than this many half-distances a closeness is under a hundredth.
FAR_HALVES = 7.0
# A drive that teams do daily: what is said of a supplier, in kilometres.
DAILY_KM = 30.0


@lru_cache(maxsize=256)
def spread(place: Place, half_km: float) -> Floats:
    """Return (communes + 1,) how near each commune of France is to the people of an area, 1 for the nearest of all.

    The mean over the area's people of 0.5 ** (km / half_km), relative to the commune that is best placed. In the order of
    `commune_arrays`; the last one, for a point of no known commune, is NaN.
    """
    towns, people = _people(place)
    near = np.full(len(commune_vectors()) + 1, np.nan, dtype=np.float32)
    if not len(towns):
        return near
    centres = commune_vectors()
    near[:-1] = 0.0
    around = _around(towns, FAR_HALVES * half_km)
    room = np.empty((min(BLOCK, len(around)), len(towns)), dtype=np.float32)
    for first in range(0, len(around), BLOCK):
        part = around[first : first + BLOCK]
        its = np.matmul(centres[part], towns.T, out=room[: len(part)])
        np.sqrt(np.maximum(np.subtract(2.0, np.multiply(its, 2.0, out=its), out=its), 0.0, out=its), out=its)
        its *= np.float32(-EARTH_RADIUS_KM / half_km)  # that near, the chord is the arc
        near[part] = np.exp2(its, out=its) @ people
    best = np.nanmax(near)
    near /= best if best > 0 else 1.0
    near.flags.writeable = False
    return near


def share_within(place: Place, vector: Floats, km: float = DAILY_KM) -> float:
    """Return the share, in [0, 1], of an area's people within `km` of a point given as a (3,) unit vector; NaN where unknown."""
    towns, people = _people(place)
    if not len(towns):
        return float("nan")
    chord = 2.0 * np.sin(min(km / EARTH_RADIUS_KM, np.pi) / 2.0)
    return float(people[((towns - vector) ** 2).sum(axis=1) <= chord * chord].sum())


@lru_cache(maxsize=256)
def _people(place: Place) -> tuple[Floats, Floats]:
    """The (m, 3) located communes of an area, most populous first, and the (m,) share of its people that each holds."""
    rows = commune_rows(quarters(place.communes))
    rows = rows[rows >= 0]
    rows = rows[~np.isnan(commune_vectors()[rows]).any(axis=1)]
    people = np.nan_to_num(commune_arrays().population[rows])
    kept = np.argsort(-people, kind="stable")[:MOST_COMMUNES]
    total = people[kept].sum()
    if not total:
        return commune_vectors()[:0], people[:0].astype(np.float32)
    return commune_vectors()[rows[kept]], (people[kept] / total).astype(np.float32)


def _around(centres: Floats, km: float) -> Rows:
    """The communes within `km` of the middle of `centres`, stretched by how far these lie from it."""
    vectors = commune_vectors()
    middle = centres.mean(axis=0)
    reach = float(kilometres(np.linalg.norm(centres - middle, axis=1)).max()) + km
    return np.flatnonzero(kilometres(np.linalg.norm(vectors - middle, axis=1)) <= reach)
