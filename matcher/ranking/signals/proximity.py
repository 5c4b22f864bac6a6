"""Proximity: how far the supplier's nearest site is from the place of execution.

Closeness is halved every `HALF_KM` kilometres, a figure of how far a service is usually carried out; goods are delivered,
so their distance counts less. Where the supplier declares an area of intervention that covers the place, it counts as near.
"""

import numpy as np

from matcher.domain.french import unit
from matcher.domain.kinds import SupplierKind
from matcher.domain.place import Place, PlaceType
from matcher.ranking.areas import area_names
from matcher.ranking.ask import Ask
from matcher.ranking.reach import covered
from matcher.ranking.signal import Signal, all_unknown
from matcher.ranking.sphere import Floats
from matcher.reference.activities import taxonomy

PRIOR = 0.2
# Kilometres at which closeness is halved. Judgement of the trade: a team drives half an hour; goods travel the country.
HALF_KM = 20.0
HALF_KM_GOODS = 150.0
# At its usual reach (`portee_km` of the taxonomy) a closeness has been halved this many times.
REACH_HALVES = 4.0
# An AI seconds staff by the hour in its own pays: beyond it, it does not come.
HALF_KM_LOCAL = 10.0
LOCAL = (SupplierKind.AI,)
# What a declared area is worth whatever the distance: the supplier says that it comes.
DECLARED = 0.8


def values(ask: Ask) -> Floats:
    """Closeness in [0, 1]; NaN where the supplier or the lot has no known place. A lot for the whole country is all near."""
    if any(place.type is PlaceType.PAYS for place in ask.reading.places):
        return all_unknown(ask)
    half = np.full(len(ask.shelf), _half_km(ask), dtype=np.float32)
    if not ask.goods:
        half[ask.shelf.kinds.only(LOCAL)] = HALF_KM_LOCAL
    value = np.asarray(0.5 ** (ask.distance_km / half), dtype=np.float32)
    return np.fmax(value, np.float32(DECLARED), out=value, where=ask.once(covered))


def _half_km(ask: Ask) -> float:
    """Half-distance of the likeliest activity: from its usual reach in the taxonomy, else that of goods or of services."""
    reach = taxonomy().reach_of(ask.reading.activities[0].code) if ask.reading.activities else None
    if reach is not None:
        return reach / REACH_HALVES
    return HALF_KM_GOODS if ask.goods else HALF_KM


def say(ask: Ask, row: int, value: float) -> str:
    """Distance to the nearest place of the lot, and the declared area where it covers one."""
    km = ask.km(row)
    place = ask.nearest_place(row)
    said = [] if km is None or place is None else [_distance_words(km, place)]
    if ask.once(covered)[row]:
        said.append(f"déclare intervenir : {area_names(ask.shelf.suppliers[row].area_codes)}")
    return " ; ".join(said)


def _distance_words(km: float, place: Place) -> str:
    name = place.name.replace("'", "’")
    if km < 1:
        return f"dans le territoire ({name})" if len(place.communes) > 1 else f"sur place ({name})"
    return f"à {unit(km, 'km')} du lieu d’exécution ({name})"


def unknown(ask: Ask, row: int) -> str:
    """Say which of the two sides is not known."""
    if any(place.type is PlaceType.PAYS for place in ask.reading.places):
        return "le lot couvre tout le pays : la distance ne départage pas"
    if not ask.reading.places:
        return "lieu du lot non connu"
    return "adresse du fournisseur non située"


SIGNAL = Signal("proximity", "Proximité", PRIOR, values, say, unknown)
