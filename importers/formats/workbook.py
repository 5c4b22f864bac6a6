"""Reads the visible sheets of an XLSX, XLS (BIFF) or ODS workbook as text; loads the workbook library only when needed."""

from importers.formats.content import File
from importers.formats.sheets import Marks, WorkbookSheet


def read_sheets(file: File) -> list[WorkbookSheet]:
    """Return the visible sheets, empty ones included. Raises SourceError if the workbook is unsafe, too large, protected or damaged."""
    return [sheet for sheet, _ in read_marked(file)[0]]


def read_marked(file: File) -> tuple[list[tuple[WorkbookSheet, Marks]], tuple[str, ...]]:
    """Return (visible sheets with their marks: merged, hidden, uncomputed cells; names of the hidden sheets). Raises SourceError as `read_sheets`."""
    from importers.formats.workbook_cells import read_cells  # imported here: the library is slow to load

    return read_cells(file)
