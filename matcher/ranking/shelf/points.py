"""Stores the locations of suppliers' sites as distinct points, and computes their distances to a place (a point or a territory)."""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from matcher.domain.place import Place
from matcher.domain.supplier import Supplier
from matcher.mapped import Ints, Offsets
from matcher.ranking.shelf.sphere import (
    Floats,
    Rows,
    commune_row,
    commune_rows,
    commune_vectors,
    kilometres,
    unit_vectors,
)
from matcher.reference.geography.communes import EARTH_RADIUS_KM, quarters

# Points farther than this from an area get the distance of their commune: the error is a few percent.
FAR_KM = 40.0
# Angular sectors around the middle of an area: for far points, only the farthest commune of each sector (the outline) is measured. For a
# région, neighbours on the outline are some ten kilometres apart.
DIRECTIONS = 96
# Communes measured at a time: few enough for the processor's cache.
BLOCK = 1024


def km_to_area(place: Place, points: Floats, towns: Ints, starts: Offsets) -> Floats:
    """Return (n,) kilometres from (3, n) unit vectors to the nearest commune of an area, 0 inside it, infinite where it has no coordinates. Points
    are grouped by commune: `towns` (t,) rows of the communes, ascending, -1 for unknown; `starts` (t + 1,) first point of each, then n."""
    parts = quarters(place.communes)  # arrondissements in place of Paris, Lyon and Marseille
    inside = rows = commune_rows(parts)
    if parts is not place.communes:
        # Sites located in Paris as a whole are inside too.
        inside = np.concatenate((rows, commune_rows(place.communes)))
    rows = rows[rows >= 0]
    centres = commune_vectors()[rows]
    centres = centres[~np.isnan(centres).any(axis=1)]
    by_town = _far_towns(towns, centres) if len(centres) else np.full(len(towns), np.inf, dtype=np.float32)
    its_own = np.zeros(len(commune_vectors()) + 1, dtype=bool)  # the last for whom no commune is known
    its_own[inside[inside >= 0]] = True
    by_town[its_own[towns]] = 0.0
    km = np.repeat(by_town, np.diff(starts))
    unmeasured = np.flatnonzero(np.isnan(km))
    if len(unmeasured):
        from scipy.spatial import KDTree  # a fifth of a second to import, which only an area asks for

        # Unbalanced tree (split at the middle of space): faster to build, for few communes and mostly outside queries.
        tree = KDTree(centres, balanced_tree=False, compact_nodes=False)
        km[unmeasured] = kilometres(tree.query(points[:, unmeasured].T)[0])
    return km


def _far_towns(towns: Ints, centres: Floats) -> Floats:
    """Return (t,) kilometres of communes to an area; NaN for near or unknown (-1) ones, whose points are measured one by one."""
    middle = centres.mean(axis=0)
    middle /= np.linalg.norm(middle)
    radius = float(kilometres(np.linalg.norm(centres - middle, axis=1)).max())
    vectors = commune_vectors().take(towns, axis=0)
    far = np.flatnonzero((vectors @ middle < np.cos(min((radius + FAR_KM) / EARTH_RADIUS_KM, np.pi))) & (towns >= 0))
    km = np.full(len(towns), np.nan, dtype=np.float32)
    outline, cosines = _outline(centres, middle), np.empty(len(far), dtype=np.float32)
    for first in range(0, len(far), BLOCK):
        span = slice(first, first + BLOCK)
        (outline @ vectors.take(far[span], axis=0).T).max(axis=0, out=cosines[span])
    km[far] = EARTH_RADIUS_KM * np.arccos(np.clip(cosines, -1.0, 1.0))
    return km


def _outline(centres: Floats, middle: Floats) -> Floats:
    """Return the centre farthest from the middle in each angular sector."""
    east = np.array([-middle[1], middle[0], 0.0]) / max(float(np.hypot(middle[0], middle[1])), 1e-9)
    x, y = centres @ east, centres @ np.cross(middle, east)
    sector = np.floor((np.arctan2(y, x) / (2 * np.pi) % 1.0) * DIRECTIONS)
    order = np.lexsort((np.hypot(x, y), sector))
    last = np.flatnonzero(np.diff(sector[order], append=-1.0))
    return np.asarray(centres[order[last]])


# Size of the cache of distances by place, in bytes: the lots of a buyer share their places.
KEPT_BYTES = 32_000_000


