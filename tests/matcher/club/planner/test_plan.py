"""A timetable is one, whatever is asked; it is the best where that is promised; and it is the same for the same event."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from matcher.club.planner.meetings import BuyerNeed, Guests, Meeting, Problem, Room, Timetable
from matcher.club.planner.plan import Changes, greedy, plan_meetings, random, replan
from tests.matcher.club.cases import always_free, any_event, assert_holds, event, guests, worth
from tests.matcher.club.planner.measures import measures
from tests.waiting import LONGEST_S

# Events are drawn as whole arrays: slow to draw, not too big to check.
DRAWN = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
MARKS = ("step_free", "interpreter")


def timetables(problem: Problem) -> Iterator[list[Meeting]]:
    """Every timetable of a small event, whatever its tables are."""
    pairs = sorted((int(one), int(other)) for one, other in np.argwhere(problem.affinity.toarray() > 0))
    sides = (problem.buyers, problem.suppliers)
    places = [np.where(side.free, side.people[:, None], 0) for side in sides]
    most = [side.most.copy() for side in sides]
    tables = problem.room.tables
    room = np.array([tables, np.minimum(tables, problem.room.accessible), [problem.room.interpreters] * len(tables)])

    def rest(number: int, done: list[Meeting]) -> Iterator[list[Meeting]]:
        if number == len(pairs):
            yield done
            return
        yield from rest(number + 1, done)
        rows = pairs[number]
        marks = [any(getattr(its, name)[row] for its, row in zip(sides, rows, strict=True)) for name in MARKS]
        takes = np.array([True, *marks])
        for slot in range(len(tables)):
            left = [places[side][row, slot] for side, row in enumerate(rows)]
            if min(*left, *(most[side][row] for side, row in enumerate(rows)), *room[takes, slot]) > 0:
                for sign in (-1, 1):
                    room[takes, slot] += sign
                    for side, row in enumerate(rows):
                        places[side][row, slot] += sign
                        most[side][row] += sign
                    if sign < 0:
                        yield from rest(number + 1, [*done, Meeting(slot, 1, *rows)])

    return rest(0, [])


@DRAWN
@given(any_event())
def test_every_timetable_holds(problem: Problem) -> None:
    assert_holds(problem, plan_meetings(problem))
    assert_holds(problem, greedy(problem))
    assert_holds(problem, random(problem, 1))


@DRAWN
@given(always_free(size=3, slots=2))
def test_the_optimum_is_that_of_trying_everything(problem: Problem) -> None:
    found = plan_meetings(problem)
    assert found.proven
    assert worth(problem, found.meetings) == max(worth(problem, meetings) for meetings in timetables(problem))


@DRAWN
@given(any_event(size=3, slots=2))
def test_the_bound_is_above_every_timetable_as_fair(problem: Problem) -> None:
    found = plan_meetings(problem)
    mine = worth(problem, found.meetings)
    for meetings in timetables(problem):
        its = worth(problem, meetings)
        assert its[:3] != mine[:3] or its[3] <= found.bound + 1e-6
        for aim, reach in enumerate((found.must, found.served)):
            assert its[:aim] != mine[:aim] or its[aim] <= reach.most


@DRAWN
@given(always_free(size=8, slots=6))
def test_always_free_is_proven(problem: Problem) -> None:
    assert plan_meetings(problem).proven


@DRAWN
@given(any_event(size=7))
def test_never_worse_than_greedy(problem: Problem) -> None:
    assert worth(problem, plan_meetings(problem).meetings) >= worth(problem, greedy(problem).meetings)


@DRAWN
@given(any_event())
def test_same_event_same_timetable(problem: Problem) -> None:
    assert plan_meetings(problem) == plan_meetings(problem)


def reordered(guests: Guests, order: list[int]) -> Guests:
    return Guests(*(getattr(guests, name)[order] for name in Guests.__slots__))


@DRAWN
@given(always_free(size=6, slots=5), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_total(problem: Problem, chance) -> None:
    rows, cols = list(range(len(problem.buyers))), list(range(len(problem.suppliers)))
    chance.shuffle(rows)
    chance.shuffle(cols)
    other = replace(
        problem,
        affinity=csr_array(problem.affinity.toarray()[rows][:, cols]),
        buyers=reordered(problem.buyers, rows),
        suppliers=reordered(problem.suppliers, cols),
        must=tuple((rows.index(one), cols.index(two)) for one, two in problem.must),
        needs=tuple(
            BuyerNeed(rows.index(need.buyer), tuple(cols.index(one) for one in need.suppliers))
            for need in problem.needs
        ),
    )
    assert worth(other, plan_meetings(other).meetings) == worth(problem, plan_meetings(problem).meetings)


@DRAWN
@given(any_event(), st.data())
def test_what_is_held_stays(problem: Problem, data: st.DataObject) -> None:
    first = plan_meetings(problem)
    assume(first.meetings)
    held = tuple(sorted(data.draw(st.sets(st.sampled_from(first.meetings)))))
    again = plan_meetings(replace(problem, held=held))
    assert_holds(problem, again, held)


def test_the_worst_off_is_looked_after_first() -> None:
    """The second supplier is worth little, and has its meeting all the same; without a least it has none."""
    values = [[0.9, 0.1], [0.8, 0.1]]
    asked = event(values, slots=1, tables=2, suppliers=guests(2, 1, least=1))
    assert {(one.buyer, one.supplier) for one in plan_meetings(asked).meetings} == {(0, 0), (1, 1)}
    assert plan_meetings(event(values, slots=2, tables=1)).total == pytest.approx(1.7)
    fair = event(values, slots=2, tables=1, suppliers=guests(2, 2, least=1))
    assert plan_meetings(fair).total == pytest.approx(1.0)
    assert plan_meetings(fair).short == {"buyer": (), "supplier": ()}


def test_each_written_need_meets_its_trade_before_affinities_and_after_wishes() -> None:
    """One buyer, two slots, two needs: two caterers are worth most, the printer serves the other need; a wish passes before."""
    values = [[0.9, 0.8, 0.2, 0.1]]
    needs = (BuyerNeed(0, (0, 1)), BuyerNeed(0, (2,)))
    found = plan_meetings(event(values, slots=2, tables=1, needs=needs))
    assert [one.supplier for one in sorted(found.meetings, key=lambda one: one.supplier)] == [0, 2]
    assert (found.served.figure, found.served.most, found.proven) == (2, 2, True)
    wished = plan_meetings(event(values, slots=2, tables=1, needs=needs, must=[(0, 1), (0, 3)]))
    assert {one.supplier for one in wished.meetings} == {1, 3}
    assert (wished.must.figure, wished.served.figure, wished.served.most) == (2, 1, 1)


def test_a_pair_worth_less_than_nothing_meets_only_for_a_least() -> None:
    """The first supplier has a meeting that is worth something, the second none but this one, the third needs none."""
    values = [[0.5, -0.001, -0.001], [-0.001, -0.001, -0.001]]
    asked = event(values, slots=3, tables=2, suppliers=replace(guests(3, 3), least=np.array([1, 1, 0])))
    found = plan_meetings(asked)
    assert len(found.meetings) == 2
    assert {one.supplier for one in found.meetings} == {0, 1}
    assert found.proven


def test_who_is_left_with_nobody_to_meet_is_no_error() -> None:
    """A guest lacks meetings, the only pair was held, and nothing can be added: there is nothing to solve."""
    held = (Meeting(0, 1, 0, 0),)
    problem = replace(event([[0.5]], slots=2, tables=1), held=held)
    problem = replace(problem, buyers=replace(problem.buyers, least=np.array([2])))
    assert plan_meetings(problem).meetings == held


def test_a_pair_that_must_meet_meets_whatever_it_costs() -> None:
    values = [[0.9, 0.05], [0.05, 0.9]]
    asked = event(values, slots=1, tables=2, must=[(0, 1)])
    assert (0, 1) in {(one.buyer, one.supplier) for one in plan_meetings(asked).meetings}


def test_a_must_that_is_refused_is_left_out() -> None:
    found = plan_meetings(event([[0.5, 0.0]], slots=2, tables=1, must=[(0, 1)]))
    assert [(one.buyer, one.supplier) for one in found.meetings] == [(0, 0)]


def test_a_buyer_keeps_its_table() -> None:
    chance = np.random.default_rng(3)
    found = plan_meetings(event(chance.random((6, 15)).tolist(), slots=5, tables=6))
    assert len({(one.buyer, one.table) for one in found.meetings}) == 6


def _tables_of_buyers(found: Timetable) -> dict[int, set[int]]:
    return {
        row: {one.table for one in found.meetings if one.buyer == row} for row in {one.buyer for one in found.meetings}
    }


def test_buyers_who_come_by_turns_each_keep_one_table() -> None:
    """Nine buyers, six tables: never more than six of them are there at once."""
    chance, slots = np.random.default_rng(4), 6
    buyers = guests(9, slots)
    buyers.free[:3, 3:] = False
    buyers.free[3:6, :3] = False
    asked = event(chance.random((9, 20)).tolist(), slots=slots, tables=6, buyers=buyers)
    found = plan_meetings(asked)
    assert {len(its) for its in _tables_of_buyers(found).values()} == {1}
    assert measures(asked, found).buyer_changes == 0


@pytest.mark.parametrize(("tables", "shared"), [(10, 0), (4, 0), (3, 1)])
def test_buyers_share_a_table_only_where_tables_run_out(tables: int, shared: int) -> None:
    """Four buyers receive, two of them after the two others have left; twelve more come whom nobody suits."""
    slots = 6
    buyers = guests(16, slots)
    buyers.free[:2, 3:] = False
    buyers.free[2:4, :3] = False
    values = [[0.5] * 6] * 4 + [[0.0] * 6] * 12
    found = plan_meetings(event(values, slots=slots, tables=tables, buyers=buyers))
    its = _tables_of_buyers(found)
    assert {len(one) for one in its.values()} == {1}
    assert len(its) - len({*its[0], *its[1], *its[2], *its[3]}) == shared


@pytest.mark.parametrize(("accessible", "changes"), [(1, 2 * 4), (2, 2 * 3), (5, 0)])
def test_a_table_without_a_step_is_passed_on(accessible: int, changes: int) -> None:
    """One supplier needs it and sees five buyers, who are busy all day: whoever has to come there stays, whoever leaves takes the other's."""
    slots = 6
    marked = guests(10, slots)
    marked.step_free[0] = True
    asked = event([[1.0] + [0.5] * 9] * 5, slots=slots, tables=5, suppliers=marked)
    asked = replace(asked, room=replace(asked.room, accessible=accessible))
    found = plan_meetings(asked)
    assert_holds(asked, found)
    assert sum(one.supplier == 0 for one in found.meetings) == 5
    assert measures(asked, found).buyer_changes == changes


