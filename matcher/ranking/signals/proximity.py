"""Proximity: how far the supplier's nearest site is from the place of execution.

Closeness is halved four times at the usual reach of the trade (`portee_km` of the taxonomy). A part of it is lost as others stand nearer: ten kilometres are far in a city, and near where nobody else is.
Where the supplier declares an area of intervention that covers the place, it counts as near.
"""

import numpy as np

from matcher.domain.french import unit
from matcher.domain.kinds import SupplierKind
from matcher.domain.place import Place, PlaceType
from matcher.mapped import Ints
from matcher.ranking.ask import LotOnShelf, Saying, Signal, all_unknown, covers_place
from matcher.ranking.shelf.areas import area_names
from matcher.ranking.shelf.shelf import Shelf
from matcher.ranking.shelf.sphere import Floats, Rows, commune_row
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.taxonomy import GOODS

PRIOR = 0.2
# Kilometres at which closeness is halved where the taxonomy says no reach, of a group. Judgement of the trade: a team drives half an hour.
HALF_KM = 20.0
# At its usual reach (`portee_km` of the taxonomy) a closeness has been halved this many times.
REACH_HALVES = 4.0
# Up to this many times its usual reach, who is known for the trade comes a little far.
STRETCH = 1.5
# An AI seconds staff by the hour in its own pays: beyond it, it does not come.
HALF_KM_LOCAL = 10.0
LOCAL = (SupplierKind.AI,)
# The most of a closeness that is lost to those who are nearer, and how many of them take half of it: more than a buyer reads of.
CROWD, HALF_CROWD = 0.25, 40.0
# Nearer by less than this is as near; farther than so many steps, nobody counts.
STEP_KM, MOST_STEPS = 0.25, 4000
# What a declared area is worth whatever the distance: the supplier says that it comes.
DECLARED = 0.8
# Two half-distances (40 km for most services), however many are nearer: this speaks for a supplier, and needs no call; farther, it is asked
# whether it comes.
REACHES = 0.25 * (1 - CROWD)
COMES = "vient-il jusqu’au lieu du lot"
# Farther from the middle of a commune one is in another, but in the forests of Guyane.
WIDEST_TOWN_KM = 20.0


def values(ask: LotOnShelf) -> Floats:
    """Closeness in [0, 1]; NaN where the supplier or the lot has no known place. A lot for the whole country is all near."""
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
    """The rows of suppliers of local kinds alone, the points of their sites, and whose each is."""
    rows = np.flatnonzero(shelf.kinds.only(LOCAL))
    return rows, *shelf.points.sites(rows)


def _closeness(ask: LotOnShelf, half_km: float, at: Ints | slice = slice(None)) -> Floats:
    """0.5 ** (km / half_km) of each of these points, less what those nearer take; of goods alone, they take nothing."""
    value: Floats = np.exp2(ask.point_km[at] * np.float32(-1.0 / half_km))
    if not ask.goods:
        value *= ask.once(_left)[at]
    return value


def _left(ask: LotOnShelf) -> Floats:
    """(u,) what is left to each point of its closeness by the points where suppliers stand nearer, in [1 - CROWD, 1]."""
    steps = np.minimum(ask.point_km * np.float32(1 / STEP_KM), np.float32(MOST_STEPS)).astype(np.int32)
    at_step = np.bincount(steps)
    nearer = np.cumsum(at_step) - at_step
    left = (1 - CROWD * nearer / (nearer + HALF_CROWD)).astype(np.float32)
    return np.asarray(left[steps])


def usual_km(ask: LotOnShelf) -> Floats:
    """Return (n,) how far each usually comes, by its kind and for the trade."""
    usual = np.full(len(ask.shelf), REACH_HALVES * ask.once(_half_km), dtype=np.float32)
    local = ask.shelf.once(_local)[0]
    usual[local] = np.minimum(usual[local], np.float32(REACH_HALVES * HALF_KM_LOCAL))
    return usual


def _half_km(ask: LotOnShelf) -> float:
    """Half-distance of the trade: from its usual reach in the taxonomy, else that of any service."""
    reach = _trade_km(ask)
    return HALF_KM if reach is None else reach / REACH_HALVES


def _trade_km(ask: LotOnShelf) -> int | None:
    """Usual reach in the taxonomy of the likeliest activity, or of the service asked beside where that is goods; None where it has none."""
    names, reading = taxonomy(), ask.reading
    first, *others = (guess.code for guess in reading.activities) if reading.activities else ("",)
    if names.nature_of(first) == GOODS:
        first = next((code for code in others if code in reading.asked and names.nature_of(code) != GOODS), first)
    return names.reach_of(first)


def say(ask: LotOnShelf, row: int, value: float | None) -> Saying:
    """Distance to the nearest place of the lot, and the declared area where it covers one; or which of the two sides is not known."""
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
    """Return whether the site that is measured is in the commune that the place is: its distance is then to the middle of it."""
    if len(place.communes) != 1:
        return False
    points = ask.shelf.points
    sites = points.of(row)
    inside = points.commune[sites] == commune_row(place.communes[0])
    return bool(inside.any() and inside[points.km_to(place)[sites].argmin()])


# What says that a reach is that of its kind and trade, and not its own word.
SUPPOSED = "rayon usuel supposé"


def _reach_words(ask: LotOnShelf, row: int) -> str:
    """Return how far such suppliers usually come, where this one is away and declares no area: what its nearness was counted with."""
    if ask.shelf.ranged[row]:
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
    speaks_for=REACHES,
    speaks_against=REACHES,
)
