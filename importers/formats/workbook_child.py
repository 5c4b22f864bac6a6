"""Run as a script in a process of its own: a workbook on standard input, its sheets as JSON on standard output.

The Rust reader aborts the whole process on some damaged or malicious files; here it takes down nothing but itself.
"""

import datetime as dt
import io
import json
import posixpath
import sys
import zipfile
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

_MAX_MEMORY = 3 * 2**30
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def cell_text(value: object) -> str:
    """Return a cell as a person would type it: integers in full and without `.0`, dates in ISO, text as it is."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")
    return str(value)


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MAX_MEMORY, _MAX_MEMORY))


def _sheets(data: bytes, *, marks: bool) -> list[dict[str, object]]:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    sheets: list[dict[str, object]] = []
    parts = _parts(data) if marks else {}
    for sheet in workbook.sheets_metadata:
        if sheet.typ != SheetTypeEnum.WorkSheet or sheet.visible != SheetVisibleEnum.Visible:
            continue
        cells = workbook.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
        rows = [
            (line, [cell_text(value) for value in row])
            for line, row in enumerate(cells, 1)
            if any(value != "" for value in row)
        ]
        told: dict[str, object] = {"name": sheet.name, "rows": rows}
        if marks:
            told["merged"] = workbook.get_sheet_by_name(sheet.name).merged_cell_ranges or []
            told["hidden"], told["uncomputed"] = _marks(data, parts[sheet.name]) if sheet.name in parts else ([], [])
        sheets.append(told)
    return sheets


def _concealed(data: bytes) -> list[str]:
    known = CalamineWorkbook.from_filelike(io.BytesIO(data)).sheets_metadata
    return [it.name for it in known if it.typ == SheetTypeEnum.WorkSheet and it.visible != SheetVisibleEnum.Visible]


def _parts(data: bytes) -> dict[str, str]:
    """Where the XML of each sheet of an XLSX is, by the sheet's name; nothing for another format."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            book = _xml(archive, "xl/workbook.xml")
            links = _xml(archive, "xl/_rels/workbook.xml.rels")
            held = set(archive.namelist())
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError):
        return {}
    targets = {link.get("Id"): posixpath.join("/xl", link.get("Target", ""))[1:] for link in links}
    found = {it.get("name"): targets.get(it.get(_RELATION)) for it in book.findall(".//{*}sheet")}
    return {name: part for name, part in found.items() if name and part in held}


def _marks(data: bytes, part: str) -> tuple[list[int], list[str]]:
    """The lines hidden in a sheet of an XLSX, and its cells whose formula was never computed."""
    hidden, uncomputed = [], []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = _xml(archive, part)
    for row in sheet.findall(".//{*}row"):
        if row.get("hidden") in ("1", "true"):
            hidden.append(int(row.get("r", 0)))
        uncomputed += [cell.get("r", "") for cell in row if cell.find("{*}f") is not None and not cell.findtext("{*}v")]
    return hidden, uncomputed


def _xml(archive: zipfile.ZipFile, part: str) -> ElementTree.Element:
    return ElementTree.fromstring(archive.read(part))  # noqa: S314  # in this process of bounded memory and time


def main() -> None:
    """Answer `{"sheets": […]}`, `{"refused": "password"}` or `{"refused": "unreadable"}`; with `marks`, what cells are beside their values."""
    _limit_memory()
    answer: dict[str, object]
    marks = sys.argv[1:] == ["marks"]
    try:
        data = sys.stdin.buffer.read()
        answer = {"sheets": _sheets(data, marks=marks)} | ({"concealed": _concealed(data)} if marks else {})
    except PasswordError:
        answer = {"refused": "password"}
    except CalamineError:
        answer = {"refused": "unreadable"}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
