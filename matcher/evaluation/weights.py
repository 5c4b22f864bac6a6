"""Weights learned from labelled lots, to set against those chosen by hand.

A conditional logit: the chance that a supplier wins a lot is taken as exp(w·v) over the sum for all who are admitted, v being the
values of the signals (their prior where unknown) and w their weights (McFadden, 1974). w = s·h + d: h, the weights by hand of the
lot's profile, is what is believed before any lot is seen; s says how strongly points tell; d, the same for every lot, is what the
lots teach, and a ridge keeps it small (a Gaussian prior centred on the trade's judgement: a few dozen lots cannot tell seven weights from
nothing). Learned from nothing, s is zero and d never negative. Which of the two, and the ridge, are chosen in folds inside the
folds. Lots won by one supplier stay in one fold, so that nothing is learned from the winner it is tried on; h is held back
from no lot, and whoever set it had seen them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from matcher.evaluation.suites import LabelledLot, winner_rank
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.engine import rank
from matcher.ranking.profiles import profile_of

Floats = NDArray[np.float64]

FOLDS, SEED = 10, 0
# Where the search for the scale begins; the loss is convex, so that where it ends does not depend on it.
SCALE = 10.0
# Weights are whole numbers of points that sum to this.
TOTAL = 100


@dataclass(frozen=True, slots=True)
class Way:
    """A way of learning: with what ridge, and whether what it pulls towards is the weights by hand (`from_hand`) or nothing."""

    from_hand: bool = True
    ridge: float = 1.0


FROM_HAND, FROM_NOTHING = Way(), Way(from_hand=False)
WAYS = tuple(Way(from_hand, ridge) for from_hand in (True, False) for ridge in (0.1, 1.0, 10.0))
# Folds in which a way is chosen, among the lots that are not tried on.
INNER_FOLDS = 5


class WeightedLot:
    """One lot as the model sees it: `values` (signals, admitted), `won` (admitted,) True for its winners, `hand` (signals,) its
    weights by hand, summing to 1."""

    def __init__(self, lot: LabelledLot) -> None:
        found = rank(lot.ask)
        priors = np.array([signal.prior for signal, _ in found.weights])[:, None]
        rows = np.flatnonzero(found.admitted)
        values = np.array([its[rows] for its in found.values], dtype=np.float64)
        winners = {row for siret in lot.winners if (row := lot.ask.shelf.find(siret)) is not None}
        self.values: Floats = np.where(np.isnan(values), priors, values)
        self.won = np.isin(rows, sorted(winners))
        self.hand = _by_hand(lot.ask, [signal.key for signal, _ in found.weights])

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


@dataclass(frozen=True, slots=True)
class Learned:
    """Weights learned from lots: `scale` of the weights by hand, and `shifts` (signals,) to add to them, in the order of `keys`."""

    keys: tuple[str, ...]
    scale: float
    shifts: Floats

    def exact(self, hand: Floats) -> Floats:
        """Return (signals,) the weights of a lot whose weights by hand are `hand`, before they are rounded; none is below nothing."""
        return np.maximum(self.scale * hand + self.shifts, 0.0)

    def of(self, ask: LotOnShelf) -> dict[str, int]:
        """Return the weights of a lot: whole numbers that sum to 100."""
        weights = self.exact(_by_hand(ask, self.keys))
        return _shared(dict(zip(self.keys, weights.tolist(), strict=True)), TOTAL)


def signal_keys(suite: Sequence[LabelledLot]) -> tuple[str, ...]:
    """Return the keys of the signals in the order of their values."""
    return tuple(signal.key for signal, _ in rank(suite[0].ask).weights)


def learn(choices: Sequence[WeightedLot], keys: Sequence[str], way: Way = FROM_HAND) -> Learned:
    """Return what makes the winners likeliest without going far from what `way` pulls towards."""

    def total(guess: Floats) -> tuple[float, Floats]:
        scale, shifts = guess[0], guess[1:]
        loss, slope = way.ridge * float(shifts @ shifts) / 2, np.concatenate([[0.0], way.ridge * shifts])
        for choice in choices:
            its, towards = choice.loss(scale * choice.hand + shifts)
            loss += its
            slope += np.concatenate([[towards @ choice.hand], towards])
        return loss, slope

    begin = (
        np.concatenate([[SCALE], np.zeros(len(keys))]) if way.from_hand else np.concatenate([[0.0], np.ones(len(keys))])
    )
    bounds = None if way.from_hand else [(0.0, 0.0), *((0.0, None) for _ in keys)]
    found = minimize(total, begin, jac=True, method="L-BFGS-B", bounds=bounds)
    return Learned(tuple(keys), float(found.x[0]), found.x[1:])


def learned_ranks(suite: Sequence[LabelledLot], learned: Learned) -> list[int]:
    """Return, per lot, the rank of its winner under learned weights."""
    return [winner_rank(lot, learned.of(lot.ask)) for lot in suite]


def _by_hand(ask: LotOnShelf, keys: Sequence[str]) -> Floats:
    weights = profile_of(ask).weights
    return np.array([weights.get(key, 0) for key in keys], dtype=np.float64) / TOTAL


def _shared(weights: Mapping[str, float], total: int) -> dict[str, int]:
    """Whole numbers in proportion to `weights` that sum to `total`, by largest remainders."""
    exact = {key: weight * total / sum(weights.values()) for key, weight in weights.items()}
    whole = {key: int(value) for key, value in exact.items()}
    for key in sorted(exact, key=lambda key: (whole[key] - exact[key], key))[: total - sum(whole.values())]:
        whole[key] += 1
    return whole


def folds_of(suite: Sequence[LabelledLot], folds: int = FOLDS, seed: int = SEED) -> list[int]:
    """Return the fold of each lot: those of one winner together, drawn with a seed."""
    winners = sorted({lot.first for lot in suite})
    order = np.random.default_rng(seed).permutation(len(winners))
    fold = {winner: int(place) % folds for winner, place in zip(winners, order, strict=True)}
    return [fold[lot.first] for lot in suite]


def best_way(choices: Sequence[WeightedLot], fold: Sequence[int], keys: Sequence[str]) -> Way:
    """Return the way that makes likeliest the winners of lots that it has not learned from."""
    inner = [its % INNER_FOLDS for its in fold]
    losses = dict.fromkeys(WAYS, 0.0)
    for way in WAYS:
        for out in sorted(set(inner)):
            learned = learn([choice for choice, its in zip(choices, inner, strict=True) if its != out], keys, way)
            tried = [choice for choice, its in zip(choices, inner, strict=True) if its == out]
            losses[way] += sum(choice.loss(learned.exact(choice.hand))[0] for choice in tried)
    return min(losses, key=lambda way: losses[way])


def cross_validated_ranks(
    suite: Sequence[LabelledLot], way: Way | None = None, folds: int = FOLDS, seed: int = SEED
) -> list[int]:
    """Return, per lot, the rank of its winner under weights learned without its fold; without a `way`, by one chosen without it too."""
    keys, choices, fold = signal_keys(suite), [WeightedLot(lot) for lot in suite], folds_of(suite, folds, seed)
    ranks = [0] * len(suite)
    for out in sorted(set(fold)):
        kept = [position for position, its in enumerate(fold) if its != out]
        others = [choices[position] for position in kept]
        learned = learn(others, keys, way or best_way(others, [fold[position] for position in kept], keys))
        for position, lot in enumerate(suite):
            if fold[position] == out:
                ranks[position] = winner_rank(lot, learned.of(lot.ask))
    return ranks
