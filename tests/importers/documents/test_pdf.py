"""PDF are read page by page; what has no text, a password or too many pages is said."""

from pathlib import Path

import pytest

from importers.documents import pdf
from importers.documents.page import PageText, ReadingRemark
from importers.documents.pdf import MOST_PAGES, read_pdf
from importers.importer import SourceError
from tests.importers.documents.writing import write_pdf


def test_each_page_says_where_it_is(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "rc.pdf", [["Règlement de la consultation"], ["Lot 1 : tonte", "Lot 2 : vitres"]])
    assert list(read_pdf(path)) == [
        PageText("page 1", "Règlement de la consultation"),
        PageText("page 2", "Lot 1 : tonte\nLot 2 : vitres"),
    ]


def test_a_scanned_pdf_says_that_it_has_no_text(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"ce PDF n’a pas de texte : c’est une image.*OCR"):
        list(read_pdf(write_pdf(tmp_path / "scan.pdf", [[], []])))


def test_a_page_without_text_among_others_is_told(tmp_path: Path) -> None:
    *pages, last = read_pdf(write_pdf(tmp_path / "mixte.pdf", [["Objet"], [], [], ["Fin"]]))
    assert [page.where for page in pages if isinstance(page, PageText)] == ["page 1", "page 4"]
    assert last == ReadingRemark("sans texte, donc non lu (image ou page blanche) : pages 2, 3.")


@pytest.mark.parametrize(
    ("written", "broken", "left", "says"),
    [
        (b"6 0 R", b"7 9 R", ["page 1", "page 3"], "abîmé, donc non lu : page 2."),
        (b"6 0 R", b"66 0 R", ["page 1", "page 3"], "abîmé, donc non lu : page 2."),
        (b"8 0 R] /Count 3", b"3 0 R] /Count 3", ["page 1", "page 2"], "abîmé, donc non lu : page 3."),
        (b"8 0 R]", b"]     ", ["page 1", "page 2"], "il annonce 3 pages et n’en a que 2"),
    ],
)
def test_a_page_that_is_lost_is_told_with_its_number(
    tmp_path: Path, written: bytes, broken: bytes, left: list[str], says: str
) -> None:
    path = write_pdf(tmp_path / "perdue.pdf", [["Objet"], ["Lot 1"], ["Lot 2"]])
    content = path.read_bytes()
    assert content.count(written) == 1
    path.write_bytes(content.replace(written, broken))
    *pages, last = read_pdf(path)
    assert [page.where for page in pages if isinstance(page, PageText)] == left
    assert isinstance(last, ReadingRemark)
    assert says in last.says
    assert last.partial


def test_nine_hundred_pages_are_read_up_to_a_limit_that_is_said(tmp_path: Path) -> None:
    *pages, last = read_pdf(write_pdf(tmp_path / "long.pdf", [[f"Article {rank}"] for rank in range(1, 901)]))
    assert len(pages) == MOST_PAGES
    assert isinstance(last, ReadingRemark)
    assert last.says == f"seules les {MOST_PAGES} premières pages sont lues, sur 900 : découpez-le si la suite compte."


def test_a_text_without_end_is_read_up_to_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MOST_SIGNS", 20)
    *pages, last = read_pdf(write_pdf(tmp_path / "gros.pdf", [["un texte de vingt-six sig"], ["b"], ["c"]]))
    assert len(pages) == 1
    assert isinstance(last, ReadingRemark)
    assert last.partial


def test_a_pdf_under_a_password_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "secret.pdf", [["Objet"]], password="x" * 6)
    with pytest.raises(SourceError, match=r"« secret\.pdf » : ce PDF est protégé par un mot de passe"):
        list(read_pdf(path))


def test_a_damaged_pdf_is_refused(tmp_path: Path) -> None:
    whole = write_pdf(tmp_path / "entier.pdf", [["Objet"]]).read_bytes()
    for rank, content in enumerate((whole[:60], b"%PDF-1.7\n" + b"\xff" * 300, whole.replace(b"/Kids", b"/Kidz"))):
        path = tmp_path / f"abime{rank}.pdf"
        path.write_bytes(content)
        with pytest.raises(SourceError, match="abîmé"):
            list(read_pdf(path))
