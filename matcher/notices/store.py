"""Reads published lots from the database: by filter (open on a day, trade, place, buyer…), by id, by supplier; and a contract's notices."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple, Self

from sqlalchemy import Column, ColumnElement, Connection, Row, Select, String, and_, cast, delete, func, or_, select

from matcher.catalogue.store.tables import SUPPLIER_KINDS
from matcher.cleaning.words import fold
from matcher.domain.french import enumeration
from matcher.domain.kinds import SupplierKind
from matcher.domain.match import Band
from matcher.domain.notice import LotState, PublishedLot, PublishedNotice, ReservedFor
from matcher.notices.tables import LOT_MATCHES, NOTICES, PUBLISHED_LOTS
from matcher.reference.trades.activities import taxonomy
from matcher.rows import chunks
from matcher.typed_values import convert_value, decode_json

# A lot without a deadline is assumed open for so long after its notice: twice the longest usual time to answer.
OPEN_WITHOUT_DEADLINE = timedelta(days=90)

_POSITION = re.compile(r"(?:([0-9-]+)T([0-9:.]+))?~([0-9]{1,9})")
_SUPPLIER_POSITION = re.compile(r"([01])~(-?[0-9.]{1,25}(?:e-?[0-9]{1,2})?)~([0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class KeptLot:
    """A stored published lot: its content, its state, the last notice about it, and the values read in its text.

    `activities` are codes of the taxonomy, `departements` numbers; both empty until the lot is matched with the catalogue. `connu` and `indice` count the
    organisations of these bands, `credible` the credible ones, all None until then; `reservable` how many of these each law article admits. `changed` is
    when its last notice was imported (UTC without zone).
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
        """Return True if the lot is not reserved, and a credible organisation is of a kind that it could be reserved to."""
        return self.published.reserved is None and any(self.reservable.values())

    @property
    def trade_doubt(self) -> str:
        """French words for a trade that is not sure, empty for a sure one or a lot not yet matched."""
        if not self.published.trade_unsure:
            return ""
        names = enumeration(list(map(taxonomy().label, self.activities)))
        return f"à confirmer : {names}" if names else "métier non compris"

    @property
    def contract_object(self) -> str:
        """Object of the whole contract, empty if the lot's title contains it."""
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
    """Filter of published lots; an empty or None field does not filter. `trade` is a code of an activity or of its group, `departements` are numbers, `buyer`
    a SIRET or a SIREN, `since` and `until` the first and last days of publication; `supplier_kind` chooses lots matched with a supplier of that kind,
    `families` lots reserved for one of them; `contract` is a contract's key; `open_at` a moment in UTC without zone."""

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
    """Pagination cursor in the list of lots: a lot's deadline (UTC without zone, None if not known) and id."""

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
    """A lot matched with a supplier: its band, its rank in the band from 1, its score in [0, 100]; `lead` and `wanted` as in `LotMatches`."""

    lot: KeptLot
    band: Band
    place: int
    score: float
    lead: float
    wanted: bool


class SupplierLotPosition(NamedTuple):
    """Pagination cursor in the list of a supplier's lots: a lot's `wanted`, lead and id."""

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
    """A supplier matched with a lot: its id, its band, its rank in the band and its score."""

    supplier_id: str
    band: Band
    place: int
    score: float


class TakenNotices(NamedTuple):
    """The stored notices of one source: their number, and when one was last new or changed (UTC without zone)."""

    number: int
    taken: datetime


def taken_notices(connection: Connection) -> dict[str, TakenNotices]:
    """Return the number of stored notices by source."""
    columns = (NOTICES.c.source, func.count(), func.max(NOTICES.c.taken))
    rows = connection.execute(select(*columns).group_by(NOTICES.c.source))
    return {source: TakenNotices(number, taken) for source, number, taken in rows}


def lots(
    connection: Connection, chosen: LotFilter, most: int | None = None, after: LotPosition | None = None
) -> list[KeptLot]:
    """Return the lots that a filter chooses, the first to close first, those without a deadline last; at most `most`, `after` a cursor."""
    order = (PUBLISHED_LOTS.c.deadline.is_(None), PUBLISHED_LOTS.c.deadline, PUBLISHED_LOTS.c.id)
    query = _query().where(*_where(chosen), *_beyond(after)).order_by(*order).limit(most)
    return [_lot_of_row(row) for row in connection.execute(query)]


def count_lots(connection: Connection, chosen: LotFilter, *more: ColumnElement[bool]) -> int:
    """Return the number of lots that a filter chooses and that meet the conditions `more`."""
    query = select(func.count()).select_from(PUBLISHED_LOTS).where(*_where(chosen), *more)
    return connection.execute(query).scalar_one()


def lot(connection: Connection, lot_id: int) -> KeptLot | None:
    """Return one lot by its id, or None."""
    row = connection.execute(_query().where(PUBLISHED_LOTS.c.id == lot_id)).first()
    return _lot_of_row(row) if row else None


