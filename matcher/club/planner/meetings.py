"""Input and output types of the meeting-day planner: guests of two sides, value of each pair, resulting meetings; arrays without names.

Buyers and attributaires (contract winners) are one side, suppliers the other. A guest (participant) is identified by its row."""

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

    `free` (n, s): who is there, and not on a break; `most` (n,): meetings that each accepts; `least` (n,): meetings that each should have where that can be;
    `people` (n,): how many of them can sit at different tables at once, 1 for most. `step_free` (n,): who needs an accessible table; `interpreter` (n,): who
    needs one of the interpreters."""

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
    """`tables` (s,): number of tables in each slot, of which numbers 1 to `accessible` are step-free; `interpreters`: how many meetings at once can
    have an interpreter."""

    tables: Ints
    accessible: int = 0
    interpreters: int = 0


@dataclass(frozen=True, slots=True)
class BuyerNeed:
    """Need that a buyer (row) wrote, and the rows of the `suppliers` of that trade: the need is served once the buyer meets one of them."""

    buyer: int
    suppliers: tuple[int, ...]

    def served_by(self, pairs: Container[tuple[int, int]]) -> bool:
        """Return whether one of these pairs of rows (buyer, supplier) serves the need."""
        return any((self.buyer, supplier) in pairs for supplier in self.suppliers)


@dataclass(frozen=True, eq=False, slots=True)
class Problem:
    """Planning problem: the guests, their room, and the value of each pair.

    `affinity`: sparse (buyers, suppliers) array in (0, 1], or slightly below 0 for a pair that meets only where one guest has fewer meetings than its least;
    a missing pair is not proposed (refused, already met, or worth nothing). `must`: pairs (buyer, supplier) that come before everything else. `needs`: needs
    to serve, which come next; one meeting serves a need. `held`: meetings fixed by hand, which do not move."""

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
    """One aim ranked before affinities: the `figure` that a timetable reaches, and the `most` that any could without loss on earlier aims."""

    figure: int
    most: int

    @property
    def proven(self) -> bool:
        """Return whether the figure is proven optimal."""
        return self.figure >= self.most


@dataclass(frozen=True, slots=True)
class Timetable:
    """Planned meetings in order of slot and table. `total`: sum of their affinities; `bound`: upper bound on that sum for any timetable as good on the
    earlier aims, which are `must` (pairs that must meet), `served` (needs served) and `points` (points of fairness, see `fairness`).

    `short`: rows of the guests that have fewer meetings than their least, by side (« buyer », « supplier »)."""

    meetings: tuple[Meeting, ...]
    total: float
    bound: float
    short: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    must: AimBound = AimBound(0, 0)
    served: AimBound = AimBound(0, 0)
    points: AimBound = AimBound(0, 0)

    @property
    def gap(self) -> float:
        """Return the optimality gap: the most that a better timetable could gain, as a share of the bound, in [0, 1]."""
        return max(0.0, (self.bound - self.total) / self.bound) if self.bound > 0 else 0.0

    @property
    def proven(self) -> bool:
        """Return whether the timetable is proven optimal, but for rounding of affinities."""
        return self.must.proven and self.served.proven and self.points.proven and self.gap < 1e-9
