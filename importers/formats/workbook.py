"""XLSX, XLS (BIFF) and ODS → sheets of cells as text."""

from importers.formats.content import File
from importers.formats.sheets import Marks, WorkbookSheet


def read_sheets(file: File) -> list[WorkbookSheet]:
    """Return the visible sheets, empty ones included. SourceError where the workbook is unsafe, too large, protected or damaged."""
    return [sheet for sheet, _ in read_marked(file)[0]]


def read_marked(file: File) -> tuple[list[tuple[WorkbookSheet, Marks]], tuple[str, ...]]:
    """Return the visible sheets, each with its marks, and the names of those that are hidden. SourceError as `read_sheets`."""
    from importers.formats.workbook_cells import read_cells  # the reader of workbooks, which a search would wait for

    return read_cells(file)
