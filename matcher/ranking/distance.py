"""Distances from suppliers' sites to the places of a lot. An area is an area: inside it the distance is zero."""

import numpy as np
from scipy.spatial import KDTree

from matcher.domain.place import Place
from matcher.ranking.shelf import Shelf
from matcher.ranking.sphere import Floats, commune_rows, commune_vectors, kilometres, unit_vectors


def distances_km(places: tuple[Place, ...], shelf: Shelf) -> Floats:
    """Return (n,) kilometres from the nearest site of each supplier to the nearest place; NaN where either is unknown.

    An area (EPCI, département, région) is the set of its communes: inside it a site is at zero; outside, its distance is
    to the nearest centroid of the area's communes.
    """
    result = np.full(len(shelf), np.nan, dtype=np.float32)
    known = [place for place in places if place.communes or place.lat is not None]
    if not known or not len(shelf.site_vectors):
        return result
    to_sites = np.min([_to_place(place, shelf) for place in known], axis=0)
    starts = np.flatnonzero(np.r_[True, np.diff(shelf.site_owner) > 0])  # sites are sorted by owner
    result[shelf.site_owner[starts]] = np.minimum.reduceat(to_sites, starts)
    return result


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
