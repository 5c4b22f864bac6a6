"""A trade that sits in the room is not one that lacked, and a catalogue that says nothing of trades has not none of it."""

from dataclasses import replace

from matcher.club.meeting_day.changes import Bind, Freeze, Record
from matcher.club.meeting_day.meeting_day import Bond, MeetingDay, MeetingOutcome, Result, Tie
from matcher.club.results.needs_met import LackKind
from matcher.club.results.report import DayReport, report_day
from matcher.club.timetable.planning import plan_timetable
from matcher.domain.supplier import Site
from matcher.ranking.lay_out import build_shelf
from matcher.ranking.shelf.shelf import Shelf
from tests.factories import supplier
from tests.matcher.club.day import BUYERS, SUPPLIERS, after, frozen, full, laid_out
from tests.waiting import LONGEST_S

GREEN = "Entretien et création d’espaces verts"
SILENT = build_shelf([supplier("Muette", "EI", sites=(Site(city="Maubeuge", insee="59392", lat=50.28, lon=3.97),))])


def reported(event: MeetingDay, catalogue: Shelf = SILENT) -> DayReport:
    return report_day(laid_out(event), catalogue)


def kinds(found: DayReport, buyer: int) -> set[LackKind]:
    return {one.kind for one in found.lacks if buyer in one.buyers}


def test_whoever_is_there_and_not_met_is_in_the_room_and_not_seen() -> None:
    event = after(full(), Bind((Bond(Tie.NEVER, 4, 1),)))
    event = after(event, Freeze(plan_timetable(laid_out(event), seconds=LONGEST_S)))
    assert kinds(reported(event), 1) == {LackKind.UNSEEN}
    assert [one.met for one in reported(event).needs if one.buyer == 1] == [False]


def test_who_met_its_trade_lacks_at_most_a_choice_and_loses_it_where_it_was_not_held() -> None:
    event = frozen(full())
    assert kinds(reported(event), 1) == {LackKind.FEW}
    assert next(one for one in event.bookings if one.pair == {1, 4})
    gone = after(event, Record(MeetingOutcome(1, 4, Result.NOT_HELD)))
    assert kinds(reported(gone), 1) == {LackKind.UNSEEN}


def test_a_catalogue_whose_trades_are_unknown_does_not_count_zero() -> None:
    event = frozen(full((*BUYERS, *(replace(one, key=at) for at, one in enumerate(SUPPLIERS[1:], start=4)))))
    (lack,) = (one for one in reported(event).lacks if 1 in one.buyers)
    assert (lack.kind, lack.doing, lack.catalogue, lack.to_call) == (LackKind.ABSENT, 0, None, 1)
    (nobody,) = (one for one in reported(event, build_shelf([])).lacks if 1 in one.buyers)
    assert (nobody.kind, nobody.catalogue) == (LackKind.NOWHERE, 0)


def test_a_need_that_is_not_understood_is_neither_met_nor_lacking() -> None:
    event = full()
    odd = replace(BUYERS[0], needs=(replace(BUYERS[0].needs[0], text="zzz qqq"),))
    event = frozen(event.with_participant(odd))
    found = reported(event)
    assert [one.met for one in found.needs if one.buyer == 1] == [None]
    assert not kinds(found, 1)
