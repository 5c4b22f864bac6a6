"""Parsing of postal addresses into street number, telling words (those that tell one street from another) and postal box; comparison of two addresses."""

import re
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from matcher.cleaning.names import name_key
from matcher.cleaning.postcode import STREET_TYPES

_BOX = re.compile(r"\b(?:bp|b p|boite postale|cs|tsa)\s*(\d+)\b")
_CEDEX = re.compile(r"\bcedex(?:\s+\d+)?\b")
_THOUSANDS = re.compile(r"^(\d{1,2}) (\d{3})(?= [a-z])")
_LEADING = re.compile(r"^(\d{1,5})\b")
_STREET_TYPE_WORDS = frozenset(
    word
    for short, full in STREET_TYPES.items()
    for word in (*name_key(full).split(), name_key(short))
    if word != "cours"
)
_NOT_TELLING = frozenset(
    [
        "a", "au", "aux", "bis", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "par", "sur", "ter", "quater", "lieu", "dit",
        "n", "no", "numero",
    ]
)  # fmt: skip
_TITLES = {
    "gal": "general", "gen": "general", "dr": "docteur", "doct": "docteur", "mal": "marechal", "cdt": "commandant", "col": "colonel",
    "cap": "capitaine", "pdt": "president", "prof": "professeur", "st": "saint", "ste": "sainte", "fbg": "faubourg", "crs": "cours",
    "gd": "grand", "gde": "grande",
}  # fmt: skip
_ALIKE = 0.8
_SHARE = 0.6


class Street(NamedTuple):
    """`number` in the street, its telling `words` (no type of way, no article), and the postal `box`; empty where unknown.

    `numbered` where the address has a number or a type of way: a place name alone does not locate a building.
    """

    number: str
    words: frozenset[str]
    box: str
    numbered: bool


@lru_cache(maxsize=16_384)
def street_of(address: str) -> Street:
    """Parse an address of one or several lines; the postal box and the CEDEX are removed from the words."""
    key = name_key(address)
    box = _BOX.search(key)
    plain = _THOUSANDS.sub(r"\1\2", _CEDEX.sub(" ", _BOX.sub(" ", key)).strip())
    number = _LEADING.match(plain)
    words = [_TITLES.get(word, word) for word in plain.split() if word not in _NOT_TELLING]
    telling = frozenset(word for word in words if word not in _STREET_TYPE_WORDS and not word.isdigit())
    way = any(word in _STREET_TYPE_WORDS for word in words)
    return Street(number[1] if number else "", telling, box[1] if box else "", bool(number) or way)


def same_street(street: Street, other: Street) -> bool | None:
    """Return whether two addresses are the same: None where one is missing or has no street.

    Two numbers of one street are two addresses; the same postal box is one address.
    """
    if street.box and street.box == other.box:
        return True
    if not street.words or not other.words:
        return None
    short, long = sorted((street.words, other.words), key=len)
    shared = sum(word in long or any(_alike(word, each, short) for each in long) for word in short)
    if shared < _SHARE * len(short):
        return False if street.numbered and other.numbered else None
    if street.number and other.number:
        return street.number == other.number
    return True if len(short) > 1 or shared == len(long) else None


def _alike(word: str, other: str, among: frozenset[str]) -> bool:
    """Return True for one word misspelt or cut to its initial: « P. Curie » is « Pierre Curie », but « rue P » is not."""
    if len(among) > 1 and min(len(word), len(other)) == 1 and word[0] == other[0]:
        return True
    return len(word) > 3 and len(other) > 3 and OSA.normalized_similarity(word, other) >= _ALIKE
