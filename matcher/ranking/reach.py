"""The area of intervention that a supplier declares, set against the places of a lot."""

from functools import lru_cache

import numpy as np

from matcher.domain.place import Place, PlaceType
from matcher.domain.supplier import Supplier
from matcher.ranking.ask import Ask
from matcher.ranking.shelf import Bools
from matcher.reference.communes import commune
from matcher.reference.territories import departement, region

# Places that lie within a few kilometres of a border are not refused for it.
MARGIN_KM = 10.0


def covers(supplier: Supplier, places: tuple[Place, ...], km: float | None) -> bool | None:
    """Whether the declared area covers at least one place; None where nothing was declared or no place is known."""
    if not supplier.area_codes or not places:
        return None
    return any(_covers(code, place, km) for code in supplier.area_codes for place in places)


def _covers(code: str, place: Place, km: float | None) -> bool:
    scale, _, value = code.partition(":")
    if scale == "pays" or place.type is PlaceType.PAYS:
        return True
    if scale == "km":
        return km is not None and km <= float(value)
    return f"{scale}:{value}" in _areas_of(place)


@lru_cache(maxsize=256)
def _areas_of(place: Place) -> frozenset[str]:
    """Every commune, département and région that a place lies in or holds, as area codes."""
    inside = [found for code in place.communes if (found := commune(code)) is not None]
    return frozenset(
        {f"insee:{found.code}" for found in inside}
        | {f"dep:{found.departement}" for found in inside}
        | {f"reg:{found.region}" for found in inside}
    )


def area_names(supplier: Supplier) -> str:
    """The declared area as a reader would say it: « Aisne, Oise, Somme », « France », « 50 km autour »."""
    return ", ".join(_area_name(code) for code in supplier.area_codes)


def _area_name(code: str) -> str:
    scale, _, value = code.partition(":")
    if scale == "km":
        return f"{value} km autour"
    if scale == "pays":
        return "France"
    found = departement(value) if scale == "dep" else region(value) if scale == "reg" else commune(value)
    return found.name if found else value


def outside_reach(ask: Ask) -> Bools:
    """(n,) True where the supplier declares an area, none of the places is in it, and none is near its sites."""
    refused = np.zeros(len(ask.shelf), dtype=bool)
    for row, supplier in enumerate(ask.shelf.suppliers):
        if supplier.area_codes:
            km = ask.km(row)
            far = km is None or km > MARGIN_KM
            refused[row] = far and covers(supplier, ask.reading.places, km) is False
    return refused
