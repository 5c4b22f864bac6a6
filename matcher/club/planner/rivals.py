"""Two simple planners as baselines: one takes the best pair left, the other any, each in its first slot that is free."""

import numpy as np

from matcher.club.planner.drafts import EMPTY, fill
from matcher.club.planner.meetings import Problem, Timetable
from matcher.club.planner.openings import TABLE, Floats, Openings, openings
from matcher.club.planner.plan import finished


def greedy(problem: Problem) -> Timetable:
    """Return the timetable of who takes the best pair left first, ties by row. Its bound is rough: each buyer's best pairs."""
    left = openings(problem)
    return _filled(problem, left, left.value)


def random(problem: Problem, seed: int) -> Timetable:
    """Return the timetable of who draws the pairs, with a seed. Its bound is as rough."""
    left = openings(problem)
    return _filled(problem, left, np.random.default_rng(seed).random(len(left.value)))


def _filled(problem: Problem, left: Openings, liking: Floats) -> Timetable:
    return finished(problem, left, fill(left, EMPTY, liking, fair=False), _rough_bound(left))


def _rough_bound(left: Openings) -> float:
    order = np.lexsort((-left.value, left.buyer))
    buyer = left.buyer[order]
    rank = np.arange(len(order)) - np.searchsorted(buyer, buyer)
    best = np.sort(left.value[order[rank < left.most[buyer]]])[::-1]
    return float(best[: left.at_most(TABLE)].sum())
