"""Renders a `Document` (the result of a decision tool) as XLSX, one sheet of sentences then one a table, and its tables or figures as CSV."""

import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from matcher.domain.french import day, number
from matcher.render.described_file import DescribedFile
from matcher.render.document import ColumnKind, Document, DocumentCell, DocumentColumn, DocumentTable
from matcher.render.table import Cell, Column, Line, csv_of, new_workbook, write_lines, write_sheet

if TYPE_CHECKING:
    import xlsxwriter

_FORBIDDEN = re.compile(r"[\[\]:*?/\\]+")
_LONGEST_NAME = 31  # characters, the limit of XLSX
_NARROWEST, _WIDEST = 9, 60


def document_workbook(document: Document, *more: DocumentTable) -> bytes:
    """Return an XLSX workbook: « Réponse », then one sheet per table of the document and of `more`; a table without columns is only in the first."""
    with new_workbook(document.kind.capitalize(), document.on) as (book, content):
        write_lines(book, "Réponse", list(said_lines(document)))
        taken = {"réponse"}
        for table in (one for one in (*document.tables, *more) if one.columns):
            _write_sheet(book, _name(table.title, taken), table)
    return content.getvalue()


def table_workbook(table: DocumentTable) -> bytes:
    """Return one table as a workbook of one sheet."""
    with new_workbook(table.title) as (book, content):
        _write_sheet(book, _name(table.title, set()), table)
    return content.getvalue()


def table_csv(table: DocumentTable) -> DescribedFile:
    """Return one table as a CSV."""
    columns = [_column(table, at) for at in range(len(table.columns))]
    return csv_of(columns, (list(map(_cell, table.columns, row.cells)) for row in table.rows))


def figures_csv(document: Document) -> DescribedFile:
    """Return the cells of all tables as CSV in long format: table, row, measure, unit, value; an unknown value is empty."""
    columns = [Column(label, 30) for label in ("Tableau", "Ligne", "Mesure", "Unité", "Valeur")]
    return csv_of(
        columns,
        (
            [
                table.title,
                table.columns[0].cell_text(row.cells[0]),
                column.label,
                "part" if column.in_percent else column.unit,
                cell if isinstance(cell, int | float) else None if cell is None else column.cell_text(cell),
            ]
            for table in document.tables
            for row in table.rows
            for column, cell in zip(table.columns[1:], row.cells[1:], strict=True)
        ),
    )


def said_lines(document: Document) -> Iterator[Line]:
    """Yield the sentences of a document as (label, sentence); of a table, only the sentences below it."""
    yield "Réponse", document.answer
    if document.scale and document.scale.says:
        yield "Position", document.scale.says
    yield from (("À savoir", sentence) for sentence in document.remarks)
    yield from (("À faire", sentence) for sentence in document.steps)
    for table in document.tables:
        yield from ((table.title, sentence) for sentence in table.says)
    yield from (("Ce qui est demandé", sentence) for sentence in document.asked)
    yield from (("Hypothèse", sentence) for sentence in document.hypotheses)
    yield from (("Source", sentence) for sentence in document.sources)
    yield "Catalogue", f"version {document.catalogue_version}, {number(document.catalogue_suppliers)} fournisseurs"
    yield "Calculé pour le", day(document.on)
    if document.scope:
        yield "Portée", document.scope


def _write_sheet(book: "xlsxwriter.Workbook", name: str, table: DocumentTable) -> None:
    columns = [_column(table, at) for at in range(len(table.columns))]
    rows = (list(map(_cell, table.columns, row.cells)) for row in table.rows)
    write_sheet(book, name, columns, rows, frozen=1)


def _column(table: DocumentTable, at: int) -> Column:
    column = table.columns[at]
    unit = "%" if column.in_percent else column.unit
    header = f"{column.label} ({unit})" if unit else column.label
    longest = 0 if column.numeric else max((len(column.cell_text(row.cells[at])) for row in table.rows), default=0)
    whole = "# ##0" if unit.startswith("€") else "0"
    digits = f"{whole}.{'0' * column.decimals}" if column.decimals else whole
    figures = column.numeric or column.kind is ColumnKind.RANK
    return Column(header, min(max(longest, _NARROWEST), _WIDEST), digits if figures else "General")


def _cell(column: DocumentColumn, cell: DocumentCell) -> Cell:
    if column.kind is ColumnKind.DAY and isinstance(cell, str) and cell[:1].isdigit():
        return date.fromisoformat(cell)
    if not isinstance(cell, int | float):
        return column.cell_text(cell)
    if column.kind is ColumnKind.CHANCE and 0 < cell < 1:  # as `percent` does: never 0 or 100
        return min(round(100 * cell), 99) if cell >= 0.01 else column.cell_text(cell)
    return round(100 * cell, column.decimals) if column.in_percent else cell


def _name(title: str, taken: set[str]) -> str:
    """Return a title as a valid sheet name (XLSX rules) different from those in `taken`, and add it to them."""
    base = _FORBIDDEN.sub(" ", title).strip("' ") or "Tableau"
    if len(base) > _LONGEST_NAME:
        base = base[: _LONGEST_NAME + 1].rpartition(" ")[0] or base[:_LONGEST_NAME]
    name, rank = base, 1
    while name.lower() in taken:
        rank += 1
        name = f"{base[: _LONGEST_NAME - 3]} {rank}"
    taken.add(name.lower())
    return name
