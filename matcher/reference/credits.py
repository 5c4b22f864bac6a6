"""Origins and licences of the shipped tables, parsed from the Markdown table of data/reference/README.md, for the page of credits."""

from dataclasses import dataclass
from functools import lru_cache

from matcher.paths import shipped_path


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
    rows = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("| `")]
    return tuple(Credit(*(cell.replace("`", "").strip() for cell in row)) for row in rows)
