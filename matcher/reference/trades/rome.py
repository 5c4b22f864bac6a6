"""ROME occupations to activities (data/reference/rome_activites.csv): a whole code, or a prefix for its whole family."""

from collections.abc import Mapping
from functools import lru_cache

from matcher.reference.tables import rows

_SHORTEST = 1


def rome_targets(code: str) -> tuple[str, ...]:
    """Return the activities of an occupation, by the longest line that begins it; empty where the table says none."""
    table = _table()
    for length in range(len(code), _SHORTEST - 1, -1):
        if code[:length] in table:
            return table[code[:length]]
    return ()


@lru_cache(maxsize=1)
def _table() -> Mapping[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for row in rows("rome_activites"):
        targets = (row["cible"],) if row["cible"] else ()
        table[row["code"]] = (*table.get(row["code"], ()), *targets)
    return table
