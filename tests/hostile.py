"""Files that a hostile hand drops: small ones that once cost minutes or gigabytes, and damaged ones."""

import io
import zipfile

import openpyxl
import xlwt


def endless_line(signs: int = 1_000_000) -> bytes:
    """A page of Hosmoz whose only line has no end."""
    return b"<html><body><h1>Hosmoz</h1><p>" + b"a" * signs


def same_names(columns: int = 2_000) -> bytes:
    """A CSV all of whose columns have one name."""
    return b";".join([b"a"] * columns) + b"\n1;2\n"


def far_xls() -> bytes:
    """An XLS of two cells, at the two ends of its sheet."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("Structures")
    sheet.write(0, 0, "Nom")
    sheet.write(65_535, 255, "x")
    return _saved(book)


def far_xlsx(last: str = "Z1000000") -> bytes:
    """An XLSX of two cells, the second as far as `last`."""
    book = openpyxl.Workbook()
    book.active["A1"], book.active[last] = "Nom", "x"
    return _saved(book)


def damaged(packing: int) -> bytes:
    """An ODS whose every member is packed in one way, and then damaged."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as archive:
        for name in ("META-INF/manifest.xml", "content.xml"):
            archive.writestr(name, b"<a>abcdefghijklmnopqrstuvwxyz</a>" * 20)
    data = bytearray(out.getvalue())
    with zipfile.ZipFile(out) as archive:
        for member in archive.infolist():
            first = member.header_offset + 30 + len(member.filename) + 12
            data[first : first + 12] = b"\xff" * 12
    return bytes(data)


# The files of the worst drops, by name: each is small, and is to be refused.
def bomb() -> bytes:
    """A workbook of a few bytes that unpacks to forty megabytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (40 * 2**20))
    return out.getvalue()


def protected() -> bytes:
    """A sheet of OpenDocument that asks for its password."""
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry '
        'manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry></manifest:manifest>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", b"\x00" * 100)
    return out.getvalue()


WORST = {
    "page.html": endless_line,
    "colonnes.csv": same_names,
    "loin.xls": far_xls,
    "loin.xlsx": far_xlsx,
}


def _saved(book: "openpyxl.Workbook | xlwt.Workbook") -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
