"""The map of an allotment, drawn on the server so that it shows without a script and on paper: each lot by its number, its sites tied to
its middle. Colours only repeat the numbers."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians
from typing import Any

from matcher.decisions.allotment.answer import Allotted
from matcher.paths import shipped

WIDTH, MOST_HEIGHT, LEAST_HEIGHT = 720.0, 640.0, 260.0
_MARGIN, _DISC = 26.0, 11.0
# The smallest stretch drawn, in degrees of latitude: one town is not a country.
_LEAST_DEGREES = 0.25
# So many colours follow each other; the number says which lot.
COLOURS = 6

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class DrawnLot:
    """A lot: its number, the class of its colour, the place of its number, and the lines from it to its sites."""

    number: int
    colour: int
    x: float
    y: float
    sites: tuple[Point, ...]
    enough: bool
    says: str


@dataclass(frozen=True, slots=True)
class LotMap:
    """A drawing `width` × `height`: outlines of départements as paths, then lots. `scale` is the length in it of `scale_km`."""

    width: float
    height: float
    outlines: tuple[str, ...]
    lots: tuple[DrawnLot, ...]
    scale: float
    scale_km: int


@dataclass(frozen=True, slots=True)
class _Frame:
    west: float
    north: float
    per_degree: float
    squeeze: float

    def at(self, lat: float, lon: float) -> Point:
        x = _MARGIN + (lon - self.west) * self.squeeze * self.per_degree
        return round(x, 1), round(_MARGIN + (self.north - lat) * self.per_degree, 1)


def lot_map(its: Allotted) -> LotMap:
    """Draw an allotment that has at least one site."""
    frame, height = _frame([site.at for site in its.sites])
    lots = []
    taken: list[Point] = []
    for number, lot in enumerate(its.allotment.lots, start=1):
        points = tuple(frame.at(*its.sites[row].at) for row in lot.sites)
        middle = sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)
        x, y = _apart(middle, taken, height)
        taken.append((x, y))
        town = its.towns[lot.sites[0]]
        says = f"Lot {number} : {len(points)} sites" if len(points) > 1 else f"Lot {number} : {town}"
        lots.append(DrawnLot(number, number % COLOURS, x, y, points, lot.enough, says))
    km = 111.2 / frame.per_degree
    scale_km = next(step for step in (1, 2, 5, 10, 20, 50, 100, 200, 1000) if step / km > 40 or step == 1000)
    return LotMap(
        WIDTH, round(height, 1), tuple(_outlines(frame, height)), tuple(lots), round(scale_km / km, 1), scale_km
    )


def _frame(places: Sequence[Point]) -> tuple[_Frame, float]:
    lats, lons = [lat for lat, _ in places], [lon for _, lon in places]
    middle = (min(lats) + max(lats)) / 2
    squeeze = cos(radians(middle))
    tall = max(max(lats) - min(lats), _LEAST_DEGREES)
    wide = max((max(lons) - min(lons)) * squeeze, _LEAST_DEGREES)
    per_degree = min((WIDTH - 2 * _MARGIN) / wide, (MOST_HEIGHT - 2 * _MARGIN) / tall)
    height = max(tall * per_degree + 2 * _MARGIN, LEAST_HEIGHT)
    west = (min(lons) + max(lons)) / 2 - (WIDTH / 2 - _MARGIN) / per_degree / squeeze
    return _Frame(west, middle + (height / 2 - _MARGIN) / per_degree, per_degree, squeeze), height


def _apart(at: Point, taken: Sequence[Point], height: float) -> Point:
    """The nearest place to `at`, along a spiral, where a number covers no other."""
    x, y = at
    for turn in range(60):
        angle, far = turn * 2.4, 4.0 * turn**0.5
        x, y = at[0] + far * cos(angle), at[1] + far * cos(angle - 1.5708)
        if all((x - a) ** 2 + (y - b) ** 2 >= (2 * _DISC) ** 2 for a, b in taken):
            break
    return round(min(max(x, _DISC), WIDTH - _DISC), 1), round(min(max(y, _DISC), height - _DISC), 1)


def _outlines(frame: _Frame, height: float) -> Iterator[str]:
    for ring in _rings():
        points = [frame.at(lat, lon) for lon, lat in ring]
        xs, ys = [x for x, _ in points], [y for _, y in points]
        if max(xs) >= 0 and min(xs) <= WIDTH and max(ys) >= 0 and min(ys) <= height:
            yield f"M{'L'.join(f'{x:g} {y:g}' for x, y in points)}Z"


@lru_cache(maxsize=1)
def _rings() -> tuple[tuple[Point, ...], ...]:
    """The outlines of départements, one ring each part, as (lon, lat)."""
    features: list[dict[str, Any]] = json.loads(
        shipped("data/reference/departements.geojson").read_text(encoding="utf-8")
    )["features"]
    shapes = [feature["geometry"] for feature in features]
    polygons = [
        polygon
        for shape in shapes
        for polygon in (shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]])
    ]
    return tuple(tuple((float(lon), float(lat)) for lon, lat in polygon[0]) for polygon in polygons)
