"""Archive of XML parts, as office software writes one (XLSX, ODS, DOCX, ODT): what it weighs once unpacked, whether it is locked, its elements one by one."""

import lzma
import struct
import zipfile
import zlib
from abc import ABC, abstractmethod
from pathlib import Path
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

from importers.formats.limits import MAX_RATIO, MAX_UNPACKED, SMALL_UNPACKED
from importers.importer import SourceError

# What reading a damaged archive raises, whichever way its members are packed.
DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, RuntimeError, ValueError, OverflowError),
    *(LookupError, struct.error, ParseError, expat.ExpatError),
)
# The stream of an OLE file in which Office puts a document that is encrypted; the element of an OpenDocument manifest.
ENCRYPTED_OFFICE = "EncryptedPackage".encode("utf-16-le")
_ENCRYPTED_ODF, _ODF_MANIFEST, _LONGEST_MANIFEST = b":encryption-data", "META-INF/manifest.xml", 2**20
_PART_BYTES = 2**16


def refuse_bomb(path: Path, archive: zipfile.ZipFile, packed: int, called: str) -> None:
    """Raise SourceError where an archive of `packed` bytes would take too many once unpacked; `called` names it, « ce classeur »."""
    unpacked = sum(member.file_size for member in archive.infolist())
    absurd = unpacked > SMALL_UNPACKED and unpacked > MAX_RATIO * packed
    if absurd or unpacked > MAX_UNPACKED:
        raise SourceError(
            path,
            f"{called} occuperait {unpacked // 2**20} Mio une fois décompressé (pour {packed // 1024} Kio) : "
            "il est refusé par prudence.",
        )


def needs_password(archive: zipfile.ZipFile) -> bool:
    """Whether an OpenDocument file is encrypted: its parts then read as damaged ones."""
    if _ODF_MANIFEST not in archive.namelist():
        return False
    with archive.open(_ODF_MANIFEST) as manifest:
        return _ENCRYPTED_ODF in manifest.read(_LONGEST_MANIFEST)


class Elements(ABC):
    """The elements of a part of an archive, told one by one, by their names without prefix."""

    def parse(self, archive: zipfile.ZipFile, part: str) -> None:
        """Read a part. Raises what reading a damaged one raises (`DAMAGE`)."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = self.doctype
        parser.StartElementHandler = lambda name, given: self.begin(
            _local(name), {_local(key): it for key, it in given.items()}
        )
        parser.EndElementHandler = lambda name: self.end(_local(name))
        parser.CharacterDataHandler = self.text
        with archive.open(part) as content:
            while data := content.read(_PART_BYTES):
                parser.Parse(data)
        parser.Parse(b"", True)

    def doctype(self, *_told: object) -> None:
        """Refuse a declaration of document type, with which entities come: no office software writes one. Raises ValueError."""
        raise ValueError("a document type inside an office document")

    @abstractmethod
    def begin(self, name: str, given: dict[str, str]) -> None:
        """Take the beginning of an element."""

    @abstractmethod
    def end(self, name: str) -> None:
        """Take the end of an element."""

    @abstractmethod
    def text(self, data: str) -> None:
        """Take some of the text of an element."""


def _local(name: str) -> str:
    return name.rpartition(" ")[2]
