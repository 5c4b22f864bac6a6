"""Chance that each supplier does the trade that is asked: the share of its kind that does, corrected by what its record lets guess."""

import numpy as np

from matcher.ranking.ask import LotOnShelf
from matcher.ranking.shelf.shelf import KINDS
from matcher.ranking.shelf.sphere import Floats
from matcher.ranking.signals import activity, proximity
from matcher.reference.trades.how_widespread import doing


def usual(ask: LotOnShelf) -> Floats:
    """Return (n,) the share, in [0, 1], of suppliers of its kinds that do what is asked (`metiers_exerces.csv`); 0 of no known kind."""
    reading = ask.reading
    guesses = [(reading.mode, 1.0)] if reading.mode else [(its.code, its.confidence) for its in reading.activities]
    share = doing(guesses)
    return np.nan_to_num(ask.shelf.kinds.best(np.array([share[kind] for kind in KINDS], dtype=np.float32)))


def likely(ask: LotOnShelf) -> Floats:
    """Return (n,) the chance, in [0, 1], that each does what is asked: that of its kind or of its clues; of who is known for another trade, that
    of its clues alone."""
    clue = ask.once(activity.asked_best)
    of_kind = np.where(np.isnan(ask.shelf.other), ask.once(usual), np.float32(0))
    return np.asarray(1 - (1 - of_kind) * (1 - clue), dtype=np.float32)


def worth_a_call(ask: LotOnShelf) -> Floats:
    """Return (n,) the order in which to call those of whom the trade is not known: how likely each does it, times how near it is."""
    near = ask.once(proximity.values)
    return np.asarray(ask.once(likely) * np.where(np.isnan(near), np.float32(proximity.PRIOR), near), dtype=np.float32)
