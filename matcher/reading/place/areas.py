"""Builds places (name, centre, communes) from place codes (`insee:59392`, `epci:…`, `arr:596`, `dep:62`, `reg:32`, `pays:FR`), and compares areas."""

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

import numpy as np

from matcher.domain.place import Place, PlaceOrigin, PlaceType
from matcher.reference.geography.communes import (
    by_population,
    commune,
    commune_arrays,
    commune_ranks,
    communes_named,
    current_commune,
    departement_code,
    whole_city,
)
from matcher.reference.geography.territories import arrondissements, departement, epci, region

FINENESS = {
    PlaceType.POINT: 0,
    PlaceType.COMMUNE: 0,
    PlaceType.EPCI: 1,
    PlaceType.ARRONDISSEMENT: 2,
    PlaceType.DEPARTEMENT: 3,
    PlaceType.REGION: 4,
    PlaceType.PAYS: 5,
}


@lru_cache(maxsize=8192)
def place_of(code: str, origin: PlaceOrigin = PlaceOrigin.LIEU) -> Place | None:
    """Return the place of a place code, None where no such place exists."""
    scheme, _, value = code.partition(":")
    place = _place_of(scheme, value)
    return replace(place, origin=origin) if place else None


def places_of(codes: Iterable[str], origin: PlaceOrigin = PlaceOrigin.LIEU) -> tuple[Place, ...]:
    """Return the places of the place codes that exist, each once, in order."""
    places = (place_of(code, origin) for code in dict.fromkeys(codes))
    return tuple(place for place in places if place)


def name_apart(place: Place) -> str:
    """Return the name of a place, with the number of its département where other communes have the same name: « Saint-Denis (93) »."""
    town = commune(place.code) if place.type is PlaceType.COMMUNE else None
    return f"{place.name} ({town.departement})" if town and len(communes_named(town.name)) > 1 else place.name


def point(lat: float, lon: float) -> Place:
    """Return the place of a point in WGS84 degrees."""
    code = f"{lat:.5f},{lon:.5f}"
    return Place(PlaceType.POINT, code, f"point {code}", lat, lon)


@lru_cache(maxsize=4096)
def departements_of(place: Place) -> frozenset[str]:
    """Return the codes of the départements that a place touches; none for the country or a point."""
    return frozenset(filter(None, map(departement_code, place.communes)))


def inside(place: Place, area: Place) -> bool:
    """Return whether a place lies wholly in an area."""
    if area.type is PlaceType.PAYS:
        return True
    return bool(place.communes) and codes_within(area).issuperset(place.communes)


def holds(area: Place, place: Place) -> bool:
    """Return whether an area is wider than a place and contains it, as a city contains its arrondissements."""
    if whole_city(place.code) == area.code:
        return True
    return FINENESS[place.type] < FINENESS[area.type] and inside(place, area)


def innermost(places: tuple[Place, ...]) -> tuple[Place, ...]:
    """Return the places that contain none of the others: « Lille, dans le Nord » gives Lille, « Lille et le Pas-de-Calais » both."""
    return tuple(place for place in places if not any(holds(place, other) for other in places))


def gather_places(places: tuple[Place, ...]) -> tuple[Place, ...]:
    """Replace communes by their intercommunalité (EPCI) where more than half of its communes are named."""
    towns = [commune(place.code) if place.type is PlaceType.COMMUNE else None for place in places]
    groups = [town.epci if town else "" for town in towns]
    whole = {code for code in groups if (group := epci(code)) and 2 * groups.count(code) > len(group.communes)}
    grouped_places = zip(places, groups, strict=True)
    gathered = ((code in whole and place_of(f"epci:{code}", place.origin)) or place for place, code in grouped_places)
    return tuple(dict.fromkeys(gathered))


def main_town(place: Place) -> Place | None:
    """Return the most populated town of an intercommunalité, None for any other place."""
    towns = by_population(filter(None, map(commune, place.communes))) if place.type is PlaceType.EPCI else []
    return place_of(f"insee:{towns[0].code}", place.origin) if towns else None


@lru_cache(maxsize=1024)
def codes_within(area: Place) -> frozenset[str]:
    """Return the INSEE codes of the communes of an area, municipal arrondissements included."""
    districts = {code for code, parent in _districts().items() if parent in area.communes}
    return frozenset(area.communes) | districts


@lru_cache(maxsize=1)
def _districts() -> dict[str, str]:
    communes = (commune(code) for code in commune_ranks() if code[:3] in ("132", "693", "751"))
    return {entry.code: entry.parent for entry in communes if entry and entry.parent}


def _place_of(scheme: str, value: str) -> Place | None:
    """Return the place of a code after its prefix (`insee`, `epci`, `arr`, `dep`, `reg`, `pays`); None where no such place exists."""
    if scheme == "insee" and (town := current_commune(value)):
        return Place(PlaceType.COMMUNE, town.code, town.name, town.lat, town.lon, (town.code,))
    if scheme == "epci" and (group := epci(value)):
        return _area(PlaceType.EPCI, group.siren, group.name, group.communes)
    if scheme == "arr" and (part := arrondissements().get(value)):
        return _area(PlaceType.ARRONDISSEMENT, part.code, part.name, part.communes)
    if scheme == "dep" and (county := departement(value)):
        return _area(PlaceType.DEPARTEMENT, county.code, county.name, county.communes)
    if scheme == "reg" and (land := region(value)):
        return _area(PlaceType.REGION, land.code, f"ex-{land.name}" if land.former else land.name, land.communes)
    return Place(PlaceType.PAYS, "FR", "France", None, None) if (scheme, value) == ("pays", "FR") else None


def _area(kind: PlaceType, code: str, name: str, communes: tuple[str, ...]) -> Place:
    lat, lon = _centre(communes)
    return Place(kind, code, name, lat, lon, communes)


def _centre(communes: tuple[str, ...]) -> tuple[float | None, float | None]:
    """Return the centre weighted by population; communes without centroid or population are ignored."""
    arrays = commune_arrays()
    ranks = [commune_ranks()[code] for code in communes]
    weights = np.nan_to_num(arrays.population[ranks]) * ~np.isnan(arrays.lat[ranks])
    if not weights.sum():
        return None, None
    lat = np.average(np.nan_to_num(arrays.lat[ranks]), weights=weights)
    lon = np.average(np.nan_to_num(arrays.lon[ranks]), weights=weights)
    return round(float(lat), 5), round(float(lon), 5)
