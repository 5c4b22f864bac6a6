"""Reads the lots that a watch (a saved search) shows at a moment, with its reader's verdicts, and selects the news for its next message."""

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
from matcher.notices.store import KeptLot, LotFilter, LotPosition, count_lots, lots, lots_of_supplier, taken_notices
from matcher.notices.supplier_side import SupplierSide, supplier_side
from matcher.notices.tables import PUBLISHED_LOTS
from matcher.notices.watching.watches import LotVerdict, Watch, WatchChoice, read_verdicts
from matcher.ranking.shelf.shelf import Shelf
from matcher.reading.intent import CLAUSE
from matcher.reading.place.areas import departements_of, inside, place_of, places_of
from matcher.reading.reader import read, where_done
from matcher.reference.geography.communes import commune_arrays, departement_code, distance_km
from matcher.reference.geography.territories import departement_named

# Most lots shown in a watch.
MOST = 40
MOST_SET_ASIDE = 20
MOST_OPENED = 12
# Length of « cette semaine ».
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class WatchedLot:
    """A lot that a watch shows; `band` is how surely it is of the supplier's trade, None in a watch over all lots; `verdict` is the reader's."""

    lot: KeptLot
    band: Band | None = None
    verdict: LotVerdict | None = None

    @property
    def id(self) -> int:
        """The id of the lot."""
        return self.lot.id

    @property
    def unsure(self) -> bool:
        """Return True if the lot may not be of the supplier's trade: only a clue, or nothing, points to it."""
        return self.band in (Band.INDICE, Band.A_APPELER)


@dataclass(frozen=True, slots=True)
class WatchedLots:
    """Lots that a watch shows (a supplier's by lead, others the first to close first), the number of further lots, and the lots that the reader refused.
    `supplier_id` is the supplier's current id, empty in a watch over all lots."""

    supplier_id: str
    shown: tuple[WatchedLot, ...]
    more: int
    refused: tuple[WatchedLot, ...]


@dataclass(frozen=True, slots=True)
class NoticesRead:
    """Number of imported notices of the last week, and the day of the last one, or None. `ever`: any notice has been imported."""

    count: int
    until: date | None
    ever: bool


class SupplierGone(Exception):
    """The supplier of a watch is no longer in the catalogue."""


def read_watched_lots(connection: Connection, watch: Watch, now: datetime) -> WatchedLots:
    """Return the lots that a watch shows at `now` (aware). Raises SupplierGone."""
    lot_verdicts = read_verdicts(connection, watch) if watch.id else {}
    chosen, supplier_id = lot_filter(watch.choice, now), ""
    if watch.supplier_id:
        supplier_id = ids_of_today(connection, [watch.supplier_id]).get(watch.supplier_id, "")
        if not supplier_id:
            raise SupplierGone
        of_supplier = lots_of_supplier(connection, supplier_id, chosen)
        watched_lots = [WatchedLot(match.lot, match.band, lot_verdicts.get(match.lot.id)) for match in of_supplier]
        total = len(watched_lots)
    else:
        # SQL filters by département: for a smaller place, all lots are fetched and filtered by their text.
        most = None if _small(watch.choice.place) else MOST + len(lot_verdicts)
        watched_lots = [WatchedLot(lot, None, lot_verdicts.get(lot.id)) for lot in lots(connection, chosen, most)]
        total = len(watched_lots) if most is None else count_lots(connection, chosen)
    in_place = [watched for watched in watched_lots if _within(watched.lot, watch.choice.place)]
    refused = tuple(watched for watched in in_place if watched.verdict is LotVerdict.REFUSED)
    shown = [watched for watched in in_place if watched.verdict is not LotVerdict.REFUSED][:MOST]
    return WatchedLots(
        supplier_id, tuple(shown), total - (len(watched_lots) - len(in_place)) - len(refused) - len(shown), refused
    )


def lot_filter(choice: WatchChoice, now: datetime) -> LotFilter:
    """Return the database filter of a watch's choice, over the lots open at `now` (aware)."""
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
    """Return a digest of the values of a lot whose change is news to a reader: state, title, object, amount, places, deadline, reservation, clause."""
    lot, need = kept_lot.published, kept_lot.published.lot
    state = (kept_lot.state, lot.title, need.objet, need.montant, need.lieux, lot.deadline, lot.reserved, lot.clause)
    return sha256(repr(state).encode()).hexdigest()[:16]


def sides(shelf: Shelf, supplier_id: str, kept_lots: Sequence[KeptLot], day: date) -> list[SupplierSide]:
    """Return the explanation of each lot for a supplier, computed now. Raises SupplierGone."""
    row = shelf.find(supplier_id)
    if row is None:
        raise SupplierGone
    return [supplier_side(lay_on_shelf(read(lot.published.lot), shelf, day), row) for lot in kept_lots]


