"""Computes the SVG geometry of a map (outlines of départements, placed marks, scale bar) on the server, so that it shows without JavaScript and in print."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians
from typing import Any, Generic, TypeVar

from matcher.paths import shipped_path

WIDTH, MOST_HEIGHT, LEAST_HEIGHT = 720.0, 640.0, 260.0
_MARGIN = 26.0
# The smallest extent drawn, in degrees of latitude: a single town keeps some surroundings.
_LEAST_DEGREES = 0.25
_KM_PER_DEGREE = 111.2

Point = tuple[float, float]
Mark = TypeVar("Mark")


@dataclass(frozen=True, slots=True)
class OutlineMap(Generic[Mark]):
    """A drawing of `width` × `height` units: outlines as SVG paths, then marks. `scale` is the length of `scale_km` kilometres, in units."""

    width: float
    height: float
    outlines: tuple[str, ...]
    marks: tuple[Mark, ...]
    scale: float
    scale_km: int


@dataclass(frozen=True, slots=True)
class MapFrame:
    """Equirectangular projection onto a drawing of `WIDTH` × `height` units: `per_degree` units a degree of latitude, longitudes times `squeeze`."""

    west: float
    north: float
    per_degree: float
    squeeze: float
    height: float

    def at(self, lat: float, lon: float) -> Point:
        """Return the point (x, y) of the drawing for a latitude and a longitude."""
        x = _MARGIN + (lon - self.west) * self.squeeze * self.per_degree
        return round(x, 1), round(_MARGIN + (self.north - lat) * self.per_degree, 1)

    def spread(self, points: Sequence[Point], disc: float) -> list[Point]:
        """Return the centres of discs of radius `disc`, in order, each moved along a spiral from its point until it overlaps no earlier disc."""
        taken: list[Point] = []
        for left, top in points:
            x, y = left, top
            for turn in range(60):
                angle, far = turn * 2.4, 4.0 * turn**0.5
                x, y = left + far * cos(angle), top + far * cos(angle - 1.5708)
                if all((x - a) ** 2 + (y - b) ** 2 >= (2 * disc) ** 2 for a, b in taken):
                    break
            taken.append((round(min(max(x, disc), WIDTH - disc), 1), round(min(max(y, disc), self.height - disc), 1)))
        return taken

    def draw(self, marks: Sequence[Mark]) -> OutlineMap[Mark]:
        """Return the map of these marks over the outlines of the départements in the frame."""
        outlines = []
        for ring in _rings():
            points = [self.at(lat, lon) for lon, lat in ring]
            xs, ys = [x for x, _ in points], [y for _, y in points]
            if max(xs) >= 0 and min(xs) <= WIDTH and max(ys) >= 0 and min(ys) <= self.height:
                outlines.append(f"M{'L'.join(f'{x:g} {y:g}' for x, y in points)}Z")
        km = _KM_PER_DEGREE / self.per_degree  # kilometres per unit of the drawing
        scale_km = next(step for step in (1, 2, 5, 10, 20, 50, 100, 200, 1000) if step / km > 40 or step == 1000)
        return OutlineMap(WIDTH, self.height, tuple(outlines), tuple(marks), round(scale_km / km, 1), scale_km)


def frame_of(places: Sequence[Point]) -> MapFrame:
    """Return the projection whose frame contains these places (lat, lon), at least one."""
    lats, lons = [lat for lat, _ in places], [lon for _, lon in places]
    middle = (min(lats) + max(lats)) / 2
    squeeze = cos(radians(middle))
    tall = max(max(lats) - min(lats), _LEAST_DEGREES)
    wide = max((max(lons) - min(lons)) * squeeze, _LEAST_DEGREES)
    per_degree = min((WIDTH - 2 * _MARGIN) / wide, (MOST_HEIGHT - 2 * _MARGIN) / tall)
    height = max(tall * per_degree + 2 * _MARGIN, LEAST_HEIGHT)
    west = (min(lons) + max(lons)) / 2 - (WIDTH / 2 - _MARGIN) / per_degree / squeeze
    north = middle + (height / 2 - _MARGIN) / per_degree
    return MapFrame(west, north, per_degree, squeeze, round(height, 1))


@lru_cache(maxsize=1)
def _rings() -> tuple[tuple[Point, ...], ...]:
    """Return the outlines of départements, one ring (lon, lat) for each part."""
    features: list[dict[str, Any]] = json.loads(
        shipped_path("data/reference/departements.geojson").read_text(encoding="utf-8")
    )["features"]
    shapes = [feature["geometry"] for feature in features]
    polygons = [
        polygon
        for shape in shapes
        for polygon in (shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]])
    ]
    return tuple(tuple((float(lon), float(lat)) for lon, lat in polygon[0]) for polygon in polygons)
