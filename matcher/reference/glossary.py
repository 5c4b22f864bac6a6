"""The glossary shown on the pages and in the documents: procurement and inclusion terms, each explained in one French line (glossaire.csv)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from matcher.reference.tables import rows


@dataclass(frozen=True, slots=True)
class GlossaryTerm:
    """One term; `code`: its identifier in the source code, if any; `meaning`: one line of French."""

    word: str
    code: str
    meaning: str


@lru_cache(maxsize=1)
def glossary() -> Mapping[str, GlossaryTerm]:
    """Return every term by its word, in the order of the table."""
    return {row["mot"]: GlossaryTerm(row["mot"], row["code"], row["sens"]) for row in rows("glossaire")}


def meaning(word: str) -> str:
    """Return the meaning of a word, in one line. Raises KeyError for an unknown word."""
    return glossary()[word].meaning
