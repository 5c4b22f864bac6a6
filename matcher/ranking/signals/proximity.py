"""Signal (criterion of the score) of proximity: how near the supplier's nearest site is to the place of execution of the lot (a buyer's need).

Exponential decay, halved four times at the usual reach of the trade (`portee_km` of the taxonomy), and reduced by the number of suppliers that are
nearer: ten kilometres are far in a city. A declared area of intervention that covers the place counts as near.
"""

import numpy as np

from matcher.domain.french import unit
from matcher.domain.kinds import SupplierKind
from matcher.domain.place import Place, PlaceType
from matcher.mapped import Ints
from matcher.ranking.ask import LotOnShelf, Saying, Signal, all_unknown, covers_place
from matcher.ranking.shelf.areas import area_names
from matcher.ranking.shelf.shelf import RANGED, Shelf
from matcher.ranking.shelf.sphere import Floats, Rows, commune_row
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.taxonomy import GOODS

PRIOR = 0.2
# Half-distance in kilometres where the taxonomy gives no reach. Expert judgement: half an hour's drive.
HALF_KM = 20.0
# Number of half-distances in the usual reach of a trade.
REACH_HALVES = 4.0
# Up to this many times the usual reach, suppliers known for the trade stay listed as « un peu loin ».
STRETCH = 1.5
# Half-distance in kilometres of an AI, which seconds staff by the hour around its seat.
HALF_KM_LOCAL = 10.0
LOCAL = (SupplierKind.AI,)
# Greatest share of closeness lost to nearer suppliers, and how many of them take half of that share.
CROWD, HALF_CROWD = 0.25, 40.0
# Resolution at which nearer suppliers are counted, and most steps counted.
STEP_KM, MOST_STEPS = 0.25, 4000
# Least value where the declared area covers the place, whatever the distance.
DECLARED = 0.8
# Value at two half-distances (40 km for most services) with many nearer suppliers: at least this is a reason for; below, the supplier is
# asked whether it comes.
REACHES = 0.25 * (1 - CROWD)
COMES = "vient-il jusqu’au lieu du lot"
# Greatest distance of a site from the middle of its commune, except in Guyane.
WIDEST_TOWN_KM = 20.0


def values(ask: LotOnShelf) -> Floats:
    """Return (n,) closeness in [0, 1]; NaN where the supplier or the lot has no known place, or the lot covers the whole country."""
    if not ask.has_place or any(place.type is PlaceType.PAYS for place in ask.reading.places):
        return all_unknown(ask)
    points = ask.shelf.points
    value = points.best(_closeness(ask, ask.once(_half_km)))
    local, sites, owner = ask.shelf.once(_local)
    nearest = np.full(len(local), np.nan, dtype=np.float32)
    np.fmax.at(nearest, owner, _closeness(ask, HALF_KM_LOCAL, sites))
    value[local] = nearest
    declared = np.flatnonzero(ask.once(covers_place))
    value[declared] = np.fmax(value[declared], np.float32(DECLARED))
    return value


def _local(shelf: Shelf) -> tuple[Rows, Ints, Rows]:
    """Return the rows of suppliers of local kinds only, the points of their sites, and the position of each point's supplier."""
    rows = np.flatnonzero(shelf.kinds.only(LOCAL))
    return rows, *shelf.points.sites(rows)


def _closeness(ask: LotOnShelf, half_km: float, at: Ints | slice = slice(None)) -> Floats:
    """Return 0.5 ** (km / half_km) for each of these points, reduced by nearer suppliers except for goods."""
    value: Floats = np.exp2(ask.point_km[at] * np.float32(-1.0 / half_km))
    if not ask.goods:
        value *= ask.once(_crowding)[at]
    return value


def _crowding(ask: LotOnShelf) -> Floats:
    """Return (u,) the factor, in [1 - CROWD, 1], by which nearer points reduce the closeness of each point."""
    steps = np.minimum(ask.point_km * np.float32(1 / STEP_KM), np.float32(MOST_STEPS)).astype(np.int32)
    at_step = np.bincount(steps)
    nearer = np.cumsum(at_step) - at_step
    left = (1 - CROWD * nearer / (nearer + HALF_CROWD)).astype(np.float32)
    return np.asarray(left[steps])


def usual_km(ask: LotOnShelf) -> Floats:
    """Return (n,) the usual reach of each supplier in kilometres, by its kind and the trade."""
    usual = np.full(len(ask.shelf), REACH_HALVES * ask.once(_half_km), dtype=np.float32)
    local = ask.shelf.once(_local)[0]
    usual[local] = np.minimum(usual[local], np.float32(REACH_HALVES * HALF_KM_LOCAL))
    return usual


