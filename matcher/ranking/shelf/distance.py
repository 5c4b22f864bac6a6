"""Distances from suppliers' sites to the places of a lot. An area is an area: inside it the distance is zero."""

from dataclasses import dataclass
from math import isnan

import numpy as np

from matcher.domain.place import Place
from matcher.ranking.shelf.points import Points
from matcher.ranking.shelf.sphere import Floats


@dataclass(frozen=True, slots=True)
class Distances:
    """`km` (n,) from the nearest site of each supplier to the nearest place of the lot, NaN where either is unknown; `of_points`
    (u,) the same from each point of the shelf."""

    km: Floats
    of_points: Floats
    points: Points
    places: tuple[Place, ...]

    def nearest_place(self, row: int) -> Place | None:
        """Return the place that a supplier's nearest site is nearest to, None where the distance is unknown."""
        if isnan(self.km[row]):
            return None
        if len(self.places) == 1:
            return self.places[0]
        sites = self.points.of(row)
        to_sites = np.array([self.points.km_to(place)[sites] for place in self.places])
        return self.places[int(to_sites[:, to_sites.min(axis=0).argmin()].argmin())]


def distances(places: tuple[Place, ...], points: Points) -> Distances:
    """Measure a whole shelf against the places of a lot; those that are neither located nor made of communes say nothing."""
    known = tuple(place for place in places if place.communes or place.lat is not None)
    if not known:
        unknown = np.full(len(points.commune), np.nan, dtype=np.float32)
        return Distances(np.full(len(points.first), np.nan, dtype=np.float32), unknown, points, ())
    km = points.km_to(known[0])
    for place in known[1:]:
        km = np.minimum(km, points.km_to(place))
    return Distances(points.nearest(km), km, points, known)
