"""Improves a draft timetable of a meeting day, or proves it optimal, by an integer program (MILP) over few pairs and all slots.

Lexicographic: pairs that must meet, needs served, points of fairness, affinities; each aim keeps what the earlier ones have reached."""

from time import monotonic
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, vstack

from matcher.club.planner.drafts import Draft, scores_by_aim
from matcher.club.planner.meetings import Bools, Ints
from matcher.club.planner.openings import Openings

# Most columns of a program that is tried, and most search nodes: a count rather than a time, so that answers are reproducible.
MOST, NODES = 6_000, 200


def improve(
    openings: Openings, pairs: Ints, draft: Draft, aim: int, end: float, *, most: int = MOST
) -> tuple[Draft, float]:
    """Return the best draft of `pairs` (m,) found for an aim of `drafts.scores_by_aim`, no worse on earlier aims, and an upper bound on that aim.

    `draft` is returned when nothing better is found; with more columns than `most` no search is made and the bound is infinity. `end`: `monotonic` time at
    which to stop."""
    program = _Program(openings, pairs)
    if program.columns > most:
        return draft, np.inf
    if not program.columns:  # no free guest has anybody left to meet
        return draft, float(scores_by_aim(openings, draft.pairs)[aim])
    better, bound = program.maximise(aim, scores_by_aim(openings, draft.pairs)[:aim], end)
    return max((draft, better or draft), key=lambda one: scores_by_aim(openings, one.pairs)), bound


def columns_of(openings: Openings, pairs: Ints) -> int:
    """Return the number of columns of the program of `pairs` (m,)."""
    return _Program(openings, pairs).columns


class _Program:
    """The integer program. Columns: each pair in each slot possible for it, then each meeting that counts for fairness, then each need."""

    def __init__(self, openings: Openings, pairs: Ints) -> None:
        self.openings = openings
        guests, slots = len(openings.most), openings.slots
        self.seats = np.zeros((guests, slots), dtype=np.int64)
        np.add.at(self.seats, openings.seats, openings.free.astype(np.int64))
        allowed = (self.seats[openings.buyer[pairs]] > 0) & (self.seats[openings.supplier[pairs]] > 0)
        for need, limit in enumerate(openings.limits):
            allowed &= ~openings.needs[pairs, need][:, None] | (limit > 0)
        which, self.slot = np.nonzero(allowed)
        self.pair = pairs[which]
        counted = np.minimum(openings.least, openings.most)
        self.guest = np.repeat(np.arange(guests), counted)
        nth = np.arange(len(self.guest)) - (np.cumsum(counted) - counted)[self.guest]
        gained = (openings.least[self.guest] - nth).astype(np.float64)
        wanted = openings.serves.shape[1]
        self.columns: int = len(self.pair) + len(self.guest) + wanted
        none, nothing = np.zeros(len(self.guest) + wanted), np.zeros(len(self.pair))
        self.aims = (
            np.concatenate([openings.must[self.pair], none]),
            np.concatenate([nothing, np.zeros(len(self.guest)), np.ones(wanted)]),
            np.concatenate([nothing, gained, np.zeros(wanted)]),
            np.concatenate([openings.value[self.pair], none]),
        )

    def maximise(self, aim: int, floors: tuple[float, ...], end: float) -> tuple[Draft | None, float]:
        """Return the best draft found for an aim with at least `floors` on the earlier ones, and the solver's bound."""
        minima = [LinearConstraint(row[None, :], floor, np.inf) for row, floor in zip(self.aims, floors, strict=False)]
        whole = np.zeros(self.columns)
        whole[: len(self.pair)] = 1
        solution = milp(
            -self.aims[aim],
            integrality=whole,
            bounds=Bounds(0, 1),
            constraints=[self._rules(), *minima],
            options={"node_limit": NODES, "mip_rel_gap": 0.0, "time_limit": max(0.1, end - monotonic())},
        )
        draft = None if solution.x is None else self._draft(solution.x[: len(self.pair)].round() > 0)
        return draft, np.inf if solution.mip_dual_bound is None else -float(solution.mip_dual_bound)

    def _rules(self) -> LinearConstraint:
        """Return the constraints: a pair meets once; a guest's seats in a slot and its maximum; resources of slots; fairness and needs."""
        openings, slots, guests = self.openings, self.openings.slots, len(self.openings.most)
        ends = (openings.buyer[self.pair], openings.supplier[self.pair])
        pairs = np.arange(len(self.pair))
        both, twice = np.concatenate(ends), np.concatenate([pairs, pairs])
        columns_of_guests = len(self.pair) + np.arange(len(self.guest))
        known, number = np.unique(self.pair, return_inverse=True)
        needs = [np.flatnonzero(openings.needs[self.pair, need]) for need in range(3)]
        blocks = [
            (number, pairs, 1.0, np.ones(len(known))),
            (both * slots + np.tile(self.slot, 2), twice, 1.0, self.seats.ravel()),
            (both, twice, 1.0, openings.most),
            *((self.slot[rows], rows, 1.0, openings.limits[need]) for need, rows in enumerate(needs)),
        ]
        parts = [self._block(*block[:3], len(block[3])) for block in blocks]
        owed = self._block(self.guest, columns_of_guests, 1.0, guests) - self._block(both, twice, 1.0, guests)
        which, need = openings.serves[self.pair].nonzero()
        wanted = openings.serves.shape[1]
        last = self.columns - wanted + np.arange(wanted)
        served = self._block(np.arange(wanted), last, 1.0, wanted) - self._block(need, which, 1.0, wanted)
        above = np.concatenate([*(block[3] for block in blocks), np.zeros(guests + wanted)])
        return LinearConstraint(vstack([*parts, owed, served]), -np.inf, above)

    def _block(
        self, rows: Ints, columns: Ints, sign: float, height: int
    ) -> Any:  # a sparse array, whose types scipy does not publish
        return coo_array((np.full(len(rows), sign), (rows, columns)), shape=(height, self.columns)).tocsr()

    def _draft(self, taken: Bools) -> Draft:
        """Return the meetings taken as a draft, each guest on its first free seat."""
        openings = self.openings
        pairs, slot = self.pair[taken], self.slot[taken]
        free = openings.free.copy()
        first = np.searchsorted(openings.seats, np.arange(len(openings.most) + 1))
        ends = np.zeros((len(pairs), 2), dtype=np.int64)
        for side, guests in enumerate((openings.buyer[pairs], openings.supplier[pairs])):
            for row, (guest, at) in enumerate(zip(guests.tolist(), slot.tolist(), strict=True)):
                seat = first[guest] + int(free[first[guest] : first[guest + 1], at].argmax())
                free[seat, at] = False
                ends[row, side] = seat
        return Draft.of(pairs, slot, ends)
