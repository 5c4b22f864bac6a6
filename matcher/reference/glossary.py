"""Tables that are only shown: the glossary of procurement and inclusion (glossaire.csv), examples of needs as buyers type them (exemples.csv), and the
origins and licences of the shipped tables (the Markdown table of data/reference/README.md)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from matcher.paths import shipped_path
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


@dataclass(frozen=True, slots=True)
class NeedExample:
    """One need without a place, and the code of the activity that it asks for."""

    need: str
    activity: str


@lru_cache(maxsize=1)
def need_examples() -> tuple[NeedExample, ...]:
    """Return every example, in the order of the table."""
    return tuple(NeedExample(row["besoin"], row["activite"]) for row in rows("exemples"))


@dataclass(frozen=True, slots=True)
class Credit:
    """One row: the files, what they hold, their source, its date and its licence, in French."""

    files: str
    holds: str
    source: str
    date: str
    licence: str


@lru_cache(maxsize=1)
def credits_of_tables() -> tuple[Credit, ...]:
    """Return the credits of the tables, in the order of the README."""
    text = shipped_path("data/reference/README.md").read_text(encoding="utf-8")
    lines = (line.strip("|").split("|") for line in text.splitlines() if line.startswith("| `"))
    return tuple(Credit(*(cell.replace("`", "").strip() for cell in cells)) for cells in lines)
