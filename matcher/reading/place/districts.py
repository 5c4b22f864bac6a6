"""Arrondissements of Paris, Lyon and Marseille in a text: « 15e et 16e arrondissements », « Paris XIIIe », « Lyon 3 »."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from matcher.reference.geography.communes import commune
from matcher.reference.geography.place_names import plain

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
_AND = r"\s*(?:,(?:\s*ET)?|/|-|&|ET)\s*(?:(?:DU|LE|LES|AU)\s+)?"
_BEFORE = re.compile(rf"\b({_RANK}(?:{_AND}{_RANK})*) ?ARR(?:ONDISSEMENTS?|DTS?|T|\b)")
_AFTER = re.compile(rf"\b(?:{'|'.join(CITIES)})[ ,(-]{{1,3}}({_ORDINAL}(?:{_AND}{_ORDINAL})*)\b")
_TITLED = re.compile(
    rf"\bARR(?:ONDISSEMENTS?|DTS?)\b(?: (?:DE|D'|A) ?(?:{'|'.join(CITIES)}))?\s*[:(]?\s*({_RANK}(?:{_AND}{_RANK})*)\b"
)
# « dans le 18e et le 19e »: where no word follows, an ordinal is not that of a floor or of a lot.
_WITHIN = re.compile(rf"\b(?:DANS|AUX?|LES?|DU) ({_ORDINAL}(?:{_AND}{_ORDINAL})*)(?=\s*(?:$|[.;:)(,]|\s[-–]\s))")
_SLASHED = re.compile(rf"\b({_ORDINAL}(?: ?/ ?{_ORDINAL})+)(?!\w)")
_NAMED = re.compile(rf"\b({'|'.join(CITIES)})\b")


@dataclass(frozen=True, slots=True)
class Districts:
    """The INSEE codes of the arrondissements that a text names, in order; `doubt`, in French, names those that do not exist."""

    codes: tuple[str, ...] = ()
    doubt: str = ""


def read_districts(text: str, known: Iterable[str] = ()) -> Districts:
    """Return the arrondissements that a text names, of the city it names or of the `known` one.

    None where the city is not certain: the other towns have arrondissements that are no communes.
    """
    upper = plain(text)
    said = {CITIES[name] for name in _NAMED.findall(upper)} or set(known) & set(_FIRST)
    if len(said) != 1:
        return Districts()
    (city,) = said
    patterns = (_BEFORE, _TITLED, _AFTER, _SLASHED, _WITHIN)
    groups = [found for pattern in patterns for found in pattern.findall(upper)]
    ranks = dict.fromkeys(rank for group in groups for part in re.findall(_RANK, group) if (rank := _rank(part)))
    codes = {rank: f"{_FIRST[city] + rank:05d}" for rank in ranks}
    real = {rank: code for rank, code in codes.items() if (found := commune(code)) and found.parent == city}
    missing = ", ".join(f"{rank}e" for rank in ranks if rank not in real)
    name = next(name for name, code in CITIES.items() if code == city).title()
    return Districts(tuple(real.values()), f"{name} n’a pas de {missing} arrondissement." if missing else "")


def _rank(text: str) -> int:
    number = re.sub(r" ?(?:ER|EME|E|ND)$", "", text)
    return int(number) if number.isdigit() else _ROMAN.index(number) + 1 if number in _ROMAN else 0
