"""Lots that a watch shows on a moment, with the verdict of its reader on each, and the reasons of those of a supplier."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

import numpy as np
from sqlalchemy import Connection, Engine, func, select

from matcher.catalogue.identity.trust import TEAM
from matcher.catalogue.store.followed import ids_of_today
from matcher.catalogue.store.read import supplier_departements as departements_of_suppliers
from matcher.db import reading
from matcher.domain.kinds import SupplierKind
from matcher.domain.match import Band
from matcher.domain.notice import LotState
from matcher.domain.supplier import Supplier
from matcher.need.answer import lay_on_shelf
from matcher.notices.reserving import FAMILIES
from matcher.notices.store import (
    KeptLot,
    LotFilter,
    LotPosition,
    count_lots,
    lots,
    lots_of_supplier,
    taken_notices,
)
from matcher.notices.supplier_side import SupplierSide, supplier_side
from matcher.notices.tables import PUBLISHED_LOTS
from matcher.notices.watching.watches import LotVerdict, Watch, WatchChoice, read_verdicts
from matcher.ranking.shelf.shelf import Shelf
from matcher.reading.intent import CLAUSE
from matcher.reading.place.areas import departements_of, inside, place_of, places_of
from matcher.reading.reader import read, where_done
from matcher.reference.geography.communes import commune_arrays, departement_code, distance_km
from matcher.reference.geography.territories import departement_named

# Nobody reads farther in a morning.
MOST = 40
MOST_SET_ASIDE = 20
MOST_OPENED = 12
# What « cette semaine » looks back on.
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class WatchedLot:
    """A lot that a watch shows: the band of its supplier there, None where the watch is over all lots, and the verdict of its reader."""

    lot: KeptLot
    band: Band | None = None
    verdict: LotVerdict | None = None

    @property
    def id(self) -> int:
        """The number of the lot."""
        return self.lot.id

    @property
    def unsure(self) -> bool:
        """Return True where the lot may not be of its supplier's trade: a clue alone points to it, or nothing at all."""
        return self.band in (Band.INDICE, Band.A_APPELER)


@dataclass(frozen=True, slots=True)
class WatchedLots:
    """Lots that a watch shows: a supplier's in the order in which it should read them, others the first to close first; how many more there are, and those
    that its reader refused. `supplier_id` is the supplier's of today, empty where the watch is over all lots."""

    supplier_id: str
    shown: tuple[WatchedLot, ...]
    more: int
    refused: tuple[WatchedLot, ...]


@dataclass(frozen=True, slots=True)
class NoticesRead:
    """Notices that were read of the last week, and the day of the last one, None where there is none."""

    count: int
    until: date | None


class SupplierGone(Exception):
    """A watch whose supplier the catalogue has no more."""


def read_watched_lots(connection: Connection, watch: Watch, now: datetime) -> WatchedLots:
    """Return what a watch shows at `now` (aware). Raises SupplierGone."""
    lot_verdicts = read_verdicts(connection, watch) if watch.id else {}
    chosen, supplier_id = lot_filter(watch.choice, now), ""
    if watch.supplier_id:
        supplier_id = ids_of_today(connection, [watch.supplier_id]).get(watch.supplier_id, "")
        if not supplier_id:
            raise SupplierGone
        of_supplier = lots_of_supplier(connection, supplier_id, chosen)
        watched_lots = [WatchedLot(one.lot, one.band, lot_verdicts.get(one.lot.id)) for one in of_supplier]
        total = len(watched_lots)
    else:
        # What is smaller than a département is told apart by reading: all are taken, and not the first alone.
        most = None if _small(watch.choice.place) else MOST + len(lot_verdicts)
        watched_lots = [WatchedLot(one, None, lot_verdicts.get(one.id)) for one in lots(connection, chosen, most)]
        total = len(watched_lots) if most is None else count_lots(connection, chosen)
    inside_it = [one for one in watched_lots if _within(one.lot, watch.choice.place)]
    refused = tuple(one for one in inside_it if one.verdict is LotVerdict.REFUSED)
    shown = [one for one in inside_it if one.verdict is not LotVerdict.REFUSED][:MOST]
    return WatchedLots(
        supplier_id, tuple(shown), total - (len(watched_lots) - len(inside_it)) - len(refused) - len(shown), refused
    )


