"""Columns of a buyer's purchases, future or past, and how their figures count."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from importers.formats.columns import Columns, SheetKind, ToldColumns, understood
from matcher.cleaning.amounts import before_tax, for_all, foreign, per_year, with_tax

_TABLE, _AMOUNT, _DURATION = "achats", "montant", "duree"
PROGRAMME = SheetKind(_TABLE, (("objet", "cpv"),), every_sheet=True)
SPENDING = SheetKind(_TABLE, (("siret", "fournisseur"),), every_sheet=True)
_THOUSANDS = re.compile(r"\bk\s?(?:€|eur)|\bke\b|\bmilliers\b", re.IGNORECASE)
_MILLIONS = re.compile(r"\bm\s?(?:€|eur)|\bmillions\b", re.IGNORECASE)
_YEARS = re.compile(r"\b(?:ans?|ann[ée]es?)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class UnderstoodColumn:
    """Meaning of a column: its `field`, in what its figures are counted (`times` to have euros or months), and what its name says of
    amounts: with tax or before it, of a year or for all. Of two that are False together, it says neither."""

    field: str
    times: float = 1.0
    with_tax: bool = False
    before_tax: bool = False
    yearly: bool = False
    for_all: bool = False


def purchase_columns(kind: SheetKind, names: Sequence[str], told: ToldColumns) -> Columns:
    """Return what the columns of a header hold; of several amounts those without tax come first, and those of another money are not read."""
    columns = understood(kind, names, told)
    written = columns.of.get(_AMOUNT, ())
    amounts = sorted((name for name in written if not foreign(name)), key=with_tax)
    others = {field: its for field, its in columns.of.items() if field != _AMOUNT}
    why = {name: "elle n’est pas en euros" for name in written if name not in amounts}
    return replace(columns, of={**others, **({_AMOUNT: tuple(amounts)} if amounts else {})}, why={**columns.why, **why})


def counted(field: str, column: str) -> UnderstoodColumn:
    """Return how a column that holds a field counts, as its name says."""
    if field != _AMOUNT:
        return UnderstoodColumn(field, _times(field, column))
    taxes = with_tax(column), before_tax(column)
    return UnderstoodColumn(field, _times(field, column), *taxes, per_year(column), for_all(column))


def _times(field: str, column: str) -> float:
    if field == _DURATION:
        return 12.0 if _YEARS.search(column) else 1.0
    if field == _AMOUNT:
        return 1e3 if _THOUSANDS.search(column) else 1e6 if _MILLIONS.search(column) else 1.0
    return 1.0