def test_who_needs_a_table_without_a_step_is_not_sent_from_it() -> None:
    buyers, suppliers = guests(3, 4), guests(6, 4)
    buyers.step_free[1] = suppliers.step_free[2] = True
    asked = event([[0.5] * 6] * 3, slots=4, tables=3, buyers=buyers, suppliers=suppliers)
    found = plan_meetings(replace(asked, room=replace(asked.room, accessible=1)))
    assert _tables_of_buyers(found)[1] == {1}


def test_a_delegation_that_sits_down_at_a_table_more_has_risen_from_none() -> None:
    asked = event([[0.5] * 3], slots=2, tables=3, buyers=guests(1, 2, people=2))
    two = (Meeting(0, 1, 0, 0), Meeting(1, 1, 0, 1), Meeting(1, 2, 0, 2))
    assert measures(asked, Timetable(two, 1.5, 1.5)).buyer_changes == 0
    moved = (*two[:1], Meeting(1, 2, 0, 1))
    assert measures(asked, Timetable(moved, 1.0, 1.0)).buyer_changes == 1


def test_suppliers_do_not_wait_where_they_need_not() -> None:
    """Three slots, two meetings each: nobody has the first and the last alone."""
    values = [[0.5, 0.5, 0.0], [0.0, 0.5, 0.5], [0.5, 0.0, 0.5]]
    found = plan_meetings(event(values, slots=3, tables=3))
    for side in ("buyer", "supplier"):
        for row in range(3):
            slots = [one.slot for one in found.meetings if getattr(one, side) == row]
            assert max(slots) - min(slots) == 1