def lots_by_number(connection: Connection, ids: Collection[int]) -> list[KeptLot]:
    """Return the lots of these ids that exist."""
    return [
        _lot_of_row(row)
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
    """Return a supplier's lots, of those a filter chooses: reserved to its kind first, then by lead; at most `most`, `after` a cursor."""
    columns = (LOT_MATCHES.c.band, LOT_MATCHES.c.place, LOT_MATCHES.c.score, LOT_MATCHES.c.lead, LOT_MATCHES.c.wanted)
    query = _query(*columns).join(LOT_MATCHES, LOT_MATCHES.c.lot_id == PUBLISHED_LOTS.c.id)
    mine = query.where(LOT_MATCHES.c.supplier_id == supplier_id, *_where(chosen))
    if after is not None:
        lead, wanted = LOT_MATCHES.c.lead, LOT_MATCHES.c.wanted
        same_lead = (lead == after.lead) & (PUBLISHED_LOTS.c.id > after.id)
        later = wanted.is_(after.wanted) & ((lead < after.lead) | same_lead)
        mine = mine.where(or_(wanted.is_(False), later) if after.wanted else later)
    ordered = mine.order_by(LOT_MATCHES.c.wanted.desc(), LOT_MATCHES.c.lead.desc(), PUBLISHED_LOTS.c.id).limit(most)
    return [
        SupplierLot(_lot_of_row(row), Band(row.band), row.place, row.score, row.lead, row.wanted)
        for row in connection.execute(ordered)
    ]


def suppliers_of_lot(connection: Connection, lot_id: int) -> list[LotSupplier]:
    """Return the suppliers of a lot, the surest band first, and each band best first."""
    columns = (LOT_MATCHES.c.supplier_id, LOT_MATCHES.c.band, LOT_MATCHES.c.place, LOT_MATCHES.c.score)
    rows = connection.execute(select(*columns).where(LOT_MATCHES.c.lot_id == lot_id))
    bands = tuple(Band)
    lot_suppliers = [LotSupplier(row.supplier_id, Band(row.band), row.place, row.score) for row in rows]
    return sorted(lot_suppliers, key=lambda supplier: (bands.index(supplier.band), supplier.place))


def notices_of(connection: Connection, contract: str) -> list[PublishedNotice]:
    """Return the notices of a contract, as published, the earliest first."""
    rows = connection.execute(select(NOTICES.c.said).where(NOTICES.c.contract == contract).order_by(NOTICES.c.id))
    notices = [convert_value(content, PublishedNotice) for content in rows.scalars()]
    return sorted(notices, key=lambda notice: notice.published or date.min)


def open_lots(now: datetime) -> ColumnElement[bool]:
    """Return the SQL condition of the lots open to offers at `now` (UTC without zone)."""
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
    """Return the conditions on a lot's trade, place, suppliers, reservation and clause."""
    conditions: list[ColumnElement[bool]] = []
    if chosen.trade:  # a group is the beginning of its activities' codes
        conditions.append(_lists(PUBLISHED_LOTS.c.activities, (f'"{chosen.trade}{end}' for end in ('"', "."))))
    if chosen.departements:
        codes = (f'"{code}"' for code in sorted(chosen.departements))
        conditions.append(_lists(PUBLISHED_LOTS.c.departements, codes))
    if chosen.supplier_kind:
        query = select(LOT_MATCHES.c.lot_id).join(
            SUPPLIER_KINDS, SUPPLIER_KINDS.c.supplier_id == LOT_MATCHES.c.supplier_id
        )
        conditions.append(PUBLISHED_LOTS.c.id.in_(query.where(SUPPLIER_KINDS.c.kind == chosen.supplier_kind.value)))
    if chosen.families:
        conditions.append(PUBLISHED_LOTS.c.reserved.in_(sorted(family.value for family in chosen.families)))
    if chosen.reserved is not None:
        reserved = PUBLISHED_LOTS.c.reserved
        conditions.append(reserved.is_not(None) if chosen.reserved else reserved.is_(None))
    if chosen.clause is not None:
        conditions.append(PUBLISHED_LOTS.c.clause.is_(True) if chosen.clause else PUBLISHED_LOTS.c.clause.is_not(True))
    return conditions


def _lists(column: Column[Any], codes: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition that a JSON list, as text, contains one of these codes or prefixes."""
    text = cast(column, String)
    return or_(*(text.contains(code, autoescape=True) for code in codes))


def _beyond(after: LotPosition | None) -> list[ColumnElement[bool]]:
    if after is None:
        return []
    at, undated, later = PUBLISHED_LOTS.c.deadline, PUBLISHED_LOTS.c.deadline.is_(None), PUBLISHED_LOTS.c.id > after.id
    if after.deadline is None:
        return [undated & later]
    return [undated | (at > after.deadline) | ((at == after.deadline) & later)]


def _lot_of_row(row: Row[Any]) -> KeptLot:
    return KeptLot(
        id=row.id,
        contract=row.contract,
        published=convert_value(row.said, PublishedLot),
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


# A notice of thirty lots is decoded once, and not with each of them.
@lru_cache(maxsize=64)
def _notice(content: str) -> PublishedNotice:
    return decode_json(content, PublishedNotice)


def leave_lots(connection: Connection, keys: frozenset[str], _who: str, _now: datetime) -> None:
    """Delete a withdrawn supplier (all its keys) from every lot, inside the transaction of its withdrawal."""
    for part in chunks(sorted(keys)):
        connection.execute(delete(LOT_MATCHES).where(LOT_MATCHES.c.supplier_id.in_(part)))
