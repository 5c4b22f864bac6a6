"""Band of a supplier for a lot, decided before any score: known for the trade, pointed to, to be called, known for something else."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from matcher.domain.match import Band
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.shelf.word_index import Bools
from matcher.ranking.signals import activity, kind, references
from matcher.reference.trades.activities import taxonomy

BANDS = tuple(Band)
CONNU, INDICE, A_APPELER, AUTRE = range(len(BANDS))
# Guessed less likely than this share of the first, an activity is not one that the lot asks for.
ASKED_SHARE = 0.5
# Less sure than this, a clue points to no trade: that of a neighbour, by a class or a name that hardly says it.
LEAST_CLUE = 0.25


def band_of_each(ask: LotOnShelf) -> NDArray[np.int8]:
    """(n,) the place in `BANDS` of each supplier; all are to be called where the trade is not understood."""
    found = np.full(len(ask.shelf), A_APPELER, dtype=np.int8)
    if not (ask.trades or ask.reading.mode):
        return found
    found[ask.once(activity.best) >= LEAST_CLUE] = INDICE
    found[ask.once(activity.elsewhere)] = AUTRE
    found[ask.once(known)] = CONNU
    found[(ask.once(activity.values) == 0) | ask.shelf[kind.FOR_ITSELF]] = AUTRE
    return found


def known(ask: LotOnShelf) -> Bools:
    """Return (n,) True for whom a trade that is asked is known and not guessed: told by a source, by the kind, or by a past contract."""
    asked = np.zeros(len(taxonomy().codes), dtype=bool)
    for code in asked_codes(ask):
        near = (
            activity.SAME if "." in code else activity.LEAF_AND_GROUP
        )  # whoever does one trade of a group does of the group
        asked |= activity.nearness(code) >= np.float32(near)
    found = ask.shelf.does.surely(asked, len(ask.shelf)) & ~ask.once(activity.elsewhere)
    found[references.won(ask)] = True
    return found


def asked_codes(ask: LotOnShelf) -> tuple[str, ...]:
    """Return the activities that a lot asks for: its mode alone where the text says how the need is met."""
    if ask.reading.mode:
        return (ask.reading.mode,)
    guesses: Iterable[tuple[str, float]] = [(its.code, its.confidence) for its in ask.trades]
    most = max((confidence for _, confidence in guesses), default=0.0)
    return tuple(code for code, confidence in guesses if confidence >= ASKED_SHARE * most)
