"""What cannot be is said before planning, with who is concerned."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from scipy.sparse import csr_array

from matcher.club.planner.checks import Code, Trouble, find_troubles
from matcher.club.planner.meetings import Meeting, Problem, Room
from matcher.club.planner.plan import plan_meetings
from tests.matcher.club.cases import any_event, event, guests
from tests.matcher.club.planner.test_plan import DRAWN, away

FULL = [[0.5, 0.6], [0.7, 0.8]]


def test_an_event_without_trouble_has_none() -> None:
    assert find_troubles(event(FULL, slots=2, tables=2)) == []


def _marked(who: int) -> Problem:
    """Two buyers, of whom `who` need the one accessible table."""
    problem = event(FULL, slots=2, tables=2)
    marked = replace(problem.buyers, step_free=np.arange(2) < who)
    return replace(problem, buyers=marked, room=replace(problem.room, accessible=1))


def test_as_many_accessible_tables_as_who_need_one_are_enough() -> None:
    assert find_troubles(_marked(1)) == []


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (event(FULL, slots=0, tables=2), Trouble(Code.NO_SLOT)),
        (event(FULL, slots=2, tables=0), Trouble(Code.NO_TABLE)),
        (event([[0.0, 0.0]], slots=1, tables=1), Trouble(Code.NOBODY_MATCHES)),
        (event(FULL, slots=2, tables=100), Trouble(Code.IDLE_TABLES, figures=(100, 2))),
        (event(FULL, slots=2, tables=1, buyers=guests(2, 2, least=2)), Trouble(Code.FEW_TABLES, figures=(4, 2, 0))),
        (
            event([[0.5, 0.6, 0.7]], slots=4, tables=2, suppliers=guests(3, 4, least=2)),
            Trouble(Code.FEW_OTHERS, figures=(6, 4, 1)),
        ),
        (
            event(FULL, slots=4, tables=2, buyers=guests(2, 4, most=1), suppliers=guests(2, 4, least=2)),
            Trouble(Code.FEW_OTHERS, figures=(4, 2, 1)),
        ),
        (_marked(2), Trouble(Code.FEW_ACCESSIBLE, figures=(2, 1))),
        (event([[0.5, 0.5], [0.0, 0.0]], slots=2, tables=2), Trouble(Code.NO_PARTNER, (1,))),
        (event([[0.5, 0.0]], slots=2, tables=1), Trouble(Code.NO_PARTNER, (), (1,))),
        (event(FULL, slots=3, tables=2, suppliers=guests(2, 3, least=3)), Trouble(Code.FEW_PARTNERS, (), (0,), (2, 3))),
        (
            event(FULL, slots=2, tables=2, buyers=guests(2, 2, least=2, most=1)),
            Trouble(Code.LEAST_OVER_MOST, (0,), (), (2, 1)),
        ),
        (event(FULL, slots=2, tables=2, buyers=guests(2, 2, most=0)), Trouble(Code.REFUSES_ALL, (0,))),
        (
            event(FULL, slots=1, tables=2, buyers=guests(2, 1, least=2, most=2)),
            Trouble(Code.LEAST_OVER_SLOTS, (1,), (), (2, 1)),
        ),
        (event([[0.5, 0.0], [0.5, 0.5]], slots=2, tables=2, must=[(0, 1)]), Trouble(Code.MUST_REFUSED, (0,), (1,))),
        (event(FULL, slots=1, tables=2, must=[(0, 0), (0, 1)]), Trouble(Code.MUST_TOO_MANY, (0,), (0, 1), (2, 1))),
    ],
)
def test_each_trouble_is_said_with_who_is_concerned(asked: Problem, found: Trouble) -> None:
    assert found in find_troubles(asked)


def test_who_is_alone_is_said() -> None:
    nobody = Problem(csr_array((1, 0)), guests(1, 2), guests(0, 2), Room(np.full(2, 1)))
    assert find_troubles(nobody) == [Trouble(Code.NO_SUPPLIER, (0,))]
    other = Problem(csr_array((0, 1)), guests(0, 2), guests(1, 2), Room(np.full(2, 1)))
    assert find_troubles(other) == [Trouble(Code.NO_BUYER, (), (0,))]


def test_who_is_never_there_or_never_at_once() -> None:
    asked = event(FULL, slots=2, tables=2, must=[(0, 0)])
    assert Trouble(Code.NEVER_FREE, (1,)) in find_troubles(replace(asked, buyers=away(asked.buyers, [1])))
    apart = replace(
        asked, buyers=away(asked.buyers, [0], slice(0, 1)), suppliers=away(asked.suppliers, [0, 1], slice(1, 2))
    )
    found = find_troubles(apart)
    assert Trouble(Code.NEVER_TOGETHER, (0,)) in found
    assert Trouble(Code.MUST_APART, (0,), (0,)) in found


def test_who_needs_what_the_room_has_not() -> None:
    one = np.array([True, False])
    asked = event(FULL, slots=2, tables=2, suppliers=replace(guests(2, 2), step_free=one, interpreter=~one))
    found = find_troubles(asked)
    assert Trouble(Code.NO_ACCESSIBLE_TABLE, (), (0,)) in found
    assert Trouble(Code.NO_INTERPRETER, (), (1,)) in found


def test_held_meetings_that_clash() -> None:
    asked = event(FULL, slots=2, tables=2)
    held = (Meeting(0, 1, 0, 0), Meeting(0, 2, 0, 1), Meeting(1, 1, 1, 0), Meeting(1, 1, 0, 1), Meeting(5, 1, 1, 1))
    found = find_troubles(replace(asked, held=held))
    assert Trouble(Code.HELD_CLASH, (0,), (1,), (0, 2)) in found
    assert Trouble(Code.HELD_CLASH, (1,), (0,), (1, 1)) in found
    assert Trouble(Code.HELD_UNKNOWN, (1,), (1,), (5, 1)) in found
    assert Trouble(Code.HELD_TWICE, (0,), (1,), (2,)) in found


def test_remarks_are_told_from_what_cannot_be() -> None:
    assert Trouble(Code.IDLE_TABLES).remark
    assert not Trouble(Code.NO_SLOT).remark


@DRAWN
@given(any_event())
def test_who_has_no_meeting_though_one_was_due_was_said_or_crowded_out(problem: Problem) -> None:
    """A guest whose trouble is said to be without remedy has no meeting; the others could have one."""
    hopeless = {
        Code.REFUSES_ALL,
        Code.NEVER_FREE,
        Code.NO_ACCESSIBLE_TABLE,
        Code.NO_INTERPRETER,
        Code.NO_PARTNER,
        Code.NEVER_TOGETHER,
    }
    found = [one for one in find_troubles(problem) if one.code in hopeless]
    for meeting in plan_meetings(problem).meetings:
        assert not any(meeting.buyer in one.buyers or meeting.supplier in one.suppliers for one in found)
