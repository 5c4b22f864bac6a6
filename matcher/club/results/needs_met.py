"""Counts which needs of a meeting day met a supplier of their trade, and lists the trades that lacked: absent from the room or the catalogue,
or present but not met. Unknown is not zero."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from matcher.club.timetable.affinity import NeedAsked, rank_need, read_participant_need
from matcher.club.timetable.need_suppliers import NOT_READ
from matcher.club.timetable.setting import Setting, pairs_not_held
from matcher.domain.place import Place, PlaceType
from matcher.ranking.known import A_APPELER, INDICE, band_of_each, within_reach
from matcher.ranking.shelf.shelf import Shelf
from matcher.reference.geography.communes import current_commune

# Fewest suppliers of a trade in the room for a buyer to compare.
ENOUGH = 3


class LackKind(StrEnum):
    """Kind of lack of a trade."""

    UNSEEN = "dans la salle, mais pas vu"
    ABSENT = "absent de la salle"
    NOWHERE = "absent de la salle et du catalogue"
    FEW = "peu de choix dans la salle"


@dataclass(frozen=True, slots=True)
class CountedPlace:
    """Département and EPCI of one side, as codes; empty where unknown."""

    departement: str = ""
    epci: str = ""

    @staticmethod
    def of_commune(insee: str) -> "CountedPlace":
        """Return the département and EPCI of a commune, by its INSEE code."""
        town = current_commune(insee) if insee else None
        return CountedPlace(town.departement, town.epci) if town else CountedPlace()


def territory_of(places: tuple[Place, ...]) -> CountedPlace:
    """Return the département and EPCI of the first place of a need; empty where the place is wider than one."""
    first = places[0] if places else None
    if first is None or not first.communes or first.type is PlaceType.REGION:
        return CountedPlace()
    place = CountedPlace.of_commune(first.communes[0])
    return place if first.type in (PlaceType.COMMUNE, PlaceType.EPCI) else CountedPlace(place.departement)


@dataclass(frozen=True, slots=True)
class CountedNeed:
    """A need of a buyer (key), with its first place and its trade (`NOT_READ` if not understood). `doing`: suppliers in the room known for
    the trade; `present`: those of them near enough; `met`: whether the buyer met one, None without a timetable or trade."""

    buyer: int
    text: str
    trade: str
    at: CountedPlace
    point: tuple[float, float] | None
    doing: int
    present: int
    met: bool | None

    @property
    def is_understood(self) -> bool:
        """Return whether the trade is understood."""
        return self.trade != NOT_READ


@dataclass(frozen=True, slots=True)
class Lack:
    """A trade that lacked suppliers, how, and for which buyers (keys). Figures of its worst-off `need`: suppliers in the room known for the
    trade (`doing`), those of them near enough (`present`); suppliers of the `catalogue` to invite next, None where unknown because suppliers
    within reach have no known trade (`to_call` of them)."""

    trade: str
    kind: LackKind
    buyers: tuple[int, ...]
    need: str
    doing: int
    present: int
    catalogue: int | None
    to_call: int


def counted_needs(setting: Setting) -> tuple[CountedNeed, ...]:
    """Return the needs of the buyers who come, in their order."""
    return tuple(_count_need(setting, one) for one in setting.needs)


def _count_need(setting: Setting, need: NeedAsked) -> CountedNeed:
    event, sides = setting.event, setting.affinities
    buyer = sides.buyers[need.buyer]
    where = read_participant_need(buyer, need.need).places
    of_trade = {sides.suppliers[column].key for column in np.flatnonzero(need.known)}
    unheld = pairs_not_held(event)
    seen = {key for one in event.bookings_of.get(buyer.key, ()) if one.pair not in unheld for key in one.pair}
    first = where[0] if where else None
    point = (first.lat, first.lon) if first and first.lat is not None and first.lon is not None else None
    return CountedNeed(
        buyer=buyer.key,
        text=need.need.text,
        trade=need.trade,
        at=territory_of(where),
        point=point,
        doing=len(of_trade),
        present=int(need.credible.sum()),
        met=not of_trade.isdisjoint(seen) if event.plan and need.trade != NOT_READ else None,
    )


def lacks(setting: Setting, needs: Iterable[CountedNeed], catalogue: Shelf) -> tuple[Lack, ...]:
    """Return the trades that lacked, one for each kind of lack, those in the room first; `catalogue`: all suppliers as a shelf (arrays)."""
    lacking: dict[tuple[LackKind, str], Lack] = {}
    for need, counted in zip(needs, setting.needs, strict=True):
        if not need.is_understood or (need.met is not False and need.doing >= ENOUGH):
            continue
        known, to_call = _in_catalogue(setting, counted, catalogue)
        if need.doing:
            kind = LackKind.UNSEEN if need.met is False else LackKind.FEW
        else:
            kind = LackKind.NOWHERE if known == 0 else LackKind.ABSENT
        lack = Lack(need.trade, kind, (need.buyer,), need.text, need.doing, need.present, known, to_call)
        before = lacking.get((lack.kind, lack.trade), lack)
        worst = min(before, lack, key=lambda one: (one.doing, one.present, one.catalogue or 0))
        buyers = tuple(dict.fromkeys((*before.buyers, need.buyer)))
        lacking[lack.kind, lack.trade] = replace(worst, buyers=buyers)
    order = list(LackKind)
    return tuple(sorted(lacking.values(), key=lambda one: (order.index(one.kind), -len(one.buyers), one.trade)))


def _in_catalogue(setting: Setting, need: NeedAsked, catalogue: Shelf) -> tuple[int | None, int]:
    """Return how many catalogue suppliers answer a need (None where unknown), and how many within reach have a trade to confirm by a call."""
    ranking = rank_need(setting.affinities.buyers[need.buyer], need.need, catalogue, setting.affinities.on)
    known, band = int(ranking.credible.sum()), ranking.ask.once(band_of_each)
    unread = ranking.admits & ranking.ask.once(within_reach) & ((band == A_APPELER) | (band == INDICE))
    to_call = int(np.count_nonzero(unread))
    return (None if not known and to_call else known), to_call