@dataclass(frozen=True, eq=False)
class Points:
    """u distinct points of the sites of n suppliers: `vectors` (3, u) unit vectors on the sphere, `commune` (u,) the row of their commune, -1 where unknown.

    `first` (n,) is the point of each supplier's first located site, u where it has none. For the m other sites, `more` (m,) is the point of
    each, and `more_owner` (m,) the row of its supplier, ascending.
    """

    vectors: Floats
    commune: Ints
    first: Ints
    more: Ints
    more_owner: Ints
    _kept: Callable[[Place], Floats] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        size = max(2, KEPT_BYTES // (4 * len(self.commune) + 1))
        object.__setattr__(self, "_kept", lru_cache(maxsize=min(size, 512))(self._measure_km))

    def km_to(self, place: Place) -> Floats:
        """Return (u,) kilometres from each point to a place, as a cached read-only array. An area (EPCI, département, région) is the set of its
        communes: 0 inside it; outside, the distance to the nearest centroid of its communes."""
        return self._kept(place)

    def of(self, row: int) -> Ints:
        """Return the points of one supplier's sites, in the order of its sites."""
        first, (start, end) = self.first[row : row + 1], self._more_starts[row : row + 2].tolist()
        known = first if first[0] < len(self.commune) else first[:0]
        return known if start == end else np.concatenate((known, self.more[start:end]))

    @cached_property
    def _more_starts(self) -> Rows:
        """(n + 1,) start of each supplier's additional points in `more`."""
        return self.more_owner.searchsorted(np.arange(len(self.first) + 1, dtype=self.more_owner.dtype))

    def nearest(self, km: Floats) -> Floats:
        """Return (n,) the minimum of (u,) kilometres over each supplier's sites, NaN where it has none."""
        least = np.append(km, np.float32(np.nan)).take(self.first)
        np.minimum.at(least, self.more_owner, km[self.more])
        return least

    def best(self, values: Floats) -> Floats:
        """Return (n,) the maximum of (u,) values over each supplier's sites, NaN where it has none."""
        best = np.append(values, np.float32(np.nan)).take(self.first)
        np.maximum.at(best, self.more_owner, values[self.more])
        return best

    def within(self, codes: Sequence[str]) -> NDArray[np.bool_]:
        """Return (n,) True for suppliers with a located site in one of these communes (INSEE codes)."""
        communes = commune_rows(quarters(tuple(codes)))
        inside = np.isin(self.commune, communes[communes >= 0])
        return np.asarray(self.best(inside.astype(np.float32)) == 1)

    def sites(self, rows: Rows) -> tuple[Ints, Rows]:
        """Return the points of the sites of these suppliers (`rows` ascending), and for each point the position of its supplier in `rows`."""
        first = self.first[rows]
        located = np.flatnonzero(first < len(self.commune))
        place = np.searchsorted(rows, self.more_owner)
        theirs = np.flatnonzero(np.append(rows, -1)[place] == self.more_owner)
        return np.concatenate((first[located], self.more[theirs])), np.concatenate((located, place[theirs]))

    @cached_property
    def _towns(self) -> tuple[Ints, Offsets]:
        """Communes of the points, ascending, and the first point of each, followed by the number of points."""
        starts = np.flatnonzero(np.diff(self.commune, prepend=-2))
        return self.commune[starts], np.append(starts, len(self.commune))

    def _measure_km(self, place: Place) -> Floats:
        if len(quarters(place.communes)) > 1:
            km = km_to_area(place, self.vectors, *self._towns)
        elif place.lat is None or place.lon is None:
            km = np.full(len(self.commune), np.inf, dtype=np.float32)
        else:
            squares = np.zeros(len(self.commune), dtype=np.float32)
            for axis, value in zip(self.vectors, unit_vectors([place.lat], [place.lon])[0], strict=True):
                gap = axis - value
                gap *= gap
                squares += gap
            km = kilometres(np.sqrt(squares))
        km.flags.writeable = False
        return km


class PointsMaker:
    """Builds `Points` from suppliers added in order of row."""

    def __init__(self) -> None:
        self._known: dict[tuple[float, float, int], int] = {}
        self._first, self._more, self._owner = array("i"), array("i"), array("i")

    def add(self, row: int, supplier: Supplier) -> None:
        """Add the next supplier."""
        first = -1
        for site in supplier.sites:
            if site.lat is None or site.lon is None:
                continue
            point = self._known.setdefault((site.lat, site.lon, commune_row(site.insee)), len(self._known))
            if first < 0:
                first = point
            else:
                self._more.append(point)
                self._owner.append(row)
        self._first.append(first)

    def make(self) -> Points:
        """Return the points of all suppliers added."""
        known: NDArray[np.float64] = np.array(list(self._known), dtype=np.float64).reshape(-1, 3)
        order = np.argsort(known[:, 2], kind="stable")  # points of one commune together, for memory locality
        place = np.empty(len(order) + 1, dtype=np.int32)
        place[order] = np.arange(len(order), dtype=np.int32)
        place[-1] = len(order)  # where no site is located
        return Points(
            vectors=np.ascontiguousarray(unit_vectors(known[order, 0], known[order, 1]).T),
            commune=known[order, 2].astype(np.int32),
            first=place[np.array(self._first, dtype=np.intp)],
            more=place[np.array(self._more, dtype=np.intp)],
            more_owner=np.array(self._owner, dtype=np.int32),
        )