def lot_filter(choice: WatchChoice, now: datetime) -> LotFilter:
    """Return the filter of a choice over the lots that are open at `now` (aware)."""
    area = place_of(choice.place)
    return LotFilter(
        open_at=now.astimezone(UTC).replace(tzinfo=None),
        trade=choice.trade,
        departements=departements_of(area) if area else frozenset(),
        supplier_kind=SupplierKind(choice.supplier_kind) if choice.supplier_kind else None,
        families=frozenset({FAMILIES[choice.lever]} if choice.lever in FAMILIES else ()),
        clause=True if choice.lever == CLAUSE else None,
    )


def mark(kept_lot: KeptLot) -> str:
    """Return a digest of what its reader must be written to again about: the object of a lot, its deadline, its state."""
    lot = kept_lot.published
    state = (
        kept_lot.state,
        lot.title,
        lot.lot.objet,
        lot.lot.montant,
        lot.lot.lieux,
        lot.deadline,
        lot.reserved,
        lot.clause,
    )
    return sha256(repr(state).encode()).hexdigest()[:16]


def sides(shelf: Shelf, supplier_id: str, lots: Sequence[KeptLot], day: date) -> list[SupplierSide]:
    """Return what lots are to a supplier, computed now. Raises SupplierGone."""
    row = shelf.find(supplier_id)
    if row is None:
        raise SupplierGone
    return [supplier_side(lay_on_shelf(read(one.published.lot), shelf, day), row) for one in lots]


def set_aside(engine: Engine, supplier_id: str, now: datetime) -> list[KeptLot]:
    """Return the lots open at `now` in the département of a supplier that are not shown to it, the first to close first, at most `MOST_SET_ASIDE`."""
    names = departements_of_suppliers(engine, [supplier_id]).values()
    near = frozenset(departement.code for name in names if (departement := departement_named(name)))
    chosen = replace(lot_filter(WatchChoice(), now), departements=near)
    if not near:
        return []
    with reading(engine) as connection:
        shown_ids = {one.lot.id for one in lots_of_supplier(connection, supplier_id, chosen)}
        return [one for one in lots(connection, chosen, MOST_SET_ASIDE + len(shown_ids)) if one.id not in shown_ids][
            :MOST_SET_ASIDE
        ]


class OpenedLots(NamedTuple):
    """The first lots that the trades of a supplier open to it, each with what it is to it, and how many later ones were not compared."""

    lots: list[tuple[KeptLot, SupplierSide]]
    later: int


def lots_opened(
    engine: Engine, shelf: Shelf, supplier: Supplier, trades: Iterable[str], now: datetime
) -> OpenedLots | None:
    """Return the first `MOST_OPENED` lots to close that are open at `now` (aware), ask one of these trades where a supplier goes, and would be shown to it
    today; None where no notice was ever imported. Raises SupplierGone."""
    near, chosen = _reached(supplier), lot_filter(WatchChoice(), now)
    with reading(engine) as connection:
        if not taken_notices(connection).keys() - {TEAM}:
            return None
        lot_filters = [
            replace(chosen, trade=code, departements=near or frozenset()) for code in trades if near is not None
        ]
        lots_by_id = {lot.id: lot for one in lot_filters for lot in lots(connection, one, MOST)}
    first = sorted(lots_by_id.values(), key=lambda lot: (lot.published.deadline is None, LotPosition.of(lot)))
    opened: list[tuple[KeptLot, SupplierSide]] = []
    for at, lot in enumerate(first):
        if len(opened) == MOST_OPENED:
            return OpenedLots(opened, len(first) - at)
        (side,) = sides(shelf, supplier.id, [lot], now.date())
        if not side.refused:
            opened.append((lot, side))
    return OpenedLots(opened, 0)


