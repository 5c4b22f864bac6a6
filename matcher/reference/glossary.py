"""The words of the trade, each explained in one line (data/reference/glossaire.csv)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from matcher.reference.tables import rows


@dataclass(frozen=True, slots=True)
class GlossaryTerm:
    """One word: `code` names it in the code, empty where it has none; `meaning` is one line of French."""

    word: str
    code: str
    meaning: str


@lru_cache(maxsize=1)
def glossary() -> Mapping[str, GlossaryTerm]:
    """Return every term by its word, in the order of the table."""
    return {row["mot"]: GlossaryTerm(row["mot"], row["code"], row["sens"]) for row in rows("glossaire")}


def meaning(word: str) -> str:
    """Return what a word means, in one line. Raises KeyError for one that the table lacks."""
    return glossary()[word].meaning
