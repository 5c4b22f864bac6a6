"""Columns of a buyer's own sheets, future purchases or past spending, by their names (data/reference/colonnes_achats.csv)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from matcher.cleaning.amounts import with_tax
from matcher.cleaning.words import words
from matcher.reference.tables import rows

_EMPTY = "mot vide"
_THOUSANDS = re.compile(r"\bk\s?(?:€|eur)|\bke\b|\bmilliers\b", re.IGNORECASE)
_MILLIONS = re.compile(r"\bm\s?(?:€|eur)|\bmillions\b", re.IGNORECASE)
_YEARS = re.compile(r"\b(?:ans?|ann[ée]es?)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class UnderstoodColumn:
    """Meaning of a column: its `field`, in what its figures are counted (`times` to have euros or months), whether with tax."""

    field: str
    times: float = 1.0
    with_tax: bool = False


@lru_cache(maxsize=1)
def _table() -> tuple[Mapping[str, tuple[str, int]], frozenset[str]]:
    """(field, rank) by alias, and the words that tell nothing of what a column holds."""
    aliases: dict[str, tuple[str, int]] = {}
    empty: set[str] = set()
    for rank, row in enumerate(rows("colonnes_achats")):
        if row["champ"] == _EMPTY:
            empty.add(row["ecrit"])
        else:
            aliases.setdefault(row["ecrit"], (row["champ"], rank))
    return aliases, frozenset(empty)


def fields_of(columns: Sequence[str]) -> dict[str, tuple[int, UnderstoodColumn]]:
    """Return, by field, the index of the column that holds it and how: of several the alias that comes first in the table, then the
    leftmost. Columns that no alias names are in none."""
    found: dict[str, tuple[int, int, UnderstoodColumn]] = {}
    for index, column in enumerate(columns):
        if (known := _known(column)) is None:
            continue
        field, rank = known
        if field not in found or rank < found[field][0]:
            found[field] = (rank, index, UnderstoodColumn(field, _times(field, column), with_tax(column)))
    return {field: (index, understood) for field, (_, index, understood) in found.items()}


def _known(column: str) -> tuple[str, int] | None:
    aliases, empty = _table()
    told = words(column)
    kept = [word for word in told if word not in empty]
    return aliases.get(" ".join(told)) or aliases.get(" ".join(kept))


def _times(field: str, column: str) -> float:
    if field == "duree":
        return 12.0 if _YEARS.search(column) else 1.0
    if field == "montant":
        return 1e3 if _THOUSANDS.search(column) else 1e6 if _MILLIONS.search(column) else 1.0
    return 1.0
