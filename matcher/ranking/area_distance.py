"""Kilometres from many points to an area, which is the set of its communes."""

import numpy as np

from matcher.domain.place import Place
from matcher.ranking.columns import Ints
from matcher.ranking.sphere import Floats, commune_rows, commune_vectors, kilometres
from matcher.reference.communes import EARTH_RADIUS_KM, quarters

# Farther from the middle of an area than twice its radius and this, a point is as far as its commune, and from the outline of
# the area: the error is of a few kilometres in a hundred.
FAR_KM = 40.0
# Directions in which the outline is looked for: with more, hardly another commune of a département comes.
DIRECTIONS = 64


def km_to_area(place: Place, points: Floats, commune: Ints) -> Floats:
    """Return (n,) kilometres from (3, n) unit vectors to the nearest commune of an area, 0 inside it.

    `commune` (n,) is the row of the commune of each point, ascending, -1 where it is not known.
    """
    parts = quarters(place.communes)
    inside = rows = commune_rows(parts)
    if parts is not place.communes:
        inside = np.concatenate((rows, commune_rows(place.communes)))  # who gives Paris alone stands in it too
    rows = rows[rows >= 0]
    centres = commune_vectors()[rows]
    centres = centres[~np.isnan(centres).any(axis=1)]
    starts = np.flatnonzero(np.diff(commune, prepend=-2))
    towns = commune[starts]
    by_town = _far_towns(towns, centres)
    by_town[np.isin(towns, inside[inside >= 0])] = 0.0
    km = np.repeat(by_town, np.diff(starts, append=len(commune)))
    near = np.flatnonzero(np.isnan(km))
    km[near] = _to_nearest(points[:, near], centres)
    return km


def _far_towns(towns: Ints, centres: Floats) -> Floats:
    """(towns,) how far each is; NaN for those that are near, or unknown (-1): to be measured point by point."""
    middle = centres.mean(axis=0)
    middle /= np.linalg.norm(middle)
    circle = 2 * float(kilometres(np.linalg.norm(centres - middle, axis=1)).max()) + FAR_KM
    vectors = commune_vectors()[towns]
    far = np.flatnonzero((vectors @ middle < np.cos(min(circle / EARTH_RADIUS_KM, np.pi))) & (towns >= 0))
    km = np.full(len(towns), np.nan, dtype=np.float32)
    cosines = (_outline(centres, middle) @ vectors[far].T).max(axis=0)
    km[far] = EARTH_RADIUS_KM * np.arccos(np.clip(cosines, -1.0, 1.0))
    return km


def _to_nearest(points: Floats, centres: Floats) -> Floats:
    from scipy.spatial import KDTree  # a fifth of a second to import, which only an area asks for

    # Cut in the middle of space rather than of the communes: few of them, and most questions come from outside.
    tree = KDTree(centres, balanced_tree=False, compact_nodes=False)
    return kilometres(tree.query(points.T)[0])


def _outline(centres: Floats, middle: Floats) -> Floats:
    """The centres that are the farthest in some direction, seen from above the middle."""
    east = np.array([-middle[1], middle[0], 0.0]) / max(float(np.hypot(middle[0], middle[1])), 1e-9)
    angles = np.linspace(0.0, 2 * np.pi, DIRECTIONS, endpoint=False)
    plane = np.column_stack((centres @ east, centres @ np.cross(middle, east)))
    farthest = (plane @ np.vstack((np.cos(angles), np.sin(angles)))).argmax(axis=0)
    return np.asarray(centres[np.unique(farthest)])