@pytest.mark.parametrize("sides", [(0, 3), (3, 0), (0, 0), (1, 1)])
@pytest.mark.parametrize("slots", [0, 1])
def test_an_event_of_nobody_or_no_time_has_an_empty_timetable(sides: tuple[int, int], slots: int) -> None:
    asked = Problem(csr_array(sides), guests(sides[0], slots), guests(sides[1], slots), Room(np.full(slots, 2)))
    found = plan_meetings(asked)
    assert found.meetings == ()
    assert found.total == found.bound == 0


def test_an_interpreter_and_an_accessible_table_are_shared_out() -> None:
    """Three suppliers need both, of which there is one: one a slot, at the first table."""
    marked = replace(guests(3, 3), step_free=np.ones(3, dtype=bool), interpreter=np.ones(3, dtype=bool))
    asked = replace(
        event([[0.5] * 3] * 3, slots=3, tables=3, suppliers=marked),
        room=Room(np.full(3, 3), accessible=1, interpreters=1),
    )
    found = plan_meetings(asked)
    assert [(one.slot, one.table) for one in found.meetings] == [(0, 1), (1, 1), (2, 1)]
    assert found.proven


def away(side: Guests, rows: list[int], slots: slice = slice(None)) -> Guests:
    free = side.free.copy()
    free[rows, slots] = False
    return replace(side, free=free)


