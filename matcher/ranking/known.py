"""Band of a supplier for a lot, decided before any score: known for the trade, pointed to, to be called, known for something else; the chance
that it does the trade, and whether it comes."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from matcher.domain.kinds import SupplierKind
from matcher.domain.match import Band
from matcher.ranking.ask import LotOnShelf, covers_place
from matcher.ranking.shelf.activity_clues import SECONDMENT
from matcher.ranking.shelf.shelf import KINDS, Shelf
from matcher.ranking.shelf.sphere import Floats
from matcher.ranking.shelf.word_index import Bools
from matcher.ranking.signals import activity, kind, references, wording
from matcher.ranking.signals.proximity import STRETCH, usual_km
from matcher.reference.trades.how_widespread import doing
from matcher.reference.trades.links import ALWAYS, doing_too

BANDS = tuple(Band)
CONNU, INDICE, A_APPELER, AUTRE = range(len(BANDS))
# Kinds that by law second staff and carry out no contract of works or services themselves; an AI, which sells services, does.
SECONDERS = (SupplierKind.ETTI, SupplierKind.EATT, SupplierKind.GEIQ)
CLAUSE = "clause"


def band_of_each(ask: LotOnShelf) -> NDArray[np.int8]:
    """(n,) the place in `BANDS` of each supplier; all are to be called where no trade is likely.

    Known for what is asked first, or for the way in which the need is met, is known; for what is asked besides, pointed to. A record that bears the very
    words of the need is never that of another trade, unless it declares so itself; nor is it then of a body that works for itself alone (a « syndicat des
    rivières » for river banks).
    """
    bands = np.full(len(ask.shelf), A_APPELER, dtype=np.int8)
    if not (ask.trades or ask.reading.mode) or not (ask.is_understood or ask.reading.likely):
        return bands
    bears_its_words = wording.SIGNAL.favours(ask.once(wording.values))
    for band, rows in (
        (INDICE, ask.once(activity.asked_best) >= np.float32(activity.LEAST_CLUE)),
        (AUTRE, ask.once(activity.only_elsewhere) & ~bears_its_words),
        *((INDICE, beside) for beside in list(ask.once(known_by_activity).values())[1:]),
        (CONNU, ask.once(known_first)),
        (AUTRE, (ask.once(activity.values) == 0) | ask.once(only_seconds)),
        (AUTRE, ask.shelf[kind.FOR_ITSELF] & ~bears_its_words),
    ):
        # As np.putmask, eight times faster: no branch, which half of the rows would take.
        bands ^= (bands ^ np.int8(band)) & -rows.view(np.int8)
    return bands


def known_first(ask: LotOnShelf) -> Bools:
    """Return (n,) True for whom the trade that is asked first is known, or the way in which the need is met: « remplacement d’agents de
    restauration » may be read as catering first, and asks for staff."""
    known_rows, known_of = np.zeros(len(ask.shelf), dtype=bool), ask.once(known_by_activity)
    for code in {ask.reading.mode, *ask.asked_codes[:1]} & known_of.keys():
        known_rows |= known_of[code]
    return known_rows


def known_by_activity(ask: LotOnShelf) -> Mapping[str, Bools]:
    """Return, by activity asked, the first first, (n,) True for whom it is known and not guessed: by a source, by the kind, by a class that is the trade,
    or by a past contract; or for whom a trade is known that is doing it too."""
    masks: dict[str, Bools] = {}
    for code in ask.asked_codes:
        sure = ask.shelf.does.surely(doing_too(code) >= np.float32(ALWAYS), len(ask.shelf))
        masks[code] = sure & ~ask.once(activity.only_elsewhere)
        masks[code][references.winner_rows(ask, code)] = True
    return masks


def only_seconds(ask: LotOnShelf) -> Bools:
    """(n,) True for who seconds staff and does nothing else, where the lot asks neither for staff nor for hours of insertion, nor for such
    kinds alone."""
    reading = ask.reading
    kinds_asked = {*reading.lot.kinds, *reading.kinds_asked}
    staff_asked = SECONDMENT in (reading.mode, *ask.asked_codes) or (kinds_asked and kinds_asked.issubset(SECONDERS))
    if staff_asked or CLAUSE in (reading.lot.levier, reading.levier_hint):
        return np.zeros(len(ask.shelf), dtype=bool)
    return ask.shelf.kinds.only(SECONDERS)


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
    """Return (n,) True for whom another trade is likelier than what is asked: a list, a class or a name gives another and hardly this one, or whatever is
    known points to another alone. Nobody where no trade is asked."""
    if not (ask.trades or ask.reading.mode):
        return np.zeros(len(ask.shelf), dtype=bool)
    clue = ask.once(activity.asked_best)
    faint = clue < np.float32(activity.LEAST_CLUE)
    return np.asarray(ask.shelf.once(activity.has_trade) & faint | ask.shelf.once(_pointed_to_a_trade) & (clue == 0))


def _pointed_to_a_trade(shelf: Shelf) -> Bools:
    """(n,) True for whom a class, a name or a presentation points to some trade."""
    return np.asarray(shelf.once(activity.any_trade) >= np.float32(activity.LEAST_CLUE))


def comes(ask: LotOnShelf) -> Bools:
    """Return (n,) True for who comes: its declared area covers a place; else it is within the usual reach of its kind and of the trade, or, where it is
    known for the trade, a little beyond. Nobody is far from a lot without a place."""
    if not ask.has_place:
        return np.ones(len(ask.shelf), dtype=bool)
    reach = ask.once(usual_km)
    reach = np.where(ask.once(band_of_each) < INDICE, reach * np.float32(STRETCH), reach)
    return np.asarray(np.where(ask.shelf.ranged, ask.once(covers_place), ask.distance_km <= reach))
