"""Words of an organiser's spreadsheet that say who comes, by `data/reference/mots_club.csv`."""

import re
from collections.abc import Mapping
from functools import lru_cache

from matcher.cleaning.names import name_key
from matcher.reference.tables import rows

_CELL_PARTS = re.compile(r"[(/,;&+]|\s[-–]\s|\bet\b")
# A first word as short as « non » is not all that is said.
_SHORT = 3


def is_word(text: str) -> bool:
    """Whether a cell is nothing but one of these words: « Collectivités » is a title among lines, « Ville de Lille » a participant."""
    return _singular(text) in _words()


def word_of(text: str) -> str:
    """Return what a cell says of who comes, as `data/reference/mots_club.csv` has it, empty where it says nothing that is known.

    « Collectivités », « ESAT / EA », « Acheteur (commune) », « Annulé le 12/11 »: the whole, else its first part, or its first word.
    """
    parts = [text, *_CELL_PARTS.split(text)]
    first = name_key(text).partition(" ")[0]
    keys = [*map(_singular, parts), _singular(first) if len(first) > _SHORT else ""]
    return next((_words()[key] for key in keys if key in _words()), "")


def words_of(text: str) -> frozenset[str]:
    """Return all that a cell which says several things says, part by part: « PMR + boucle magnétique »."""
    return frozenset(filter(None, map(word_of, (text, *_CELL_PARTS.split(text), *text.split()))))


def _singular(text: str) -> str:
    return " ".join(word.removesuffix("s") for word in name_key(text).split())


@lru_cache(maxsize=1)
def _words() -> Mapping[str, str]:
    return {_singular(row["mot"]): row["sens"] for row in rows("mots_club")}
