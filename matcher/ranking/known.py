"""Band of a supplier for a lot, decided before any score: known for the trade, pointed to, to be called, known for something else."""

from collections.abc import Mapping
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from matcher.domain.match import Band
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.shelf.word_index import Bools
from matcher.ranking.signals import activity, kind, references

BANDS = tuple(Band)
CONNU, INDICE, A_APPELER, AUTRE = range(len(BANDS))
# Less sure than this, a clue points to no trade: that of a neighbour, by a class or a name that hardly says it.
LEAST_CLUE = 0.24


def band_of_each(ask: LotOnShelf) -> NDArray[np.int8]:
    """(n,) the place in `BANDS` of each supplier; all are to be called where no trade is likely: none is said to do it, nor another."""
    found = np.full(len(ask.shelf), A_APPELER, dtype=np.int8)
    if not (ask.trades or ask.reading.mode) or not (ask.understood or ask.reading.likely):
        return found
    for band, its in (
        (INDICE, ask.once(activity.asked_best) >= LEAST_CLUE),
        (AUTRE, ask.once(activity.elsewhere)),
        (CONNU, ask.once(known)),
        (AUTRE, (ask.once(activity.values) == 0) | ask.shelf[kind.FOR_ITSELF]),
    ):
        # As np.putmask, eight times faster: no branch, which half of the rows would take.
        found ^= (found ^ np.int8(band)) & -its.view(np.int8)
    return found


def known(ask: LotOnShelf) -> Bools:
    """Return (n,) True for whom a trade that is asked is known."""
    nobody = np.zeros(len(ask.shelf), dtype=bool)
    return reduce(np.logical_or, ask.once(known_for).values(), nobody)


def known_for(ask: LotOnShelf) -> Mapping[str, Bools]:
    """Return, by activity asked, (n,) True for whom it is known and not guessed: told by a source, by the kind, or by a past contract."""
    found: dict[str, Bools] = {}
    for code in ask.asked:
        near = (
            activity.SAME if "." in code else activity.LEAF_AND_GROUP
        )  # whoever does one trade of a group does of the group
        sure = ask.shelf.does.surely(activity.nearness(code) >= np.float32(near), len(ask.shelf))
        found[code] = sure & ~ask.once(activity.elsewhere)
        found[code][references.won(ask, code)] = True
    return found
