"""Types of a workbook's sheets (rows of cells as text, merged and hidden cells), the conversion of cells to text, and the filling of merged cells."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WorkbookSheet:
    """A visible sheet: its non-blank rows, each with its line in the sheet, from 1."""

    name: str
    rows: list[tuple[int, list[str]]]


@dataclass(frozen=True, slots=True)
class Marks:
    """Attributes of a sheet's cells. `merged` are (first line, first column, last line, last column), lines from 1 and columns from 0. Only XLSX gives the
    `hidden` lines, and the cells whose formula was never computed (`uncomputed`, « C5 »)."""

    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden: tuple[int, ...] = ()
    uncomputed: tuple[str, ...] = ()


def cell_text(value: object) -> str:
    """Return a cell as a person would type it: integers in full and without `.0`, dates in ISO, text as it is."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")
    return str(value)


def spread(sheet: WorkbookSheet, copied: Iterable[tuple[int, int, str]]) -> list[tuple[int, list[str]]]:
    """Return the rows with the value of a cell merged over several lines `copied` to each line, as `copied_cells` gives them; over columns, it stays in
    the first."""
    rows = {line: list(cells) for line, cells in sheet.rows}
    for line, column, value in copied:
        rows[line][column] = value
    return list(rows.items())


def copied_cells(sheet: WorkbookSheet, marks: Marks) -> Iterator[tuple[int, int, str]]:
    """Yield (line, column, value) of each empty cell below the first of a merge, in a row that is not blank: it has the value of the first."""
    rows = dict(sheet.rows)
    for first, column, last, _ in marks.merged:
        value = rows[first][column] if first in rows and column < len(rows[first]) else ""
        for line in range(first + 1, last + 1) if value else ():
            if line in rows and column < len(rows[line]) and not rows[line][column]:
                yield line, column, value
