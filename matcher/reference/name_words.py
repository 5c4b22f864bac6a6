"""Parses names of organisations into significant words and a kind (ESAT, EI…), for the matching of names; weights words by rarity.

Uses the table `mots_noms.csv`: words without meaning, abbreviations, counts of common words.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from math import log
from typing import NamedTuple

from rapidfuzz.distance import OSA

from matcher.cleaning.names import name_key
from matcher.domain.grouping import group_pairs
from matcher.domain.kinds import SupplierKind
from matcher.reference.tables import rows

# Number of names from which the counts of the table were made.
_NAMES_COUNTED = 5820
_LONG_PLURAL = 4
_SWAPPED_LETTERS = 2
_SHORTEST_ACRONYM = 3
_CUT_WORDS = 2
_DASH = re.compile(r"\s[-–—]+\s")
# Supplier code in an accounting ledger: up to two letters, then at least four digits, more than numbers in names have.
_CODE = re.compile(r"[a-z]{0,2}\d{4,}[a-z]?")


class NameWords(NamedTuple):
    """The table `mots_noms`: words without meaning (`empty`); phrases that name a kind (`kinds`); kind of most establishments of an association
    (`running`); abbreviations (`spelled`); numbers of names with a word (`counts`); names of no particular supplier (`nobody`); first words of
    payment services (`payment`); annotations of ledgers (`ledger`: « VIRT », « NE PLUS JETER »); words before the place of an establishment (`place`).
    """

    empty: frozenset[str]
    kinds: Mapping[tuple[str, ...], SupplierKind]
    running: Mapping[str, SupplierKind]
    spelled: Mapping[str, str]
    counts: Mapping[str, int]
    nobody: frozenset[str]
    payment: frozenset[str]
    ledger: frozenset[str]
    place: frozenset[str]


@lru_cache(maxsize=1)
def name_table() -> NameWords:
    """Return the shipped table."""
    roles = ("vide", "type", "gere", "abrege", "courant", "personne", "paiement", "registre", "lieu")
    terms: dict[str, dict[str, str]] = {role: {} for role in roles}
    for row in rows("mots_noms"):
        terms[row["role"]][row["terme"]] = row["valeur"]
    return NameWords(
        empty=frozenset(terms["vide"]),
        kinds={tuple(phrase.split()): SupplierKind(kind) for phrase, kind in terms["type"].items()},
        running={word: SupplierKind(kind) for word, kind in terms["gere"].items()},
        spelled=terms["abrege"],
        counts={word: int(count) for word, count in terms["courant"].items()},
        nobody=frozenset(terms["personne"]),
        payment=frozenset(terms["paiement"]),
        ledger=frozenset(terms["registre"]),
        place=frozenset(terms["lieu"]),
    )


def without_ledger_words(name: str) -> str:
    """Return a name without what an accounting ledger adds: annotations (« (VIRT) », « NE PLUS JETER »), a supplier code (« 525093 »), the
    place of an establishment (« - SITE DE LILLE »); unchanged if nothing would be left."""
    parts = []
    for part in _DASH.split(name):
        key = f"{name_key(part)} "
        if not any(key.startswith(f"{place} ") for place in name_table().place):
            parts.append(part)
    text = f" {name_key(' '.join(parts or [name]))} "
    for words in sorted(name_table().ledger, key=lambda words: (-len(words), words)):
        text = text.replace(f" {words} ", " ")
    remaining = [word for word in text.split() if not _CODE.fullmatch(word)]
    return " ".join(remaining) if any(map(str.isalpha, remaining)) else name


def names_nobody(name: str) -> bool:
    """Return whether a ledger's name stands for no particular supplier (« DIVERS »), or for a payment service (« SUMUP *LE BISTROT »)."""
    words = name_key(name).split()
    return bool(words) and (" ".join(words) in name_table().nobody or words[0] in name_table().payment)


class ParsedName(NamedTuple):
    """A parsed name: its significant words, in order, and the first kind that it names, if any."""

    words: tuple[str, ...]
    kind: SupplierKind | None


