"""Reads a buyer's own purchase spreadsheet (future purchases or past spending): finds the meaning and unit of each column, reads every line of every sheet,
and marks lines of totals; nothing is skipped without a remark."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from importers.formats import Grid, grid_of, read_grids
from importers.formats.column_tally import ColumnTally
from importers.formats.columns import (
    NO_MAPPING,
    ColumnMapping,
    Columns,
    SheetKind,
    columns_of_header,
    full_header_score,
    needed_words,
    quote_names,
    sheet_fields,
)
from importers.importer import SourceError
from matcher.cleaning.amounts import before_tax, for_all, foreign, per_year, read_amount, with_tax
from matcher.cleaning.words import fold
from matcher.domain.french import number
from matcher.jobs.reader_child import ReadingLimits
from matcher.jobs.reader_process import PAGE, apart
from matcher.jobs.stop import Stop

_TABLE, _AMOUNT, _DURATION = "achats", "montant", "duree"
_OBJECT, _REFERENCE = "objet", "reference"
PROGRAMME = SheetKind(_TABLE, (("objet", "cpv"),), every_sheet=True, guessed=True)
SPENDING = SheetKind(_TABLE, (("siret", "fournisseur"),), every_sheet=True)
_THOUSANDS = re.compile(r"\bk\s?(?:€|eur)|\bke\b|\bmilliers\b", re.IGNORECASE)
_MILLIONS = re.compile(r"\bm\s?(?:€|eur)|\bmillions\b", re.IGNORECASE)
_YEARS = re.compile(r"\b(?:ans?|ann[ée]es?)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class UnderstoodColumn:
    """Meaning of a column from its title: its `field`; `times`, factor to euros or months; amounts with or before VAT, per year or for the whole duration (both
    of a pair False: unknown)."""

    field: str
    times: float = 1.0
    with_tax: bool = False
    before_tax: bool = False
    yearly: bool = False
    for_all: bool = False


def purchase_columns(kind: SheetKind, names: Sequence[str], column_mapping: ColumnMapping) -> Columns:
    """Return the columns of a header by field; amounts before VAT come first, and amounts in other currencies are ignored with a reason."""
    columns = columns_of_header(kind, names, column_mapping)
    columns = replace(columns, of=_with_lot_column(columns))
    written = columns.of.get(_AMOUNT, ())
    amounts = sorted((name for name in written if not foreign(name)), key=with_tax)
    others = {field: its for field, its in columns.of.items() if field != _AMOUNT}
    why = {name: "elle n’est pas en euros" for name in written if name not in amounts}
    return replace(columns, of={**others, **({_AMOUNT: tuple(amounts)} if amounts else {})}, why={**columns.why, **why})


def _with_lot_column(columns: Columns) -> dict[str, tuple[str, ...]]:
    """Return the columns by field, « Lot » being the object if no other column is, else the reference of the lot (unless the user set its field)."""
    of = columns.of
    lots = tuple(name for name in of.get(_OBJECT, ()) if fold(name).split() == ["lot"] and name not in columns.why)
    others = tuple(name for name in of.get(_OBJECT, ()) if name not in lots)
    if not (lots and others):
        return dict(of)
    return {**of, _OBJECT: others, _REFERENCE: (*of.get(_REFERENCE, ()), *lots)}


def understand_column(field: str, column: str) -> UnderstoodColumn:
    """Return the meaning of a column of a known field, from its title."""
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


_TOTAL = re.compile(r"(?:sous[ -])?tota(?:l|ux)(?: (?:general|ht|ttc|euros?|cumule))*\s*:?")
# First words of a line: « Sous-total services » is always a total, « Total des tontes » only if it adds up the lines above it.
_SUBTOTAL = re.compile(r"sous[ -]?tota(?:l|ux)\b")
_MAY_TOTAL = re.compile(r"(?:montant )?tota(?:l|ux)\b|ensemble\b|cumul\b")
_SAME_SUM = 0.005


class SheetRefused(Exception):
    """Raised for an unusable sheet; the message is French and gives the cure."""


@dataclass(frozen=True, slots=True)
class UnderstoodCell:
    """One cell: its text, the meaning of its column, and the column's title."""

    text: str
    how: UnderstoodColumn
    column: str


@dataclass(frozen=True, slots=True)
class PurchaseSheetLine:
    """One line: `cells` under the columns of the whole file, understood cells by field, position. `total`: a line of totals, not a purchase."""

    sheet: str
    line: int
    cells: tuple[str, ...]
    fields: Mapping[str, UnderstoodCell]
    total: bool

    def text(self, field: str) -> str:
        """Return the text of a field, or ""."""
        written = self.fields.get(field)
        return written.text if written else ""

    @property
    def key(self) -> str:
        """Unique key in its file, independent of the interpretation of columns."""
        return f"{self.line} {self.sheet}".strip()

    @property
    def place(self) -> str:
        """Place of the purchase as one would type it: postal code, then town."""
        town, code = self.text("lieu"), self.text("code postal")
        code = code.zfill(5) if code.isdigit() else code  # spreadsheets drop the zero of « 02000 »
        return f"{code} {town}".strip()

    @property
    def where(self) -> str:
        """Position in the file: « ligne 12 », « feuille « 2027 », ligne 12 »."""
        return f"feuille « {self.sheet} », ligne {self.line}" if self.sheet else f"ligne {self.line}"


@dataclass(frozen=True, slots=True)
class PurchaseSheet:
    """All lines of a file, sheet after sheet; `columns`: titles of all its sheets, in order. In French: `understood`, meaning of the columns; `unused`, ignored
    columns; `said`, other remarks; `titles`: texts above the lines, and the name of the only sheet."""

    columns: tuple[str, ...]
    entries: tuple[PurchaseSheetLine, ...]
    understood: tuple[str, ...]
    unused: tuple[str, ...]
    said: tuple[str, ...]
    titles: tuple[str, ...] = ()


