"""The places of execution as the map of a page draws them."""

import json
from collections.abc import Iterable

from matcher.domain.place import Place, PlaceType
from matcher.reading.place.areas import departements_of
from matcher.reference.geography.communes import commune

# A territory of more communes is drawn by its départements, whose outlines the map has.
MOST_COMMUNES_DRAWN = 450


def places_json(places: Iterable[Place]) -> str:
    """Return as JSON each place as points, or an area as its communes, or as its départements; a country is not drawn."""
    shapes = [shape for place in dict.fromkeys(places) if (shape := _shape(place)) is not None]
    return json.dumps(shapes, ensure_ascii=False, separators=(",", ":"))


def _shape(place: Place) -> dict[str, object] | None:
    area: dict[str, object] = {"nom": place.name.replace("'", "’")}
    if place.type is PlaceType.PAYS:
        return None
    if len(place.communes) > MOST_COMMUNES_DRAWN or place.type in (PlaceType.DEPARTEMENT, PlaceType.REGION):
        return {**area, "departements": sorted(departements_of(place))}
    if len(place.communes) > 1:
        towns = (commune(code) for code in place.communes)
        return {**area, "communes": [[round(t.lat, 3), round(t.lon, 3)] for t in towns if t and t.lat and t.lon]}
    if place.lat is not None and place.lon is not None:
        return {**area, "point": [round(place.lat, 4), round(place.lon, 4)]}
    return None
