"""What is counted of the lots of a territory: each under its lever, a share of all, what is not known apart."""

from dataclasses import replace
from datetime import date

from matcher.domain.notice import LotState, ReservedFor
from matcher.notices.territory.compute import NO_TRADE, LotLine, counted

LINE = LotLine(
    id=1,
    title="Entretien des espaces verts",
    buyer="20000007300011",
    buyer_name="Ville imaginaire",
    published=date(2026, 11, 20),
    deadline=None,
    state=LotState.CALLED,
    reserved=None,
    clause=None,
    activities=("espaces-verts.entretien",),
    amount=None,
    credible=3,
    reservable={"12": 1, "13": 2},
)
LINES = (
    LINE,
    replace(LINE, id=2, reserved=ReservedFor.UNSAID, clause=True),
    replace(LINE, id=3, clause=True, reservable={"12": 0, "13": 0}, published=date(2026, 10, 1)),
    replace(LINE, id=4, activities=(), credible=0, reservable={"12": 0, "13": 0}, buyer="", buyer_name=""),
    replace(LINE, id=5, credible=None, reservable={}, activities=("espaces-verts.entretien", "nettoyage.locaux")),
    replace(LINE, id=6, reservable={"12": 0, "13": 5}),
    replace(LINE, id=7, state=LotState.CANCELLED),
    replace(LINE, id=8, state=LotState.PLANNED, reserved=ReservedFor.HANDICAP),
)


def test_each_lot_is_under_one_lever_and_what_buys_nothing_is_apart() -> None:
    found = counted(LINES, lambda code: code.partition(".")[0])
    whole = found.whole
    assert (whole.lots, whole.reserved, whole.clause, whole.neither) == (6, 1, 1, 4)
    assert whole.part(whole.reserved) == 1 / 6
    assert found.levers[ReservedFor.UNSAID] == 1
    assert sum(found.levers.values()) == whole.reserved
    assert (found.cancelled, found.announced, found.unread, found.waiting) == (1, 1, 1, 1)


def test_lots_are_counted_by_trade_buyer_and_month_the_unknown_last() -> None:
    found = counted(LINES, lambda code: code.partition(".")[0])
    assert [(one.key, one.lots) for one in found.trades] == [("espaces-verts", 5), ("nettoyage", 1), (NO_TRADE, 1)]
    assert [(one.key, one.lots) for one in found.buyers] == [("200000073", 5), ("", 1)]
    assert [(one.key, one.lots) for one in found.months] == [("2026-10", 1), ("2026-11", 5)]


def test_those_that_could_have_been_reserved_are_those_with_somebody_to_reserve_them_to() -> None:
    assert [line.id for line in counted(LINES, lambda code: code).reservable] == [6, 1]
