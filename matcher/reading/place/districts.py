"""Reads arrondissements of Paris, Lyon and Marseille in a text: « 15e et 16e arrondissements », « Paris XIIIe », « Lyon 3 »."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from matcher.reference.geography.communes import Commune, commune
from matcher.reference.geography.place_names import plain_capitals
from matcher.reference.tables import rows

CITIES = {"PARIS": "75056", "LYON": "69123", "MARSEILLE": "13055"}
_FIRST = {"75056": 75100, "69123": 69380, "13055": 13200}
# First three digits of the postal codes of arrondissements; the last two are the rank.
_POSTAL = {"75056": "750", "69123": "690", "13055": "130"}
_ROMAN = [
    "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV", "XVI", "XVII", "XVIII", "XIX", "XX",
]  # fmt: skip
_SUFFIX = r"(?:ER|EME|EM|E|ND)"
_RANK = rf"(?:\d{{1,2}} ?{_SUFFIX}?|[IVX]{{1,5}} ?(?:ER|EME|E))"
_ORDINAL = rf"(?:\d{{1,2}} ?{_SUFFIX}|[IVX]{{1,5}} ?(?:ER|EME|E))"
_AND = r"\s*(?:,(?:\s*ET)?|/|-|&|ET)\s*(?:(?:DU|LE|LES|AU)\s+)?"
_CITY = "|".join(CITIES)
# « dans le 18e et le 19e »: only where no word follows, since the ordinal could be that of a floor or a lot.
_WITHIN = re.compile(rf"\b(?:DANS|AUX?|LES?|DU) ({_ORDINAL}(?:{_AND}{_ORDINAL})*)(?=\s*(?:$|[.;:)(,]|\s[-–]\s))")
_SLASHED = re.compile(rf"\b({_ORDINAL}(?: ?/ ?{_ORDINAL})+)(?!\w)")
_NAMED = re.compile(rf"\b({_CITY})\b")


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], ...]:
    """Return a pattern for each way to write the ranks of arrondissements, with the words of `arrondissements_ecrits.csv`."""
    after, before, other = _words("apres"), _words("avant"), _words("autre")
    ranks, ordinals = rf"({_RANK}(?:{_AND}{_RANK})*)", rf"({_ORDINAL}(?:{_AND}{_ORDINAL})*)"
    return (
        re.compile(rf"\b{ranks} ?(?:{after})\b"),
        re.compile(rf"\b(?:{after})(?: (?:DE|D'|A) ?(?:{_CITY}))?\s*[:(]?\s*{ranks}\b"),
        re.compile(rf"\b(?:{_CITY})[ ,(-]{{1,3}}{ordinals}\b"),
        _SLASHED,
        _WITHIN,
        # « SA3 MEVEM INSERTION 13EME - LOT2 »: a bare ordinal, unless followed by a word that takes ordinals.
        re.compile(rf"\b(\d{{1,2}} ?{_SUFFIX})\b(?!\s+(?:{other})S?\b(?!\s*\d))"),
        re.compile(rf"\b(?:{before}) ?(\d{{1,2}})\b(?![,.]\d| ?(?:%|€|H\b))"),
    )


def _words(role: str) -> str:
    """Return the words of a role as one regular expression, the longest first."""
    words_of_role = (row["mot"] for row in rows("arrondissements_ecrits") if row["role"] == role)
    return "|".join(re.escape(word) for word in sorted(words_of_role, key=lambda word: (-len(word), word)))


@lru_cache(maxsize=1)
def _groups() -> dict[str, tuple[int, ...]]:
    """Return the ranks of arrondissements by name of their group."""
    named = (row for row in rows("arrondissements_ecrits") if row["role"] == "nom")
    return {row["mot"]: tuple(map(int, row["rangs"].split())) for row in named}


@dataclass(frozen=True, slots=True)
class Districts:
    """The INSEE codes of the arrondissements that a text names, in order; `doubt`, in French, names those that do not exist."""

    codes: tuple[str, ...] = ()
    doubt: str = ""


def read_districts(text: str, known: Iterable[str] = ()) -> Districts:
    """Return the arrondissements that a text names, of the city that it names or of the `known` one. Empty where the city is not certain:
    arrondissements of other towns have no code."""
    upper = plain_capitals(text)
    cities = {CITIES[name] for name in _NAMED.findall(upper)} or set(known) & set(_FIRST)
    if len(cities) != 1:
        return Districts()
    (city,) = cities
    ranks = dict.fromkeys(_ranks(upper, city))
    real = {rank: f"{_FIRST[city] + rank:05d}" for rank in ranks if _exists(city, rank)}
    missing = ", ".join(f"{rank}e" for rank in ranks if rank not in real)
    name = next(name for name, code in CITIES.items() if code == city).title()
    return Districts(tuple(real.values()), f"{name} n’a pas de {missing} arrondissement." if missing else "")


def undivided_doubt(town: Commune, before: str, after: str, *, field: bool = False) -> str:
    """Return a French doubt where an arrondissement is written before or after a town that has none; else empty. In a field of places, a bare
    number after the name counts too, unless it is that of its département."""
    if town.code in _FIRST or town.parent:
        return ""
    ahead, behind, alone = _around()
    number = alone.fullmatch(plain_capitals(after)) if field else None
    if not (
        ahead.search(plain_capitals(before))
        or behind.match(plain_capitals(after))
        or (number and number[1] != town.departement)
    ):
        return ""
    return f"{town.name} n’a pas d’arrondissements : la commune entière est retenue."


@lru_cache(maxsize=1)
def _around() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Return patterns of an arrondissement at the end of the text before a town, at the beginning of that after it, or as all of it."""
    word = rf"(?:{_words('apres')})\b"
    return (
        re.compile(rf"\b{_ORDINAL}\s*{word}\.?\s+(?:DE |D['’]|A )$"),
        re.compile(rf"[\s,(]{{1,3}}{_ORDINAL}\s*{word}|\s{_ORDINAL}\s*(?:$|[.;:,)]|\s-)"),
        re.compile(r"\s+(\d{1,2})\s*"),
    )


def _ranks(upper: str, city: str) -> Iterator[int]:
    """Yield the ranks that a text gives, as ordinals, as postal codes, or by the name of a group."""
    groups = (found for pattern in _patterns() for found in pattern.findall(upper))
    for part in (part for group in groups for part in re.findall(_RANK, group)):
        number = re.sub(rf" ?{_SUFFIX}$", "", part.strip())
        rank = int(number) if number.isdigit() else _ROMAN.index(number) + 1 if number in _ROMAN else 0
        if rank:
            yield rank
    # « 75033 Paris cedex » is a postal code without arrondissement.
    yield from (rank for code in re.findall(rf"\b{_POSTAL[city]}(\d\d)\b", upper) if _exists(city, rank := int(code)))
    if city == CITIES["PARIS"]:
        named = re.sub(_words("leurre"), "", upper)
        yield from (rank for name, its in _groups().items() if name in named for rank in its)


def _exists(city: str, rank: int) -> bool:
    town = commune(f"{_FIRST[city] + rank:05d}")
    return town is not None and town.parent == city
