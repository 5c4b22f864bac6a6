"""Choice of the pairs that meet, whatever the slot: a flow from buyers to suppliers, with an upper bound on any timetable.

Without limits on accessible tables or interpreters the matrix is that of a network: the vertices that the simplex gives are whole.
A guest's first meetings, up to its least, are worth more than any sum of affinities that they can cost (`Weights`), the first the most:
concave, so still a flow. Pairs are priced in and out: the linear program holds few of them, the bound covers all.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array

from matcher.club.planner.meetings import Bools, Ints
from matcher.club.planner.openings import ACCESSIBLE, INTERPRETER, TABLE, Floats, Openings

# Pairs first put in the linear program: so many times what a guest can accept, its best ones, and some at least.
_TIMES, _SOME, _FEW, _MANY = 2, 8, 20, 10_000
_WHOLE, _PRICE = 1e-6, 1e-9
_NONE = np.zeros(0, dtype=np.int64)
_NEEDS = (TABLE, ACCESSIBLE, INTERPRETER)


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights that come before affinities: `least`, a point of fairness; `must`, a pair that is to meet.

    Two plans of one flow differ by cycles, which pass each guest once and change the points of four guests at most: no cycle's
    affinities are worth a point, no points a pair that must meet.
    """

    least: float
    must: float


def weights(openings: Openings) -> Weights:
    """Return the smallest weights that keep the order: pairs that must meet, fairness, affinity."""
    buyers = openings.buyers
    point = min(buyers, len(openings.most) - buyers) + 2.0
    return Weights(point, point * (4.0 * float(openings.least.max(initial=0)) + 2.0))


