"""Writes lists and the tables of a `Document` to CSV (semicolons and byte-order mark, for French Excel) and XLSX; no cell can run as a formula."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from matcher.domain.french import day, number
from matcher.render.described_file import DescribedFile, column_schema, head_notice, table_schema
from matcher.render.document import ColumnKind, Document, DocumentCell, DocumentColumn, DocumentTable

if TYPE_CHECKING:
    import xlsxwriter

# A spreadsheet runs a cell that starts with one of these as a formula; some treat full-width characters as the plain ones.
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
_PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,11})(?:\.[0-9]{1,6})?")
_LONGEST_CELL = 32_767  # characters, the limit of XLSX: beyond it the cell would be refused, and lost
_PLAIN, _ESTIMATE = "", "estimate"
_DAY, _MOMENT = "dd/mm/yyyy", "dd/mm/yyyy hh:mm"
# Other number format for a column of dates: « mars 2026 ».
MONTH = "mmm yyyy"
# Creation day of a workbook without a date of its own: the same rows give the same bytes.
NO_DAY = date(2000, 1, 1)
_A4 = 9
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]+")
_LONGEST_NAME = 31  # characters, the limit of XLSX
_NARROWEST, _WIDEST = 9, 60


@dataclass(frozen=True, slots=True)
class Estimate:
    """Estimated points in place of an unknown value: counted in the sum, shown in italics."""

    points: float


# A `date` becomes a sortable spreadsheet date; a `datetime` keeps its hour and loses its time zone.
Cell = str | int | float | date | Estimate | None
Line = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: French header, width in characters, XLSX number format (dates ignore it unless it is `MONTH`)."""

    header: str
    width: int
    digits: str = "0"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook: name, columns, rows, number of columns that stay in sight on the left. Without columns, its rows are labels and texts."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]
    frozen: int = 0


def safe(text: str) -> str:
    """Return `text` with a leading apostrophe if a spreadsheet would run it as a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def plain_cell(text: str) -> str | float:
    """Return a cell of a user's own sheet as a number if written as one, else as text; a long number or one with a leading zero is a code (text)."""
    return float(text) if _PLAIN_NUMBER.fullmatch(text) else text


def workbook_of(title: str, created: date, *sheets: Sheet) -> bytes:
    """Return an XLSX workbook of these sheets; `title` and `created` are its file properties."""
    import xlsxwriter  # only who asks for a workbook waits for it

    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        # xlsxwriter replaces anything but a datetime with the current time.
        properties = {"title": title, "author": "Entremise"} if title else {}
        book.set_properties({**properties, "created": datetime.combine(created, time())})
        notice = head_notice()
        for sheet in (*([Sheet("À lire", (), [("À lire", notice)])] if notice else []), *sheets):
            (_write_columns if sheet.columns else _write_lines)(book, sheet)
    return content.getvalue()


def csv_of(columns: Sequence[Column | str], rows: Iterable[Sequence[Cell]]) -> DescribedFile:
    """Return rows as CSV with a header (columns, or their headers alone), and the Table Schema inferred from their types."""
    headers = [column.header if isinstance(column, Column) else column for column in columns]
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    if notice := head_notice():
        writer.writerow([notice])
    writer.writerow(headers)
    types: list[set[type]] = [set() for _ in headers]
    lines = 0
    for row in rows:
        lines += 1
        writer.writerow([_csv_cell(cell) for cell in row])
        for cell, met in zip(row, types, strict=True):
            if cell not in (None, ""):
                met.add(float if isinstance(cell, Estimate) else type(cell))
    fields = list(map(column_schema, headers, types))
    return DescribedFile(out.getvalue().encode("utf-8-sig"), lambda: table_schema(fields), lines)


