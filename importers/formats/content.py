"""Opens a file, recognises its type from its first bytes (not its extension), and decodes its text (BOM, UTF-8, Windows-1252 or an
older encoding) in chunks."""

import codecs
import io
import re
import string
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from itertools import chain, islice
from pathlib import Path
from textwrap import shorten

from importers.formats.limits import MAX_BYTES
from importers.importer import Remark, SourceError

PART_BYTES = 2**18
_HEAD_BYTES = 4096
# Encodings before UTF-8, the commonest first, and what decides among them. On 3, 30 and 300 lines of a directory (60, 60 and 15 draws)
# the words decide right 100, 100 and 100 times of 100 in Windows-1252, 98, 100, 100 in Mac Roman, 73, 100, 100 in cp850; charset-normalizer, told of these
# three, 82, 93, 93; 70, 95, 100; 40, 70, 100.
_OLDER = ("cp1252", "mac_roman", "cp850")
_ENCODING_NAMES = {
    "utf-8-sig": "UTF-8",
    "cp1252": "Windows-1252",
    "mac_roman": "un ancien Mac (Mac Roman)",
    "cp850": "DOS (cp850)",
}
_GUESSED = 2**20  # signs at the beginning of a text
_WORD = re.compile(r"[^\W\d_]+")
_FRENCH = frozenset(string.ascii_letters + "àâäçéèêëîïôöùûüÿœæÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆ")
_REPLACED = re.compile("\ufffd")


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
    """Return the text: encoded by its BOM, else UTF-8, else the likeliest of `_OLDER`; a declared encoding is ignored.

    Undecodable bytes are replaced by « � », and a remark gives their first line; another names the encoding of an old Mac or of DOS. Raises SourceError
    for binary content."""
    declared = _bom(next(file_parts(file.path, _HEAD_BYTES), b""))
    if declared is None and any(b"\0" in part for part in file.parts()):
        raise SourceError(
            file.path, "ce fichier n’est pas du texte (octets nuls) ; enregistrez-le en CSV UTF-8 ou en XLSX."
        )
    encoding = declared or _guess(file)
    remarks = []
    if encoding in _OLDER[1:]:
        remarks.append(
            Remark(
                1,
                f"Texte lu comme écrit par {_ENCODING_NAMES[encoding]} : vérifiez les accents, ou enregistrez-le en CSV UTF-8.",
            )
        )
    if not _fits(file, encoding) and (first := first_found(Text(file, encoding), _REPLACED)):
        name = _ENCODING_NAMES.get(encoding, encoding.upper())
        message = f"Caractères illisibles en {name}, remplacés par « � » : vérifiez l’encodage du fichier."
        remarks.append(Remark(first[0], message))
    return Text(file, encoding, tuple(remarks))


def first_found(text: Text, pattern: re.Pattern[str]) -> tuple[int, str] | None:
    """Return the line and the signs, three at most, of the first match of a pattern in a text; None without one."""
    line = 1
    seen = ""
    for part in text.parts():
        kept = max(0, len(seen) - 2)  # a match of three signs may stand across two parts
        line += seen.count("\n", 0, kept)
        seen = seen[kept:] + part
        if match := pattern.search(seen):
            return line + seen.count("\n", 0, match.start()), match[0]
    return None


def _guess(file: File) -> str:
    """Return UTF-8 if the file is valid, or has more valid accents than faulty bytes; else the encoding of `_OLDER` under which most words with
    accents are French in their letters and case."""
    if _fits(file, "utf-8"):
        return "utf-8"
    valid = _decode_parts(file, "utf-8", "ignore")
    accents = sum(len(part) - len(part.encode("ascii", errors="ignore")) for part in valid)
    faults = sum(part.count("\ufffd") for part in _decode_parts(file, "utf-8", "replace"))
    if accents > faults:
        return "utf-8"
    french: Counter[str] = Counter()
    for encoding in _OLDER:
        text = "".join(islice(chain.from_iterable(_decode_parts(file, encoding, "replace")), _GUESSED))
        for word in _WORD.findall(text):
            if not word.isascii():
                is_french = _FRENCH.issuperset(word) and (word.islower() or word.isupper() or word.istitle())
                french[encoding] += 1 if is_french else -1
    return max(_OLDER, key=lambda encoding: french[encoding])


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
