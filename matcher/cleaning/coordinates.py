"""Conversion of coordinates as sources write them (WGS84, Lambert 93, UTM) to WGS84 degrees, in batches, with checks that they lie in France."""

from collections.abc import Sequence
from functools import cache
from math import asin, cos, isfinite, radians, sin, sqrt
from typing import TYPE_CHECKING, NamedTuple

from matcher.cleaning import Cleaned

if TYPE_CHECKING:
    from pyproj import Transformer

PROJECTION_UNKNOWN = "projection inconnue"
COORDINATES_UNREADABLE = "coordonnées illisibles"
COORDINATES_SWAPPED = "latitude et longitude inversées, remises dans l’ordre"
COORDINATES_ABROAD = "coordonnées hors de France"
COORDINATES_FAR = "coordonnées trop loin de la commune : centre de la commune retenu"

FAR_KM = 25.0
# The communes of Guyane are wider than départements of the mainland (Maripasoula: 18,000 km²).
_FAR_KM_IN = {"973": 150.0}
EARTH_KM = 6371.0088

# Name of projection (WGS84, or the last field of FINESS' `sourcecoordet`) → EPSG code.
_EPSG = {
    "wgs84": 4326, "epsg4326": 4326, "gps": 4326, "lambert93": 2154, "epsg2154": 2154, "utmn20": 32620, "utmn21": 32621, "utmn22": 32622,
    "utms38": 32738, "utms40": 32740,
}  # fmt: skip
# Bounding boxes (south, west, north, east) of metropolitan France, then of each overseas territory.
_FRANCE = (
    (41.2, -5.6, 51.3, 9.8),
    (14.2, -63.3, 18.3, -60.7),
    (2.0, -54.7, 6.0, -51.5),
    (-21.5, 55.1, -20.8, 56.0),
    (-13.1, 44.9, -12.5, 45.4),
    (46.6, -56.6, 47.3, -56.0),
    (-28.0, -155.0, -7.0, -134.0),
    (-23.0, 158.0, -19.0, 172.0),
    (-14.5, -178.5, -13.0, -176.0),
)


class RawPoint(NamedTuple):
    """Coordinates as written; an empty `projection` means WGS84 (x longitude, y latitude)."""

    x: str
    y: str
    projection: str


class Point(NamedTuple):
    """WGS84 degrees."""

    lat: float
    lon: float


def project(points: Sequence[RawPoint]) -> list[Cleaned[Point]]:
    """Return each point in WGS84, in order: None and a flag where unreadable, outside France or of an unknown projection. Swapped latitude and
    longitude are put right, with a flag."""
    results: list[Cleaned[Point]] = [Cleaned(None)] * len(points)
    batches: dict[int, list[tuple[int, float, float]]] = {}
    for position, (raw_x, raw_y, projection) in enumerate(points):
        if not raw_x.strip() and not raw_y.strip():
            continue
        x, y, epsg = _number(raw_x), _number(raw_y), _epsg(projection)
        if x is None or y is None or (x, y) == (0, 0):
            results[position] = Cleaned(None, COORDINATES_UNREADABLE)
        elif epsg is None:
            results[position] = Cleaned(None, PROJECTION_UNKNOWN)
        else:
            batches.setdefault(epsg, []).append((position, x, y))
    for epsg, batch in batches.items():
        places, xs, ys = zip(*batch, strict=True)
        lons, lats = (xs, ys) if epsg == 4326 else _transformer(epsg).transform(xs, ys)
        for position, lat, lon in zip(places, lats, lons, strict=True):
            if _lies_in_france(lat, lon):
                results[position] = Cleaned(Point(round(lat, 6), round(lon, 6)))
            elif _lies_in_france(lon, lat):
                results[position] = Cleaned(Point(round(lon, 6), round(lat, 6)), COORDINATES_SWAPPED)
            else:
                results[position] = Cleaned(None, COORDINATES_ABROAD)
    return results


def point_distance_km(a: Point, b: Point) -> float:
    """Return the great-circle distance in kilometres."""
    lat_a, lat_b = radians(a.lat), radians(b.lat)
    half = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin(radians(b.lon - a.lon) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(min(1.0, half)))


def near(point: Point, centre: Point | None, insee: str = "") -> bool:
    """Return whether a point can be in the commune of this centre and INSEE code; True where the centre is unknown."""
    if centre is None:
        return True
    return point_distance_km(point, centre) <= _FAR_KM_IN.get(insee[:3], FAR_KM)


def _lies_in_france(lat: float, lon: float) -> bool:
    return any(south <= lat <= north and west <= lon <= east for south, west, north, east in _FRANCE)


def _number(raw: str) -> float | None:
    try:
        value = float("".join(raw.split()).replace(",", "."))
    except ValueError:
        return None
    return value if isfinite(value) else None


@cache
def _epsg(projection: str) -> int | None:
    key = "".join(c for c in projection.lower() if c.isalnum())
    return _EPSG.get(key) if key else 4326


@cache
def _transformer(epsg: int) -> "Transformer":
    from pyproj import Transformer  # slow to import (5 MB), needed for projected points only

    return Transformer.from_crs(epsg, 4326, always_xy=True)
