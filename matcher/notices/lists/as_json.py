"""Reads stored notices, the last imported first, and writes notices, lots and the lists of a territory as JSON objects for commands and the API."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from matcher.catalogue.identity.trust import TEAM
from matcher.domain.notice import PublishedNotice
from matcher.notices.listing import deadline_fields, lot_object
from matcher.notices.lists.answer import HeldContract, ListedContracts, ListedLots
from matcher.notices.lists.asked import morning_of
from matcher.notices.lists.counts import LotCounts
from matcher.notices.lists.json_shapes import PublishedNoticeShape
from matcher.notices.store import KeptLot, SupplierLot
from matcher.notices.supplier_side import SupplierSide
from matcher.notices.tables import NOTICES
from matcher.render.shaped import shaped
from matcher.typed_values import convert_value

_SAID = NOTICES.c.said


@dataclass(frozen=True, slots=True)
class KeptNotice:
    """A stored notice (`said`), with its row id and its contract's key."""

    id: int
    contract: str
    said: PublishedNotice


@dataclass(frozen=True, slots=True)
class NoticeFilter:
    """Filter of notices; an empty or None field does not filter. `buyer` is a SIRET or a SIREN, `since` the first day of publication."""

    contract: str = ""
    source: str = ""
    buyer: str = ""
    since: date | None = None


def notices(
    connection: Connection, chosen: NoticeFilter, most: int | None = None, before: int | None = None
) -> list[KeptNotice]:
    """Return the notices that a filter chooses, the last imported first; `before` is a row id, for the next page."""
    query = _query()
    if before is not None:
        query = query.where(NOTICES.c.id < before)
    if chosen.contract:
        query = query.where(NOTICES.c.contract == chosen.contract)
    if chosen.source:
        query = query.where(NOTICES.c.source == chosen.source)
    if chosen.buyer:
        query = query.where(_SAID["buyer"].as_string().startswith(chosen.buyer, autoescape=True))
    if chosen.since is not None:  # stored in ISO, which sorts by day
        query = query.where(_SAID["published"].as_string() >= chosen.since.isoformat())
    return [_notice_of_row(row) for row in connection.execute(query.order_by(NOTICES.c.id.desc()).limit(most))]


def find_notice(connection: Connection, number: int) -> KeptNotice | None:
    """Return one notice by its row id, or None."""
    row = connection.execute(_query().where(NOTICES.c.id == number)).first()
    return _notice_of_row(row) if row else None


def _query() -> Select[Any]:
    return select(NOTICES.c.id, NOTICES.c.contract, _SAID).where(NOTICES.c.source != TEAM)


def _notice_of_row(row: Row[Any]) -> KeptNotice:
    return KeptNotice(row.id, row.contract, convert_value(row.said, PublishedNotice))


def notice_object(kept_notice: KeptNotice) -> dict[str, Any]:
    """Return a notice as JSON."""
    notice = kept_notice.said
    return shaped(
        PublishedNoticeShape,
        notice,
        id=kept_notice.id,
        contract=kept_notice.contract,
        buyer=shaped("siret?=buyer name?=buyer_name", notice),
        **deadline_fields(notice.deadline),
        why=notice.why or None,
        numbers=[lot.number for lot in notice.lots],
    )


def lot_with_history(lot: KeptLot, history: Iterable[KeptNotice], now: datetime) -> dict[str, Any]:
    """Return a lot as it stands at `now` (aware), and the notices of its contract, the earliest first."""
    in_order = sorted(history, key=lambda notice: (notice.said.published or date.min, notice.id))
    return {**lot_object(lot, now), "history": [notice_object(notice) for notice in in_order]}


def notice_with_lots(notice: KeptNotice, lots: Iterable[KeptLot], now: datetime) -> dict[str, Any]:
    """Return a notice, and the lots of its contract as they stand at `now` (aware)."""
    return {**notice_object(notice), "lots": [lot_object(lot, now) for lot in lots]}


def supplier_lot_object(lot: SupplierLot, side: SupplierSide, now: datetime) -> dict[str, Any]:
    """Return a lot as one supplier reads it at `now` (aware)."""
    return {
        **lot_object(lot.lot, now),
        **shaped("band place score wanted", lot, score=round(lot.score, 2)),
        **shaped(
            "suits against missing refused lacks partners",
            side,
            partners=[
                shaped("id name part km", partner, km=None if partner.km is None else round(partner.km, 1))
                for partner in side.partners
            ],
        ),
    }


def list_object(lots: ListedLots | ListedContracts) -> dict[str, Any]:
    """Return a list of a territory as JSON; euros before tax, months, unknown as null."""
    if isinstance(lots, ListedContracts):
        return {
            "on": lots.asked.since.isoformat(),
            "until": lots.asked.until.isoformat(),
            "coming": [_contract_object(contract) for contract in lots.coming],
            "unknown_end": [_contract_object(contract) for contract in lots.unknown],
            "unplaced": lots.unplaced,
            "unread": lots.unread,
        }
    counts = lots.counts
    return {
        "places": [place.key for place in lots.places],
        "departements": list(lots.departements),
        "since": lots.asked.since.isoformat(),
        "until": lots.asked.until.isoformat(),
        "lots": _counts_object(counts.whole),
        "levers": dict(counts.levers),
        "trades": [_counts_object(row) for row in counts.trades],
        "buyers": [_counts_object(row) for row in counts.buyers],
        "months": [_counts_object(row) for row in counts.months],
        "could_be_reserved": [lot_object(lot, morning_of(lots.on)) for lot in counts.reservable],
        "announced": counts.announced,
        "cancelled": counts.cancelled,
        "trade_unread": counts.unread,
        "not_compared": counts.waiting,
        "place_unknown": lots.placeless,
        "undated": lots.undated,
    }


def _counts_object(row: LotCounts) -> dict[str, Any]:
    return asdict(row) | {"key": row.key or None, "name": row.name or None}


def _contract_object(contract: HeldContract) -> dict[str, Any]:
    award = contract.award
    return {
        "number": award.number or None,
        "objet": award.objet or None,
        "cpv": award.cpv or None,
        "activity": contract.activity or None,
        "buyer": {"siret": award.buyer or None, "name": award.buyer_name or None},
        "notified": award.notified.isoformat() if award.notified else None,
        "months": award.months,
        "ends": award.ends.isoformat() if award.ends else None,
        "amount": award.amount,
        "social": award.social or None,
        "sources": list(award.sources),
        "perhaps_told_twice": award.perhaps_told,
        "holders": [
            {"number": holder.number, "supplier": holder.supplier_id or None, "name": holder.name or None}
            for holder in contract.holders
        ],
    }
