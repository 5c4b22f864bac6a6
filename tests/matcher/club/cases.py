"""Invented events: small ones for invariants, and the way to read whether a timetable is one."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st
from scipy.sparse import csr_array

from matcher.club.planner.meetings import BuyerNeed, Guests, Meeting, Problem, Room, Timetable


def guests(count: int, slots: int, *, most: int | None = None, least: int = 0, people: int = 1) -> Guests:
    """Return guests who are always there and need nothing."""
    return Guests(
        free=np.ones((count, slots), dtype=bool),
        most=np.full(count, slots * people if most is None else most),
        least=np.full(count, least),
        people=np.full(count, people),
        step_free=np.zeros(count, dtype=bool),
        interpreter=np.zeros(count, dtype=bool),
    )


def event(
    affinity: Sequence[Sequence[float]],
    *,
    slots: int,
    tables: int,
    buyers: Guests | None = None,
    suppliers: Guests | None = None,
    must: Sequence[tuple[int, int]] = (),
    needs: Sequence[BuyerNeed] = (),
) -> Problem:
    """Return an event whose guests, unless given, are always there."""
    values = np.array(affinity, dtype=float)
    return Problem(
        affinity=csr_array(values),
        buyers=buyers or guests(values.shape[0], slots),
        suppliers=suppliers or guests(values.shape[1], slots),
        room=Room(np.full(slots, tables)),
        must=tuple(must),
        needs=tuple(needs),
    )


def _rows(count: int, values: st.SearchStrategy[int]) -> st.SearchStrategy[np.ndarray]:
    return st.lists(values, min_size=count, max_size=count).map(np.array)


@st.composite
def always_free(draw: st.DrawFn, *, size: int = 3, slots: int = 3) -> Problem:
    """Events whose guests are always there: what is proven optimal."""
    slot_count = draw(st.integers(1, slots))
    return draw(_events(draw(st.integers(1, size)), draw(st.integers(1, size)), slot_count, simple=True))


@st.composite
def any_event(draw: st.DrawFn, *, size: int = 6, slots: int = 5) -> Problem:
    """Events with absences, delegations, accessible tables, interpreters, and pairs that must meet."""
    sides = draw(st.integers(1, size)), draw(st.integers(1, size))
    return draw(_events(*sides, draw(st.integers(1, slots)), simple=False))


@st.composite
def _events(draw: st.DrawFn, buyers: int, suppliers: int, slots: int, *, simple: bool) -> Problem:
    tables = draw(st.integers(1, buyers + 1))
    cells = draw(_rows(buyers * suppliers, st.integers(0, 20))).reshape(buyers, suppliers)
    pairs = [(int(one), int(other)) for one, other in np.argwhere(cells > 0)]
    must = draw(st.lists(st.sampled_from(pairs), max_size=3)) if pairs else []
    sides = [draw(_sides(count, slots, simple=simple)) for count in (buyers, suppliers)]
    needs = draw(st.lists(_needs(buyers, suppliers), max_size=4))
    room = Room(np.full(slots, tables))
    if not simple:
        room = Room(draw(_rows(slots, st.integers(0, tables))), draw(st.integers(0, 2)), draw(st.integers(0, 2)))
    return Problem(csr_array(cells / 20), sides[0], sides[1], room, tuple(must), tuple(needs))


def _needs(buyers: int, suppliers: int) -> st.SearchStrategy[BuyerNeed]:
    doing = st.sets(st.integers(0, suppliers - 1), max_size=3).map(lambda rows: tuple(sorted(rows)))
    return st.builds(BuyerNeed, st.integers(0, buyers - 1), doing)


@st.composite
def _sides(draw: st.DrawFn, count: int, slots: int, *, simple: bool) -> Guests:
    most = draw(_rows(count, st.integers(0, slots + 1)))
    least = draw(_rows(count, st.integers(0, 3)))
    rare = st.sampled_from([0, 0, 0, 1])
    if simple:
        side = guests(count, slots)
        return Guests(
            side.free, most, least, draw(_rows(count, st.sampled_from([1, 1, 2]))), side.step_free, side.interpreter
        )
    free = draw(_rows(count * slots, st.sampled_from([1, 1, 1, 0]))).reshape(count, slots).astype(bool)
    marks = [draw(_rows(count, rare)).astype(bool) for _ in range(2)]
    return Guests(free, most, least, 1 + draw(_rows(count, rare)), *marks)


def assert_holds(problem: Problem, timetable: Timetable, held: Sequence[Meeting] = ()) -> None:
    """Fail unless nobody is in two places, no table is used twice, and all that guests and the room ask is kept, but for `held`."""
    meetings = timetable.meetings
    assert list(meetings) == sorted(meetings)
    assert set(held) <= set(meetings)
    at_table = Counter((meeting.slot, meeting.table) for meeting in meetings)
    assert max(at_table.values(), default=1) == 1
    pairs = Counter((meeting.buyer, meeting.supplier) for meeting in meetings)
    assert max(pairs.values(), default=1) == 1
    helped: Counter[int] = Counter()
    for side, its in (("buyer", problem.buyers), ("supplier", problem.suppliers)):
        at_once = Counter((getattr(meeting, side), meeting.slot) for meeting in meetings)
        assert all(count <= its.people[row] for (row, _), count in at_once.items())
        count = Counter(getattr(meeting, side) for meeting in meetings)
        assert all(count[row] <= max(its.most[row], _held_of(held, side, row)) for row in count)
        short = tuple(row for row in range(len(its)) if count[row] < its.least[row])
        assert timetable.short[side] == short
    for meeting in meetings:
        rows = (problem.buyers, meeting.buyer), (problem.suppliers, meeting.supplier)
        helped[meeting.slot] += any(its.interpreter[row] for its, row in rows)
        if meeting in held:
            continue
        assert 1 <= meeting.table <= problem.room.tables[meeting.slot]
        assert problem.affinity[meeting.buyer, meeting.supplier] > 0
        assert all(its.free[row, meeting.slot] for its, row in rows)
        assert meeting.table <= problem.room.accessible or not any(its.step_free[row] for its, row in rows)
    assert max(helped.values(), default=0) <= problem.room.interpreters
    total = sum(float(problem.affinity[meeting.buyer, meeting.supplier]) for meeting in meetings)
    assert np.isclose(timetable.total, total)
    assert timetable.bound >= timetable.total


def _held_of(held: Sequence[Meeting], side: str, row: int) -> int:
    return sum(getattr(meeting, side) == row for meeting in held)


def worth(problem: Problem, meetings: Sequence[Meeting]) -> tuple[int, int, int, float]:
    """Return what timetables are compared by, counted the plain way: pairs that must meet, needs served, points of fairness, affinities."""
    pairs = {(meeting.buyer, meeting.supplier) for meeting in meetings}
    points = 0
    for side, its in (("buyer", problem.buyers), ("supplier", problem.suppliers)):
        count = Counter(getattr(meeting, side) for meeting in meetings)
        points += sum(int(its.least[row]) - nth for row in count for nth in range(min(count[row], int(its.least[row]))))
    values = sorted(float(problem.affinity[pair]) for pair in pairs)
    served = sum(any((need.buyer, one) in pairs for one in need.suppliers) for need in problem.needs)
    return len(pairs & set(problem.must)), served, points, round(sum(values), 6)
