"""Kilometres from many points to an area, which is the set of its communes."""

import numpy as np

from matcher.domain.place import Place
from matcher.mapped import Ints, Offsets
from matcher.ranking.shelf.sphere import Floats, commune_rows, commune_vectors, kilometres
from matcher.reference.geography.communes import EARTH_RADIUS_KM, quarters

# Farther from an area than this, a point is as far as its commune: the error is of a few kilometres in a hundred.
FAR_KM = 40.0
# Angles, seen from the middle of an area, in which its farthest commune stands for the others to whoever is far. Of a région, neighbours
# on this outline are some ten kilometres apart.
DIRECTIONS = 96
# Communes set against an outline at a time: few enough for their cosines to stay in the processor's own memory.
BLOCK = 1024


def km_to_area(place: Place, points: Floats, towns: Ints, starts: Offsets) -> Floats:
    """Return (n,) kilometres from (3, n) unit vectors to the nearest commune of an area, 0 inside it, infinite where none of it is located.

    `towns` (t,) are the rows of the communes of the points, ascending, -1 for those where it is not known; `starts` (t + 1,) is
    where the points of each begin, n the last.
    """
    parts = quarters(place.communes)
    inside = rows = commune_rows(parts)
    if parts is not place.communes:
        inside = np.concatenate((rows, commune_rows(place.communes)))  # who gives Paris alone stands in it too
    rows = rows[rows >= 0]
    centres = commune_vectors()[rows]
    centres = centres[~np.isnan(centres).any(axis=1)]
    by_town = _far_towns(towns, centres) if len(centres) else np.full(len(towns), np.inf, dtype=np.float32)
    its_own = np.zeros(len(commune_vectors()) + 1, dtype=bool)  # the last for whom no commune is known
    its_own[inside[inside >= 0]] = True
    by_town[its_own[towns]] = 0.0
    km = np.repeat(by_town, np.diff(starts))
    near = np.flatnonzero(np.isnan(km))
    if len(near):
        km[near] = _to_nearest(points[:, near], centres)
    return km


def _far_towns(towns: Ints, centres: Floats) -> Floats:
    """(towns,) how far each is; NaN for those that are near, or unknown (-1): to be measured point by point."""
    middle = centres.mean(axis=0)
    middle /= np.linalg.norm(middle)
    radius = float(kilometres(np.linalg.norm(centres - middle, axis=1)).max())
    vectors = commune_vectors().take(towns, axis=0)
    far = np.flatnonzero((vectors @ middle < np.cos(min((radius + FAR_KM) / EARTH_RADIUS_KM, np.pi))) & (towns >= 0))
    km = np.full(len(towns), np.nan, dtype=np.float32)
    outline, cosines = _outline(centres, middle), np.empty(len(far), dtype=np.float32)
    for first in range(0, len(far), BLOCK):
        its = slice(first, first + BLOCK)
        (outline @ vectors.take(far[its], axis=0).T).max(axis=0, out=cosines[its])
    km[far] = EARTH_RADIUS_KM * np.arccos(np.clip(cosines, -1.0, 1.0))
    return km


def _to_nearest(points: Floats, centres: Floats) -> Floats:
    from scipy.spatial import KDTree  # a fifth of a second to import, which only an area asks for

    # Cut in the middle of space rather than of the communes: few of them, and most questions come from outside.
    tree = KDTree(centres, balanced_tree=False, compact_nodes=False)
    return kilometres(tree.query(points.T)[0])


def _outline(centres: Floats, middle: Floats) -> Floats:
    """The centre that is the farthest from the middle in each direction."""
    east = np.array([-middle[1], middle[0], 0.0]) / max(float(np.hypot(middle[0], middle[1])), 1e-9)
    x, y = centres @ east, centres @ np.cross(middle, east)
    sector = np.floor((np.arctan2(y, x) / (2 * np.pi) % 1.0) * DIRECTIONS)
    order = np.lexsort((np.hypot(x, y), sector))
    last = np.flatnonzero(np.diff(sector[order], append=-1.0))
    return np.asarray(centres[order[last]])
