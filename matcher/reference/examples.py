"""Examples of needs as buyers type them, each of one trade, shown on the pages (data/reference/exemples.csv)."""

from dataclasses import dataclass
from functools import lru_cache

from matcher.reference.tables import rows


@dataclass(frozen=True, slots=True)
class NeedExample:
    """One need without a place, and the code of the activity that it asks for."""

    need: str
    activity: str


@lru_cache(maxsize=1)
def need_examples() -> tuple[NeedExample, ...]:
    """Return every example, in the order of the table."""
    return tuple(NeedExample(row["besoin"], row["activite"]) for row in rows("exemples"))
