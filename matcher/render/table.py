"""Writes rows of cells to CSV (semicolons and byte-order mark, for French Excel) and XLSX sheets; no cell can run as a formula."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from matcher.render.described_file import DescribedFile, column_schema, table_schema
from matcher.render.head_notice import head_notice

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


def safe(text: str) -> str:
    """Return `text` with a leading apostrophe if a spreadsheet would run it as a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def plain_cell(text: str) -> str | float:
    """Return a cell of a user's own sheet as a number if written as one, else as text; a long number or one with a leading zero is a code (text)."""
    return float(text) if _PLAIN_NUMBER.fullmatch(text) else text


@contextmanager
def new_workbook(title: str = "", created: date = NO_DAY) -> Iterator[tuple["xlsxwriter.Workbook", io.BytesIO]]:
    """Yield a workbook to write in, and the buffer that holds its bytes once closed; `title` and `created` are its file properties."""
    import xlsxwriter  # only who asks for a workbook waits for it

    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        # xlsxwriter replaces anything but a datetime with the current time.
        properties = {"title": title, "author": "Entremise"} if title else {}
        book.set_properties({**properties, "created": datetime.combine(created, time())})
        if notice := head_notice():
            write_lines(book, "À lire", [("À lire", notice)])
        yield book, content


def csv_of(columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> DescribedFile:
    """Return rows as CSV with a header, and the Table Schema inferred from their types."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    if notice := head_notice():
        writer.writerow([notice])
    writer.writerow([column.header for column in columns])
    types: list[set[type]] = [set() for _ in columns]
    lines = 0
    for row in rows:
        lines += 1
        writer.writerow([_csv_cell(cell) for cell in row])
        for cell, met in zip(row, types, strict=True):
            if cell not in (None, ""):
                met.add(float if isinstance(cell, Estimate) else type(cell))
    fields = [column_schema(column.header, met) for column, met in zip(columns, types, strict=True)]
    return DescribedFile(out.getvalue().encode("utf-8-sig"), lambda: table_schema(fields), lines)


def write_sheet(
    book: "xlsxwriter.Workbook",
    name: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell]],
    *,
    frozen: int = 0,
) -> None:
    """Write a sheet with a frozen header, `frozen` frozen columns and filters; it prints on A4, one page wide."""
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, frozen)
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
    for last, row in enumerate(rows, start=1):
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


def write_lines(book: "xlsxwriter.Workbook", name: str, lines: Sequence[Line]) -> None:
    """Write a sheet of two columns, label and text; a line without a label stays empty."""
    sheet = book.add_worksheet(name)
    sheet.set_portrait()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 100)
    label = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    text = book.add_format({"text_wrap": True, "valign": "top"})
    for row, (written, value) in enumerate(lines):
        if written:
            sheet.write_string(row, 0, written, label)
            sheet.write_string(row, 1, _fitting(value), text)


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
