"""No byte that somebody gave is parsed in the process that serves the pages, whatever the page and the format."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from tests.importers.documents.writing import write_docx, write_odt, write_pdf
from tests.importers.reading import write_ods, write_xls, write_xlsx
from tests.matcher.web.dossier_pages import ME, opened
from tests.matcher.web.reading import Read, fill, read, settled

ROWS: list[list[object]] = [["Structure", "Objet", "Ville", "Besoin"], ["Atelier du Pont", "Tonte", "Lille", "Repas"]]
HOSMOZ = b"<html><body><h3>ESAT du Pont</h3><p>Lille (59)</p><p>12 travailleurs</p></body></html>"
NAMED: list[list[object]] = [["Nom", "Commune"], ["Atelier du Pont", "Lille"]]


def made(write: Callable[[Path, list[list[object]]], Path], rows: list[list[object]], folder: Path) -> bytes:
    return write(folder / "ecrit", rows).read_bytes()


def text(rows: list[list[object]]) -> bytes:
    return "\n".join(";".join(map(str, row)) for row in rows).encode()


@pytest.fixture(autouse=True)
def no_parser_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Break, in this process, what every format goes through: a reader process has its own."""

    def here(*_: object, **__: object) -> None:
        raise AssertionError("a foreign byte, where pages are served")

    monkeypatch.setattr("importers.formats.content.file_parts", here)
    monkeypatch.setattr("matcher.dossiers.files.content.without_unseen", here)
    monkeypatch.setattr("importers.documents.read.refuse_bomb", here)
    monkeypatch.setattr("importers.documents.read.read_pdf", here)


@pytest.fixture
def dropped(writer: FlaskClient) -> Callable[..., Read]:
    """Drop a file on a page, wait, and return what is then shown."""

    def drop(page: str, content: bytes, field: str = "fichier", **fields: str) -> Read:
        form = next(each for each in read(writer, page).all("main form") if each.select(f"input[name={field}]"))
        sent: dict[str, Any] = dict(Read(200, str(form)).values(form)) | fields
        answer = writer.post(page, data={**sent, field: (io.BytesIO(content), "fichier")})
        assert answer.status_code == 303, answer.text
        return settled(writer, answer.headers["Location"])

    return drop


@pytest.mark.parametrize("form", ["csv", "xlsx", "xls", "ods", "html", "json"])
def test_a_directory(form: str, dropped: Callable[..., Read], tmp_path: Path) -> None:
    contents = {
        "csv": lambda: text(NAMED),
        "xlsx": lambda: made(write_xlsx, NAMED, tmp_path),
        "xls": lambda: made(write_xls, NAMED, tmp_path),
        "ods": lambda: made(write_ods, NAMED, tmp_path),
        "html": lambda: HOSMOZ,
        "json": lambda: json.dumps([{"id": 1, "siret": "00011000700010", "nom": "Atelier"}]).encode(),
    }
    page = dropped("/catalogue/imports", contents[form]())
    assert "Essai à blanc" in page.text, page.text
    assert page.all("table.counts")


@pytest.mark.parametrize("page", ["/programme", "/historique"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_purchases(page: str, form: str, dropped: Callable[..., Read], tmp_path: Path) -> None:
    rows: list[list[object]] = [["Objet", "Fournisseur", "Montant"], ["Tonte", "Atelier du Pont", 10]]
    shown = dropped(page, text(rows) if form == "csv" else made(write_xlsx, rows, tmp_path))
    assert shown.all('a[href$="achats.xlsx"]')
    assert not shown.all('main [role="alert"], main [role="status"]')


@pytest.mark.parametrize("form", ["pdf", "docx", "odt"])
def test_a_piece_of_a_tender(form: str, dropped: Callable[..., Read], tmp_path: Path) -> None:
    lines = ["Objet : tonte des pelouses à Maubeuge"]
    writes = {"pdf": write_pdf, "odt": write_odt}
    path = writes[form](tmp_path / "rc", [lines]) if form in writes else write_docx(tmp_path / "rc", lines)
    assert dropped("/dce", path.read_bytes(), "pieces").one("#besoin-1").get_text().strip() == lines[0]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_sites(form: str, dropped: Callable[..., Read], tmp_path: Path) -> None:
    content = text(ROWS) if form == "csv" else made(write_xlsx, ROWS, tmp_path)
    shown = dropped("/allotissement", content, objet="Nettoyage des locaux", liste="")
    assert "Comparé aux découpages usuels" in shown.text


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_lots(form: str, dropped: Callable[..., Read], tmp_path: Path) -> None:
    rows: list[list[object]] = [["Objet", "Commune"], ["Tonte des pelouses", "Maubeuge"]]
    content = text(rows) if form == "csv" else made(write_xlsx, rows, tmp_path)
    assert dropped("/couverture", content, territoire="Nord").all("#lots")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_participants(form: str, dropped: Callable[..., Read], writer: FlaskClient, tmp_path: Path) -> None:
    fill(writer, read(writer, "/club/nouveau"), "main form", title="Club", qui=ME)
    content = text(ROWS) if form == "csv" else made(write_xlsx, ROWS, tmp_path)
    shown = dropped("/club/1/import", content, "acheteurs")
    assert "Ce que l’import ferait" in shown.text


def test_a_dossier(dropped: Callable[..., Read], writer: FlaskClient, own: Engine) -> None:
    opened(writer)
    content = writer.get("/dossiers/1/dossier.json").data
    assert dropped("/dossiers/importer", content).path == "/dossiers/2"
