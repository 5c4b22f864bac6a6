"""Opens a file, recognises its type from its first bytes (not its extension), and decodes its text (BOM, UTF-8 or Windows-1252) in chunks."""

import codecs
import io
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from textwrap import shorten

from importers.formats.limits import MAX_BYTES
from importers.importer import Remark, SourceError

PART_BYTES = 2**18
_HEAD_BYTES = 4096


class Content(Enum):
    """Type of a file, from its first bytes."""

    TEXT = auto()
    JSON = auto()
    HTML = auto()
    WORKBOOK_ZIP = auto()
    WORKBOOK_OLE = auto()


@dataclass(frozen=True, slots=True)
class File:
    """A readable file and its type; each call of a method reads it again from the beginning."""

    path: Path
    content: Content

    def read(self) -> bytes:
        """Return the whole file. Raises SourceError if it cannot be read."""
        return b"".join(self.parts())

    def parts(self) -> Iterator[bytes]:
        """Yield the bytes of the file in chunks. Raises SourceError if it cannot be read."""
        return file_parts(self.path)


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a file, decoded while it is read; `remarks` report undecodable characters."""

    file: File
    encoding: str
    remarks: tuple[Remark, ...] = ()

    def parts(self) -> Iterator[str]:
        """Yield the text in chunks. Undecodable bytes become « � »; NULs are dropped."""
        return (part.replace("\0", "") for part in _decode_parts(self.file, self.encoding, "replace"))

    def lines(self) -> Iterator[str]:
        """Yield the physical lines, each with its end, as `io.StringIO(text, newline="")` does."""
        waiting: list[str] = []  # the unfinished last line of the chunks so far
        for part in self.parts():
            waiting.append(part)
            if "\n" in part or "\r" in part:
                *ended, last = io.StringIO("".join(waiting), newline="")
                yield from ended
                waiting = [last]  # even with a line end: a \r may be half of \r\n
        yield from io.StringIO("".join(waiting), newline="")


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
    """Open a file and recognise its type. Raises SourceError if it is missing, a folder, empty, too big, or of a type without tables."""
    if path.is_dir():
        raise SourceError(path, "c’est un dossier ; indiquez le fichier à importer.")
    head = next(file_parts(path, _HEAD_BYTES), b"")
    if not head.strip() and not any(part.strip() for part in file_parts(path)):
        raise SourceError(path, "le fichier est vide.")
    return File(path, _recognise(path, head))


def file_parts(path: Path, size: int = PART_BYTES) -> Iterator[bytes]:
    """Yield the bytes of a file in chunks. Raises SourceError if it is missing, too big, or cannot be read."""
    try:
        with path.open("rb") as file:
            if path.stat().st_size > MAX_BYTES:
                raise SourceError(
                    path,
                    f"le fichier dépasse {MAX_BYTES // 2**20} Mio ; découpez-le : les morceaux d’une liste s’importent ensemble.",
                )
            while part := file.read(size):
                yield part
    except FileNotFoundError:
        raise SourceError(path, f"le fichier est introuvable ({path}).") from None
    except (OSError, ValueError) as error:
        raise SourceError(path, f"le fichier ne peut pas être lu ({error}).") from error


def _recognise(path: Path, data: bytes) -> Content:
    for magic, what in _FOREIGN:
        if data.startswith(magic):
            raise SourceError(path, f"ce fichier n’est pas un tableur : il commence comme {what}.")
    if data.startswith(b"PK"):
        return Content.WORKBOOK_ZIP
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return Content.WORKBOOK_OLE
    head = data.decode(_bom(data) or "utf-8", errors="ignore").lstrip().lower()
    if head.startswith("<") and any(mark in head for mark in _HTML_MARKS):
        return Content.HTML
    if head.startswith("<?xml"):
        raise SourceError(
            path,
            "ce fichier est du XML ; un avis se lit sous « eforms » ou « boamp », des marchés attribués sous « decp », un tableau "
            "s’enregistre d’un tableur en CSV.",
        )
    return Content.JSON if head.startswith(("{", "[")) else Content.TEXT


def _bom(data: bytes) -> str | None:
    return next((encoding for mark, encoding in _BOMS if data.startswith(mark)), None)


def decode(file: File) -> tuple[str, list[Remark]]:
    """Return the whole text, decoded as by `read_text`, and its remarks."""
    text = read_text(file)
    return "".join(text.parts()), list(text.remarks)


def read_text(file: File) -> Text:
    """Return the text: encoded by its BOM, else UTF-8, else Windows-1252; a declared encoding is ignored.

    Undecodable bytes are replaced by « � », and a remark gives their first line. Raises SourceError for binary content."""
    declared = _bom(next(file_parts(file.path, _HEAD_BYTES), b""))
    if declared is None and any(b"\0" in part for part in file.parts()):
        raise SourceError(
            file.path, "ce fichier n’est pas du texte (octets nuls) ; enregistrez-le en CSV UTF-8 ou en XLSX."
        )
    encoding = declared or _guess(file)
    if _fits(file, encoding):
        return Text(file, encoding)
    line = 1
    for part in _decode_parts(file, encoding, "replace"):
        before, fault, _ = part.partition("\ufffd")
        line += before.count("\n")
        if fault:
            break
    name = {"utf-8-sig": "UTF-8", "cp1252": "Windows-1252"}.get(encoding, encoding.upper())
    message = f"Caractères illisibles en {name}, remplacés par « � » : vérifiez l’encodage du fichier."
    return Text(file, encoding, (Remark(line, message),))


def _guess(file: File) -> str:
    """Return UTF-8 if the file is valid, or has more valid accents than faulty bytes; else Windows-1252."""
    if _fits(file, "utf-8"):
        return "utf-8"
    valid = _decode_parts(file, "utf-8", "ignore")
    accents = sum(len(part) - len(part.encode("ascii", errors="ignore")) for part in valid)
    faults = sum(part.count("\ufffd") for part in _decode_parts(file, "utf-8", "replace"))
    return "utf-8" if accents > faults else "cp1252"


def _fits(file: File, encoding: str) -> bool:
    try:
        deque(_decode_parts(file, encoding, "strict"), maxlen=0)
    except UnicodeDecodeError:
        return False
    return True


def _decode_parts(file: File, encoding: str, errors: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    for part in file.parts():
        yield decoder.decode(part)
    yield decoder.decode(b"", final=True)


def excerpt(text: str, most: int) -> str:
    """Return a text on one line; if it has more than `most` characters, cut between two words and ended by « … ».

    The erasure of personal data relies on both: a word is never cut, and « … » marks what may be the beginning of a name."""
    return shorten(text, most, placeholder=" …", break_on_hyphens=False)
