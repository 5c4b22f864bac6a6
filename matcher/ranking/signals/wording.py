"""Signal (criterion of the score) of wording: how many rare words of the lot (a buyer's need) does the supplier's record contain?

Shared rare words ("archives", "légumerie", the name of a valley) are missing from nomenclatures. The value is the idf-weighted share of the lot's
words in the record. Without a common word, a record that is only a name is unknown, one with a presentation 0.
"""

import re
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from matcher.cleaning.words import stems
from matcher.ranking.ask import LotOnShelf, Saying, Signal
from matcher.ranking.shelf.shelf import Shelf
from matcher.ranking.shelf.sphere import Floats
from matcher.ranking.signals import activity

PRIOR = 0.0
# Share of the lot's indexed words at which the value is 1.
FULL_ECHO = 0.34
# Least value that is a reason for; none is a reason against.
HALF_ECHO = 0.5
# Most words quoted, and most characters of each.
MOST_WORDS, LONGEST_WORD = 5, 40
# « l’emballage » is quoted without its article.
_ELIDED = re.compile(r"^(?:[cdjlmnst]|qu)['’](?=\w)", re.IGNORECASE)


def values(ask: LotOnShelf) -> Floats:
    """Return (n,) the value in [0, 1]; NaN where a record that is only a name shares no word."""
    wordings = ask.shelf.wordings
    echo: Floats = np.minimum(wordings.overlap(ask.once(_telling).values()) / FULL_ECHO, 1.0)
    echo[(echo == 0) & ~wordings.presented] = np.nan
    return echo


def _telling(ask: LotOnShelf) -> dict[str, int]:
    """Return the indexed stems of the lot with their columns, without those of its places, which proximity counts."""
    places = {stem for place in ask.reading.places for stem in stems(place.name)}
    column = ask.shelf.once(_column_of)
    own = dict.fromkeys(stem for stem in stems(ask.reading.lot.objet) if stem not in places)
    return {stem: number for stem in own if (number := column(stem)) is not None}


def _column_of(shelf: Shelf) -> Callable[[str], int | None]:
    """Return `Wordings.column` with a cache, since lots share most of their words."""
    return lru_cache(maxsize=4096)(shelf.wordings.column)


def say(ask: LotOnShelf, row: int, value: float | None) -> Saying:
    """Return the French texts that quote the shared words as the lot writes them."""
    if value is None:
        return Saying("fiche sans présentation", "fiche sans présentation")
    holders, shared = ask.shelf.wordings.holders, []
    for word, columns in ask.once(_columns).items() if value else ():
        if any(holders.holds(column, row) for column in columns):
            shared.append(word[:LONGEST_WORD])
    words = ", ".join(shared[:MOST_WORDS])
    if not words:
        none = "aucun mot commun avec sa présentation"
        return Saying(none, none)
    return Saying(f"mots communs avec la fiche : {words}", f"sa fiche reprend les mots du besoin ({words})")


def _columns(ask: LotOnShelf) -> dict[str, list[int]]:
    """Return the words of the lot as written, each with the columns of its stems."""
    telling = ask.once(_telling)
    words = dict.fromkeys(_ELIDED.sub("", word.strip(".,;:()«»\"'’")) for word in ask.reading.lot.objet.split())
    columns_by_word = {word: [telling[stem] for stem in stems(word) if stem in telling] for word in words}
    return {word: columns for word, columns in columns_by_word.items() if columns}


TOLD = "Les mots rares du lot que l’on retrouve dans ce qu’il dit de lui. Un tiers des mots est déjà un écho plein."
SIGNAL = Signal(
    key="wording",
    label="Vocabulaire",
    told=TOLD,
    prior=PRIOR,
    values=values,
    say=say,
    mail=activity.SIGNAL.mail,
    field="description",
    speaks_for=HALF_ECHO,
)
