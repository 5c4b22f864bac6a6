"""A document is known by its bytes, and each that cannot be read says why and what to do."""

import io
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importers.documents import read as reading
from importers.documents.page import PageText, ReadingRemark
from importers.documents.read import read_document
from importers.importer import SourceError
from tests.importers.documents.writing import write_docx, write_docx_xml, write_odt, write_pdf, write_xlsx, write_zip

MANIFEST = b'<manifest:manifest xmlns:manifest="m"><manifest:encryption-data/></manifest:manifest>'
ENTITY = (
    '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    '<w:document xmlns:w="w"><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:document>'
)


def test_each_format_is_read(tmp_path: Path) -> None:
    paths = (
        write_pdf(tmp_path / "un", [["Objet : tonte"]]),
        write_docx(tmp_path / "deux", ["Objet : tonte"]),
        write_odt(tmp_path / "trois", [["Objet : tonte"]]),
        write_xlsx(tmp_path / "quatre", {"Prix": [["Objet", "tonte"], [None, None], ["Lot 1", 12, "h"]]}),
    )
    told = [list(read_document(path)) for path in paths]
    assert told[:3] == [[PageText("page 1", "Objet : tonte")], *[[PageText("", "Objet : tonte")]] * 2]
    assert told[3] == [PageText("feuille « Prix »", "Objet : tonte\nLot 1 : 12 ; h")]


def test_macros_are_ignored_and_said(tmp_path: Path) -> None:
    *_, said = read_document(write_docx(tmp_path / "m.docm", ["Objet"], {"word/vbaProject.bin": b"\0"}))
    assert said == ReadingRemark("ses macros sont ignorées.", partial=False)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("vide.pdf", b"  ", "le fichier est vide"),
        ("notes.rtf", b"{\\rtf1 bonjour}", "ni un PDF, ni un DOCX"),
        ("photo.jpg", b"\xff\xd8\xff\xe0", "ni un PDF, ni un DOCX"),
        ("vieux.doc", b"\xd0\xcf\x11\xe0" + "WordDocument".encode("utf-16-le"), "ancien document Word"),
        ("secret.docx", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "mot de passe"),
        ("abime.docx", b"PK\x03\x04" + b"\0" * 40, "abîmé"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(SourceError, match=f"« {name} » : .*{says}"):
        list(read_document(path))


def test_an_archive_of_archives_is_not_opened(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    with pytest.raises(SourceError, match="archive ZIP ; décompressez-la"):
        list(read_document(write_zip(tmp_path / "dce.zip", {"lot1.zip": inner.getvalue()})))


def test_what_swells_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="refusé par prudence"):
        list(read_document(write_docx_xml(tmp_path / "bombe.docx", " " * (30 * 2**20))))


def test_external_entities_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="ce qu’aucun traitement de texte n’écrit"):
        list(read_document(write_docx_xml(tmp_path / "xxe.docx", ENTITY)))


def test_an_encrypted_odt_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "s.odt", {"content.xml": b"\xff\xfe", "META-INF/manifest.xml": MANIFEST})
    with pytest.raises(SourceError, match="mot de passe"):
        list(read_document(path))


def test_a_heavy_document_and_long_sheets_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_xlsx(tmp_path / "dpgf.xlsx", {"A": [["un", "deux"]], "B": [["bien plus long que la première"]]})
    monkeypatch.setattr(reading, "MOST_SIGNS", 12)
    assert list(read_document(path)) == [
        PageText("feuille « A »", "un : deux"),
        ReadingRemark("la feuille « B » et les suivantes, trop longues, ne sont pas lues."),
    ]
    monkeypatch.setattr(reading, "LARGEST", 10)
    with pytest.raises(SourceError, match="découpez-le"):
        list(read_document(path))


@given(st.binary(max_size=400), st.sampled_from([b"", b"%PDF-1.4\n", b"PK\x03\x04"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_bytes_of_any_kind_are_read_or_refused(tmp_path: Path, content: bytes, head: bytes) -> None:
    path = tmp_path / "n"
    path.write_bytes(head + content)
    with suppress(SourceError):
        assert all(isinstance(part, PageText | ReadingRemark) for part in read_document(path))
