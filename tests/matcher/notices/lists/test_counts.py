"""What is counted of the lots of a territory: each under its lever, a share of all, what is not known apart."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from matcher.domain.notice import LotState, NoticeKind, PublishedLot, PublishedNotice, ReservedFor
from matcher.domain.reading import Lot
from matcher.notices.lists.counts import count_by_lever
from matcher.notices.store import KeptLot

NOTICE = PublishedNotice(source="boamp", ref="26-1", kind=NoticeKind.CALL, buyer="20000007300011", buyer_name="Ville")


def kept(number: int, state: LotState = LotState.CALLED, published: str = "2026-11-20", **fields: Any) -> KeptLot:
    title = "Entretien des espaces verts"
    said = {name: fields.pop(name) for name in ("reserved", "clause") if name in fields}
    lot = PublishedLot("1", title, Lot(title, date=date.fromisoformat(published)), **said)
    read = {"activities": ("espaces-verts.creation-entretien",), "credible": 3, "reservable": {"12": 1, "13": 2}}
    own: dict[str, Any] = {"notice": NOTICE, **read, **fields}
    return KeptLot(number, "contrat", lot, state, changed=datetime(2026, 11, 20, 9), **own)  # noqa: DTZ001  # as it is kept


NOBODY = {"12": 0, "13": 0}
LOTS = (
    kept(1),
    kept(2, reserved=ReservedFor.UNSAID, clause=True),
    kept(3, published="2026-10-01", clause=True, reservable=NOBODY),
    kept(4, activities=(), credible=0, reservable=NOBODY, notice=replace(NOTICE, buyer="", buyer_name="")),
    kept(5, credible=None, reservable={}, activities=("espaces-verts.creation-entretien", "proprete.locaux")),
    kept(6, reservable={"12": 0, "13": 5}),
    kept(7, LotState.CANCELLED),
    kept(8, LotState.PLANNED, reserved=ReservedFor.HANDICAP),
)


def test_each_lot_is_under_one_lever_and_what_buys_nothing_is_apart() -> None:
    found = count_by_lever(LOTS)
    whole = found.whole
    assert (whole.lots, whole.reserved, whole.clause, whole.neither) == (6, 1, 1, 4)
    assert whole.part(whole.reserved) == 1 / 6
    assert found.levers[ReservedFor.UNSAID] == 1
    assert sum(found.levers.values()) == whole.reserved
    assert (found.cancelled, found.announced, found.unread, found.waiting) == (1, 1, 1, 1)


def test_lots_are_counted_by_trade_buyer_and_month_the_unknown_last() -> None:
    found = count_by_lever(LOTS)
    assert [(one.key, one.lots) for one in found.trades] == [("espaces-verts", 5), ("proprete", 1), ("", 1)]
    assert [(one.key, one.lots) for one in found.buyers] == [("200000073", 5), ("", 1)]
    assert [(one.key, one.lots) for one in found.months] == [("2026-10", 1), ("2026-11", 5)]


def test_those_that_could_have_been_reserved_are_those_with_somebody_to_reserve_them_to() -> None:
    assert [line.id for line in count_by_lever(LOTS).reservable] == [6, 1]
