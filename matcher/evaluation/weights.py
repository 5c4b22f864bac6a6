"""Weights learned from labelled lots, to set against those chosen by hand.

A conditional logit: the chance that a supplier wins a lot is taken as exp(w·v) over the sum for all who are admitted, v being the values of the signals
(their prior where unknown) and w their weights (McFadden, 1974). w = s·h + d: h, the weights by hand, is what is believed before any lot is seen; s is the
scale of points; d is learned from the lots, and a ridge keeps it small (a Gaussian prior centred on the trade's judgement). Lots won by one supplier stay in
one fold, so that nothing is learned from the winner it is tried on; h is held back from no lot, and whoever set it had seen them.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from matcher.evaluation.suites import LabelledLot, winner_rank
from matcher.ranking.engine import rank
from matcher.ranking.profiles import DEFAULT
from matcher.ranking.signals import SIGNALS

Floats = NDArray[np.float64]

FOLDS, SEED, RIDGE = 10, 0, 1.0
# Where the search for the scale begins; the loss is convex, so that where it ends does not depend on it.
SCALE = 10.0
# Weights are whole numbers of points that sum to this.
TOTAL = 100

_WEIGHTED = tuple(signal for signal in SIGNALS if signal.key in DEFAULT)
_KEYS = tuple(signal.key for signal in _WEIGHTED)
_PRIORS = np.array([signal.prior for signal in _WEIGHTED], dtype=np.float32)[:, None]
_HAND = np.array([DEFAULT[key] for key in _KEYS], dtype=np.float64) / TOTAL


class WeightedLot:
    """One lot as the model sees it: `values` (signals, admitted), in single precision, and `won` (admitted,) True for its winners."""

    def __init__(self, lot: LabelledLot) -> None:
        ranking = rank(lot.ask)
        rows = np.flatnonzero(ranking.admits)
        values = np.array([ranking.of(signal)[rows] for signal in _WEIGHTED], dtype=np.float32)
        winners = {row for siret in lot.winners if (row := lot.ask.shelf.find(siret)) is not None}
        self.values = np.where(np.isnan(values), _PRIORS, values)
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


def learn_weights(choices: Sequence[WeightedLot], ridge: float = RIDGE) -> dict[str, int]:
    """Return the weights that make the winners likeliest without going far from those by hand: whole numbers that sum to 100."""

    def total(guess: Floats) -> tuple[float, Floats]:
        scale, shifts = guess[0], guess[1:]
        loss, slope = ridge * float(shifts @ shifts) / 2, np.concatenate([[0.0], ridge * shifts])
        for choice in choices:
            choice_loss, towards = choice.loss(scale * _HAND + shifts)
            loss += choice_loss
            slope += np.concatenate([[towards @ _HAND], towards])
        return loss, slope

    begin = np.concatenate([[SCALE], np.zeros(len(_KEYS))])
    minimum = minimize(total, begin, jac=True, method="L-BFGS-B").x
    weights = np.maximum(minimum[0] * _HAND + minimum[1:], 0.0)
    return _shared(dict(zip(_KEYS, weights.tolist(), strict=True)), TOTAL)


def _shared(weights: Mapping[str, float], total: int) -> dict[str, int]:
    """Whole numbers in proportion to `weights` that sum to `total`, by largest remainders."""
    exact = {key: weight * total / sum(weights.values()) for key, weight in weights.items()}
    whole = {key: int(value) for key, value in exact.items()}
    for key in sorted(exact, key=lambda key: (whole[key] - exact[key], key))[: total - sum(whole.values())]:
        whole[key] += 1
    return whole


def winner_folds(suite: Sequence[LabelledLot], folds: int = FOLDS, seed: int = SEED) -> list[int]:
    """Return the fold of each lot: those of one winner together, drawn with a seed."""
    winners = sorted({lot.first for lot in suite})
    order = np.random.default_rng(seed).permutation(len(winners))
    fold = {winner: int(place) % folds for winner, place in zip(winners, order, strict=True)}
    return [fold[lot.first] for lot in suite]


def cross_validated_ranks(
    suite: Sequence[LabelledLot], choices: Sequence[WeightedLot], folds: int = FOLDS, seed: int = SEED
) -> list[int]:
    """Return, per lot, the rank of its winner under weights learned without its fold; `choices` are the same lots."""
    fold = winner_folds(suite, folds, seed)
    ranks = [0] * len(suite)
    for out in sorted(set(fold)):
        learned = learn_weights([choice for choice, its in zip(choices, fold, strict=True) if its != out])
        for position, lot in enumerate(suite):
            if fold[position] == out:
                ranks[position] = winner_rank(lot, learned)
    return ranks
