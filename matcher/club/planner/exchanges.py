"""Swaps groups of meetings of a draft timetable between two slots, so that no slot exceeds its tables and guests wait less.

Two slots' meetings form a graph whose connected components can be swapped freely (Kempe swaps). Aims, in order: no slot above its limits of tables and
interpreters; no idle gap between a guest's first and last meetings."""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from matcher.club.planner.meetings import Bools, Ints
from matcher.club.planner.openings import Openings

_SWEEPS = 6


def holes(there: Bools, free: Bools) -> Ints:
    """Return (q,) in how many slots each seat waits, free and without a meeting, after its first meeting and before its last."""
    begun = np.logical_or.accumulate(there, axis=1)
    ahead = np.logical_or.accumulate(there[:, ::-1], axis=1)[:, ::-1]
    waits: Ints = (begun & ahead & free & ~there).sum(axis=1)
    return waits


def loads(openings: Openings, pairs: Ints, slot: Ints) -> Ints:
    """Return (3, s) how many tables, accessible tables and interpreters the meetings of `pairs` use in each slot."""
    taken = np.zeros((openings.slots, 3), dtype=np.int64)
    np.add.at(taken, slot, openings.needs[pairs].astype(np.int64))
    return taken.T


def settle_slots(openings: Openings, pairs: Ints, slot: Ints, ends: Ints) -> Ints:
    """Return new slots (m,) for the same `pairs` (m,), whose seats are `ends` (m, 2): least excess over the limits, then few holes."""
    hall = _Hall(openings, pairs, slot.copy(), ends)
    for _ in range(_SWEEPS):
        changed = False
        for first in range(openings.slots):
            for second in range(first + 1, openings.slots):
                changed |= hall.exchange(first, second)
        if not changed:
            break
    return hall.slot


class _Hall:
    """The slot of each meeting, which seats are busy in each slot (`there`), and the tables and interpreters in use (`taken`)."""

    def __init__(self, openings: Openings, pairs: Ints, slot: Ints, ends: Ints) -> None:
        self.openings, self.needs, self.slot, self.ends = openings, openings.needs[pairs].astype(np.int64), slot, ends
        self.there = openings.there.copy()
        self.there[ends, slot[:, None]] = True
        self.taken = loads(openings, pairs, slot)

    def excess(self, taken: Ints, slots: list[int]) -> int:
        return int(np.maximum(taken - self.openings.limits[:, slots], 0).sum())

    def exchange(self, first: int, second: int) -> bool:
        """Swap the groups of meetings of these two slots whose swap is an improvement; return whether any was swapped."""
        slots, free = [first, second], self.openings.free
        rows = np.flatnonzero((self.slot == first) | (self.slot == second))
        if not len(rows):
            return False
        seats, ends = np.unique(self.ends[rows], return_inverse=True)
        ends = ends.reshape(-1, 2)
        links = coo_array((np.ones(len(rows)), (ends[:, 0], ends[:, 1])), shape=(len(seats), len(seats)))
        count, group = connected_components(links, directed=False)
        in_group = group[ends[:, 0]]
        # A seat that has a meeting in one of the two slots must be free in the other, without a meeting fixed by hand.
        allowed = np.ones(count, dtype=bool)
        allowed[group[~free[seats][:, slots].all(axis=1)]] = False
        before, after = self.there[seats], self.there[seats]
        after[:, slots] = after[:, [second, first]]
        waits = np.bincount(group, holes(after, free[seats]) - holes(before, free[seats]), count).astype(np.int64)
        sign = np.where(self.slot[rows] == first, -1, 1)
        moved = np.stack([np.bincount(in_group, sign * need, count) for need in self.needs[rows].T], axis=1).astype(
            np.int64
        )
        taken, chosen = self.taken[:, slots].copy(), allowed & (waits < 0) & ~moved.any(axis=1)
        useful = allowed & moved.any(axis=1) & ((waits < 0) | (self.excess(taken, slots) > 0))
        useful_swaps = np.flatnonzero(useful)
        for swap in useful_swaps[np.argsort(waits[useful_swaps], kind="stable")].tolist():
            then = taken + np.stack([moved[swap], -moved[swap]], axis=1)
            gain = self.excess(taken, slots) - self.excess(then, slots)
            if (gain, -waits[swap]) > (0, 0):
                taken, chosen[swap] = then, True
        if not chosen.any():
            return False
        swapped = rows[chosen[in_group]]
        self.slot[swapped] = first + second - self.slot[swapped]
        self.taken[:, slots] = taken
        changed = seats[chosen[group]]
        self.there[changed[:, None], slots] = self.there[changed[:, None], [second, first]]
        return True