@lru_cache(maxsize=65_536)
def parse_name(name: str) -> ParsedName:
    """Parse a name: drop legal form and articles, extract the kind, expand ST to SAINT, join single letters (« A P E I »). « ASSOC. LES ATELIERS DE
    ST-PAUL (ESAT) » gives `atelier`, `saint`, `paul`, and the kind ESAT."""
    table = name_table()
    whole_words = map(_correct_swap, _join_letters(name_key(name).split()))
    words = [without_plural(table.spelled.get(word, word)) for word in whole_words]
    words = [word for word in words if word not in table.empty]
    words_kept: list[str] = []
    first: SupplierKind | None = None
    while words:
        kind, length = _kind_at(words)
        if kind is None:
            words_kept.append(words.pop(0))
        else:
            first = first or kind
            words = words[length:]
    return ParsedName(tuple(words_kept), first)


def kind_in(name: str) -> SupplierKind | None:
    """Return the kind in a name (« ESAT du Thérain »), else the kind that its association mostly runs (« APEI de Denain »)."""
    telling_name = parse_name(name)
    running = map(name_table().running.get, telling_name.words)
    return telling_name.kind or next(filter(None, running), None)


def _kind_at(words: list[str]) -> tuple[SupplierKind | None, int]:
    """Return the kind that `words` begin with, and its number of words; a phrase truncated by a directory counts."""
    kinds = _kinds_by_first_word().get(words[0], {})
    for length in range(min(max(map(len, kinds), default=0), len(words)), 0, -1):
        if kind := kinds.get(tuple(words[:length])):
            return kind, length
    if len(words) >= _CUT_WORDS:
        for phrase, kind in kinds.items():
            same = phrase[: len(words) - 1] == tuple(words[:-1])
            if same and len(phrase) >= len(words) and phrase[len(words) - 1].startswith(words[-1]):
                return kind, len(words)
    return None, 0


@lru_cache(maxsize=1)
def _kinds_by_first_word() -> dict[str, dict[tuple[str, ...], SupplierKind]]:
    kinds_by_word: dict[str, dict[tuple[str, ...], SupplierKind]] = {}
    for phrase, kind in name_table().kinds.items():
        kinds_by_word.setdefault(phrase[0], {})[phrase] = kind
    return kinds_by_word


@lru_cache(maxsize=16_384)
def _correct_swap(word: str) -> str:
    """Correct two swapped letters of a known word (« EAST » for « ESAT »)."""
    if word in _vocabulary() or len(word) < _SWAPPED_LETTERS:
        return word
    alike = _by_letters().get("".join(sorted(word)), ())
    return next((known for known in alike if OSA.distance(word, known) == 1), word)


@lru_cache(maxsize=1)
def _vocabulary() -> frozenset[str]:
    table = name_table()
    of_kinds = {word for phrase in table.kinds for word in phrase}
    return table.empty | table.spelled.keys() | of_kinds | table.counts.keys()


@lru_cache(maxsize=1)
def _by_letters() -> dict[str, list[str]]:
    """Return correctable words by sorted letters: words of kinds, except the shortest acronyms (« ACT » is no « CAT »), and meaningless words."""
    table = name_table()
    kinds = {word for phrase in table.kinds for word in phrase if len(word) > _SHORTEST_ACRONYM}
    return group_pairs(("".join(sorted(word)), word) for word in sorted(table.empty | kinds))


@lru_cache(maxsize=16_384)
def weight(word: str) -> float:
    """Return the weight of a word by rarity, from 0 (in every name) to 1 (in none)."""
    return 1 - log(1 + name_table().counts.get(word, 0)) / log(1 + _NAMES_COUNTED)


def without_plural(word: str) -> str:
    """Return the word without its plural ending."""
    return word[:-1] if len(word) > _LONG_PLURAL and word[-1] in "sx" else word


def _join_letters(words: list[str]) -> list[str]:
    """Join runs of single letters (« A P E I »)."""
    joined: list[str] = []
    run = ""
    for word in words:
        if len(word) == 1 and word.isalpha():
            run += word
            continue
        joined += [run] if run else []
        run = ""
        joined.append(word)
    return joined + ([run] if run else [])
