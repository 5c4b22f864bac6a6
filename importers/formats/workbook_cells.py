"""Reads the cells of a workbook with the library calamine, after checks against ZIP bombs, huge sheets and passwords."""

import io
import zipfile

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from importers.formats.archive import DAMAGE, ENCRYPTED_OFFICE, needs_password, refuse_bomb
from importers.formats.content import Content, File
from importers.formats.limits import LONGEST_CELL, MAX_CELLS
from importers.formats.sheets import Marks, WorkbookSheet, cell_text
from importers.formats.workbook_extent import Extent, ExtentRefused, extents_of_ole, extents_of_zip
from importers.importer import SourceError

_LOCKED = "ce classeur est protégé par un mot de passe ; enregistrez-en une copie sans protection."
_UNREADABLE = (
    "ce classeur est illisible (abîmé, ou d’un autre format que XLSX, XLS et ODS) ; "
    "ouvrez-le dans un tableur et enregistrez-le en XLSX ou en CSV."
)


def read_cells(file: File) -> tuple[list[tuple[WorkbookSheet, Marks]], tuple[str, ...]]:
    """Return (visible sheets with their marks, names of the hidden sheets). Raises SourceError."""
    data = file.read()
    try:
        extents: dict[str, Extent] = {}
        # calamine does not distinguish an encrypted workbook from a damaged one
        if file.content is Content.WORKBOOK_OLE:
            if ENCRYPTED_OFFICE in data:
                raise SourceError(file.path, _LOCKED)
            extents_of_ole(data)
        else:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                if needs_password(archive):
                    raise SourceError(file.path, _LOCKED)
                refuse_bomb(file.path, archive, len(data), "ce classeur")
                if "xl/workbook.bin" in archive.namelist():
                    raise SourceError(file.path, "ce classeur est un XLSB, qui n’est pas lu ; enregistrez-le en XLSX.")
                extents = extents_of_zip(archive)
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [sheet for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        concealed = tuple(sheet.name for sheet in sheets if sheet.visible != SheetVisibleEnum.Visible)
        shown = [
            _cells_and_marks(workbook.get_sheet_by_name(sheet.name), extents.get(sheet.name, Extent(sheet.name)))
            for sheet in sheets
            if sheet.visible == SheetVisibleEnum.Visible
        ]
    except PasswordError as error:
        raise SourceError(file.path, _LOCKED) from error
    except ExtentRefused as refusal:
        raise SourceError(file.path, str(refusal)) from refusal
    except (*DAMAGE, CalamineError) as error:
        raise SourceError(file.path, _UNREADABLE) from error
    return shown, concealed


def _cells_and_marks(sheet: CalamineSheet, extent: Extent) -> tuple[WorkbookSheet, Marks]:
    """Return the non-blank rows of a sheet, padded on the left (calamine begins at the first filled column), and its marks."""
    padding = [""] * (sheet.start[1] if sheet.start else 0)
    rows = []
    for line, row in enumerate(sheet.iter_rows(), 1):
        if any(value != "" for value in row):
            cells = [cell_text(value) for value in row]
            if max(map(len, cells)) > LONGEST_CELL:
                raise ExtentRefused(
                    f"ligne {line} de la feuille « {extent.name} » : une cellule dépasse {LONGEST_CELL} signes ; raccourcissez-la."
                )
            rows.append((line, padding + cells))
    merged = tuple((first[0] + 1, first[1], last[0] + 1, last[1]) for first, last in sheet.merged_cell_ranges or ())
    if sum(last - first for first, _, last, _ in merged) > MAX_CELLS:
        raise ExtentRefused(
            f"les cellules fusionnées de la feuille « {extent.name} » en couvrent trop ; défaites ces fusions."
        )
    return WorkbookSheet(extent.name, rows), Marks(merged, tuple(extent.hidden), tuple(extent.uncomputed))
