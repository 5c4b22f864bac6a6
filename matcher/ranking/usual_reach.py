"""Reach of each supplier for a lot: the area that it declares, else how far its kind usually comes for the trade."""

import numpy as np

from matcher.ranking.ask import LotOnShelf, covered
from matcher.ranking.known import INDICE, band_of_each
from matcher.ranking.shelf.word_index import Bools
from matcher.ranking.signals.proximity import SERVICE_KM, usual_km


def comes(ask: LotOnShelf) -> Bools:
    """Return (n,) True for who comes: its declared area covers a place; else it is within the usual reach of its kind and of the trade.

    Goods come from the whole country where the supplier is known to sell them, or pointed to; from no farther than a service where nothing
    says that it does. Nobody is far from a lot without a place.
    """
    if not ask.located:
        return np.ones(len(ask.shelf), dtype=bool)
    usual = ask.once(usual_km)
    if ask.goods:
        usual = np.where(ask.once(band_of_each) <= INDICE, usual, np.minimum(usual, np.float32(SERVICE_KM)))
    near = (ask.distance_km <= usual) | np.isinf(usual)
    return np.asarray(np.where(ask.shelf.ranged, ask.once(covered), near))
