"""Queries of the published lots: those open on a day, those of a supplier, one with the notices that made it."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple, Self

import msgspec
from sqlalchemy import Column, ColumnElement, Connection, Row, Select, String, and_, cast, delete, func, or_, select

from matcher.catalogue.store.tables import SUPPLIER_KINDS
from matcher.cleaning.words import fold
from matcher.domain.kinds import SupplierKind
from matcher.domain.match import Band
from matcher.domain.notice import LotState, PublishedLot, PublishedNotice, ReservedFor
from matcher.notices.tables import LOT_MATCHES, NOTICES, PUBLISHED_LOTS
from matcher.rows import chunks

# A lot that tells no deadline is thought open so long after its notice: the longest usual time to answer, twice over.
OPEN_WITHOUT_DEADLINE = timedelta(days=90)

_POSITION = re.compile(r"(?:([0-9-]+)T([0-9:.]+))?~([0-9]{1,9})")
_SUPPLIER_POSITION = re.compile(r"([01])~(-?[0-9.]{1,25}(?:e-?[0-9]{1,2})?)~([0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class KeptLot:
    """A published lot as it is kept: its content, its state, the last notice about it, and what was read of it.

    `activities` are codes of the taxonomy, `departements` numbers; both empty while it waits to be compared. `connu` and `indice` count the organisations
    of these bands, `credible` those that are credible, all None while it waits; `reservable` those of them that each article admits. `changed` is when its
    last notice was read (UTC without zone).
    """

    id: int
    contract: str
    published: PublishedLot
    state: LotState
    notice: PublishedNotice
    changed: datetime
    activities: tuple[str, ...] = ()
    departements: tuple[str, ...] = ()
    amount: float | None = None
    months: float | None = None
    connu: int | None = None
    indice: int | None = None
    credible: int | None = None
    reservable: Mapping[str, int] = field(default_factory=dict)

    @property
    def could_be_reserved(self) -> bool:
        """Return whether it is not reserved, and some credible organisation is of a kind that it could be reserved to."""
        return self.published.reserved is None and any(self.reservable.values())

    @property
    def contract_object(self) -> str:
        """Object of the whole contract, empty where the title of the lot holds it already."""
        whole = self.notice.title
        return "" if fold(whole) in fold(self.published.title) else whole

    def is_open(self, now: datetime) -> bool:
        """Return whether an offer can still be made at `now` (aware)."""
        if self.state is not LotState.CALLED:
            return False
        if self.published.deadline:
            return self.published.deadline.at > now
        published_on = self.published.lot.date
        return published_on is None or published_on > now.date() - OPEN_WITHOUT_DEADLINE


@dataclass(frozen=True, slots=True)
class LotFilter:
    """Choice of published lots; what is empty or None chooses nothing.

    `trade` is a code of an activity or of its group, `departements` are numbers, `buyer` a SIRET or a SIREN, `since` a first day of publication, `until` a last one;
    `supplier_kind` is one of whom some may answer, `families` are those that it is reserved for; `contract` is that of its notices;
    `open_at` a moment in UTC without zone.
    """

    open_at: datetime | None = None
    trade: str = ""
    departements: frozenset[str] = frozenset()
    supplier_kind: SupplierKind | None = None
    families: frozenset[ReservedFor] = frozenset()
    buyer: str = ""
    reserved: bool | None = None
    clause: bool | None = None
    since: date | None = None
    until: date | None = None
    contract: str = ""
    states: tuple[LotState, ...] = ()


class LotPosition(NamedTuple):
    """Position in the list of lots: a deadline (UTC without zone, None where none is known), and the number of a lot that has it."""

    deadline: datetime | None
    id: int

    @classmethod
    def of(cls, kept_lot: KeptLot) -> Self:
        """Return the position of a lot."""
        deadline = kept_lot.published.deadline
        return cls(deadline.at.astimezone(UTC).replace(tzinfo=None) if deadline else None, kept_lot.id)

    @classmethod
    def read(cls, written: str) -> Self:
        """Return a position as it is written. Raises ValueError."""
        match = _POSITION.fullmatch(written)
        if match is None:
            raise ValueError(f"no position of a lot: {written!r}")
        day, hour, number = match.groups()
        return cls(datetime.fromisoformat(f"{day}T{hour}") if day else None, int(number))

    def __str__(self) -> str:
        return f"{self.deadline.isoformat() if self.deadline else ''}~{self.id}"


@dataclass(frozen=True, slots=True)
class SupplierLot:
    """A lot that a supplier may answer: its band there, its place in it from 1, its score in [0, 100]; `lead` and `wanted` as those of `LotMatches`."""

    lot: KeptLot
    band: Band
    place: int
    score: float
    lead: float
    wanted: bool


class SupplierLotPosition(NamedTuple):
    """Position in the list of lots of a supplier: whether a lot is wanted, its lead, and the number of a lot that has them."""

    wanted: bool
    lead: float
    id: int

    @classmethod
    def of(cls, supplier_lot: SupplierLot) -> Self:
        """Return the position of a lot."""
        return cls(supplier_lot.wanted, supplier_lot.lead, supplier_lot.lot.id)

    @classmethod
    def read(cls, written: str) -> Self:
        """Return a position as it is written. Raises ValueError."""
        match = _SUPPLIER_POSITION.fullmatch(written)
        if match is None:
            raise ValueError(f"no position of a lot of a supplier: {written!r}")
        wanted, lead, number = match.groups()
        return cls(wanted == "1", float(lead), int(number))

    def __str__(self) -> str:
        return f"{self.wanted:d}~{self.lead!r}~{self.id}"


@dataclass(frozen=True, slots=True)
class LotSupplier:
    """A supplier that may answer a lot: its id, its band, its place there and its score."""

    supplier_id: str
    band: Band
    place: int
    score: float


class TakenNotices(NamedTuple):
    """The notices kept of one source: how many, and when one was last new or changed (UTC without zone)."""

    number: int
    taken: datetime


def taken_notices(connection: Connection) -> dict[str, TakenNotices]:
    """Return what is kept of each source of notices that has any."""
    columns = (NOTICES.c.source, func.count(), func.max(NOTICES.c.taken))
    rows = connection.execute(select(*columns).group_by(NOTICES.c.source))
    return {source: TakenNotices(number, taken) for source, number, taken in rows}


def lots(
    connection: Connection, chosen: LotFilter, most: int | None = None, after: LotPosition | None = None
) -> list[KeptLot]:
    """Return the lots that a filter chooses, the first to close first, those without a deadline last; those that come `after` a position."""
    query = _query().where(*_where(chosen), *_beyond(after))
    ordered = query.order_by(PUBLISHED_LOTS.c.deadline.is_(None), PUBLISHED_LOTS.c.deadline, PUBLISHED_LOTS.c.id).limit(
        most
    )
    return [_kept(row) for row in connection.execute(ordered)]


def count_lots(connection: Connection, chosen: LotFilter, *more: ColumnElement[bool]) -> int:
    """Return how many lots a filter chooses that meet `more` conditions."""
    query = select(func.count()).select_from(PUBLISHED_LOTS).where(*_where(chosen), *more)
    return connection.execute(query).scalar_one()


def lot(connection: Connection, lot_id: int) -> KeptLot | None:
    """Return one lot by its number, None where there is none."""
    row = connection.execute(_query().where(PUBLISHED_LOTS.c.id == lot_id)).first()
    return _kept(row) if row else None


def lots_by_number(connection: Connection, ids: Collection[int]) -> list[KeptLot]:
    """Return the lots of these numbers that there are."""
    return [
        _kept(row)
        for part in chunks(sorted(ids))
        for row in connection.execute(_query().where(PUBLISHED_LOTS.c.id.in_(part)))
    ]


def lots_of_supplier(
    connection: Connection,
    supplier_id: str,
    chosen: LotFilter,
    most: int | None = None,
    after: SupplierLotPosition | None = None,
) -> list[SupplierLot]:
    """Return the lots that a supplier may answer, of those a filter chooses: those reserved to its kind first, then by lead; those that come
    `after` a position."""
    columns = (LOT_MATCHES.c.band, LOT_MATCHES.c.place, LOT_MATCHES.c.score, LOT_MATCHES.c.lead, LOT_MATCHES.c.wanted)
    query = _query(*columns).join(LOT_MATCHES, LOT_MATCHES.c.lot_id == PUBLISHED_LOTS.c.id)
    mine = query.where(LOT_MATCHES.c.supplier_id == supplier_id, *_where(chosen))
    if after is not None:
        lead, wanted = LOT_MATCHES.c.lead, LOT_MATCHES.c.wanted
        later = wanted.is_(after.wanted) & (
            (lead < after.lead) | ((lead == after.lead) & (PUBLISHED_LOTS.c.id > after.id))
        )
        mine = mine.where(or_(wanted.is_(False), later) if after.wanted else later)
    ordered = mine.order_by(LOT_MATCHES.c.wanted.desc(), LOT_MATCHES.c.lead.desc(), PUBLISHED_LOTS.c.id).limit(most)
    return [
        SupplierLot(_kept(row), Band(row.band), row.place, row.score, row.lead, row.wanted)
        for row in connection.execute(ordered)
    ]


def suppliers_of_lot(connection: Connection, lot_id: int) -> list[LotSupplier]:
    """Return who may answer a lot, the surest band first, and each band best first."""
    columns = (LOT_MATCHES.c.supplier_id, LOT_MATCHES.c.band, LOT_MATCHES.c.place, LOT_MATCHES.c.score)
    rows = connection.execute(select(*columns).where(LOT_MATCHES.c.lot_id == lot_id))
    bands = tuple(Band)
    lot_suppliers = [LotSupplier(row.supplier_id, Band(row.band), row.place, row.score) for row in rows]
    return sorted(lot_suppliers, key=lambda one: (bands.index(one.band), one.place))


def notices_of(connection: Connection, contract: str) -> list[PublishedNotice]:
    """Return the notices of a contract, as published, the earliest first."""
    rows = connection.execute(select(NOTICES.c.said).where(NOTICES.c.contract == contract).order_by(NOTICES.c.id))
    notices = [msgspec.convert(said, PublishedNotice) for said in rows.scalars()]
    return sorted(notices, key=lambda notice: notice.published or date.min)


def open_lots(now: datetime) -> ColumnElement[bool]:
    """Return the condition of the lots to which an offer can still be made at `now` (UTC without zone)."""
    lately = PUBLISHED_LOTS.c.published.is_(None) | (PUBLISHED_LOTS.c.published > now.date() - OPEN_WITHOUT_DEADLINE)
    undated = and_(PUBLISHED_LOTS.c.deadline.is_(None), lately)
    return and_(PUBLISHED_LOTS.c.state == LotState.CALLED.value, or_(PUBLISHED_LOTS.c.deadline > now, undated))


def _query(*more: ColumnElement[Any]) -> Select[Any]:
    return select(PUBLISHED_LOTS, cast(NOTICES.c.said, String).label("notice"), NOTICES.c.taken, *more).join(
        NOTICES, NOTICES.c.id == PUBLISHED_LOTS.c.notice_id
    )


def _where(chosen: LotFilter) -> list[ColumnElement[bool]]:
    conditions = _asking(chosen)
    if chosen.open_at is not None:
        conditions.append(open_lots(chosen.open_at))
    if chosen.buyer:
        conditions.append(PUBLISHED_LOTS.c.buyer.startswith(chosen.buyer, autoescape=True))
    if chosen.since is not None:
        conditions.append(PUBLISHED_LOTS.c.published >= chosen.since)
    if chosen.until is not None:
        conditions.append(PUBLISHED_LOTS.c.published <= chosen.until)
    if chosen.contract:
        conditions.append(PUBLISHED_LOTS.c.contract == chosen.contract)
    if chosen.states:
        conditions.append(PUBLISHED_LOTS.c.state.in_([state.value for state in chosen.states]))
    return conditions


def _asking(chosen: LotFilter) -> list[ColumnElement[bool]]:
    """The conditions on what a lot asks, where, and of whom."""
    conditions: list[ColumnElement[bool]] = []
    if chosen.trade:  # a group is the beginning of its activities' codes
        conditions.append(_lists(PUBLISHED_LOTS.c.activities, (f'"{chosen.trade}{end}' for end in ('"', "."))))
    if chosen.departements:
        codes = (f'"{code}"' for code in sorted(chosen.departements))
        conditions.append(_lists(PUBLISHED_LOTS.c.departements, codes))
    if chosen.supplier_kind:
        of_kind = SUPPLIER_KINDS.c.kind == chosen.supplier_kind.value
        answer = (
            select(LOT_MATCHES.c.lot_id)
            .join(SUPPLIER_KINDS, SUPPLIER_KINDS.c.supplier_id == LOT_MATCHES.c.supplier_id)
            .where(of_kind)
        )
        conditions.append(PUBLISHED_LOTS.c.id.in_(answer))
    if chosen.families:
        conditions.append(PUBLISHED_LOTS.c.reserved.in_(sorted(family.value for family in chosen.families)))
    if chosen.reserved is not None:
        conditions.append(
            PUBLISHED_LOTS.c.reserved.is_not(None) if chosen.reserved else PUBLISHED_LOTS.c.reserved.is_(None)
        )
    if chosen.clause is not None:
        conditions.append(PUBLISHED_LOTS.c.clause.is_(True) if chosen.clause else PUBLISHED_LOTS.c.clause.is_not(True))
    return conditions


def _lists(column: Column[Any], codes: Iterable[str]) -> ColumnElement[bool]:
    """The condition that a list in JSON holds one of these beginnings of its texts."""
    text = cast(column, String)
    return or_(*(text.contains(code, autoescape=True) for code in codes))


def _beyond(after: LotPosition | None) -> list[ColumnElement[bool]]:
    if after is None:
        return []
    at, undated, later = PUBLISHED_LOTS.c.deadline, PUBLISHED_LOTS.c.deadline.is_(None), PUBLISHED_LOTS.c.id > after.id
    if after.deadline is None:
        return [undated & later]
    return [undated | (at > after.deadline) | ((at == after.deadline) & later)]


def _kept(row: Row[Any]) -> KeptLot:
    return KeptLot(
        id=row.id,
        contract=row.contract,
        published=msgspec.convert(row.said, PublishedLot),
        state=LotState(row.state),
        notice=_notice(row.notice),
        activities=tuple(row.activities),
        departements=tuple(row.departements),
        amount=row.amount,
        months=row.months,
        connu=row.connu,
        indice=row.indice,
        credible=row.credible,
        reservable=row.reservable,
        changed=row.taken,
    )


# A notice of thirty lots is read once, and not with each of them.
@lru_cache(maxsize=64)
def _notice(content: str) -> PublishedNotice:
    return msgspec.json.decode(content, type=PublishedNotice)


def leave_lots(connection: Connection, keys: frozenset[str], _who: str, _now: datetime) -> None:
    """Take a supplier that leaves (all its keys) out of every lot, inside the transaction of its withdrawal."""
    for part in chunks(sorted(keys)):
        connection.execute(delete(LOT_MATCHES).where(LOT_MATCHES.c.supplier_id.in_(part)))
