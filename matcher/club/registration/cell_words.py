"""Interprets cells of a spreadsheet of participants of a meeting day (planned buyer-supplier meetings): splits lists of names, maps words to meanings by
`data/reference/mots_club.csv`."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from matcher.cleaning.names import name_key, tidy
from matcher.club.meeting_day.meeting_day import ParticipantRole
from matcher.reference.tables import rows

# Meaning of a cell on the role that names none (« entreprise », « association »): that of the sheet is taken, else supplier.
EITHER = "selon le tableur"
# Meanings of cells on presence.
COMES, AWAY = "vient", "ne vient pas"
# Meaning of a cell that refers elsewhere for a need or an activity: « voir site web », « idem an dernier ».
ELSEWHERE = "dit ailleurs"


def cell_names(text: str) -> Iterator[str]:
    """Yield the names of a cell that lists several, in order: one a line, or between « ; », « , » and « / »."""
    for part in re.split(r"\s*[;\n,/]\s*", text):
        if tidy(part):
            yield tidy(part)


_CELL_PARTS = re.compile(r"[(/,;&+]|\s[-–]\s|\bet\b")
# First words up to this length, as « non », do not decide the meaning of a cell.
_SHORT = 3


def word_of(text: str) -> str:
    """Return the meaning of a cell by `data/reference/mots_club.csv`, empty where it has none there.

    « Collectivités », « ESAT / EA », « Acheteur (commune) », « Annulé le 12/11 »: the whole cell, else its parts in order, else its first word."""
    parts = [text, *_CELL_PARTS.split(text)]
    first = name_key(text).partition(" ")[0]
    keys = [*map(_singular, parts), _singular(first) if len(first) > _SHORT else ""]
    return next((_words()[key] for key in keys if key in _words()), "")


def role_of(text: str) -> str:
    """Return the role that a cell names, else its other meaning (`EITHER`, `COMES`…), empty where it has none.

    Where `word_of` decides nothing, the words anywhere in the cell are tried: « entreprise titulaire ». Words of several roles name none, except those of a
    buyer with those of an attributaire: « entreprise privée titulaire » is an attributaire, although « entreprise privée » alone is a buyer."""
    word = word_of(text)
    if word and word != EITHER:
        return word
    written = f" {_singular(text)} "
    named = {meaning for key, meaning in _words().items() if len(key) > _SHORT and f" {key} " in written}
    roles = named & set(ParticipantRole)
    if roles == {ParticipantRole.BUYER, ParticipantRole.ATTRIBUTAIRE}:
        return ParticipantRole.ATTRIBUTAIRE
    return next(iter(roles)) if len(roles) == 1 else "" if roles else word


def cell_meanings(text: str) -> frozenset[str]:
    """Return all the meanings of a cell, part by part: « PMR + boucle magnétique »."""
    return frozenset(filter(None, map(word_of, (text, *_CELL_PARTS.split(text), *text.split()))))


def is_title(text: str) -> bool:
    """Return whether a text is exactly one entry of that table: « Collectivités »."""
    return _singular(text) in _words()


def _singular(text: str) -> str:
    return " ".join(word.removesuffix("s") for word in name_key(text).split())


@lru_cache(maxsize=1)
def _words() -> Mapping[str, str]:
    return {_singular(row["mot"]): row["sens"] for row in rows("mots_club")}
