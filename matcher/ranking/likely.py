"""Chance that each supplier does the trade that is asked: the share of its kind that does, corrected by what its record lets guess."""

import numpy as np

from matcher.ranking.ask import LotOnShelf
from matcher.ranking.shelf.shelf import KINDS, Shelf
from matcher.ranking.shelf.sphere import Floats
from matcher.ranking.shelf.word_index import Bools
from matcher.ranking.signals import activity
from matcher.reference.trades.how_widespread import doing


def usual(ask: LotOnShelf) -> Floats:
    """Return (n,) the share, in [0, 1], of suppliers of its kinds that do what is asked (`metiers_exerces.csv`); 0 of no known kind."""
    reading = ask.reading
    guesses = [(reading.mode, 1.0)] if reading.mode else [(its.code, its.confidence) for its in reading.activities]
    share = doing(guesses)
    return np.nan_to_num(ask.shelf.kinds.best(np.array([share[kind] for kind in KINDS], dtype=np.float32)))


def likely(ask: LotOnShelf) -> Floats:
    """Return (n,) the chance, in [0, 1], that each does what is asked: that of its kind or of its clues together; where a faint clue comes of
    another trade that its record points to, no more than that of its kind."""
    clue, of_kind = ask.once(activity.asked_best), ask.once(usual)
    both = 1 - (1 - of_kind) * (1 - clue)
    return np.asarray(np.where(ask.once(pointed_elsewhere), np.minimum(of_kind, clue), both), dtype=np.float32)


def pointed_elsewhere(ask: LotOnShelf) -> Bools:
    """Return (n,) True for whom another trade is likelier than what is asked: a list, a class or a name says another and hardly this one, or
    whatever is known points to another alone. Nobody where no trade is asked."""
    if not (ask.trades or ask.reading.mode):
        return np.zeros(len(ask.shelf), dtype=bool)
    clue = ask.once(activity.asked_best)
    faint = clue < np.float32(activity.LEAST_CLUE)
    return np.asarray(ask.shelf.once(activity.classed) & faint | ask.shelf.once(_pointed_to_a_trade) & (clue == 0))


def _pointed_to_a_trade(shelf: Shelf) -> Bools:
    """(n,) True for whom a class, a name or a presentation points to some trade."""
    return np.asarray(shelf.once(activity.any_trade) >= np.float32(activity.LEAST_CLUE))
