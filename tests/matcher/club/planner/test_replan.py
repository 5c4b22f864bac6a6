"""The day: the past never moves, what can still take place stays, and the changes are told."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.club.planner.meetings import Guests, Meeting, Problem, Timetable
from matcher.club.planner.plan import plan
from matcher.club.planner.replan import Changes, replan
from tests.matcher.club.cases import any_event, assert_holds, event, guests
from tests.matcher.club.planner.test_plan import DRAWN
from tests.waiting import LONGEST_S


def away(side: Guests, rows: list[int], slots: slice = slice(None)) -> Guests:
    free = side.free.copy()
    free[rows, slots] = False
    return replace(side, free=free)


def applied(former: Timetable, changes: Changes) -> list[Meeting]:
    gone = {*changes.cancelled, *(before for before, _ in changes.moved)}
    return sorted([*(set(former.meetings) - gone), *(after for _, after in changes.moved), *changes.added])


@pytest.mark.slow(reason="it plans a drawn event twice for each example")
@DRAWN
@given(any_event(), st.data())
def test_the_past_stays_and_the_changes_say_all(problem: Problem, data: st.DataObject) -> None:
    former = plan(problem)
    rows = st.lists(st.integers(0, len(problem.suppliers) - 1), max_size=2)
    late = data.draw(st.integers(0, len(problem.room.tables)))
    now = replace(problem, suppliers=away(problem.suppliers, data.draw(rows), slice(0, late)))
    now = replace(now, buyers=away(problem.buyers, [data.draw(st.integers(0, len(problem.buyers) - 1))]))
    from_slot = data.draw(st.integers(0, len(problem.room.tables)))
    timetable, changes = replan(now, former, from_slot, seconds=LONGEST_S)
    past = [meeting for meeting in former.meetings if meeting.slot < from_slot]
    assert [meeting for meeting in timetable.meetings if meeting.slot < from_slot] == past
    assert_holds(now, timetable, past)
    assert list(timetable.meetings) == applied(former, changes)
    possible = [
        meeting
        for meeting in former.meetings
        if now.buyers.free[meeting.buyer, meeting.slot] and now.suppliers.free[meeting.supplier, meeting.slot]
    ]
    assert set(possible) <= set(timetable.meetings)


@pytest.mark.slow(reason="it plans a drawn event twice for each example")
@DRAWN
@given(any_event(), st.integers(0, 5))
def test_nothing_new_changes_nothing_but_what_fits(problem: Problem, from_slot: int) -> None:
    former = plan(problem)
    timetable, changes = replan(problem, former, from_slot, seconds=LONGEST_S)
    assert changes.cancelled == changes.moved == ()
    assert set(former.meetings) <= set(timetable.meetings)


def test_a_late_guest_has_its_meeting_later() -> None:
    asked = event([[0.9, 0.0], [0.0, 0.5]], slots=2, tables=2)
    former = plan(asked)
    (first,) = (meeting for meeting in former.meetings if meeting.buyer == 0)
    now = replace(asked, buyers=away(asked.buyers, [0], slice(first.slot, first.slot + 1)))
    timetable, changes = replan(now, former, 0, seconds=LONGEST_S)
    assert [(before.slot, after.slot) for before, after in changes.moved] == [(first.slot, 1 - first.slot)]
    assert changes.cancelled == changes.added == ()
    assert timetable.total == pytest.approx(1.4)


def test_the_freed_place_is_given_to_who_waits() -> None:
    asked = event([[0.9, 0.8]], slots=1, tables=1)
    former = plan(asked)
    assert [meeting.supplier for meeting in former.meetings] == [0]
    timetable, changes = replan(replace(asked, suppliers=away(asked.suppliers, [0])), former, 0, seconds=LONGEST_S)
    assert [meeting.supplier for meeting in changes.cancelled] == [0]
    assert [meeting.supplier for meeting in changes.added] == [1]
    assert timetable.total == pytest.approx(0.8)


def test_a_buyer_has_its_new_meeting_where_it_sits_by_then() -> None:
    """It sat at table 1, has gone to table 3, and a supplier of the last slot does not come."""
    asked = event([[0.9, 0.8, 0.7, 0.6], [0.5, 0.5, 0.5, 0.5]], slots=3, tables=4, suppliers=guests(4, 3, most=1))
    meetings = (Meeting(0, 1, 0, 0), Meeting(1, 3, 0, 1), Meeting(2, 3, 0, 2))
    timetable, changes = replan(
        replace(asked, suppliers=away(asked.suppliers, [2])), Timetable(meetings, 2.4, 2.4), 0, seconds=LONGEST_S
    )
    assert [(one.slot, one.table) for one in timetable.meetings if one.buyer == 0] == [(0, 1), (1, 3), (2, 3)]
    assert {(one.slot, one.table) for one in changes.added if one.buyer == 0} == {(2, 3)}


def test_a_refusal_on_the_day_is_kept() -> None:
    asked = event([[0.9, 0.8]], slots=2, tables=1)
    former = plan(asked)
    timetable, changes = replan(event([[0.9, 0.0]], slots=2, tables=1), former, 0, seconds=LONGEST_S)
    assert [meeting.supplier for meeting in timetable.meetings] == [0]
    assert [meeting.supplier for meeting in changes.cancelled] == [1]


def test_who_accepts_fewer_keeps_the_first() -> None:
    asked = event([[0.9], [0.8], [0.7]], slots=3, tables=1)
    former = plan(asked)
    fewer = event([[0.9], [0.8], [0.7]], slots=3, tables=1, suppliers=guests(1, 3, most=2))
    timetable, _ = replan(fewer, former, 1, seconds=LONGEST_S)
    assert timetable.meetings == former.meetings[:2]


def test_ten_no_shows_change_little_of_what_remains() -> None:
    chance = np.random.default_rng(5)
    asked = event(chance.random((60, 173)).tolist(), slots=12, tables=60)
    former = plan(asked)
    gone = sorted(chance.choice(173, 10, replace=False).tolist())
    timetable, changes = replan(replace(asked, suppliers=away(asked.suppliers, gone)), former, 0, seconds=LONGEST_S)
    assert changes.moved == ()
    assert {meeting.supplier for meeting in changes.cancelled} <= set(gone)
    assert len(timetable.meetings) == len(former.meetings)
