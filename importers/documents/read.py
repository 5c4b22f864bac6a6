"""Reads one document of any format (PDF, DOCX, ODT, workbook) into pages of text, by the format that its first bytes show."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from importers.documents.office import read_office
from importers.documents.page import MOST_SIGNS, PageText, Part, ReadingRemark, row_line
from importers.documents.pdf import read_pdf
from importers.formats.archive import DAMAGE, ENCRYPTED_OFFICE, needs_password, refuse_bomb
from importers.formats.content import Content, File
from importers.formats.workbook import read_marked
from importers.importer import SourceError

# Most bytes of a document, and of documents uploaded together.
LARGEST = 50 * 10**6
# A PDF's header may come after a few foreign bytes.
_PDF_HEAD = 1024
_WORD, _OPEN_DOCUMENT, _SHEETS = "word/document.xml", "content.xml", "xl/workbook.xml"
_OPEN_TEXT = b"application/vnd.oasis.opendocument.text"
_MACROS = ("vbaProject.bin", "Basic/script-lc.xml")
_OLE, _OLD_WORD = b"\xd0\xcf\x11\xe0", "WordDocument".encode("utf-16-le")
_LOCKED = "ce document est protégé par un mot de passe ; enregistrez-en une copie sans protection et déposez-la."
_OLD = "c’est un ancien document Word (.doc) ; enregistrez-le en DOCX ou en PDF."
_UNKNOWN = "ce fichier n’est ni un PDF, ni un DOCX, ni un ODT, ni un XLSX ; enregistrez-le dans l’un de ces formats."
_ARCHIVE = "c’est une archive ZIP ; décompressez-la et déposez les pièces qu’elle contient, sans les archives."
_UNREADABLE = (
    "ce document est abîmé, ou porte ce qu’aucun traitement de texte n’écrit ; ouvrez-le et enregistrez-le de nouveau."
)


def read_document(path: Path) -> Iterator[Part]:
    """Yield the pages of a document, and remarks on its reading. Raises SourceError if nothing can be read."""
    data = path.read_bytes()
    if not data.strip():
        raise SourceError(path, "le fichier est vide.")
    if len(data) > LARGEST:
        raise SourceError(
            path, f"le fichier dépasse {LARGEST // 10**6} Mo ; découpez-le, ou enregistrez-le sans ses images."
        )
    if b"%PDF-" in data[:_PDF_HEAD]:
        yield from read_pdf(path)
    elif data.startswith(b"PK"):
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                yield from _of_archive(path, archive, len(data))
        except DAMAGE as error:
            raise SourceError(path, _UNREADABLE) from error
    elif data.startswith(_OLE):
        if ENCRYPTED_OFFICE in data:
            raise SourceError(path, _LOCKED)
        if _OLD_WORD in data:
            raise SourceError(path, _OLD)
        yield from _of_workbook(File(path, Content.WORKBOOK_OLE))
    else:
        raise SourceError(path, _UNKNOWN)


def _of_archive(path: Path, archive: zipfile.ZipFile, packed: int) -> Iterator[Part]:
    members = archive.namelist()
    refuse_bomb(path, archive, packed, "ce document")
    if needs_password(archive):
        raise SourceError(path, _LOCKED)
    if _WORD in members:
        yield from read_office(path, archive, _WORD)
    elif _OPEN_DOCUMENT in members and "mimetype" in members and archive.read("mimetype").startswith(_OPEN_TEXT):
        yield from read_office(path, archive, _OPEN_DOCUMENT)
    elif _SHEETS in members or _OPEN_DOCUMENT in members:
        yield from _of_workbook(File(path, Content.WORKBOOK_ZIP))
    else:
        raise SourceError(path, _ARCHIVE)
    if any(name.endswith(_MACROS) for name in members):
        yield ReadingRemark("ses macros sont ignorées.", partial=False)


def _of_workbook(file: File) -> Iterator[Part]:
    signs = 0
    sheets, hidden = read_marked(file)
    for sheet, _ in sheets:
        text = "\n".join(row_line([" ".join(cell.split()) for cell in row]) for _, row in sheet.rows)
        if (signs := signs + len(text)) > MOST_SIGNS:
            yield ReadingRemark(f"la feuille « {sheet.name} » et les suivantes, trop longues, ne sont pas lues.")
            break
        if text:
            yield PageText(f"feuille « {sheet.name} »", text)
    if hidden:
        yield ReadingRemark(f"feuilles masquées, non lues : {', '.join(hidden)}.")
    if not signs and not hidden:
        raise SourceError(file.path, "ce classeur est vide.")
