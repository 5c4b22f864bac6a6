"""Arrondissements of Paris, Lyon and Marseille in a text: « 15e et 16e arrondissements », « Paris XIIIe », « Lyon 3 »."""

import re
from collections.abc import Iterable

from matcher.reference.communes import commune
from matcher.reference.place_names import plain

CITIES = {"PARIS": "75056", "LYON": "69123", "MARSEILLE": "13055"}
_FIRST = {"75056": 75100, "69123": 69380, "13055": 13200}
_ROMAN = [
    "I",
    "II",
    "III",
    "IV",
    "V",
    "VI",
    "VII",
    "VIII",
    "IX",
    "X",
    "XI",
    "XII",
    "XIII",
    "XIV",
    "XV",
    "XVI",
    "XVII",
    "XVIII",
    "XIX",
    "XX",
]
_RANK = r"(?:\d{1,2} ?(?:ER|EME|E|ND)?|[IVX]{1,5} ?(?:ER|EME|E))"
_ORDINAL = r"(?:\d{1,2} ?(?:ER|EME|E|ND)|[IVX]{1,5} ?(?:ER|EME|E))"
_AND = r"\s*(?:,|/|-|&|ET(?: DU)?)\s*"
_BEFORE = re.compile(rf"\b({_RANK}(?:{_AND}{_RANK})*) ?ARR(?:ONDISSEMENTS?|DTS?|T|\b)")
_AFTER = re.compile(rf"\b(?:{'|'.join(CITIES)})[ ,(-]{{1,3}}({_ORDINAL}(?:{_AND}{_ORDINAL})*)\b")
_SLASHED = re.compile(rf"\b({_ORDINAL}(?: ?/ ?{_ORDINAL})+)(?!\w)")
_NAMED = re.compile(rf"\b({'|'.join(CITIES)})\b")


def read_districts(text: str, known: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the INSEE codes of the arrondissements that a text names, in order, of the city it names or of the `known` one.

    None where the city is not certain: the other towns have arrondissements that are no communes.
    """
    upper = plain(text)
    said = {CITIES[name] for name in _NAMED.findall(upper)} or set(known) & set(_FIRST)
    if len(said) != 1:
        return ()
    (city,) = said
    patterns = (_BEFORE, _AFTER, _SLASHED)
    groups = [found for pattern in patterns for found in pattern.findall(upper)]
    ranks = [rank for group in groups for part in re.findall(_RANK, group) if (rank := _rank(part))]
    codes = dict.fromkeys(f"{_FIRST[city] + rank:05d}" for rank in ranks)
    return tuple(code for code in codes if (found := commune(code)) and found.parent == city)


def _rank(text: str) -> int:
    number = re.sub(r" ?(?:ER|EME|E|ND)$", "", text)
    return int(number) if number.isdigit() else _ROMAN.index(number) + 1 if number in _ROMAN else 0
