"""Assigns tables to meetings whose slots are known: accessible tables to guests who need one; buyers stay seated, suppliers move.

Slot after slot, an assignment (Hungarian algorithm) at the least cost. A buyer's seat has its own table, all day where tables are as many as seats with a
meeting, else from its first meeting to its last. A buyer who moves to an accessible table stays there, and the buyer who had it takes the table that was
left: two changes, not four."""

import numpy as np
from scipy.optimize import linear_sum_assignment

from matcher.club.planner.meetings import Bools, Ints, Problem
from matcher.club.planner.openings import ACCESSIBLE, Openings

# Costs of a table: not the buyer's, another buyer's, not the supplier's last, accessible without need; step that a guest cannot climb.
_MOVED, _ANOTHERS, _SUPPLIER_MOVED, _WASTED, _BARRED = 100.0, 50.0, 10.0, 1.0, 1e6


def seat(problem: Problem, openings: Openings, pairs: Ints, slot: Ints, ends: Ints) -> Ints:
    """Return the tables (m,), from 1, of `pairs` at `slot`, whose seats are `ends` (m, 2); never a table of a fixed (`held`) meeting."""
    table = np.zeros(len(pairs), dtype=np.int64)
    if not len(pairs):
        return table
    hall = _Hall(problem, openings, pairs, slot, ends)
    for at in range(openings.slots):
        rows = np.flatnonzero(slot == at)
        hall.hold(at)
        if len(rows):
            table[rows] = hall.seat_slot(at, ends[rows], openings.needs[pairs[rows], ACCESSIBLE])
    return table


class _Hall:
    """State of the room, slot after slot. `home` (q,): own table of each buyer's seat, last table of each supplier's; 0 for none."""

    def __init__(self, problem: Problem, openings: Openings, pairs: Ints, slot: Ints, ends: Ints) -> None:
        self.problem, self.openings = problem, openings
        self.home = np.zeros(len(openings.seats), dtype=np.int64)
        self.first_seat = np.searchsorted(openings.seats, np.arange(openings.buyers))
        self.first, self.last = _spans(openings, slot, ends)
        self.hosts = np.flatnonzero((openings.seats < openings.buyers) & (self.first <= self.last))
        self.needing = np.zeros(len(openings.seats), dtype=bool)
        self.needing[self.hosts] = problem.buyers.step_free[openings.seats[self.hosts]]
        self._settle_in(pairs, slot, ends)

    def hold(self, at: int) -> None:
        """Make the table of each fixed meeting of this slot its buyer's own."""
        for meeting in self.problem.held:
            if meeting.slot == at:
                self.home[self.first_seat[meeting.buyer]] = meeting.table

    def seat_slot(self, at: int, ends: Ints, need: Bools) -> Ints:
        """Return the tables (m,) of the meetings of one slot, and make each the `home` of its two seats."""
        held_tables = {meeting.table for meeting in self.problem.held if meeting.slot == at}
        tables = np.array([one for one in range(1, int(self.problem.room.tables[at]) + 1) if one not in held_tables])
        cost = self._costs(at, tables, ends, need)
        _, assignment = linear_sum_assignment(cost)
        chosen: Ints = tables[assignment]
        for guest, table in zip(ends[:, 0].tolist(), chosen.tolist(), strict=True):
            self._move(at, guest, table)
        self.home[ends[:, 1]] = chosen
        return chosen

    def _costs(self, at: int, tables: Ints, ends: Ints, need: Bools) -> np.ndarray:
        home = self.home[ends]
        open_to_all = tables <= self.problem.room.accessible
        # Tables owned by buyers between their first and last meetings, except buyers who must leave theirs.
        here = self.hosts[(self.first[self.hosts] <= at) & (self.last[self.hosts] >= at)]
        leaving = ends[need & (home[:, 0] > self.problem.room.accessible), 0]
        owned = np.isin(tables, self.home[np.setdiff1d(here, leaving)])
        at_home = home[:, :1] == tables
        cost = np.where((home[:, :1] == 0) | at_home, 0.0, _MOVED) + np.where(owned & ~at_home, _ANOTHERS, 0.0)
        cost += np.where((home[:, 1:] == 0) | (home[:, 1:] == tables), 0.0, _SUPPLIER_MOVED)
        cost += np.where(open_to_all & ~need[:, None], _WASTED, 0.0) + np.where(
            ~open_to_all & need[:, None], _BARRED, 0.0
        )
        # The lowest numbers first, all else equal.
        return cost + np.arange(len(tables)) / (1 + len(tables)) ** 2

    def _move(self, at: int, guest: int, table: int) -> None:
        """Swap tables: a seat owns the one where it sits, its former owner the one left, unless that owner needs an accessible table."""
        former_table, self.home[guest] = int(self.home[guest]), table
        others = self.hosts[(self.home[self.hosts] == table) & (self.last[self.hosts] >= at) & (self.hosts != guest)]
        if former_table in (0, table) or not len(others):
            return
        other = others[np.argmin(self.first[others])]
        if self.needing[other]:
            self.home[guest] = former_table
        else:
            self.home[other] = former_table

    def _settle_in(self, pairs: Ints, slot: Ints, ends: Ints) -> None:
        """Give each buyer's seat with a meeting its own table: that of its first fixed meeting, an accessible one if it needs it (soonest first),
        then the lowest without owner; where tables run out, the lowest without owner during its stay."""
        open_slots = self.problem.room.tables[self.problem.room.tables > 0]
        if not len(open_slots):
            return
        count = int(open_slots.min())
        alone = len(self.hosts) <= count
        for meeting in sorted(self.problem.held, reverse=True):
            self.home[self.first_seat[meeting.buyer]] = meeting.table
        first_slots = np.full(len(self.home), self.openings.slots)
        needs = self.openings.needs[pairs, ACCESSIBLE]
        np.minimum.at(first_slots, ends[needs, 0], slot[needs])
        come = self.first * (not alone)
        order = self.hosts[
            np.lexsort((self.hosts, come[self.hosts], first_slots[self.hosts], ~self.needing[self.hosts]))
        ]
        order = np.concatenate([order[self.home[order] > 0], order[self.home[order] == 0]])
        # Accessible tables are left to who will need them, where anybody does.
        accessible = min(self.problem.room.accessible, count) if needs.any() else 0
        plain = [*range(accessible + 1, count + 1), *range(1, accessible + 1)]
        homes = self.home.copy()
        for spread in (
            True,
            False,
        ):  # first spread over unused tables; if a seat then gets none, packed on the lowest ones
            self.home, taken = homes.copy(), np.zeros((count + 1, self.openings.slots), dtype=bool)
            for guest in order.tolist():
                there = slice(self.first[guest], self.last[guest] + 1)
                likes = (
                    range(1, count + 1) if self.needing[guest] or first_slots[guest] < self.openings.slots else plain
                )
                if not self.home[guest]:
                    fit = [table for table in likes if not taken[table, there].any()]
                    self.home[guest] = min(fit, key=lambda table: spread and bool(taken[table].any()), default=0)
                if self.home[guest] <= count:
                    taken[self.home[guest], there] = True
            if self.home[order].all():
                return


def _spans(openings: Openings, slot: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """Return (q,) and (q,) the first and the last slot where each seat has a meeting, fixed ones included; last < first for none."""
    there = openings.there.copy()
    there[ends, slot[:, None]] = True
    first = np.where(there.any(axis=1), there.argmax(axis=1), openings.slots)
    last = np.where(there.any(axis=1), openings.slots - 1 - there[:, ::-1].argmax(axis=1), -1)
    return first, last