def set_aside(engine: Engine, supplier_id: str, now: datetime) -> list[KeptLot]:
    """Return the lots open at `now` in a supplier's département that are not matched with it, the first to close first, at most `MOST_SET_ASIDE`."""
    names = departements_of_suppliers(engine, [supplier_id]).values()
    departements = frozenset(departement.code for name in names if (departement := departement_named(name)))
    chosen = replace(lot_filter(WatchChoice(), now), departements=departements)
    if not departements:
        return []
    with reading(engine) as connection:
        shown_ids = {match.lot.id for match in lots_of_supplier(connection, supplier_id, chosen)}
        nearby = lots(connection, chosen, MOST_SET_ASIDE + len(shown_ids))
        return [lot for lot in nearby if lot.id not in shown_ids][:MOST_SET_ASIDE]


class OpenedLots(NamedTuple):
    """The first lots that new trades would bring to a supplier, each with its explanation, and the number of later lots not examined."""

    lots: list[tuple[KeptLot, SupplierSide]]
    later: int


def lots_opened(
    engine: Engine, shelf: Shelf, supplier: Supplier, trades: Iterable[str], now: datetime
) -> OpenedLots | None:
    """Return the first `MOST_OPENED` lots to close, open at `now` (aware), that need one of these `trades` in the supplier's départements and suit it;
    None if no notice was ever imported. Raises SupplierGone."""
    served, chosen = _departements_served(supplier), lot_filter(WatchChoice(), now)
    with reading(engine) as connection:
        if not taken_notices(connection).keys() - {TEAM}:
            return None
        lot_filters = [
            replace(chosen, trade=code, departements=served or frozenset()) for code in trades if served is not None
        ]
        lots_by_id = {lot.id: lot for lot_filter_ in lot_filters for lot in lots(connection, lot_filter_, MOST)}
    first = sorted(lots_by_id.values(), key=lambda lot: (lot.published.deadline is None, LotPosition.of(lot)))
    opened: list[tuple[KeptLot, SupplierSide]] = []
    for at, lot in enumerate(first):
        if len(opened) == MOST_OPENED:
            return OpenedLots(opened, len(first) - at)
        (side,) = sides(shelf, supplier.id, [lot], now.date())
        if not side.refused:
            opened.append((lot, side))
    return OpenedLots(opened, 0)


def _departements_served(supplier: Supplier) -> frozenset[str] | None:
    """Return the départements that a supplier serves: its sites', its declared area's, and those within its declared distance of a site; empty for the
    whole country, None if unknown."""
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
    """Return the number of imported notices of the last week, the day of the last one, and whether any was ever imported."""
    lately = (PUBLISHED_LOTS.c.published > today - WEEK) & (PUBLISHED_LOTS.c.published <= today)
    columns = func.count(PUBLISHED_LOTS.c.notice_id.distinct()), func.max(PUBLISHED_LOTS.c.published)
    count, until = connection.execute(select(*columns).where(lately)).one()
    return NoticesRead(
        count, until, bool(count) or connection.scalar(select(PUBLISHED_LOTS.c.notice_id).limit(1)) is not None
    )


def _within(lot: KeptLot, place: str) -> bool:
    """Return True if a lot is carried out in a place smaller than a département, by its text; True for larger places, which SQL has filtered."""
    area = place_of(place)
    if area is None or not _small(place):
        return True
    return any(inside(where, area) or inside(area, where) for where in where_done(lot.published.lot).places)


def _small(place: str) -> bool:
    return bool(place) and not place.startswith(("dep:", "reg:", "pays:"))


# A lot already sent is sent once more when its deadline is nearer than this.
NEAR = timedelta(days=3)


class NewsKind(StrEnum):
    """Reason why a lot is in a message, in the words of the message; in the order of the message."""

    CANCELLED = "annulé"
    CORRECTED = "corrigé depuis"
    NEAR = "bientôt clos"
    NEW = "nouveau"


@dataclass(frozen=True, slots=True)
class ToldLot:
    """State of a lot in the last message about it (`mark`: a digest), and True once a message has warned that it closes soon."""

    mark: str
    near: bool


@dataclass(frozen=True, slots=True)
class LotNews:
    """One lot of a message, the reason why it is there, and the state to record."""

    lot: KeptLot
    kind: NewsKind
    told: ToldLot


def news(
    shown: Sequence[KeptLot], states_told: Mapping[int, ToldLot], before: Iterable[KeptLot], now: datetime
) -> list[LotNews]:
    """Return the news at `now` (aware): lots `shown` that are new, changed or soon closed since the last message (`states_told`: by lot id), and
    lots of messages `before`, no longer shown, that are cancelled. The most urgent reason first, then in the order of the watch; a lot is in once."""
    news_found = []
    for lot in shown:
        last, deadline = states_told.get(lot.id), lot.published.deadline
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
        if states_told[lot.id].mark != mark(lot):
            news_found.append(LotNews(lot, NewsKind.CANCELLED, ToldLot(mark(lot), states_told[lot.id].near)))
    urgency = tuple(NewsKind)
    return sorted(news_found, key=lambda item: urgency.index(item.kind))
