"""Assigns each supplier its band for a lot (a buyer's need), independently of the score: known for the trade, with a clue to it, to be called, or
other trade; estimates the probability that it does the trade, and whether the lot is within its reach."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from matcher.domain.kinds import SupplierKind
from matcher.domain.match import Band
from matcher.ranking.ask import LotOnShelf, covers_place
from matcher.ranking.shelf.activity_clues import SECONDMENT
from matcher.ranking.shelf.shelf import KINDS, RANGED
from matcher.ranking.shelf.sphere import Floats
from matcher.ranking.shelf.word_index import Bools
from matcher.ranking.signals import activity, kind, references, wording
from matcher.ranking.signals.proximity import STRETCH, usual_km
from matcher.reference.trades.how_widespread import doing
from matcher.reference.trades.links import ALWAYS, doing_too

BANDS = tuple(Band)
CONNU, INDICE, A_APPELER, AUTRE = range(len(BANDS))
# Kinds that by law only second staff and carry out no contract themselves; an AI, which sells services too, is not one.
SECONDERS = (SupplierKind.ETTI, SupplierKind.EATT, SupplierKind.GEIQ)
CLAUSE = "clause"


def band_of_each(ask: LotOnShelf) -> NDArray[np.int8]:
    """Return (n,) the index in `BANDS` of each supplier; all are to be called where the lot has no likely trade.

    Later entries of the loop override earlier ones. Suppliers known for the first trade asked, or for the mode (`Reading.mode`: an activity that meets the
    need whatever its trade, such as seconded staff), are CONNU; for a secondary trade, INDICE. A record that shares the words of the need is not demoted
    to AUTRE by a guess, nor for being a body that works only for itself (a « syndicat des rivières » for river banks).
    """
    bands = np.full(len(ask.shelf), A_APPELER, dtype=np.int8)
    if not (ask.trades or ask.reading.mode) or not (ask.is_understood or ask.reading.likely):
        return bands
    bears_its_words = wording.SIGNAL.favours(ask.once(wording.values))
    for band, rows in (
        (INDICE, ask.once(activity.asked_best) >= np.float32(activity.LEAST_CLUE)),
        (AUTRE, ask.once(activity.only_elsewhere) & ~bears_its_words),
        *((INDICE, known_too) for known_too in list(ask.once(known_by_activity).values())[1:]),
        (CONNU, ask.once(known_first)),
        (AUTRE, (ask.once(activity.values) == 0) | ask.once(only_seconds)),
        (AUTRE, ask.shelf[kind.FOR_ITSELF] & ~bears_its_words),
    ):
        # As np.putmask(bands, rows, band), eight times faster: no branch, which the processor would mispredict for many rows.
        bands ^= (bands ^ np.int8(band)) & -rows.view(np.int8)
    return bands


def known_first(ask: LotOnShelf) -> Bools:
    """Return (n,) True for suppliers known for the first trade asked, or for the mode (see `band_of_each`): « remplacement d’agents de
    restauration » may be read as catering first, but asks for staff."""
    known_rows, known_of = np.zeros(len(ask.shelf), dtype=bool), ask.once(known_by_activity)
    for code in {ask.reading.mode, *ask.asked_codes[:1]} & known_of.keys():
        known_rows |= known_of[code]
    return known_rows


def known_by_activity(ask: LotOnShelf) -> Mapping[str, Bools]:
    """Return, by activity asked in order, (n,) True for suppliers known, not guessed, to do it: by a source, their kind, a NAF class that is
    the trade, a past contract, or a trade that always includes it."""
    masks: dict[str, Bools] = {}
    for code in ask.asked_codes:
        sure = ask.shelf.does.surely(doing_too(code) >= np.float32(ALWAYS), len(ask.shelf))
        masks[code] = sure & ~ask.once(activity.only_elsewhere)
        masks[code][references.winner_rows(ask, code)] = True
    return masks


def only_seconds(ask: LotOnShelf) -> Bools:
    """Return (n,) True for suppliers that only second staff; all False where the lot asks for staff, insertion hours, or such kinds only."""
    reading = ask.reading
    kinds_asked = {*reading.lot.kinds, *reading.kinds_asked}
    staff_asked = SECONDMENT in (reading.mode, *ask.asked_codes) or (kinds_asked and kinds_asked.issubset(SECONDERS))
    if staff_asked or CLAUSE in (reading.lot.levier, reading.levier_hint):
        return np.zeros(len(ask.shelf), dtype=bool)
    return ask.shelf.kinds.only(SECONDERS)


def kind_share(ask: LotOnShelf) -> Floats:
    """Return (n,) the prior probability that a supplier of its kinds does what is asked (`metiers_exerces.csv`); 0 for an unknown kind."""
    reading = ask.reading
    guesses = [(reading.mode, 1.0)] if reading.mode else [(its.code, its.confidence) for its in reading.activities]
    share = doing(guesses)
    return np.nan_to_num(ask.shelf.kinds.best(np.array([share[kind] for kind in KINDS], dtype=np.float32)))


def likely(ask: LotOnShelf) -> Floats:
    """Return (n,) the probability that each does what is asked, combining its kind and its clues (noisy-or); where its record points to
    another trade, the lower of the two."""
    clue, of_kind = ask.once(activity.asked_best), ask.once(kind_share)
    both = 1 - (1 - of_kind) * (1 - clue)
    return np.asarray(np.where(ask.once(pointed_elsewhere), np.minimum(of_kind, clue), both), dtype=np.float32)


def pointed_elsewhere(ask: LotOnShelf) -> Bools:
    """Return (n,) True for suppliers more likely to do another trade: a source's list of its trades, its NAF class or its name gives
    another and hardly this one, or all clues point elsewhere. All False where no trade is asked."""
    if not (ask.trades or ask.reading.mode):
        return np.zeros(len(ask.shelf), dtype=bool)
    clue = ask.once(activity.asked_best)
    faint = clue < np.float32(activity.LEAST_CLUE)
    # with a class, name or presentation that points to some trade
    pointed = ask.shelf.once(activity.any_trade) >= np.float32(activity.LEAST_CLUE)
    return np.asarray(ask.shelf.once(activity.has_trade) & faint | pointed & (clue == 0))


def within_reach(ask: LotOnShelf) -> Bools:
    """Return (n,) True for suppliers within reach of the lot: their declared area covers a place; else within the usual distance of their kind and
    the trade, times `STRETCH` where known for the trade. All True for a lot without a place."""
    if not ask.has_place:
        return np.ones(len(ask.shelf), dtype=bool)
    reach = ask.once(usual_km)
    reach = np.where(ask.once(band_of_each) < INDICE, reach * np.float32(STRETCH), reach)
    return np.asarray(np.where(ask.shelf[RANGED], ask.once(covers_place), ask.distance_km <= reach))


def beyond_usual(ask: LotOnShelf) -> Bools:
    """Return (n,) True for suppliers within reach (see `within_reach`) but farther than the usual distance, without a declared area that covers the place."""
    if not ask.has_place:
        return np.zeros(len(ask.shelf), dtype=bool)
    return np.asarray(ask.once(within_reach) & ~ask.shelf[RANGED] & (ask.distance_km > ask.once(usual_km)))
