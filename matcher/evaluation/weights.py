"""Weights learned from labelled lots, to set against those chosen by hand.

A conditional logit: the chance that a supplier wins a lot is taken as exp(w·v) over the sum for all who are admitted, v being the
values of the signals (their prior where unknown) and w ≥ 0 their weights (McFadden, 1974). A ridge keeps them small. Lots won by
one supplier stay in one fold, so that no weight is learned from the winner it is tried on.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from matcher.evaluation.suites import Asked, winner_rank
from matcher.ranking.engine import rank
from matcher.ranking.profiles import DEFAULT

Floats = NDArray[np.float64]

FOLDS, SEED, RIDGE = 10, 0, 1.0
# A value given up for rounding: a weight is a whole number of points out of 100.
TOTAL = 100


class Choice:
    """One lot as the model sees it: `values` (signals, admitted), `won` (admitted,) True for its winners."""

    def __init__(self, lot: Asked) -> None:
        found = rank(lot.ask)
        priors = np.array([signal.prior for signal, _ in found.weights])[:, None]
        rows = np.flatnonzero(found.admitted)
        values = np.array([its[rows] for its in found.values], dtype=np.float64)
        winners = {row for siret in lot.winners if (row := lot.ask.shelf.find(siret)) is not None}
        self.values: Floats = np.where(np.isnan(values), priors, values)
        self.won = np.isin(rows, sorted(winners))

    def loss(self, weights: Floats) -> tuple[float, Floats]:
        """Return −log of the winners’ chance, and its gradient; nothing where no winner is admitted."""
        if not self.won.any():
            return 0.0, np.zeros_like(weights)
        points = weights @ self.values
        chances = np.exp(points - points.max())
        chances /= chances.sum()
        theirs = float(chances[self.won].sum())
        target = np.where(self.won, chances / theirs, 0.0)
        return -float(np.log(theirs)), self.values @ (chances - target)


def signal_keys(suite: Sequence[Asked]) -> tuple[str, ...]:
    """Return the keys of the signals in the order of their values."""
    return tuple(signal.key for signal, _ in rank(suite[0].ask).weights)


def learn(choices: Sequence[Choice], keys: Sequence[str], ridge: float = RIDGE) -> dict[str, int]:
    """Return the integer weights, summing to 100, that make the winners likeliest.

    A signal that tells nobody apart in any lot (the suite knows no capacity) keeps its weight by hand; the others share the rest.
    """

    def total(weights: Floats) -> tuple[float, Floats]:
        losses = [choice.loss(weights) for choice in choices]
        loss = sum(value for value, _ in losses) + ridge * float(weights @ weights) / 2
        return loss, np.sum([slope for _, slope in losses], axis=0) + ridge * weights

    found = minimize(total, np.ones(len(keys)), jac=True, method="L-BFGS-B", bounds=[(0.0, None)] * len(keys))
    learned = dict(zip(keys, found.x, strict=True))
    telling = np.any([np.ptp(choice.values, axis=1) > 0 for choice in choices], axis=0)
    idle = {key: DEFAULT[key] for key, tells in zip(keys, telling, strict=True) if not tells}
    return idle | _shared(
        {key: weight for key, weight in learned.items() if key not in idle}, TOTAL - sum(idle.values())
    )


def _shared(weights: Mapping[str, float], total: int) -> dict[str, int]:
    """Whole numbers in proportion to `weights` that sum to `total`, by largest remainders."""
    exact = {key: weight * total / sum(weights.values()) for key, weight in weights.items()}
    whole = {key: int(value) for key, value in exact.items()}
    for key in sorted(exact, key=lambda key: (whole[key] - exact[key], key))[: total - sum(whole.values())]:
        whole[key] += 1
    return whole


def folds_of(suite: Sequence[Asked], folds: int = FOLDS, seed: int = SEED) -> list[int]:
    """Return the fold of each lot: those of one winner together, drawn with a seed."""
    winners = sorted({lot.first for lot in suite})
    order = np.random.default_rng(seed).permutation(len(winners))
    fold = {winner: int(place) % folds for winner, place in zip(winners, order, strict=True)}
    return [fold[lot.first] for lot in suite]


def cross_validated_ranks(suite: Sequence[Asked], folds: int = FOLDS, seed: int = SEED) -> list[int]:
    """Return, per lot, the rank of its winner under weights learned without its fold."""
    keys, choices, fold = signal_keys(suite), [Choice(lot) for lot in suite], folds_of(suite, folds, seed)
    ranks = [0] * len(suite)
    for out in sorted(set(fold)):
        weights = learn([choice for choice, its in zip(choices, fold, strict=True) if its != out], keys)
        for position, lot in enumerate(suite):
            if fold[position] == out:
                ranks[position] = winner_rank(lot, weights)
    return ranks
