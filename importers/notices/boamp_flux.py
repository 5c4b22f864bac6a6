"""Lists the XML files of the BOAMP's daily feed (« flux »), one notice each: a single file, a folder, or an archive (ZIP, tar), streamed."""

import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from pathlib import Path

from importers.formats.archive import DAMAGE, part_bytes
from importers.formats.content import PART_BYTES, file_parts
from importers.formats.limits import MAX_RATIO, SMALL_UNPACKED
from importers.importer import Remark, SourceError

# A year has 120,000 notices.
MOST_FILES = 300_000
_XML = ".xml"
_ZIP, _GZIP, _COMPRESS = b"PK\x03\x04", b"\x1f\x8b", b"\x1f\x9d"
_BEGINS = (b"<?xml", b"<jo:ann", b"<ann")
_OTHER = "fichiers qui ne sont pas en XML, non lus : {}."
_TOO_MANY = f"plus de {MOST_FILES} fichiers : découpez l’archive, un mois à la fois."
_PACKED = "cette archive est compressée par « compress » (.Z, .taz) : décompressez-la d’abord (7-Zip, « uncompress »)."
_DAMAGED = "l’archive ne se lit pas ({}) : abîmée ou interrompue, téléchargez-la à nouveau ; si c’est un seul fichier compressé, décompressez-le d’abord."
_BROKEN = (*DAMAGE, tarfile.TarError)


@dataclass(frozen=True, slots=True)
class XmlFile:
    """A file: its path (with the archive's path, if it is in one), and its bytes in chunks, to be read before the next file."""

    path: Path
    parts: Iterator[bytes]


def holds_xml(path: Path) -> bool:
    """Return True if a path is a folder, an archive or an XML file. Raises SourceError if it cannot be read."""
    if path.is_dir():
        return True
    head = next(file_parts(path, PART_BYTES), b"")
    return (
        head.startswith((_ZIP, _GZIP, _COMPRESS))
        or _is_tar(head)
        or head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(_BEGINS)
    )


def xml_files(path: Path) -> Iterator[XmlFile | Remark]:
    """Yield the XML files of a path (sorted by name in a folder or a ZIP, in archive order in a tar), then a remark with the number of other files. Raises
    SourceError for an unreadable archive, or more than `MOST_FILES`."""
    other = 0
    for rank, file in enumerate(_members(path)):
        if rank >= MOST_FILES:
            raise SourceError(path, _TOO_MANY)
        if file.path.suffix.lower() == _XML or file.path == path:
            yield file
        else:
            other += 1
    if other:
        yield Remark(1, _OTHER.format(other))


def _members(path: Path) -> Iterator[XmlFile]:
    if path.is_dir():
        yield from (XmlFile(file, file_parts(file)) for file in sorted(filter(Path.is_file, path.rglob("*"))))
        return
    head = next(file_parts(path, PART_BYTES), b"")
    if head.startswith(_COMPRESS):
        raise SourceError(path, _PACKED)
    try:
        if head.startswith(_ZIP):
            with zipfile.ZipFile(path) as archive:
                members = [member for member in archive.infolist() if not member.is_dir()]
                for member in sorted(members, key=attrgetter("filename")):
                    if member.file_size > max(SMALL_UNPACKED, MAX_RATIO * member.compress_size):
                        size = f"{member.file_size // 2**20} Mio"
                        raise SourceError(path, f"« {member.filename} » occuperait {size} : refusé par prudence.")
                    inside = path / member.filename
                    yield XmlFile(inside, _member_parts(inside, part_bytes(archive, member.filename)))
        elif head.startswith(_GZIP) or _is_tar(head):
            with tarfile.open(path, mode="r|*") as tar:
                for entry in tar:
                    if content := tar.extractfile(entry):  # None for a folder or a link
                        inside = path / entry.name
                        yield XmlFile(inside, _member_parts(inside, iter(partial(content.read, PART_BYTES), b"")))
        else:
            yield XmlFile(path, file_parts(path))
    except _BROKEN as error:
        raise SourceError(path, _DAMAGED.format(error)) from error


def _member_parts(path: Path, parts: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the bytes of an archive's member. Raises SourceError if it is damaged."""
    try:
        yield from parts
    except _BROKEN as error:
        raise SourceError(path, _DAMAGED.format(error)) from error


def _is_tar(head: bytes) -> bool:
    return head[257:262] == b"ustar"
