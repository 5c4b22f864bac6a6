"""XLSX, XLS (BIFF) and ODS → sheets of cells as text."""

import io
import json
import subprocess
import sys
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from importers.formats.content import Content, File
from importers.importer import SourceError

_MAX_UNPACKED = 512 * 2**20
_SMALL_UNPACKED = 20 * 2**20
_MAX_RATIO = 100
_MAX_SECONDS = 180
_CHILD = Path(__file__).with_name("workbook_child.py")
# How a workbook says that it is encrypted: a stream of this name in an OLE file, an element of an ODS manifest.
_ENCRYPTED_XLSX = "EncryptedPackage".encode("utf-16-le")
_ENCRYPTED_ODS, _ODS_MANIFEST, _LONGEST_MANIFEST = b":encryption-data", "META-INF/manifest.xml", 2**20
_REFUSALS = {
    "password": "ce classeur est protégé par un mot de passe ; enregistrez-en une copie sans protection.",
    "unreadable": "ce classeur est illisible (abîmé, ou d’un autre format que XLSX, XLS et ODS) ; "
    "ouvrez-le dans un tableur et enregistrez-le en XLSX ou en CSV.",
}


@dataclass(frozen=True, slots=True)
class WorkbookSheet:
    """A visible sheet: its rows that are not blank, each with its line in the sheet, from 1."""

    name: str
    rows: list[tuple[int, list[str]]]


@dataclass(frozen=True, slots=True)
class Marks:
    """Marks of a sheet beyond the values of its cells. `merged` are (first line, first column, last line, last column), lines from
    1 and columns from 0. `hidden` lines and the cells whose formula was never computed (`uncomputed`, « C5 ») are told of an XLSX alone."""

    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden: tuple[int, ...] = ()
    uncomputed: tuple[str, ...] = ()


def read_sheets(file: File) -> list[WorkbookSheet]:
    """Return the visible sheets, empty ones included. SourceError where the workbook is unsafe, protected or damaged."""
    return [_sheet(told) for told in _answer(file)["sheets"]]


def read_marked(file: File) -> tuple[list[tuple[WorkbookSheet, Marks]], tuple[str, ...]]:
    """Return the visible sheets, each with its marks, and the names of those that are hidden. SourceError as `read_sheets`."""
    answer = _answer(file, "marks")
    return [(_sheet(told), _marks(told)) for told in answer["sheets"]], tuple(answer["concealed"])


def spread(sheet: WorkbookSheet, marks: Marks) -> list[tuple[int, list[str]]]:
    """Return the rows, a cell merged over several lines having its value on each of them; one merged over columns keeps it in the first."""
    rows = {line: list(cells) for line, cells in sheet.rows}
    for first, column, last, _ in marks.merged:
        value = rows[first][column] if first in rows and column < len(rows[first]) else ""
        for line in range(first + 1, last + 1):
            if line in rows and column < len(rows[line]) and not rows[line][column]:
                rows[line][column] = value
    return list(rows.items())


def _sheet(told: dict[str, Any]) -> WorkbookSheet:
    return WorkbookSheet(told["name"], [(line, cells) for line, cells in told["rows"]])


def _marks(told: dict[str, Any]) -> Marks:
    merged = tuple((first[0] + 1, first[1], last[0] + 1, last[1]) for first, last in told["merged"])
    return Marks(merged, tuple(told["hidden"]), tuple(told["uncomputed"]))


def _answer(file: File, *wanted: str) -> dict[str, Any]:
    data = file.read()
    if file.content is Content.WORKBOOK_ZIP:
        _refuse_bomb(file.path, data)
    if _protected(file, data):
        raise SourceError(file.path, _REFUSALS["password"])
    try:
        done = subprocess.run(  # noqa: S603 (our own script, no shell, the file goes through standard input)
            [sys.executable, "-P", str(_CHILD), *wanted],
            input=data,
            capture_output=True,
            check=True,
            timeout=_MAX_SECONDS,
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        raise SourceError(file.path, _REFUSALS["unreadable"]) from error
    if "refused" in answer:
        raise SourceError(file.path, _REFUSALS[answer["refused"]])
    return answer


def _refuse_bomb(path: Path, data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError) as error:
        raise SourceError(path, _REFUSALS["unreadable"]) from error
    absurd = unpacked > _SMALL_UNPACKED and unpacked > _MAX_RATIO * len(data)
    if absurd or unpacked > _MAX_UNPACKED:
        raise SourceError(
            path,
            f"ce classeur occuperait {unpacked // 2**20} Mio une fois décompressé (pour {len(data) // 1024} Kio) : "
            "il est refusé par prudence.",
        )


def _protected(file: File, data: bytes) -> bool:
    """Whether a password is needed: the reader does not tell such a workbook from a damaged one."""
    if file.content is Content.WORKBOOK_OLE:
        return _ENCRYPTED_XLSX in data
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(_ODS_MANIFEST) as manifest:
            return _ENCRYPTED_ODS in manifest.read(_LONGEST_MANIFEST)
    except KeyError:  # no manifest: not an ODS
        return False
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError) as error:
        raise SourceError(file.path, _REFUSALS["unreadable"]) from error
