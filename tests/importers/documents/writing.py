"""Documents written for tests: PDF, DOCX, ODT and XLSX of a few lines, and the ways in which they come wrong."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
from odf.opendocument import OpenDocumentText
from odf.text import P, SoftPageBreak
from pypdf import PdfReader, PdfWriter

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def write_pdf(path: Path, pages: Sequence[Sequence[str]], password: str = "", by_default: str = "Helvetica") -> Path:
    """A PDF of these lines, page by page; a page without a line has no text."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    kids = " ".join(f"{4 + 2 * rank} 0 R" for rank in range(len(pages)))
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode())
    font = f"<< /Type /Font /Subtype /Type1 /BaseFont /{by_default} /Encoding /WinAnsiEncoding >>"
    objects.append(font.encode())
    for rank, lines in enumerate(pages):
        shown = b"".join(b"(" + _signs(line) + b") Tj T* " for line in lines)
        content = b"BT /F1 10 Tf 14 TL 50 780 Td " + shown + b"ET" if lines else b""
        resources = f"/MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * rank} 0 R"
        objects.append(f"<< /Type /Page /Parent 2 0 R {resources} >>".encode())
        objects.append(f"<< /Length {len(content)} >>\nstream\n".encode() + content + b"\nendstream")
    written = io.BytesIO(b"")
    written.write(b"%PDF-1.4\n")
    places = []
    for number, held in enumerate(objects, start=1):
        places.append(written.tell())
        written.write(f"{number} 0 obj\n".encode() + held + b"\nendobj\n")
    start = written.tell()
    rows = "".join(f"{place:010d} 00000 n \n" for place in places)
    written.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{rows}".encode())
    written.write(f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode())
    if password:
        writer = PdfWriter(clone_from=PdfReader(written))
        writer.encrypt(password, algorithm="RC4-128")
        written = io.BytesIO()
        writer.write(written)
    path.write_bytes(written.getvalue())
    return path


def write_docx(path: Path, lines: Sequence[str | Sequence[str]], more: Mapping[str, bytes] | None = None) -> Path:
    """A DOCX of these paragraphs; cells in the place of a paragraph are a row of a table, « \\f » begins a page."""
    body = "".join(_row(line) if not isinstance(line, str) else _paragraph(line) for line in lines)
    return write_docx_xml(path, f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>', more)


def write_docx_xml(path: Path, document: str, more: Mapping[str, bytes] | None = None) -> Path:
    """A DOCX whose text is this XML."""
    return write_zip(path, {"[Content_Types].xml": b"<Types/>", "word/document.xml": document.encode(), **(more or {})})


def write_odt(path: Path, pages: Sequence[Sequence[str]]) -> Path:
    """An ODT of these paragraphs, page by page."""
    document = OpenDocumentText()
    for rank, lines in enumerate(pages):
        for at, line in enumerate(lines):
            paragraph = P()
            if rank and not at:
                paragraph.addElement(SoftPageBreak())
            paragraph.addText(line)
            document.text.addElement(paragraph)
    document.save(str(path))
    return path


def write_xlsx(path: Path, sheets: Mapping[str, Sequence[Sequence[object]]]) -> Path:
    """An XLSX of these rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def write_zip(path: Path, parts: Mapping[str, bytes]) -> Path:
    """An archive of these parts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def _signs(line: str) -> bytes:
    kept = line.encode("cp1252", "replace")
    return kept.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _paragraph(line: str) -> str:
    first, *others = line.split("\f")
    breaks = "".join(f'<w:r><w:br w:type="page"/></w:r>{_run(other)}' for other in others)
    return f"<w:p>{_run(first)}{breaks}</w:p>"


def _run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _row(cells: Sequence[str]) -> str:
    return "<w:tbl><w:tr>" + "".join(f"<w:tc>{_paragraph(cell)}</w:tc>" for cell in cells) + "</w:tr></w:tbl>"
