"""Free decisions of a planning problem once the meetings fixed by hand are in place: pairs that can still meet, free seats, tables left.

Guests of both sides are numbered together, buyers first. A guest of several people has several seats, one for each person who can sit at a separate table;
fixed (`held`) meetings have used their seats already."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matcher.club.planner.meetings import Bools, Ints, Problem

Floats = NDArray[np.float64]

# Aims by which timetables are compared, in order: pairs that must meet, needs served, points of fairness, sum of affinities.
MUST, SERVED, POINTS, VALUE = range(4)
# Resources that a meeting uses in its slot: a table, and for some an accessible table or an interpreter.
TABLE, ACCESSIBLE, INTERPRETER = range(3)


@dataclass(frozen=True, eq=False, slots=True)
class Openings:
    """Arrays over p pairs, n guests, q seats, s slots, w needs.

    `buyer`, `supplier` (p,): numbers of guests; `value` (p,): affinities; `must` (p,); `needs` (p, 3): resources the meeting would use; `serves`: sparse (p,
    w), 1 where a pair serves a written need that no fixed meeting serves. `most` (n,): meetings that the guest can still have; `least` (n,): meetings missing
    to its minimum, possible or not. `seats` (q,): the guest of each seat, in order; `free` (q, s): whether the seat can still be given a meeting in the slot;
    `there` (q, s): whether it has a fixed one. `limits` (3, s): tables, accessible tables and interpreters left. `buyers`: how many guests are buyers."""

    buyer: Ints
    supplier: Ints
    value: Floats
    must: Bools
    needs: Bools
    serves: Any  # scipy.sparse.csr_array
    most: Ints
    least: Ints
    seats: Ints
    free: Bools
    there: Bools
    limits: Ints
    buyers: int

    @property
    def possible(self) -> tuple[int, int, int]:
        """Return upper bounds on the aims before affinities, as if guests did not compete with one another."""
        most = np.minimum(self.least, self.most)
        return int(self.must.sum()), int(self.serves.shape[1]), fairness(self.least, most)

    @property
    def slots(self) -> int:
        """Number of slots."""
        return int(self.limits.shape[1])

    def at_most(self, need: int) -> int:
        """Return how many meetings that use the resource `need` can be added in all, given who is free in each slot."""
        sides = np.zeros((2, self.slots), dtype=np.int64)
        np.add.at(sides, (self.seats >= self.buyers).astype(np.int64), self.free.astype(np.int64))
        return int(np.minimum(self.limits[need], sides.min(axis=0)).sum())


def fairness(least: Ints, meetings: Ints) -> int:
    """Return the points of guests who lack `least` (n,) meetings and got `meetings` (n,): the k-th gives least − k + 1 points."""
    got = np.minimum(least, meetings)
    return int((got * least - got * (got - 1) // 2).sum())


def openings(problem: Problem) -> Openings:
    """Return what is left to decide in `problem` once its fixed (`held`) meetings are in place.

    A pair is left out when it is fixed, worth nothing, when one guest accepts no more meetings, or when no slot has both guests free with the table and
    interpreter they need."""
    buyers = len(problem.buyers)
    both = [problem.buyers, problem.suppliers]
    taken = _meetings_in_slots(problem)
    fixed_meetings = taken.sum(axis=1)
    people = np.concatenate([side.people for side in both])
    free = np.concatenate([side.free for side in both]) & (problem.room.tables > 0)
    seats = np.repeat(np.arange(len(people)), np.maximum(people, 0))
    rank = np.arange(len(seats)) - np.repeat(np.cumsum(people) - people, people)
    there = taken[seats] > rank[:, None]
    limits = limits_left(problem)
    open_seats = free[seats] & ~there & (limits[TABLE] > 0)
    places = np.zeros(len(people), dtype=np.int64)
    np.add.at(places, seats, open_seats.sum(axis=1))
    most = np.clip(np.concatenate([side.most for side in both]) - fixed_meetings, 0, places)
    pairs = _pairs(problem)
    needs = meeting_needs(problem, pairs.row, pairs.col)
    open_guests = free & (taken < people[:, None])
    possible = (pairs.data != 0) & (most[pairs.row] > 0) & (most[buyers + pairs.col] > 0)
    possible &= _can_meet(pairs.row, buyers + pairs.col, needs, open_guests, limits)
    row, col = pairs.row[possible].astype(np.int64), pairs.col[possible].astype(np.int64)
    must = {(int(one), int(other)) for one, other in problem.must}
    keys = np.array(sorted(one * len(problem.suppliers) + other for one, other in must), dtype=np.int64)
    return Openings(
        buyer=row,
        supplier=buyers + col,
        value=pairs.data[possible].astype(np.float64),
        must=np.isin(row * len(problem.suppliers) + col, keys),
        needs=needs[possible],
        serves=_serving(problem, row * len(problem.suppliers) + col),
        most=most,
        least=np.maximum(np.concatenate([side.least for side in both]) - fixed_meetings, 0),
        seats=seats,
        free=open_seats,
        there=there,
        limits=limits,
        buyers=buyers,
    )


def meeting_needs(problem: Problem, buyer: Ints, supplier: Ints) -> Bools:
    """Return (p, 3) which resources (table, accessible table, interpreter) the meetings of these rows use."""
    guests, other = problem.buyers, problem.suppliers
    return np.stack(
        [
            np.ones(len(buyer), dtype=bool),
            guests.step_free[buyer] | other.step_free[supplier],
            guests.interpreter[buyer] | other.interpreter[supplier],
        ],
        axis=1,
    )


def limits_left(problem: Problem) -> Ints:
    """Return (3, s) the tables, accessible tables and interpreters that fixed meetings leave, never under 0."""
    tables = np.asarray(problem.room.tables, dtype=np.int64)
    limits = np.stack(
        [tables, np.minimum(tables, problem.room.accessible), np.full(len(tables), problem.room.interpreters)]
    )
    for meeting in problem.held:
        helped = problem.buyers.interpreter[meeting.buyer] or problem.suppliers.interpreter[meeting.supplier]
        limits[TABLE, meeting.slot] -= 1
        limits[ACCESSIBLE, meeting.slot] -= meeting.table <= problem.room.accessible
        limits[INTERPRETER, meeting.slot] -= bool(helped)
    remaining: Ints = np.maximum(limits, 0)
    return remaining


def _serving(problem: Problem, keys: Ints) -> Any:  # a sparse array
    """Return sparse (p, w), 1 where the pair (key buyer × suppliers + supplier, `keys` (p,)) serves a need that is still to serve and can be."""
    held_pairs = {(meeting.buyer, meeting.supplier) for meeting in problem.held}
    served = [
        np.flatnonzero(np.isin(keys, need.buyer * len(problem.suppliers) + np.array(need.suppliers, dtype=np.int64)))
        for need in problem.needs
        if need.suppliers and not need.served_by(held_pairs)
    ]
    served = [pairs for pairs in served if len(pairs)]
    rows = np.concatenate([*served, np.zeros(0, dtype=np.int64)])
    cols = np.repeat(np.arange(len(served)), [len(pairs) for pairs in served])
    return csr_array((np.ones(len(rows)), (rows, cols)), shape=(len(keys), len(served)))


def _meetings_in_slots(problem: Problem) -> Ints:
    """Return (n, s) how many fixed meetings each guest has in each slot."""
    buyers, suppliers = len(problem.buyers), len(problem.suppliers)
    taken = np.zeros((buyers + suppliers, len(problem.room.tables)), dtype=np.int64)
    for meeting in problem.held:
        taken[meeting.buyer, meeting.slot] += 1
        taken[buyers + meeting.supplier, meeting.slot] += 1
    return taken


def _pairs(problem: Problem) -> Any:  # a sparse array, whose types scipy does not publish
    """Return the affinities as rows, columns and values (COO), in order, with 0 for pairs that are fixed."""
    affinity = csr_array(problem.affinity, copy=True)
    affinity.sum_duplicates()
    pairs = affinity.tocoo()
    width = len(problem.suppliers)
    held_places = np.array(sorted(meeting.buyer * width + meeting.supplier for meeting in problem.held), dtype=np.int64)
    pairs.data[np.isin(pairs.row.astype(np.int64) * width + pairs.col, held_places)] = 0
    return pairs


def _can_meet(first: Ints, other: Ints, needs: Bools, free: Bools, limits: Ints) -> Bools:
    """Return (p,) whether each pair has a slot with both free and its resources left. Slots are packed as bits: pairs may be millions."""
    slots, slots_left = np.packbits(free, axis=1), np.packbits(limits > 0, axis=1)
    common = slots[first] & slots[other] & slots_left[TABLE]
    for need in (ACCESSIBLE, INTERPRETER):
        common[needs[:, need]] &= slots_left[need]
    can: Bools = common.any(axis=1)
    return can