def _reached(supplier: Supplier) -> frozenset[str] | None:
    """Return the départements where a supplier goes: those of its declared area, or that a circle around its sites touches, with its own; empty for the
    whole country, None where they are not known."""
    if "pays:FR" in supplier.area_codes:
        return frozenset()
    codes = {code for place in places_of(supplier.area_codes) for code in departements_of(place)}
    codes |= {departement_code(site.insee) for site in supplier.sites} - {""}
    km, towns = (
        max((int(code[3:]) for code in supplier.area_codes if code.startswith("km:")), default=0),
        commune_arrays(),
    )
    for site in supplier.sites:
        if km and site.lat is not None and site.lon is not None:
            within = np.flatnonzero(distance_km(site.lat, site.lon, towns.lat, towns.lon) <= km)
            codes |= {departement_code(towns.codes[at]) for at in within.tolist()}
    return frozenset(codes) or None


def notices_read(connection: Connection, today: date) -> NoticesRead:
    """Return how many notices of the last week were read, and until when."""
    lately = (PUBLISHED_LOTS.c.published > today - WEEK) & (PUBLISHED_LOTS.c.published <= today)
    columns = func.count(PUBLISHED_LOTS.c.notice_id.distinct()), func.max(PUBLISHED_LOTS.c.published)
    count, until = connection.execute(select(*columns).where(lately)).one()
    return NoticesRead(count, until)


def _within(lot: KeptLot, place: str) -> bool:
    """Return whether a lot is done in an area: its départements have been compared already, and what is smaller is read."""
    area = place_of(place)
    if area is None or not _small(place):
        return True
    return any(inside(one, area) or inside(area, one) for one in where_done(lot.published.lot).places)


def _small(place: str) -> bool:
    """Return whether a place is smaller than the départements that rows are found by."""
    return bool(place) and not place.startswith(("dep:", "reg:", "pays:"))


# A lot that was told is told once more when so little is left to answer: three working days at most.
NEAR = timedelta(days=3)


class NewsKind(StrEnum):
    """Reason why a lot is in a message, in the words of its title; the first comes first."""

    CANCELLED = "annulé"
    CORRECTED = "corrigé depuis"
    NEAR = "bientôt clos"
    NEW = "nouveau"


@dataclass(frozen=True, slots=True)
class ToldLot:
    """State in which the last message about a lot gave it, and True where it was announced to close soon."""

    mark: str
    near: bool


@dataclass(frozen=True, slots=True)
class LotNews:
    """One lot of a message, why it is there, and the state to remember of it."""

    lot: KeptLot
    kind: NewsKind
    told: ToldLot


def news(
    shown: Sequence[KeptLot], lots: Mapping[int, ToldLot], before: Iterable[KeptLot], now: datetime
) -> list[LotNews]:
    """Return the news at `now` (aware) of the lots that a watch shows, and of those of messages `before` that it shows no more: that they are cancelled.
    The reason that presses most comes first, each in the order of the watch. However often a lot was corrected meanwhile, it is in once."""
    news_found = []
    for lot in shown:
        last, deadline = lots.get(lot.id), lot.published.deadline
        near = deadline is not None and deadline.at - now < NEAR
        state = ToldLot(mark(lot), near or (last is not None and last.near))
        if last is None:
            news_found.append(LotNews(lot, NewsKind.NEW, state))
        elif last.mark != state.mark:
            news_found.append(LotNews(lot, NewsKind.CORRECTED, state))
        elif near and not last.near:
            news_found.append(LotNews(lot, NewsKind.NEAR, state))
    listed = {lot.id for lot in shown}
    for lot in before:
        if lot.id in listed or lot.state is not LotState.CANCELLED:
            continue
        if lots[lot.id].mark != mark(lot):
            news_found.append(LotNews(lot, NewsKind.CANCELLED, ToldLot(mark(lot), lots[lot.id].near)))
    pressing = tuple(NewsKind)
    return sorted(news_found, key=lambda one: pressing.index(one.kind))
