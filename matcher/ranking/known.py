"""Band of a supplier for a lot, decided before any score: known for the trade, pointed to, to be called, known for something else."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from matcher.domain.kinds import SupplierKind
from matcher.domain.match import Band
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.shelf.activity_clues import SECONDMENT
from matcher.ranking.shelf.word_index import Bools
from matcher.ranking.signals import activity, kind, references, wording
from matcher.reference.trades.how_often import ALWAYS
from matcher.reference.trades.links import doing_too

BANDS = tuple(Band)
CONNU, INDICE, A_APPELER, AUTRE = range(len(BANDS))
# Kinds that by law second staff and carry out no contract of works or services themselves; an AI, which sells services, does.
SECONDERS = (SupplierKind.ETTI, SupplierKind.EATT, SupplierKind.GEIQ)
CLAUSE = "clause"


def band_of_each(ask: LotOnShelf) -> NDArray[np.int8]:
    """(n,) the place in `BANDS` of each supplier; all are to be called where no trade is likely: none is said to do it, nor another.

    Known for what is asked first, or for the way in which the need is met, is known; for what is asked besides, pointed to. A record that bears the very words of the need is never
    that of another trade, unless it says so itself.
    """
    found = np.full(len(ask.shelf), A_APPELER, dtype=np.int8)
    if not (ask.trades or ask.reading.mode) or not (ask.understood or ask.reading.likely):
        return found
    for band, its in (
        (INDICE, ask.once(activity.asked_best) >= np.float32(activity.LEAST_CLUE)),
        (AUTRE, ask.once(activity.elsewhere) & ~wording.SIGNAL.favours(ask.once(wording.values))),
        *((INDICE, beside) for beside in list(ask.once(known_for).values())[1:]),
        (CONNU, ask.once(known)),
        (AUTRE, (ask.once(activity.values) == 0) | ask.shelf[kind.FOR_ITSELF] | ask.once(only_seconds)),
    ):
        # As np.putmask, eight times faster: no branch, which half of the rows would take.
        found ^= (found ^ np.int8(band)) & -its.view(np.int8)
    return found


def known(ask: LotOnShelf) -> Bools:
    """Return (n,) True for whom the trade that is asked first is known, or the way in which the need is met: « remplacement d’agents de
    restauration » may be read as catering first, and asks for staff."""
    found, known_of = np.zeros(len(ask.shelf), dtype=bool), ask.once(known_for)
    for code in {ask.reading.mode, *ask.asked[:1]} & known_of.keys():
        found |= known_of[code]
    return found


def known_for(ask: LotOnShelf) -> Mapping[str, Bools]:
    """Return, by activity asked, the first first, (n,) True for whom it is known and not guessed: told by a source, by the kind, by a class
    that is the trade, or by a past contract; or for whom a trade is known that is doing it too."""
    found: dict[str, Bools] = {}
    for code in ask.asked:
        sure = ask.shelf.does.surely(doing_too(code) >= np.float32(ALWAYS), len(ask.shelf))
        found[code] = sure & ~ask.once(activity.elsewhere)
        found[code][references.won(ask, code)] = True
    return found


def only_seconds(ask: LotOnShelf) -> Bools:
    """(n,) True for who seconds staff and does nothing else, where the lot asks neither for staff nor for hours of insertion, nor for such
    kinds alone."""
    reading = ask.reading
    kinds_asked = {*reading.lot.kinds, *reading.kinds_asked}
    staff_asked = SECONDMENT in (reading.mode, *ask.asked) or (kinds_asked and kinds_asked.issubset(SECONDERS))
    if staff_asked or CLAUSE in (reading.lot.levier, reading.levier_hint):
        return np.zeros(len(ask.shelf), dtype=bool)
    return ask.shelf.kinds.only(SECONDERS)
