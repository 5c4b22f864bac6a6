"""Kinds of suppliers, levers and staff that a lot asks for in its own words, from a table of expressions."""

import re
from dataclasses import dataclass
from functools import lru_cache

from matcher.cleaning.words import fold
from matcher.domain.kinds import Family, SupplierKind
from matcher.reference.tables import rows


@dataclass(frozen=True, slots=True)
class Intent:
    """Kinds named in the text, in the order of SupplierKind; the first lever and the first mode found there, or empty.

    A mode is an activity that says how the need is met whatever its trade: `conseil.mise-a-disposition` asks for staff.
    `rest` is the folded text without what names a lever: « marché d’insertion ayant pour support le nettoyage » is cleaning.
    """

    kinds: tuple[SupplierKind, ...]
    levier: str
    mode: str
    rest: str


# « Lot réservé » may be under either article, unless the kinds it names are all of one family.
_EITHER = "14"
_NARROWER = {frozenset({Family.STPA}): "12", frozenset({Family.SIAE}): "13"}
_ARTICLE = re.compile(r"2113|article 36")


@lru_cache(maxsize=1)
def _expressions() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    return tuple((re.compile(row["motif"]), row["sens"], row["code"]) for row in rows("expressions"))


def read_intent(text: str) -> Intent:
    """Find what a text of any case asks for; earlier lines of the table win, so it goes from precise to vague."""
    words = rest = fold(text)
    found: dict[str, list[str]] = {}
    for pattern, meaning, code in _expressions():
        if pattern.search(words):
            found.setdefault(meaning, []).append(code)
            rest = pattern.sub(" ", rest) if meaning == "levier" else rest
    kinds = tuple(kind for kind in SupplierKind if kind in found.get("genre", ()))
    levier = found.get("levier", [""])[0]
    if levier == _EITHER and not _ARTICLE.search(words):
        levier = _NARROWER.get(frozenset(kind.family for kind in kinds), levier)
    return Intent(kinds, levier, found.get("mode", [""])[0], rest)
