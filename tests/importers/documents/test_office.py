"""DOCX and ODT are read paragraph by paragraph, with the rows of their tables; what is no text of theirs is left."""

import zipfile
from pathlib import Path

import pytest

from importers.documents import office
from importers.documents.office import read_office
from importers.documents.page import PageText, ReadingRemark
from importers.importer import SourceError
from tests.importers.documents.writing import write_docx, write_docx_xml, write_odt

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def read(path: Path, part: str = "word/document.xml") -> list[PageText | ReadingRemark]:
    with zipfile.ZipFile(path) as archive:
        return read_office(path, archive, part)


def test_paragraphs_are_lines_and_rows_of_a_table_too(tmp_path: Path) -> None:
    path = write_docx(tmp_path / "ccap.docx", ["Objet du marché", ["Lot 1", "Tonte", "12 mois"], ["", "seule"]])
    assert read(path) == [PageText("", "Objet du marché\nLot 1 : Tonte ; 12 mois\nseule")]


def test_pages_are_told_where_the_file_tells_them(tmp_path: Path) -> None:
    path = write_docx(tmp_path / "a.docx", ["Couverture", "\fArticle 1"])
    assert read(path) == [PageText("page 1", "Couverture"), PageText("page 2", "Article 1")]
    odt = write_odt(tmp_path / "a.odt", [["Couverture"], ["Article 1", "Durée : 12 mois"]])
    assert read(odt, "content.xml") == [
        PageText("page 1", "Couverture"),
        PageText("page 2", "Article 1\nDurée : 12 mois"),
    ]


def test_what_was_struck_out_and_the_second_writing_of_a_drawing_are_left(tmp_path: Path) -> None:
    body = (
        "<w:p><w:r><w:t>24 mois</w:t></w:r><w:del><w:r><w:t>36 mois</w:t></w:r></w:del></w:p>"
        "<w:p><Fallback><w:r><w:t>encore</w:t></w:r></Fallback><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>"
    )
    path = write_docx_xml(tmp_path / "suivi.docx", f"<w:document {WORD}><w:body>{body}</w:body></w:document>")
    assert read(path) == [PageText("", "24 mois")]


def test_a_text_without_end_is_read_up_to_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "MOST_SIGNS", 10)
    page, said = read(write_docx(tmp_path / "long.docx", ["huit sig", "et plus encore"]))
    assert page == PageText("", "huit sig")
    assert isinstance(said, ReadingRemark)
    assert said.partial


def test_a_document_without_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="n’a pas de texte"):
        read(write_docx(tmp_path / "vide.docx", [""]))
