"""Chooses which buyers and suppliers meet, slots ignored: a maximum-weight flow (linear program), whose value bounds any timetable.

Without limits on accessible tables or interpreters the matrix is that of a network: the simplex gives integers. A guest's first meetings, up to its minimum,
weigh more than any sum of affinities that they can cost (`Weights`), the first the most: concave, so still a flow. A written need is a node between its buyer
and the suppliers of its trade, and only its first unit counts: integral unless a supplier answers several needs of one buyer in different ways; the bound
holds in any case. Column generation: the linear program holds few pairs, the bound covers all."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array, eye_array, hstack, vstack

from matcher.club.planner.meetings import Bools, Ints
from matcher.club.planner.openings import ACCESSIBLE, INTERPRETER, TABLE, Floats, Openings

# Pairs first put in the linear program: the best `_SOME` of each guest, plus `_TIMES` the meetings it can have; all under `_FEW` a guest.
_TIMES, _SOME, _FEW, _MANY = 2, 8, 20, 10_000
_WHOLE, _PRICE = 1e-6, 1e-9
_NONE = np.zeros(0, dtype=np.int64)
_NEEDS = (TABLE, ACCESSIBLE, INTERPRETER)


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of the aims that come before affinities: `least`, a point of fairness; `need`, a need served; `must`, a pair that must meet.

    Two plans of one flow differ by cycles, which pass each guest once: they change the points of four guests at most, and one need of each buyer. So no
    cycle's affinities are worth a point, no points a need, no needs a pair that must meet."""

    least: float
    need: float
    must: float


def weights(openings: Openings) -> Weights:
    """Return the smallest weights that make the order of aims lexicographic: pairs that must meet, needs, fairness, affinity."""
    guests = min(openings.buyers, len(openings.most) - openings.buyers) + 2.0
    need = guests * (4.0 * float(openings.least.max(initial=0)) + 2.0)
    return Weights(guests, need, need * (guests if openings.serves.shape[1] else 1.0))


@dataclass(frozen=True, eq=False, slots=True)
class Pairing:
    """`pairs` that should meet; `bound`: upper bound on the worth of any choice, in affinities and weights; `gains` (p,): reduced cost of
    each pair: where below 0, the amount by which the bound falls for choices that include the pair."""

    pairs: Ints
    bound: float
    gains: Floats


def choose_pairs(
    openings: Openings, banned: Bools, aim: int | None = None, floors: tuple[int, ...] = (), known: Ints = _NONE
) -> Pairing:
    """Return the pairs of the greatest total worth among those not `banned` (p,), slots ignored.

    The worth counts `Weights`; with an `aim` (`openings.MUST` and others), only that aim counts, among choices that reach the `floors` of earlier aims, as
    the `known` pairs do: callers use the resulting bound."""
    if not len(openings.value):
        return Pairing(_NONE, 0.0, np.zeros(0))
    flow = _Flow(openings, banned, aim, floors)
    working = flow.first()
    working[known] = True
    while True:
        taken, bound, gains = flow.solve(working)
        better = flow.better(working, gains)
        if not better.any():
            return Pairing(_whole(openings, working, taken), bound, gains)
        working |= better


