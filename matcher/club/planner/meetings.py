"""Types of the planner: guests of two sides, the value of each pair, the resulting meetings. Arrays and no names.

Buyers and attributaires are one side, suppliers the other. A guest is known here by its row.
"""

from collections.abc import Mapping
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


@dataclass(frozen=True, eq=False, slots=True)
class Problem:
    """Planning problem: the guests, their room, and the value of each pair.

    `affinity`: sparse (buyers, suppliers) array in (0, 1]; a pair that it does not hold is not proposed (refused, already met, or worth
    nothing). `must`: pairs (buyer, supplier) that are to meet whatever it costs the others. `held`: meetings that stay as they are.
    """

    affinity: Any  # scipy.sparse.csr_array, whose types scipy does not publish
    buyers: Guests
    suppliers: Guests
    room: Room
    must: tuple[tuple[int, int], ...] = ()
    held: tuple["Meeting", ...] = ()


@dataclass(frozen=True, order=True, slots=True)
class Meeting:
    """Rows of a buyer and of a supplier, at a slot (from 0) and a table (from 1)."""

    slot: int
    table: int
    buyer: int
    supplier: int


@dataclass(frozen=True, slots=True)
class Timetable:
    """Meetings in order of slot and table. `total`: the sum of their affinities; `bound`: what no timetable of equal fairness can exceed.

    `short`: guests that have fewer meetings than their least, by side (« buyer », « supplier ») and row.
    """

    meetings: tuple[Meeting, ...]
    total: float
    bound: float
    short: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def gap(self) -> float:
        """Most that a better timetable could gain, as a share of the bound, in [0, 1]."""
        return max(0.0, (self.bound - self.total) / self.bound) if self.bound > 0 else 0.0

    @property
    def proven(self) -> bool:
        """Whether no timetable is better, but for rounding."""
        return self.gap < 1e-9
