"""How these tests read a fixture, and the workbooks they build from one."""

import csv
import io
from pathlib import Path

import openpyxl
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from importers import REGISTRY
from importers.formats.column_mapping import read_mapping
from importers.importer import AwardRecord, Item, RefusedRow, Remark, Source, SupplierRecord
from importers.notices import NOTICES

FIXTURES = Path(__file__).parents[1] / "fixtures" / "importers"


def fixtures() -> list[Path]:
    """Every fixture of a directory, `<key>.*` or `<key>_<layout>.*`."""
    beside = (".toml", ".golden.json")
    return sorted(path for path in FIXTURES.iterdir() if not path.name.endswith(beside))


def key_of(fixture: Path) -> str:
    return fixture.stem.split("_")[0]


def notice_fixtures() -> list[tuple[str, Path]]:
    """Every fixture of a publisher of notices, under its key: those of a folder of its own, or those of the directory of that key."""
    return [
        (key, path)
        for key in NOTICES
        for path in sorted((FIXTURES.parent / key).iterdir() if (FIXTURES.parent / key).is_dir() else fixtures())
        if path.suffix != ".md" and not path.name.endswith(".golden.json")
        if path.parent != FIXTURES or key_of(path) == key
    ]


def items_of(key: str, path: Path, mapping: dict[str, str] | None = None) -> list[Item]:
    return list(REGISTRY[key].read(Source(path, mapping or {})))


def items_of_fixture(fixture: Path) -> list[Item]:
    beside = fixture.with_suffix(".toml")
    return items_of(key_of(fixture), fixture, read_mapping(beside, "fournisseurs") if beside.exists() else {})


def records(items: list[Item]) -> list[SupplierRecord]:
    return [item for item in items if isinstance(item, SupplierRecord)]


def awards(items: list[Item]) -> list[AwardRecord]:
    return [item for item in items if isinstance(item, AwardRecord)]


def refusals(items: list[Item]) -> list[RefusedRow]:
    return [item for item in items if isinstance(item, RefusedRow)]


def remarks(items: list[Item]) -> list[Remark]:
    return [item for item in items if isinstance(item, Remark)]


def cells_of(name: str, delimiter: str = ",") -> list[list[str]]:
    """The cells of a CSV fixture in UTF-8."""
    text = (FIXTURES / name).read_text(encoding="utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def written(folder: Path, data: bytes | str, name: str = "liste.csv") -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def write_xlsx(path: Path, rows: list[list[object]], title: str = "Structures") -> Path:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    workbook.save(path)
    return path


def write_xls(path: Path, rows: list[list[object]]) -> Path:
    workbook = xlwt.Workbook()
    sheet = workbook.add_sheet("Structures")
    for line, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write(line, column, value)
    workbook.save(str(path))
    return path


def write_ods(path: Path, rows: list[list[object]]) -> Path:
    document = OpenDocumentSpreadsheet()
    table = Table(name="Structures")
    for row in rows:
        line = TableRow()
        for value in row:
            if isinstance(value, int | float):
                cell = TableCell(valuetype="float", value=str(value))
            else:
                cell = TableCell(valuetype="string")
            cell.addElement(P(text=str(value)))
            line.addElement(cell)
        table.addElement(line)
    document.spreadsheet.addElement(table)
    document.save(str(path))
    return path
