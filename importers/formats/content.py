"""A file's bytes, what they are (whatever the extension says), and their text."""

import codecs
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from importers.importer import SourceError
from importers.record import Remark

MAX_BYTES = 256 * 2**20


class Content(Enum):
    """What the first bytes of a file say that it is."""

    TEXT = auto()
    JSON = auto()
    HTML = auto()
    WORKBOOK_ZIP = auto()
    WORKBOOK_OLE = auto()


@dataclass(frozen=True, slots=True)
class File:
    """A file read whole, once."""

    path: Path
    data: bytes
    content: Content


_FOREIGN = (
    (b"%PDF", "un PDF"),
    (b"{\\rtf", "un document RTF"),
    (b"\x1f\x8b", "une archive gzip (à décompresser d’abord)"),
    (b"7z\xbc\xaf\x27\x1c", "une archive 7-Zip (à décompresser d’abord)"),
    (b"Rar!", "une archive RAR (à décompresser d’abord)"),
    (b"\x89PNG", "une image PNG"),
    (b"\xff\xd8\xff", "une image JPEG"),
    (b"GIF8", "une image GIF"),
    (b"SQLite format 3", "une base SQLite"),
    (b"PAR1", "un fichier Parquet"),
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HTML_MARKS = ("<!doctype html", "<html", "<head", "<body", "<table", "<div")


def load(path: Path) -> File:
    """Read the file once. SourceError where it is missing, a folder, empty, too big, or of a kind that holds no table."""
    if path.is_dir():
        raise SourceError(path, "c’est un dossier ; indiquez le fichier à importer.")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SourceError(path, f"le fichier dépasse {MAX_BYTES // 2**20} Mio ; découpez-le avant de l’importer.")
        data = path.read_bytes()
    except FileNotFoundError:
        raise SourceError(path, f"le fichier est introuvable ({path}).") from None
    except (OSError, ValueError) as error:
        raise SourceError(path, f"le fichier ne peut pas être lu ({error}).") from error
    if not data.strip():
        raise SourceError(path, "le fichier est vide.")
    return File(path, data, _recognise(path, data))


def _recognise(path: Path, data: bytes) -> Content:
    for magic, what in _FOREIGN:
        if data.startswith(magic):
            raise SourceError(path, f"ce fichier n’est pas un tableur : il commence comme {what}.")
    if data.startswith(b"PK"):
        return Content.WORKBOOK_ZIP
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return Content.WORKBOOK_OLE
    head = data[:4096].decode(_bom(data) or "utf-8", errors="ignore").lstrip().lower()
    if head.startswith("<") and any(mark in head for mark in _HTML_MARKS):
        return Content.HTML
    if head.startswith("<?xml"):
        raise SourceError(
            path, "ce fichier est du XML ; ouvrez-le dans un tableur et enregistrez-le en XLSX ou en CSV."
        )
    return Content.JSON if head.startswith(("{", "[")) else Content.TEXT


def _bom(data: bytes) -> str | None:
    return next((encoding for mark, encoding in _BOMS if data.startswith(mark)), None)


def decode(file: File) -> tuple[str, list[Remark]]:
    """Return the text: by its BOM, else UTF-8, else Windows-1252, whatever the file declares of itself.

    Bytes that fit neither are replaced by « � » and a remark gives their first line. SourceError for binary content.
    """
    declared = _bom(file.data)
    if declared is None and b"\0" in file.data:
        raise SourceError(
            file.path, "ce fichier n’est pas du texte (octets nuls) ; enregistrez-le en CSV UTF-8 ou en XLSX."
        )
    encoding = declared or _guess(file.data)
    try:
        return _cleaned(file.data.decode(encoding)), []
    except UnicodeDecodeError:
        text = _cleaned(file.data.decode(encoding, errors="replace"))
    line = text.count("\n", 0, text.find("\ufffd")) + 1
    name = {"utf-8-sig": "UTF-8", "cp1252": "Windows-1252"}.get(encoding, encoding.upper())
    return text, [
        Remark(line, f"Caractères illisibles en {name}, remplacés par « � » : vérifiez l’encodage du fichier.")
    ]


def _guess(data: bytes) -> str:
    """UTF-8 where it is valid, or merely damaged: more well-formed accents than faulty bytes. Else Windows-1252."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        valid = data.decode("utf-8", errors="ignore")
        accents = len(valid) - len(valid.encode("ascii", errors="ignore"))
        faults = data.decode("utf-8", errors="replace").count("\ufffd")
        return "utf-8" if accents > faults else "cp1252"
    return "utf-8"


def _cleaned(text: str) -> str:
    return text.replace("\0", "")
