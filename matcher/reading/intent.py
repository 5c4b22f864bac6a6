"""Kinds of suppliers and levers that a lot asks for in its own words, from a table of expressions."""

import csv
import re
from dataclasses import dataclass
from functools import lru_cache

from matcher.cleaning.words import fold
from matcher.domain.kinds import SupplierKind
from matcher.paths import shipped


@dataclass(frozen=True, slots=True)
class Intent:
    """Kinds named in the text, in the order of SupplierKind, and the first lever that the table finds there, or empty."""

    kinds: tuple[SupplierKind, ...]
    levier: str


@lru_cache(maxsize=1)
def _expressions() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    with shipped("data/reference/expressions.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            (re.compile(row["motif"]), row["sens"], row["code"]) for row in csv.DictReader(file, delimiter=";")
        )


def read_intent(text: str) -> Intent:
    """Find kinds and a lever in a text of any case; earlier lines of the table win, so it goes from precise to vague."""
    words = fold(text)
    found = [(meaning, code) for pattern, meaning, code in _expressions() if pattern.search(words)]
    kinds = {code for meaning, code in found if meaning == "genre"}
    levers = [code for meaning, code in found if meaning == "levier"]
    return Intent(tuple(kind for kind in SupplierKind if kind in kinds), levers[0] if levers else "")
