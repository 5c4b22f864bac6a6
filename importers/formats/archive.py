"""Opens the ZIP archives of office software (XLSX, ODS, DOCX, ODT) safely: refuses ZIP bombs, detects encryption, streams the XML parts."""

import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.parsers import expat

from importers.formats.limits import MAX_RATIO, MAX_UNPACKED, SMALL_UNPACKED
from importers.importer import SourceError

# Exceptions that reading a damaged archive may raise, for any compression method.
DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, RuntimeError, ValueError, OverflowError),
    *(LookupError, struct.error, expat.ExpatError),
)
# Marks of encryption: the name of a stream in an OLE file of Office, and an element of an OpenDocument manifest.
ENCRYPTED_OFFICE = "EncryptedPackage".encode("utf-16-le")
_ENCRYPTED_ODF, _ODF_MANIFEST, _LONGEST_MANIFEST = b":encryption-data", "META-INF/manifest.xml", 2**20
_PART_BYTES = 2**16


def refuse_bomb(path: Path, archive: zipfile.ZipFile, packed: int, called: str) -> None:
    """Raise SourceError if an archive of `packed` bytes is too large unpacked; `called` is its name in the message, « ce classeur »."""
    unpacked = sum(member.file_size for member in archive.infolist())
    absurd = unpacked > SMALL_UNPACKED and unpacked > MAX_RATIO * packed
    if absurd or unpacked > MAX_UNPACKED:
        raise SourceError(
            path,
            f"{called} occuperait {unpacked // 2**20} Mio une fois décompressé (pour {packed // 1024} Kio) : "
            "il est refusé par prudence.",
        )


def needs_password(archive: zipfile.ZipFile) -> bool:
    """Return True if an OpenDocument file is encrypted; its parts would read as damaged."""
    if _ODF_MANIFEST not in archive.namelist():
        return False
    with archive.open(_ODF_MANIFEST) as manifest:
        return _ENCRYPTED_ODF in manifest.read(_LONGEST_MANIFEST)


def part_bytes(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """Yield the bytes of a part in chunks. Raises the errors `DAMAGE`."""
    with archive.open(part) as content:
        while data := content.read(_PART_BYTES):
            yield data
