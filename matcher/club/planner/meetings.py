"""Types of the planner: guests of two sides, the value of each pair, the resulting meetings. Arrays and no names.

Buyers and attributaires are one side, suppliers the other. A guest is known here by its row.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class Guests:
    """One side of the room, n guests over s slots.

    `free` (n, s): who is there, and not at rest; `most` (n,): meetings that each accepts; `least` (n,): meetings that each should
    have where that can be; `people` (n,): how many of them can sit at different tables at once, 1 for most.
    `step_free` (n,): who needs an accessible table; `interpreter` (n,): who needs one of the interpreters.
    """

    free: Bools
    most: Ints
    least: Ints
    people: Ints
    step_free: Bools
    interpreter: Bools

    def __len__(self) -> int:
        return len(self.most)


@dataclass(frozen=True, eq=False, slots=True)
class Room:
    """`tables` (s,): how many tables stand in each slot, the first `accessible` of them (numbers 1 to `accessible`) without a step;
    `interpreters`: how many meetings at once an interpreter can help."""

    tables: Ints
    accessible: int = 0
    interpreters: int = 0


@dataclass(frozen=True, slots=True)
class BuyerNeed:
    """Need that a buyer (row) wrote, and the rows of the `suppliers` who do its trade: it is served where the buyer meets one of them."""

    buyer: int
    suppliers: tuple[int, ...]

    def served_by(self, pairs: Container[tuple[int, int]]) -> bool:
        """Return whether one of these pairs of rows (buyer, supplier) serves it."""
        return any((self.buyer, supplier) in pairs for supplier in self.suppliers)


@dataclass(frozen=True, eq=False, slots=True)
class Problem:
    """Planning problem: the guests, their room, and the value of each pair.

    `affinity`: sparse (buyers, suppliers) array in (0, 1], or a little below 0 for a pair that meets only where one of them has less than
    its least; a pair that it does not hold is not proposed (refused, already met, or worth nothing). `must`: pairs (buyer, supplier) that are to meet whatever it costs the others. `needs`: what comes next, each of which one
    meeting serves. `held`: meetings that stay as they are.
    """

    affinity: Any  # scipy.sparse.csr_array, whose types scipy does not publish
    buyers: Guests
    suppliers: Guests
    room: Room
    must: tuple[tuple[int, int], ...] = ()
    needs: tuple[BuyerNeed, ...] = ()
    held: tuple["Meeting", ...] = ()


@dataclass(frozen=True, order=True, slots=True)
class Meeting:
    """Rows of a buyer and of a supplier, at a slot (from 0) and a table (from 1)."""

    slot: int
    table: int
    buyer: int
    supplier: int


@dataclass(frozen=True, slots=True)
class AimBound:
    """Bound of an aim before affinities: the `figure` that a timetable reaches, the `most` that any does without less of the aims before."""

    figure: int
    most: int

    @property
    def proven(self) -> bool:
        """Return whether no timetable reaches more."""
        return self.figure >= self.most


@dataclass(frozen=True, slots=True)
class Timetable:
    """Meetings in order of slot and table. `total`: the sum of their affinities; `bound`: what no timetable that reaches as much of the aims
    before can exceed. `must`, `served`, `points`: these aims in order, pairs that must meet, needs served, points of fairness (`fairness`).

    `short`: guests that have fewer meetings than their least, by side (« buyer », « supplier ») and row.
    """

    meetings: tuple[Meeting, ...]
    total: float
    bound: float
    short: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    must: AimBound = AimBound(0, 0)
    served: AimBound = AimBound(0, 0)
    points: AimBound = AimBound(0, 0)

    @property
    def gap(self) -> float:
        """Most that a better timetable could gain, as a share of the bound, in [0, 1]."""
        return max(0.0, (self.bound - self.total) / self.bound) if self.bound > 0 else 0.0

    @property
    def proven(self) -> bool:
        """Return whether no timetable is better, but for rounding of affinities."""
        return self.must.proven and self.served.proven and self.points.proven and self.gap < 1e-9
