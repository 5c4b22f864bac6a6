"""Measures how many rows and columns each sheet of an XLSX, ODS or XLS workbook spans, without building its cells, before a library loads it.

A hostile workbook of 5 KB may claim a rectangle of a billion cells, for which a library would allocate memory. On an XLSX, also lists the hidden rows and the
formulas that were never computed."""

import io
import posixpath
import re
import struct
import zipfile
from dataclasses import dataclass, field

import olefile

from importers.formats.archive import part_bytes
from importers.formats.elements import Elements
from importers.formats.limits import MAX_CELLS, MAX_COLUMNS, MAX_ROWS

_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
# Record types of an XLS (BIFF): beginning of a sheet, its declared dimensions, cells, and records of several cells of a row.
_BEGINNINGS, _DIMENSIONS = frozenset((0x0009, 0x0209, 0x0409, 0x0809)), 0x0200
_CELLS = frozenset((0x0006, 0x00BD, 0x00BE, 0x00D6, 0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E))
_SEVERAL = frozenset((0x00BD, 0x00BE))


class ExtentRefused(Exception):
    """A sheet is too large. The message is French and gives advice."""


@dataclass(slots=True)
class Extent:
    """Size of a sheet, from A1 to its last filled cell; for an XLS, its declared dimensions and formatted blank cells count too. Only an XLSX gives the
    `hidden` rows (numbers from 1), and the cells whose formula was never computed (`uncomputed`, « C5 »)."""

    name: str
    rows: int = 0
    columns: int = 0
    hidden: list[int] = field(default_factory=list)
    uncomputed: list[str] = field(default_factory=list)

    def reach(self, row: int, column: int) -> None:
        """Extend the rectangle to a cell, counted from 1. Raises ExtentRefused if the sheet becomes too large."""
        self.rows, self.columns = max(self.rows, row), max(self.columns, column)
        if self.rows > MAX_ROWS or self.columns > MAX_COLUMNS or self.rows * self.columns > MAX_CELLS:
            raise ExtentRefused(
                f"la feuille « {self.name} » va jusqu’à la ligne {self.rows} et à la colonne {self.columns}, plus de "
                f"{MAX_CELLS // 1_000_000} millions de cellules ; supprimez les lignes et les colonnes vides au bout, ou découpez-la."
            )


def extents_of_zip(archive: zipfile.ZipFile) -> dict[str, Extent]:
    """Return the extent of each sheet of an XLSX or ODS, by name; empty for another format. Raises ExtentRefused, and the exceptions of `archive.DAMAGE` for
    a damaged archive."""
    members = set(archive.namelist())
    if "xl/workbook.xml" in members:
        links = _Attributes("Relationship").read(archive, "xl/_rels/workbook.xml.rels")
        targets = {link.get("Id"): posixpath.join("/xl", link.get("Target", ""))[1:] for link in links}
        extents: dict[str, Extent] = {}
        for sheet in _Attributes("sheet").read(archive, "xl/workbook.xml"):
            name, part = sheet.get("name", ""), targets.get(sheet.get("id"), "")
            if part in members:
                extents[name] = _Xlsx(name).read(archive, part)
        return extents
    return _Ods().read(archive) if "content.xml" in members else {}


def extents_of_ole(data: bytes) -> list[Extent]:
    """Return the extent of each sheet of an XLS, in order, named « n° 1 », « n° 2 ». Raises ExtentRefused, and the errors of a damaged file."""
    with olefile.OleFileIO(io.BytesIO(data)) as container:
        name = next(name for name in ("Workbook", "Book") if container.exists(name) or name == "Book")
        stream = container.openstream(name).read()
    extents: list[Extent] = []
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        record = stream[at + 4 : at + 4 + length]
        at += 4 + length
        if kind in _BEGINNINGS:
            extents.append(Extent(f"n° {len(extents)}"))  # the first is the workbook's globals, not a sheet
        elif kind == _DIMENSIONS and extents:
            _, rows, _, columns = struct.unpack_from("<IIHH" if len(record) >= 14 else "<HHHH", record)
            extents[-1].reach(rows, columns)
        elif kind in _CELLS and extents:
            row, column = struct.unpack_from("<HH", record)
            extents[-1].reach(
                row + 1, 1 + (struct.unpack_from("<H", record, len(record) - 2)[0] if kind in _SEVERAL else column)
            )
    return extents[1:]


class _Attributes(Elements):
    """XML handler that collects the attributes of each element of one name, in order."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._attributes: list[dict[str, str]] = []

    def read(self, archive: zipfile.ZipFile, part: str) -> list[dict[str, str]]:
        self.parse(part_bytes(archive, part))
        return self._attributes

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == self._name:
            self._attributes.append(attributes)

    def end(self, name: str) -> None:
        """Ignore the end of an element."""

    def text(self, data: str) -> None:
        """Ignore text."""


class _Xlsx(Elements):
    """XML handler that measures one sheet of an XLSX. A cell with a value, a text or a formula counts as filled."""

    def __init__(self, name: str) -> None:
        self._extent = Extent(name)
        self._row = self._column = 0
        self._within = self._at = ""
        self._formula = self._computed = False

    def read(self, archive: zipfile.ZipFile, part: str) -> Extent:
        self.parse(part_bytes(archive, part))
        return self._extent

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        self._within = name
        if name == "row":
            self._row, self._column = int(attributes.get("r", self._row + 1)), 0
            if attributes.get("hidden") in ("1", "true"):
                self._extent.hidden.append(self._row)
        elif name == "c":
            self._at, self._column = attributes.get("r", ""), self._column + 1
            if at := _REFERENCE.fullmatch(self._at):
                self._row, self._column = int(at[2]), _column(at[1])
            self._formula = self._computed = False
        elif name in ("v", "is", "f"):
            self._formula |= name == "f"
            self._extent.reach(self._row, self._column)

    def end(self, name: str) -> None:
        self._within = ""
        if name == "c" and self._formula and not self._computed:
            self._extent.uncomputed.append(self._at)

    def text(self, _data: str) -> None:
        self._computed |= self._within == "v"


def _column(letters: str) -> int:
    """Return the rank of a column, from 1, by its letters (« AA »: 27)."""
    rank = 0
    for letter in letters:
        rank = 26 * rank + ord(letter) - ord("A") + 1
    return rank


class _Ods(Elements):
    """XML handler that measures the sheets of an ODS, in which rows and cells may have a repeat count, as the empty ones at the end do."""

    def __init__(self) -> None:
        self._extents: dict[str, Extent] = {}
        self._sheet = Extent("")
        self._row = self._column = 0

    def read(self, archive: zipfile.ZipFile) -> dict[str, Extent]:
        self.parse(part_bytes(archive, "content.xml"))
        return self._extents

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table":
            self._sheet = self._extents[attributes.get("name", "")] = Extent(attributes.get("name", ""))
            self._row = 0
        elif name == "table-row":
            self._row += int(attributes.get("number-rows-repeated", 1))
            self._column = 0
            if self._row > MAX_ROWS:
                self._sheet.reach(self._row, 1)
        elif name in ("table-cell", "covered-table-cell"):
            self._column += int(attributes.get("number-columns-repeated", 1))
            if attributes.keys() & {"value-type", "formula"}:
                self._fill()

    def end(self, name: str) -> None:
        if name == "table-row":
            self._column = 0

    def text(self, data: str) -> None:
        if self._column and data.strip():
            self._fill()

    def _fill(self) -> None:
        self._sheet.reach(self._row, self._column)