class _Flow:
    """The linear program, whose constraints are the guests, then the resources of slots, the needs, and the floors of earlier aims."""

    def __init__(self, openings: Openings, banned: Bools, aim: int | None, floors: tuple[int, ...]) -> None:
        self.openings, self.floors = openings, np.array(floors, dtype=np.float64)
        self.possible = ~banned
        # One column for each meeting up to a guest's minimum, then one for all its others, then one for each need.
        guests, wanted = len(openings.most), openings.serves.shape[1]
        counted = np.minimum(openings.least, openings.most)
        first = np.repeat(np.arange(guests), counted)
        start = np.cumsum(counted) - counted
        gained = openings.least[first] - (np.arange(len(first)) - start[first])
        self.of = np.concatenate([first, np.arange(guests)])
        self.room = np.concatenate([np.ones(len(first)), openings.most - counted, np.ones(wanted)])
        # Contribution of pairs and columns to each aim.
        pairs, columns = np.zeros(len(openings.value)), np.zeros(len(self.room))
        served, points = columns.copy(), columns.copy()
        served[len(self.of) :], points[: len(first)] = 1.0, gained
        self.pair_aims = np.stack([openings.must, pairs, pairs, openings.value])
        self.column_aims = np.stack([columns, served, points, columns])
        weight = weights(openings)
        share = np.array([weight.must, weight.need, weight.least, 1.0]) if aim is None else np.eye(4)[aim]
        self.worth: Floats = share @ self.pair_aims
        self.merit: Floats = share @ self.column_aims
        self.limits = np.array([openings.at_most(need) for need in _NEEDS], dtype=np.float64)

    def first(self) -> Bools:
        """Return the pairs of the first program: the best of each guest and need, and those that must meet; all where they are few."""
        openings = self.openings
        if len(openings.value) <= _FEW * len(openings.most):
            return self.possible.copy()
        chosen = self.possible & openings.must
        for guest in (openings.buyer, openings.supplier):
            share = min(1.0, self.limits[TABLE] / max(1, int(openings.most[np.unique(guest)].sum())))
            some = np.asarray(_SOME + _TIMES * share * openings.most, dtype=np.float64)
            chosen |= _best_of(guest, self.possible, openings.value, some)
        pair, need = openings.serves.nonzero()
        best = _best_of(need, self.possible[pair], openings.value[pair], np.full(openings.serves.shape[1], _SOME))
        chosen[pair[best]] = True
        return chosen

    def better(self, working: Bools, gains: Floats) -> Bools:
        """Return the pairs outside of `working` of the greatest reduced cost, a few for each buyer."""
        better = ~working & (gains > _PRICE)
        return _best_of(self.openings.buyer, better, gains, np.full(len(self.openings.most), 2 * _SOME))

    def solve(self, working: Bools) -> tuple[Floats, float, Floats]:
        """Solve the program of the `working` pairs: the share taken of each, the bound over all pairs, and each pair's reduced cost."""
        openings, pairs = self.openings, np.flatnonzero(working)
        guests, columns, wanted, before = len(openings.most), len(self.of), openings.serves.shape[1], len(self.floors)
        count = len(pairs)
        rows = np.concatenate([openings.buyer[pairs], openings.supplier[pairs], self.of])
        cols = np.concatenate([np.arange(count), np.arange(count), count + np.arange(columns)])
        signs = np.concatenate([np.ones(2 * count), -np.ones(columns)])
        balance = coo_array((signs, (rows, cols)), shape=(guests, count + columns + wanted)).tocsr()
        slots = hstack([csr_array(openings.needs[pairs].T.astype(np.float64)), csr_array((3, columns + wanted))])
        needs = hstack([-openings.serves[pairs].T, csr_array((wanted, columns)), eye_array(wanted)])
        floors = csr_array(-np.hstack([self.pair_aims[:before, pairs], self.column_aims[:before]]))
        above = np.concatenate([np.ones(count), self.room])
        solution = linprog(
            -np.concatenate([self.worth[pairs], self.merit]),
            A_ub=vstack([slots, needs, floors], format="csr"),
            b_ub=np.concatenate([self.limits, np.zeros(wanted), -self.floors]),
            A_eq=balance,
            b_eq=np.zeros(guests),
            bounds=np.stack([np.zeros(len(above)), above], axis=1),
            method="highs-ipm" if count > _MANY else "highs-ds",
        )
        if solution.x is None:
            raise ArithmeticError(f"the flow has no solution: {solution.message}")
        prices, dues = solution.eqlin.marginals, np.minimum(solution.ineqlin.marginals, 0)
        of_slots, of_needs, of_floors = dues[:3], dues[3 : 3 + wanted], dues[3 + wanted :]
        pair_gain = self.worth + prices[openings.buyer] + prices[openings.supplier] + openings.needs @ of_slots
        pair_gain -= openings.serves @ of_needs + of_floors @ self.pair_aims[:before]
        column_gain = self.merit + np.concatenate([-prices[self.of], of_needs])
        column_gain -= of_floors @ self.column_aims[:before]
        pair_gain[~self.possible] = -np.inf
        bound = float(
            of_floors @ self.floors
            - of_slots @ self.limits
            + np.maximum(pair_gain, 0).sum()
            + np.maximum(column_gain, 0) @ self.room
        )
        return solution.x[:count], bound, pair_gain


def _best_of(guest: Ints, among: Bools, value: Floats, wanted: Floats | Ints) -> Bools:
    """Return (p,) the pairs `among` (p,) of the greatest value to their `guest` (p,), up to `wanted` (n,) for each guest."""
    rows = np.flatnonzero(among)
    order = rows[np.lexsort((-value[rows], guest[rows]))]
    sorted_guest = guest[order]
    rank = np.arange(len(order)) - np.searchsorted(sorted_guest, sorted_guest)
    chosen = np.zeros(len(guest), dtype=bool)
    chosen[order[rank < wanted[sorted_guest]]] = True
    return chosen


def _whole(openings: Openings, working: Bools, taken: Floats) -> Ints:
    """Round to integers: the pairs taken whole, then those in part, the best first, as long as their guests and the slots allow."""
    pairs = np.flatnonzero(working)[taken > _WHOLE]
    part = taken[taken > _WHOLE]
    order = np.lexsort((pairs, -openings.value[pairs], -np.round(part, 6)))
    meetings_left, limits = openings.most.copy(), np.array([openings.at_most(need) for need in _NEEDS])
    remaining = []
    for pair in pairs[order]:
        buyer, other, needs = openings.buyer[pair], openings.supplier[pair], openings.needs[pair]
        if meetings_left[buyer] > 0 and meetings_left[other] > 0 and (limits >= needs).all():
            meetings_left[[buyer, other]] -= 1
            limits -= needs
            remaining.append(pair)
    return np.array(remaining, dtype=np.int64)
