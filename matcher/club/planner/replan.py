"""Replanning on the day itself: after an absence or a delay, a timetable with the fewest changes.

Nothing that can still take place is touched: it is held, and the plan is made again around it. A meeting that its guests lost comes
before new ones, in another slot.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from matcher.club.planner.meetings import Guests, Meeting, Problem, Timetable
from matcher.club.planner.openings import needs_of
from matcher.club.planner.plan import plan


@dataclass(frozen=True, slots=True)
class Changes:
    """Changes to announce: meetings that no longer take place, those that moved (before, after), and new ones; each in order."""

    cancelled: tuple[Meeting, ...]
    moved: tuple[tuple[Meeting, Meeting], ...]
    added: tuple[Meeting, ...]


def replan(problem: Problem, former: Timetable, from_slot: int, *, seconds: float) -> tuple[Timetable, Changes]:
    """Return the timetable of `problem`, as it is now, that changes `former` the least from `from_slot` on, and the changes.

    Meetings before `from_slot` stay, whoever was there. Later ones stay where both guests are free, the pair is still proposed, and its
    table, its interpreter and what each accepts are still there; so do those of `problem.held`.
    """
    past = [meeting for meeting in former.meetings if meeting.slot < from_slot]
    fixed = sorted({*past, *problem.held})
    met = {(meeting.buyer, meeting.supplier) for meeting in fixed}
    coming = [meeting for meeting in former.meetings if (meeting.buyer, meeting.supplier) not in met]
    kept = _still_possible(problem, fixed, coming)
    lost = sorted(set(coming) - set(kept))
    now = replace(
        problem,
        buyers=_from(problem.buyers, from_slot),
        suppliers=_from(problem.suppliers, from_slot),
        must=tuple(sorted({*problem.must, *((meeting.buyer, meeting.supplier) for meeting in lost)})),
        held=tuple(sorted({*fixed, *kept})),
    )
    timetable = plan(now, seconds=seconds)
    before = {(meeting.buyer, meeting.supplier): meeting for meeting in former.meetings}
    after = {(meeting.buyer, meeting.supplier): meeting for meeting in timetable.meetings}
    return timetable, Changes(
        cancelled=tuple(meeting for pair, meeting in before.items() if pair not in after),
        moved=tuple((meeting, after[pair]) for pair, meeting in before.items() if after.get(pair, meeting) != meeting),
        added=tuple(meeting for pair, meeting in after.items() if pair not in before),
    )


def _from(guests: Guests, slot: int) -> Guests:
    free = guests.free.copy()
    free[:, :slot] = False
    return replace(guests, free=free)


def _still_possible(problem: Problem, fixed: Iterable[Meeting], coming: Iterable[Meeting]) -> list[Meeting]:
    """The meetings of `coming` that can take place beside those of `fixed`, in order of slot and table."""
    proposed = csr_array(problem.affinity, copy=True)
    proposed.sum_duplicates()
    sides = (problem.buyers, problem.suppliers)
    slots = len(problem.room.tables)
    places = [side.free.astype(np.int64) * side.people[:, None] for side in sides]
    most = [side.most.copy() for side in sides]
    interpreters = np.full(slots, problem.room.interpreters)
    used = set()
    kept = []

    def take(meeting: Meeting, helped: bool) -> None:
        used.add((meeting.slot, meeting.table))
        interpreters[meeting.slot] -= helped
        for side, row in enumerate((meeting.buyer, meeting.supplier)):
            places[side][row, meeting.slot] -= 1
            most[side][row] -= 1

    for stays, meetings in ((True, fixed), (False, coming)):
        for meeting in sorted(meetings):
            rows = (meeting.buyer, meeting.supplier)
            _, step_free, helped = needs_of(problem, np.array(rows[:1]), np.array(rows[1:]))[0].tolist()
            possible = stays or (
                bool(proposed[rows] > 0)
                and meeting.table <= problem.room.tables[meeting.slot]
                and (meeting.table <= problem.room.accessible or not step_free)
                and (interpreters[meeting.slot] > 0 or not helped)
                and (meeting.slot, meeting.table) not in used
                and all(places[side][row, meeting.slot] > 0 and most[side][row] > 0 for side, row in enumerate(rows))
            )
            if possible:
                take(meeting, helped)
                kept += [] if stays else [meeting]
    return kept
