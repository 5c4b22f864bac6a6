"""Geometry on the Earth's sphere: converts coordinates to unit vectors and chords to kilometres, so that distances are linear algebra."""

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matcher.reference.geography.communes import EARTH_RADIUS_KM, commune_arrays, commune_ranks

Floats = NDArray[np.float32]
Rows = NDArray[np.intp]


def unit_vectors(lat: Sequence[float] | ArrayLike, lon: Sequence[float] | ArrayLike) -> Floats:
    """Return (n, 3) unit vectors of points in WGS84 degrees."""
    phi = np.radians(np.asarray(lat, dtype=np.float64).reshape(-1))
    theta = np.radians(np.asarray(lon, dtype=np.float64).reshape(-1))
    xyz = np.column_stack((np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi)))
    return xyz.astype(np.float32)


def degrees(vector: Floats) -> tuple[float, float]:
    """Return the latitude and longitude of one unit vector, in WGS84 degrees, to five decimals."""
    x, y, z = (float(axis) for axis in vector)
    return round(math.degrees(math.asin(max(-1.0, min(1.0, z)))), 5), round(math.degrees(math.atan2(y, x)), 5)


def kilometres(chord: ArrayLike) -> Floats:
    """Return great-circle kilometres from the chord between two unit vectors: d = 2 R asin(chord / 2)."""
    half = np.minimum(np.asarray(chord, dtype=np.float64) / 2, 1.0)
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(half), dtype=np.float32)


@lru_cache(maxsize=1)
def commune_vectors() -> Floats:
    """Return (n, 3) unit vectors of every commune, in the order of `commune_arrays`; NaN where it is not located."""
    arrays = commune_arrays()
    return unit_vectors(arrays.lat, arrays.lon)


def commune_rows(codes: Sequence[str]) -> Rows:
    """Return (n,) rows of INSEE codes in `commune_arrays`, -1 for unknown ones."""
    index = commune_ranks()
    return np.fromiter((index.get(code, -1) for code in codes), dtype=np.intp, count=len(codes))


def commune_row(code: str) -> int:
    """Return the row of one INSEE code in `commune_arrays`, -1 where unknown."""
    return commune_ranks().get(code, -1)
