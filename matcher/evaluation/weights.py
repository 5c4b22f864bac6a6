"""Weights of the ranking's signals learned from labelled lots, to compare with those chosen by hand.

The model is a conditional logit (McFadden, 1974): the probability that a supplier wins a lot is exp(w·v) divided by its sum over all admitted suppliers, v
being the values of the signals (their prior where unknown) and w their weights. w = s·h + d, where h are the weights chosen by hand, s their scale and d the
correction learned from the lots, kept small by a ridge penalty (a Gaussian prior centred on h). In cross-validation the lots of one winner stay in one fold;
but h itself was chosen by someone who had seen all the lots.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from matcher.evaluation.suites import LotToRank, winner_rank
from matcher.ranking.engine import rank
from matcher.ranking.profiles import DEFAULT
from matcher.ranking.signals import SIGNALS

Floats = NDArray[np.float64]

FOLDS, SEED, RIDGE = 10, 0, 1.0
# Initial value of the scale; the loss is convex, so that the minimum does not depend on it.
SCALE = 10.0
# Weights are whole numbers of points that sum to this.
TOTAL = 100

_WEIGHTED = tuple(signal for signal in SIGNALS if signal.key in DEFAULT)
_KEYS = tuple(signal.key for signal in _WEIGHTED)
_PRIORS = np.array([signal.prior for signal in _WEIGHTED], dtype=np.float32)[:, None]
_HAND = np.array([DEFAULT[key] for key in _KEYS], dtype=np.float64) / TOTAL


class WeightedLot:
    """One lot as the model sees it: `values` (signals, admitted suppliers), float32, and `won` (admitted suppliers,), True for winners."""

    def __init__(self, lot: LotToRank) -> None:
        ranking = rank(lot.ask)
        rows = np.flatnonzero(ranking.admits)
        values = np.array([ranking.of(signal)[rows] for signal in _WEIGHTED], dtype=np.float32)
        winners = {row for siret in lot.winners if (row := lot.ask.shelf.find(siret)) is not None}
        self.values = np.where(np.isnan(values), _PRIORS, values)
        self.won = np.isin(rows, sorted(winners))

    def loss(self, weights: Floats) -> tuple[float, Floats]:
        """Return −log of the winners’ probability and its gradient; zeros where no winner is admitted."""
        if not self.won.any():
            return 0.0, np.zeros_like(weights)
        points = weights @ self.values
        chances = np.exp(points - points.max())
        chances /= chances.sum()
        theirs = float(chances[self.won].sum())
        target = np.where(self.won, chances / theirs, 0.0)
        return -float(np.log(theirs)), self.values @ (chances - target)


def learn_weights(choices: Sequence[WeightedLot], ridge: float = RIDGE) -> dict[str, int]:
    """Fit the weights (penalised maximum likelihood, near those by hand) and return them as whole numbers that sum to 100."""

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
    return _share_out(dict(zip(_KEYS, weights.tolist(), strict=True)), TOTAL)


def _share_out(weights: Mapping[str, float], total: int) -> dict[str, int]:
    """Return whole numbers in proportion to `weights` that sum to `total` (largest remainder method)."""
    exact = {key: weight * total / sum(weights.values()) for key, weight in weights.items()}
    whole = {key: int(value) for key, value in exact.items()}
    for key in sorted(exact, key=lambda key: (whole[key] - exact[key], key))[: total - sum(whole.values())]:
        whole[key] += 1
    return whole


def winner_folds(suite: Sequence[LotToRank], folds: int = FOLDS, seed: int = SEED) -> list[int]:
    """Return the fold of each lot, drawn with a seed; the lots of one winner share a fold."""
    winners = sorted({lot.winner_key for lot in suite})
    order = np.random.default_rng(seed).permutation(len(winners))
    fold = {winner: int(place) % folds for winner, place in zip(winners, order, strict=True)}
    return [fold[lot.winner_key] for lot in suite]


def cross_validated_ranks(
    suite: Sequence[LotToRank], choices: Sequence[WeightedLot], folds: int = FOLDS, seed: int = SEED
) -> list[int]:
    """Return, per lot, the rank of its winner under weights learned without its fold; `choices` are the lots of `suite`."""
    fold = winner_folds(suite, folds, seed)
    ranks = [0] * len(suite)
    for out in sorted(set(fold)):
        learned = learn_weights([choice for choice, its in zip(choices, fold, strict=True) if its != out])
        for position, lot in enumerate(suite):
            if fold[position] == out:
                ranks[position] = winner_rank(lot, learned)
    return ranks