def _half_km(ask: LotOnShelf) -> float:
    """Return the half-distance of the trade: from its usual reach in the taxonomy, else the default."""
    reach = _trade_km(ask)
    return HALF_KM if reach is None else reach / REACH_HALVES


def _trade_km(ask: LotOnShelf) -> int | None:
    """Return the usual reach of the likeliest activity, of the service asked with it where that one is goods, or of staff where the lot asks for staff
    of whatever trade; None where it has none."""
    names, reading = taxonomy(), ask.reading
    if reading.mode:
        return names.reach_of(reading.mode)
    first, *others = (guess.code for guess in reading.activities) if reading.activities else ("",)
    if names.nature_of(first) == GOODS:
        first = next((code for code in others if code in reading.asked and names.nature_of(code) != GOODS), first)
    return names.reach_of(first)


def say(ask: LotOnShelf, row: int, value: float | None) -> Saying:
    """Return the French texts: distance to the nearest place of the lot, and the declared area that covers it; or which side is unknown."""
    if value is None:  # the buyer's own side is no question to the supplier
        if any(place.type is PlaceType.PAYS for place in ask.reading.places):
            country = "le lot couvre tout le pays : la distance ne départage pas"
            return Saying(country, country)
        if not ask.reading.places:
            return Saying("lieu du lot non connu", "lieu du lot non connu")
        return Saying("adresse du fournisseur non située", "adresse du fournisseur non située", COMES)
    km, place, sentences = ask.km(row), ask.nearest_place(row), []
    if km is not None and place is not None:
        at_home = km < 1 or (km < WIDEST_TOWN_KM and _in_town(ask, row, place))
        reach = "" if at_home else _reach_words(ask, row)
        sentences = [_distance_words(km, place, at_home) + reach]
    elif place is not None:
        sentences = [f"ailleurs que le lieu d’exécution ({place.name}), dont la distance n’est pas mesurée"]
    comes = bool(ask.once(covers_place)[row])
    subject = "il est " if sentences else "il "
    if comes:
        sentences.append(f"déclare intervenir : {area_names(ask.shelf.suppliers[row].area_codes)}")
    short = " ; ".join(sentences)
    return Saying(short, subject + short, "" if comes or value >= REACHES else COMES)


def _distance_words(km: float, place: Place, at_home: bool) -> str:
    name = place.name.replace("'", "’")
    if km < 1 and len(place.communes) > 1:
        return f"dans le territoire ({name})"
    away = unit(round(km, 1), "km")
    if not at_home:
        return f"à {away} du lieu d’exécution ({name})"
    return f"sur place ({name})" if km < 1 else f"sur place ({name}), à {away} du centre"


def _in_town(ask: LotOnShelf, row: int, place: Place) -> bool:
    """Return whether the nearest site is in the commune that is the place: its distance is then to the middle of that commune."""
    if len(place.communes) != 1:
        return False
    points = ask.shelf.points
    sites = points.of(row)
    inside = points.commune[sites] == commune_row(place.communes[0])
    return bool(inside.any() and inside[points.km_to(place)[sites].argmin()])


# Words for a reach estimated from kind and trade, as opposed to a declared one.
SUPPOSED = "rayon usuel supposé"


def _reach_words(ask: LotOnShelf, row: int) -> str:
    """Return the French words on the usual reach, for a supplier without a declared area; else empty."""
    if ask.shelf[RANGED][row]:
        return ""
    usual, km = float(ask.once(usual_km)[row]), ask.km(row)
    far = ", un peu loin" if km is not None and usual < km <= STRETCH * usual else ""
    return f"{far}, {SUPPOSED} : {unit(usual, 'km')}"


TOLD = (
    "Les kilomètres entre le lieu d’exécution et son site le plus proche, rapportés à la portée habituelle du métier "
    "; un peu moins où d’autres sont plus près. Une zone d’intervention déclarée qui couvre le lieu compte "
    "comme proche."
)
SIGNAL = Signal(
    key="proximity",
    label="Proximité",
    told=TOLD,
    prior=PRIOR,
    values=values,
    say=say,
    mail="Intervenez-vous au lieu indiqué ? À partir de quel site ?",
    field="sites",
    facts=(RANGED,),
    speaks_for=REACHES,
    speaks_against=REACHES,
)
