"""The files of a dossier: taken away, brought back once, refused where they are none; and its paper."""

import csv
import io
import json

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.dossiers.store import load
from tests.matcher.web.dossier_pages import ME, entry, opened
from tests.matcher.web.reading import fill, read


def test_files_say_what_the_page_says(writer: FlaskClient) -> None:
    entry(writer, opened(writer), 1, statut="intéressé", note="=cmd|' /C calc'!A0")
    book = openpyxl.load_workbook(io.BytesIO(writer.get("/dossiers/1/dossier.xlsx").data))
    assert book.sheetnames == ["Liste", "Critères", "Journal"]
    said = [cell.value for row in book["Liste"].iter_rows() for cell in row]
    assert "intéressé" in said
    assert all(cell.data_type != "f" for row in book["Liste"].iter_rows() for cell in row)
    rows = list(csv.reader(io.StringIO(writer.get("/dossiers/1/dossier.csv").data.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 5
    assert not any(cell.startswith("=") for row in rows for cell in row)
    answer = writer.get("/dossiers/1/dossier.json")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="dossier-2026-0001.json"'
    assert len(json.loads(answer.data)["journal"]) == 4


def test_a_dossier_is_brought_back_from_its_file_once(writer: FlaskClient, own: Engine) -> None:
    entry(writer, opened(writer), 1, note="à garder")
    content = writer.get("/dossiers/1/dossier.json").data
    form = read(writer, "/dossiers/importer")
    made = fill(writer, form, "main form", fichier=(io.BytesIO(content), "dossier.json"))
    again = fill(writer, form, "main form", fichier=(io.BytesIO(content), "dossier.json"))
    assert made.path == again.path == "/dossiers/2"
    assert "Le dossier est importé" in made.text
    assert load(own, 2).lot(1).entries[0].note == "à garder"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7",
        b"PK\x03\x04",
        b"{}",
        b"[]",
        b"\xff\xfe",
        b'{"format":"entremise/dossier","schema":1,"journal":[{}]}',
        b"[" * 100_000,
    ],
)
def test_a_file_that_is_no_dossier_imports_nothing(writer: FlaskClient, content: bytes) -> None:
    form = read(writer, "/dossiers/importer")
    bad = fill(writer, form, "main form", qui=ME, fichier=(io.BytesIO(content), "dossier.json"))
    assert bad.status == 422
    assert "Rien n’a été importé" in bad.text
    assert "Aucun dossier encore" in read(writer, "/dossiers").text


def test_a_file_that_is_missing_or_too_large_is_refused(writer: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    form = read(writer, "/dossiers/importer")
    assert "Choisissez un fichier" in fill(writer, form, "main form", qui=ME).text
    monkeypatch.setattr("matcher.web.dossiers.dossiers.LARGEST_FILE", 1_000)
    monkeypatch.setattr("matcher.web.dossiers.dossiers._FORM", 500)
    assert fill(writer, form, "main form", fichier=(io.BytesIO(b"x" * 9_000), "d.json")).status == 413


def test_the_paper_has_numbered_sections_in_order(writer: FlaskClient) -> None:
    entry(writer, opened(writer), 1, statut="contacté")
    page = read(writer, "/dossiers/1/imprimer")
    heads = [" ".join(head.get_text().split()) for head in page.all("h3")]
    assert heads[:4] == ["1 Le besoin", "2 Conclusion", "3 Structures retenues", "4 Pourquoi celles-ci"]
    assert [head.split()[0] for head in heads] == [str(n) for n in range(1, len(heads) + 1)]
    assert page.all("nav.screen a")
    assert page.all("[style], style") == []


def test_a_title_cannot_write_the_stylesheet(writer: FlaskClient) -> None:
    opened(writer, title='Berges"; } * { display: none } /* </style> \\')
    style = writer.get("/dossiers/1/impression.css")
    assert style.mimetype == "text/css"
    assert style.text.count('"') == 4
    assert style.text.count("}") == 3
    assert "</style>" not in style.text
