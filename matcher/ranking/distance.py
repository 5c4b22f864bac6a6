"""Distances from suppliers' sites to the places of a lot. An area is an area: inside it the distance is zero."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import KDTree

from matcher.domain.place import Place
from matcher.ranking.shelf import Shelf
from matcher.ranking.sphere import Floats, Rows, commune_rows, commune_vectors, kilometres, unit_vectors


@dataclass(frozen=True, slots=True)
class Distances:
    """`km` (n,) from the nearest site of each supplier to the nearest place of the lot, NaN where either is unknown; `place` (n,)
    which place that is, as its rank in the lot, -1 where unknown."""

    km: Floats
    place: Rows


def distances(places: tuple[Place, ...], shelf: Shelf) -> Distances:
    """Measure a whole shelf against the places of a lot.

    An area (EPCI, département, région) is the set of its communes: inside it a site is at zero; outside, its distance is
    to the nearest centroid of the area's communes.
    """
    km = np.full(len(shelf), np.nan, dtype=np.float32)
    nearest = np.full(len(shelf), -1, dtype=np.intp)
    known = [rank for rank, place in enumerate(places) if place.communes or place.lat is not None]
    if known and len(shelf.site_vectors):
        to_sites = np.array([_to_place(places[rank], shelf) for rank in known])
        order = np.lexsort((to_sites.min(axis=0), shelf.site_owner))
        owners, first = np.unique(shelf.site_owner[order], return_index=True)
        best = order[first]  # of each owner, its nearest site
        km[owners] = to_sites[:, best].min(axis=0)
        nearest[owners] = np.array(known)[to_sites[:, best].argmin(axis=0)]
    return Distances(km, nearest)


def _to_place(place: Place, shelf: Shelf) -> Floats:
    if len(place.communes) > 1:
        rows = commune_rows(place.communes)
        vectors = commune_vectors()[rows[rows >= 0]]
        vectors = vectors[~np.isnan(vectors).any(axis=1)]
        km = kilometres(KDTree(vectors).query(shelf.site_vectors)[0])
        km[np.isin(shelf.site_commune, rows)] = 0.0
        return km
    if place.lat is None or place.lon is None:
        return np.full(len(shelf.site_vectors), np.inf, dtype=np.float32)
    return kilometres(np.linalg.norm(shelf.site_vectors - unit_vectors([place.lat], [place.lon]), axis=1))
