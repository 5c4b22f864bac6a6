"""Reach of each supplier for a lot: the area that it declares, else how far its kind usually comes for the trade."""

import numpy as np

from matcher.ranking.ask import LotOnShelf, covered
from matcher.ranking.known import INDICE, band_of_each
from matcher.ranking.shelf.word_index import Bools
from matcher.ranking.signals.proximity import STRETCH, usual_km


def comes(ask: LotOnShelf) -> Bools:
    """Return (n,) True for who comes: its declared area covers a place; else it is within the usual reach of its kind and of the trade, or, where it is
    known for the trade, a little beyond. Nobody is far from a lot without a place."""
    if not ask.located:
        return np.ones(len(ask.shelf), dtype=bool)
    usual = ask.once(usual_km)
    usual = np.where(ask.once(band_of_each) < INDICE, usual * np.float32(STRETCH), usual)
    return np.asarray(np.where(ask.shelf.ranged, ask.once(covered), ask.distance_km <= usual))