def _write_columns(book: "xlsxwriter.Workbook", written: Sheet) -> None:
    """Write a sheet with a frozen header and filters; it prints on A4, one page wide."""
    columns, sheet = written.columns, book.add_worksheet(written.name)
    sheet.freeze_panes(1, written.frozen)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    look = {"text_wrap": True, "valign": "top"}
    formats = {
        (digits, kind): book.add_format(
            look | {"num_format": digits} | ({"italic": True, "font_color": "#666666"} if kind else {})
        )
        for digits in sorted({column.digits for column in columns} | {_DAY, _MOMENT})
        for kind in (_PLAIN, _ESTIMATE)
    }
    for at, column in enumerate(columns):
        sheet.set_column(at, at, column.width)
        sheet.write_string(0, at, column.header, head)
    last = 0
    for last, row in enumerate(written.rows, start=1):
        for at, (column, cell) in enumerate(zip(columns, row, strict=True)):
            if isinstance(cell, Estimate):
                sheet.write_number(last, at, cell.points, formats[column.digits, _ESTIMATE])
            elif isinstance(cell, int | float):
                sheet.write_number(last, at, cell, formats[column.digits, _PLAIN])
            elif isinstance(cell, datetime):
                sheet.write_datetime(last, at, cell.replace(tzinfo=None), formats[_MOMENT, _PLAIN])
            elif isinstance(cell, date):
                sheet.write_datetime(last, at, cell, formats[MONTH if column.digits == MONTH else _DAY, _PLAIN])
            elif cell:
                sheet.write_string(last, at, _fitting(cell), formats[column.digits, _PLAIN])
    sheet.autofilter(0, 0, last, len(columns) - 1)


def _write_lines(book: "xlsxwriter.Workbook", written: Sheet) -> None:
    """Write a sheet of two columns, label and text; a line without a label stays empty."""
    sheet = book.add_worksheet(written.name)
    sheet.set_portrait()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 100)
    label = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    text = book.add_format({"text_wrap": True, "valign": "top"})
    for row, (said, value) in enumerate(written.rows):
        if said:
            sheet.write_string(row, 0, said, label)
            sheet.write_string(row, 1, _fitting(str(value)), text)


def _csv_cell(cell: Cell) -> str:
    if isinstance(cell, Estimate):
        cell = cell.points
    if cell is None:
        return ""
    if isinstance(cell, str):
        return safe(cell)
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M")
    if isinstance(cell, date):
        return cell.isoformat()
    return f"{cell:.2f}".rstrip("0").rstrip(".").replace(".", ",") if isinstance(cell, float) else str(cell)


def _fitting(text: str) -> str:
    return text if len(text) <= _LONGEST_CELL else f"{text[: _LONGEST_CELL - 1]}…"


def document_workbook(document: Document, *more: DocumentTable) -> bytes:
    """Return an XLSX workbook: « Réponse », then one sheet per table of the document and of `more`; a table without columns is only in the first."""
    taken = {"réponse"}
    sheets = [_sheet(table, taken) for table in (*document.tables, *more) if table.columns]
    answer = Sheet("Réponse", (), said_lines(document))
    return workbook_of(document.kind.capitalize(), document.on, answer, *sheets)


def table_workbook(table: DocumentTable) -> bytes:
    """Return one table as a workbook of one sheet."""
    return workbook_of(table.title, NO_DAY, _sheet(table, set()))


def table_csv(table: DocumentTable) -> DescribedFile:
    """Return one table as a CSV."""
    sheet = _sheet(table, set())
    return csv_of(sheet.columns, sheet.rows)


def figures_csv(document: Document) -> DescribedFile:
    """Return the cells of all tables as CSV in long format: table, row, measure, unit, value; an unknown value is empty."""
    return csv_of(
        ("Tableau", "Ligne", "Mesure", "Unité", "Valeur"),
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


def _sheet(table: DocumentTable, taken: set[str]) -> Sheet:
    """Return a table as a sheet with a name that is not in `taken`, which it joins."""
    columns = [_column(table, at) for at in range(len(table.columns))]
    rows = (list(map(_cell, table.columns, row.cells)) for row in table.rows)
    return Sheet(_name(table.title, taken), columns, rows, frozen=1)


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
