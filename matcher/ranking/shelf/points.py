"""The points of a shelf: where its sites stand, each distinct point once, and their distances to a place."""

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from matcher.domain.place import Place
from matcher.domain.supplier import Supplier
from matcher.mapped import Ints, Offsets
from matcher.ranking.shelf.area_distance import km_to_area
from matcher.ranking.shelf.sphere import Floats, Rows, commune_row, kilometres, unit_vectors
from matcher.reference.geography.communes import quarters

# Distances to the last places asked for are kept, up to this many bytes in all: the lots of a buyer share their places.
KEPT_BYTES = 32_000_000


@dataclass(frozen=True, eq=False)
class Points:
    """u distinct points: `vectors` (3, u) unit vectors on the sphere, `commune` (u,) the row of their commune, -1 where unknown.

    `first` (n,) is the point of each supplier's first located site, u where it has none; its other sites are at `more`, and
    `more_owner` their suppliers' rows, ascending.
    """

    vectors: Floats
    commune: Ints
    first: Ints
    more: Ints
    more_owner: Ints
    _kept: Callable[[Place], Floats] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        size = max(2, KEPT_BYTES // (4 * len(self.commune) + 1))
        object.__setattr__(self, "_kept", lru_cache(maxsize=min(size, 512))(self._measured))

    def km_to(self, place: Place) -> Floats:
        """Return (u,) kilometres from each point to a place; not to be written to.

        An area (EPCI, département, région) is the set of its communes: inside it a point is at zero; outside, its distance
        is to the nearest centroid of the area's communes.
        """
        return self._kept(place)

    def of(self, row: int) -> Ints:
        """Return the points of one supplier's sites, in the order of its sites."""
        first, (start, end) = self.first[row : row + 1], self._more_starts[row : row + 2].tolist()
        known = first if first[0] < len(self.commune) else first[:0]
        return known if start == end else np.concatenate((known, self.more[start:end]))

    @cached_property
    def _more_starts(self) -> Rows:
        """(n + 1,) where the further points of each supplier begin in `more`."""
        return self.more_owner.searchsorted(np.arange(len(self.first) + 1, dtype=self.more_owner.dtype))

    def nearest(self, km: Floats) -> Floats:
        """Return (n,) the least of (u,) kilometres over each supplier's sites, NaN where it has none."""
        least = np.append(km, np.float32(np.nan)).take(self.first)
        np.minimum.at(least, self.more_owner, km[self.more])
        return least

    def best(self, values: Floats) -> Floats:
        """Return (n,) the most of (u,) values over each supplier's sites, NaN where it has none."""
        best = np.append(values, np.float32(np.nan)).take(self.first)
        np.maximum.at(best, self.more_owner, values[self.more])
        return best

    def sites(self, rows: Rows) -> tuple[Ints, Rows]:
        """Return the points of the sites of these suppliers, whose rows ascend, and whose each is, by its place in `rows`."""
        first = self.first[rows]
        located = np.flatnonzero(first < len(self.commune))
        place = np.searchsorted(rows, self.more_owner)
        theirs = np.flatnonzero(np.append(rows, -1)[place] == self.more_owner)
        return np.concatenate((first[located], self.more[theirs])), np.concatenate((located, place[theirs]))

    @cached_property
    def _towns(self) -> tuple[Ints, Offsets]:
        """The communes of the points, ascending, and where the points of each begin; as many as there are points, at the end."""
        starts = np.flatnonzero(np.diff(self.commune, prepend=-2))
        return self.commune[starts], np.append(starts, len(self.commune))

    def _measured(self, place: Place) -> Floats:
        if len(quarters(place.communes)) > 1:
            km = km_to_area(place, self.vectors, *self._towns)
        elif place.lat is None or place.lon is None:
            km = np.full(len(self.commune), np.inf, dtype=np.float32)
        else:
            km = kilometres(self._chords(unit_vectors([place.lat], [place.lon])[0]))
        km.flags.writeable = False
        return km

    def _chords(self, to: Floats) -> Floats:
        squares = np.zeros(len(self.commune), dtype=np.float32)
        for axis, value in zip(self.vectors, to, strict=True):
            gap = axis - value
            gap *= gap
            squares += gap
        return np.sqrt(squares)


class PointsMaker:
    """Takes suppliers in the order of their rows and gives their points."""

    def __init__(self) -> None:
        self._known: dict[tuple[float, float, int], int] = {}
        self._first, self._more, self._owner = array("i"), array("i"), array("i")

    def add(self, row: int, supplier: Supplier) -> None:
        """Take the next supplier."""
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

    def made(self) -> Points:
        """Return the whole."""
        known: NDArray[np.float64] = np.array(list(self._known), dtype=np.float64).reshape(-1, 3)
        order = np.argsort(
            known[:, 2], kind="stable"
        )  # neighbours together: they are asked the same of the same memory
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