def read_sheet(
    path: Path,
    kind: SheetKind,
    most: int,
    columns: ColumnMapping = NO_MAPPING,
    *,
    limits: ReadingLimits = PAGE,
    stop: Stop | None = None,
) -> PurchaseSheet:
    """Read a file with the columns required by `kind` and at most `most` lines, in a separate process; `columns`: meanings of columns set by the user. Raises
    ReadRefused and Stopped."""
    return apart(_read, SourceError, SheetRefused, limits=limits, stop=stop)(path, kind, most, columns)


def _read(path: Path, kind: SheetKind, most: int, columns: ColumnMapping) -> PurchaseSheet:
    grids, sheets_left_out = read_grids(path, full_header_score(kind, columns), needed_words(kind))
    lines = sum(len(grid.rows) for grid in grids)
    if lines > most:
        raise SheetRefused(
            f"« {path.name} » a {number(lines)} lignes ; {number(most)} au plus. Faites-en plusieurs fichiers."
        )
    return _sheet(grids, sheets_left_out, kind, columns)


def sheet_of(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    kind: SheetKind,
    column_mapping: ColumnMapping = NO_MAPPING,
) -> PurchaseSheet:
    """Like `read_sheet`, for a table sent through the API; the header counts as line 1. Raises SheetRefused."""
    grid = grid_of(columns, rows)
    if not full_header_score(kind, column_mapping)(grid.columns):
        raise SheetRefused(
            f"Il manque la colonne qui donne {needed_words(kind)}. Colonnes vues : {quote_names(grid.columns) or 'aucune'}."
        )
    if not grid.rows:
        raise SheetRefused("Aucune ligne n’est remplie.")
    return _sheet((grid,), (), kind, column_mapping)


def _sheet(grids: Sequence[Grid], left: Sequence[str], kind: SheetKind, column_mapping: ColumnMapping) -> PurchaseSheet:
    names = _distinct(grid.columns for grid in grids)
    read = [(grid, purchase_columns(kind, grid.columns, column_mapping)) for grid in grids]
    unused = []
    for grid, columns in read:
        tally = ColumnTally(columns)
        for _, cells in grid.rows:
            tally.take(grid.texts(cells).__getitem__)
        unused.append(tally.remarks)
    return PurchaseSheet(
        names,
        tuple(entry for grid, columns in read for entry in _entries(grid, columns, names, several=len(grids) > 1)),
        _distinct(_column_sentences(columns) for _, columns in read),
        _distinct(unused),
        (*(said for grid in grids for said in grid.said), *left),
        _distinct((*(grid.above for grid in grids), tuple(grid.sheet for grid in grids if len(grids) == 1))),
    )


def _distinct(groups: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(groups)))


def _entries(grid: Grid, columns: Columns, names: Sequence[str], *, several: bool) -> list[PurchaseSheetLine]:
    columns_by_field = {
        field: [(understand_column(field, name), name) for name in its] for field, its in columns.of.items()
    }

    def entry(line: int, cells: tuple[str, ...]) -> PurchaseSheetLine:
        texts = grid.texts(cells)
        fields = {
            field: next((UnderstoodCell(texts[name], how, name) for how, name in its if texts[name]), None)
            for field, its in columns_by_field.items()
        }
        first = fold(next(filter(None, cells), "")).strip()
        return PurchaseSheetLine(
            sheet=grid.sheet if several else "",
            line=line,
            cells=tuple(texts.get(name, "") for name in names),
            fields={field: cell for field, cell in fields.items() if cell},
            total=bool(_SUBTOTAL.match(first)) or any(_TOTAL.fullmatch(fold(cell).strip()) for cell in cells if cell),
        )

    return _mark_totals([entry(line, cells) for line, cells in grid.rows])


def _mark_totals(entries: Sequence[PurchaseSheetLine]) -> list[PurchaseSheetLine]:
    """Mark as totals the lines that equal the sum of the lines above, since the last total or from the start, and are worded like a total."""
    lines: list[PurchaseSheetLine] = []
    sum_since_total = sum_from_start = 0.0
    for line in entries:
        first = fold(next(filter(None, line.cells), "")).strip()
        cell = line.fields.get(_AMOUNT)
        written = read_amount(cell.text, unit=cell.how.times).value if cell else None
        euros = (written.low or 0.0) if written else 0.0
        adds_up = euros and any(abs(euros - some) <= _SAME_SUM * euros for some in (sum_since_total, sum_from_start))
        marked = replace(line, total=True) if adds_up and _MAY_TOTAL.match(first) else line
        lines.append(marked)
        sum_since_total, sum_from_start = (
            (0.0, sum_from_start) if marked.total else (sum_since_total + euros, sum_from_start + euros)
        )
    return lines


def _column_sentences(columns: Columns) -> list[str]:
    """Return one French sentence per column read, in the order of the sheet."""
    labels = sheet_fields(columns.table)
    sentences = {}
    for field, names in columns.of.items():
        for name in names:
            how = understand_column(field, name)
            unit = {1e3: ", en milliers d’euros", 1e6: ", en millions d’euros", 12.0: ", en années"}.get(how.times, "")
            tax = ", taxe comprise" if how.with_tax else ""
            why = f" ({columns.why[name]})" if name in columns.why else ""
            sentences[name] = f"« {name} » : {labels[field].label}{unit}{tax}{why}"
    return [sentences[name] for name in columns.names if name in sentences]