def fairness(least: Ints, had: Ints) -> int:
    """Return the points of guests who lack `least` (n,) and got `had` (n,): the k-th counts least − k + 1."""
    got = np.minimum(least, had)
    return int((got * least - got * (got - 1) // 2).sum())


@dataclass(frozen=True, eq=False, slots=True)
class Pairing:
    """`pairs` that should meet; `bound`: what no choice exceeds, in affinities and weights; `gains` (p,): how much less no choice with
    that pair exceeds, where under 0."""

    pairs: Ints
    bound: float
    gains: Floats


def choose(openings: Openings, banned: Bools, points: int | None = None, known: Ints = _NONE) -> Pairing:
    """Return the pairs of the greatest worth among those not `banned` (p,), whatever their slots.

    The worth counts `Weights`; with `points`, it is that of affinities alone among choices that have as many points and pairs that
    must meet (in units of `Weights.least`), of which `known` pairs are one. That is asked for its bound.
    """
    if not len(openings.value):
        return Pairing(_NONE, 0.0, np.zeros(0))
    flow = _Flow(openings, banned, points)
    working = flow.first()
    working[known] = True
    while True:
        taken, bound, gains = flow.solve(working)
        better = flow.better(working, gains)
        if not better.any():
            return Pairing(_whole(openings, working, taken), bound, gains)
        working |= better


class _Flow:
    """The linear program, whose rows are the guests, then what slots have, then the points if asked."""

    def __init__(self, openings: Openings, banned: Bools, points: int | None) -> None:
        self.openings, self.points = openings, points
        weight = weights(openings)
        self.possible = ~banned
        owed = openings.must * weight.must
        self.worth: Floats = openings.value + (owed if points is None else 0)
        # One column for each meeting up to the least, then one for all others.
        guests = len(openings.most)
        counted = np.minimum(openings.least, openings.most)
        first = np.repeat(np.arange(guests), counted)
        start = np.cumsum(counted) - counted
        gained = openings.least[first] - (np.arange(len(first)) - start[first])
        self.of = np.concatenate([first, np.arange(guests)])
        self.room = np.concatenate([np.ones(len(first)), openings.most - counted]).astype(np.float64)
        merits = np.concatenate([gained, np.zeros(guests)]).astype(np.float64)
        self.merit: Floats = np.where(points is None, merits * weight.least, 0.0)
        self.limits: list[float] = [openings.at_most(need) for need in _NEEDS]
        # Of use with `points` alone: what pairs and columns count there.
        asked = 0.0 if points is None else 1.0
        self.pair_points = np.asarray(openings.must * (asked * weight.must / weight.least), dtype=np.float64)
        self.column_points = np.asarray(merits * asked, dtype=np.float64)

    def first(self) -> Bools:
        """The best pairs of each guest, those that must meet, and all where they are few."""
        openings = self.openings
        if len(openings.value) <= _FEW * len(openings.most):
            return self.possible.copy()
        chosen = self.possible & openings.must
        for guest in (openings.buyer, openings.supplier):
            share = min(1.0, self.limits[TABLE] / max(1, int(openings.most[np.unique(guest)].sum())))
            some = np.asarray(_SOME + _TIMES * share * openings.most, dtype=np.float64)
            chosen |= _best_of(guest, self.possible, openings.value, some)
        return chosen

    def better(self, working: Bools, gains: Floats) -> Bools:
        """The pairs outside of `working` that would gain most, some of each buyer."""
        better = ~working & (gains > _PRICE)
        return _best_of(self.openings.buyer, better, gains, np.full(len(self.openings.most), 2 * _SOME))

    def solve(self, working: Bools) -> tuple[Floats, float, Floats]:
        """Share of each pair of `working` that is taken, the bound on all pairs, and what each would gain at these prices."""
        openings, pairs = self.openings, np.flatnonzero(working)
        guests, columns = len(openings.most), len(self.of)
        count = len(pairs)
        rows = np.concatenate([openings.buyer[pairs], openings.supplier[pairs], self.of])
        cols = np.concatenate([np.arange(count), np.arange(count), count + np.arange(columns)])
        signs = np.concatenate([np.ones(2 * count), -np.ones(columns)])
        balance = coo_array((signs, (rows, cols)), shape=(guests, count + columns)).tocsr()
        upper = np.zeros((4, count + columns))
        upper[:3, :count] = openings.needs[pairs].T
        upper[3, :count], upper[3, count:] = -self.pair_points[pairs], -self.column_points
        cost = -np.concatenate([self.worth[pairs], self.merit])
        above = np.concatenate([np.ones(count), self.room])
        floor = -float(self.points or 0)
        found = linprog(
            cost,
            A_ub=csr_array(upper),
            b_ub=[*self.limits, floor],
            A_eq=balance,
            b_eq=np.zeros(guests),
            bounds=np.stack([np.zeros(len(above)), above], axis=1),
            method="highs-ipm" if count > _MANY else "highs-ds",
        )
        if found.x is None:
            raise ArithmeticError(f"the flow has no solution: {found.message}")
        prices, dues = found.eqlin.marginals, np.minimum(found.ineqlin.marginals, 0)
        pair_gain = (
            self.worth + prices[openings.buyer] + prices[openings.supplier] + openings.needs @ dues[:3]
        ) - dues[3] * self.pair_points
        column_gain = self.merit - prices[self.of] - dues[3] * self.column_points
        pair_gain[~self.possible] = -np.inf
        bound = float(
            -dues[:3] @ np.array(self.limits)
            - dues[3] * floor
            + np.maximum(pair_gain, 0).sum()
            + np.maximum(column_gain, 0) @ self.room
        )
        return found.x[:count], bound, pair_gain


def _best_of(guest: Ints, among: Bools, value: Floats, wanted: Floats | Ints) -> Bools:
    """(p,) the pairs `among` that are of the greatest value to their `guest` (p,), as many as `wanted` (n,) by each."""
    rows = np.flatnonzero(among)
    order = rows[np.lexsort((-value[rows], guest[rows]))]
    sorted_guest = guest[order]
    rank = np.arange(len(order)) - np.searchsorted(sorted_guest, sorted_guest)
    chosen = np.zeros(len(guest), dtype=bool)
    chosen[order[rank < wanted[sorted_guest]]] = True
    return chosen


def _whole(openings: Openings, working: Bools, taken: Floats) -> Ints:
    """The pairs taken whole, then those in part as long as their guests and the slots allow, the best first."""
    pairs = np.flatnonzero(working)[taken > _WHOLE]
    part = taken[taken > _WHOLE]
    order = np.lexsort((pairs, -openings.value[pairs], -np.round(part, 6)))
    left, limits = openings.most.copy(), np.array([openings.at_most(need) for need in _NEEDS])
    kept = []
    for pair in pairs[order]:
        one, other, needs = openings.buyer[pair], openings.supplier[pair], openings.needs[pair]
        if left[one] > 0 and left[other] > 0 and (limits >= needs).all():
            left[[one, other]] -= 1
            limits -= needs
            kept.append(pair)
    return np.array(kept, dtype=np.int64)