def apply(former: Timetable, changes: Changes) -> list[Meeting]:
    gone = {*changes.cancelled, *(before for before, _ in changes.moved)}
    return sorted([*(set(former.meetings) - gone), *(after for _, after in changes.moved), *changes.added])


@pytest.mark.slow(reason="it plans a drawn event twice for each example")
@DRAWN
@given(any_event(), st.data())
def test_the_past_stays_and_the_changes_say_all(problem: Problem, data: st.DataObject) -> None:
    former = plan_meetings(problem)
    rows = st.lists(st.integers(0, len(problem.suppliers) - 1), max_size=2)
    late = data.draw(st.integers(0, len(problem.room.tables)))
    now = replace(problem, suppliers=away(problem.suppliers, data.draw(rows), slice(0, late)))
    now = replace(now, buyers=away(problem.buyers, [data.draw(st.integers(0, len(problem.buyers) - 1))]))
    from_slot = data.draw(st.integers(0, len(problem.room.tables)))
    timetable, changes = replan(now, former, from_slot, seconds=LONGEST_S)
    past = [meeting for meeting in former.meetings if meeting.slot < from_slot]
    assert [meeting for meeting in timetable.meetings if meeting.slot < from_slot] == past
    assert_holds(now, timetable, past)
    assert list(timetable.meetings) == apply(former, changes)
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
    former = plan_meetings(problem)
    timetable, changes = replan(problem, former, from_slot, seconds=LONGEST_S)
    assert changes.cancelled == changes.moved == ()
    assert set(former.meetings) <= set(timetable.meetings)


def test_a_late_guest_has_its_meeting_later() -> None:
    asked = event([[0.9, 0.0], [0.0, 0.5]], slots=2, tables=2)
    former = plan_meetings(asked)
    (first,) = (meeting for meeting in former.meetings if meeting.buyer == 0)
    now = replace(asked, buyers=away(asked.buyers, [0], slice(first.slot, first.slot + 1)))
    timetable, changes = replan(now, former, 0, seconds=LONGEST_S)
    assert [(before.slot, after.slot) for before, after in changes.moved] == [(first.slot, 1 - first.slot)]
    assert changes.cancelled == changes.added == ()
    assert timetable.total == pytest.approx(1.4)


def test_the_freed_place_is_given_to_who_waits() -> None:
    asked = event([[0.9, 0.8]], slots=1, tables=1)
    former = plan_meetings(asked)
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
    former = plan_meetings(asked)
    timetable, changes = replan(event([[0.9, 0.0]], slots=2, tables=1), former, 0, seconds=LONGEST_S)
    assert [meeting.supplier for meeting in timetable.meetings] == [0]
    assert [meeting.supplier for meeting in changes.cancelled] == [1]


def test_only_who_is_touched_has_a_new_meeting() -> None:
    """A supplier comes free, whom two buyers with time suit: one of them lost a meeting, the other nothing."""
    asked = event([[0.9, 0.0, 0.5], [0.0, 0.9, 0.5]], slots=2, tables=2)
    former = Timetable((Meeting(0, 1, 0, 0), Meeting(0, 2, 1, 1)), 1.8, 1.8)
    now = replace(asked, suppliers=away(asked.suppliers, [0]))
    nobody = np.zeros(2, dtype=bool), np.zeros(3, dtype=bool)
    _, changes = replan(now, former, 0, seconds=LONGEST_S, touched=nobody)
    assert [(one.buyer, one.supplier) for one in changes.added] == [(0, 2)]
    _, none = replan(asked, former, 0, seconds=LONGEST_S, touched=nobody)
    assert none == Changes((), (), ())


def test_who_accepts_fewer_keeps_the_first() -> None:
    asked = event([[0.9], [0.8], [0.7]], slots=3, tables=1)
    former = plan_meetings(asked)
    fewer = event([[0.9], [0.8], [0.7]], slots=3, tables=1, suppliers=guests(1, 3, most=2))
    timetable, _ = replan(fewer, former, 1, seconds=LONGEST_S)
    assert timetable.meetings == former.meetings[:2]


def test_ten_no_shows_change_little_of_what_remains() -> None:
    chance = np.random.default_rng(5)
    asked = event(chance.random((60, 173)).tolist(), slots=12, tables=60)
    former = plan_meetings(asked)
    gone = sorted(chance.choice(173, 10, replace=False).tolist())
    timetable, changes = replan(replace(asked, suppliers=away(asked.suppliers, gone)), former, 0, seconds=LONGEST_S)
    assert changes.moved == ()
    assert {meeting.supplier for meeting in changes.cancelled} <= set(gone)
    assert len(timetable.meetings) == len(former.meetings)
