"""The area of intervention that a supplier declares, set against the places of a lot."""

import numpy as np

from matcher.ranking.ask import LotOnShelf
from matcher.ranking.shelf.word_index import Bools

# Places that lie within a few kilometres of a border are not refused for it.
MARGIN_KM = 10.0


def covered(ask: LotOnShelf) -> Bools:
    """(n,) True where the supplier declares an area that covers at least one place of the lot."""
    found = np.zeros(len(ask.shelf), dtype=bool)
    areas = ask.shelf.areas
    found[areas.owners] = areas.covering(ask.reading.places, ask.distance_km)
    return found


def outside_reach(ask: LotOnShelf) -> Bools:
    """(n,) True where the supplier declares an area, none of the places is in it, and none is near its sites."""
    if not ask.reading.places:
        return np.zeros(len(ask.shelf), dtype=bool)
    return ask.shelf.ranged & ~ask.once(covered) & ~(ask.distance_km <= MARGIN_KM)
