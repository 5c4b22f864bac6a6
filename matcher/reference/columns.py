"""Columns of sheets by their names, as tables of data/reference have them; those of a buyer's purchases with how their figures count."""

import re
from collections.abc import Sequence
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


class ColumnNames:
    """Names that people give to columns, and the field that each means: a table of `data/reference` (`champ`, `ecrit`).

    A name is looked for whole, then without the words that the table calls « mot vide », which tell nothing of what a column holds.
    """

    def __init__(self, table: str) -> None:
        told = [(row["champ"], words(row["ecrit"])) for row in rows(table)]
        self._empty = frozenset(word for field, written in told if field == _EMPTY for word in written)
        self._found: dict[str, tuple[str, int]] = {}
        named = [(field, rank, written) for rank, (field, written) in enumerate(told) if field != _EMPTY]
        for field, rank, written in (*named, *((field, rank, self._kept(written)) for field, rank, written in named)):
            if written:
                self._found.setdefault(" ".join(written), (field, rank))

    def find(self, name: str) -> tuple[str, int] | None:
        """Return the field that a name means and the rank of the alias that says so, the first of the table being the surest."""
        told = words(name)
        return self._found.get(" ".join(told)) or self._found.get(" ".join(self._kept(told)))

    def _kept(self, told: Sequence[str]) -> tuple[str, ...]:
        return tuple(word for word in told if word not in self._empty)


@lru_cache
def column_names(table: str) -> ColumnNames:
    """Return the names of a table, read once."""
    return ColumnNames(table)


def fields_of(columns: Sequence[str]) -> dict[str, tuple[int, UnderstoodColumn]]:
    """Return, by field, the index of the column that holds it and how: of several one without tax, then the alias that comes first in
    the table, then the leftmost. Columns that no alias names are in none."""
    found: dict[str, tuple[tuple[bool, int], int, UnderstoodColumn]] = {}
    names = column_names("colonnes_achats")
    for index, column in enumerate(columns):
        if (known := names.find(column)) is None:
            continue
        field, rank = known
        how = UnderstoodColumn(field, _times(field, column), with_tax(column))
        if field not in found or (how.with_tax, rank) < found[field][0]:
            found[field] = ((how.with_tax, rank), index, how)
    return {field: (index, understood) for field, (_, index, understood) in found.items()}


def _times(field: str, column: str) -> float:
    if field == "duree":
        return 12.0 if _YEARS.search(column) else 1.0
    if field == "montant":
        return 1e3 if _THOUSANDS.search(column) else 1e6 if _MILLIONS.search(column) else 1.0
    return 1.0
