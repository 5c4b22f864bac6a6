"""« Couvrir des lots », without JavaScript: the answer of the command, a sheet a structure, lots of a DCE, what is refused and what is kept."""

import io
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from tests.importers.documents.writing import write_pdf
from tests.matcher.cli.conftest import Run, run, sample  # noqa: F401  # the command, on the same sample
from tests.matcher.tender.pieces import RC
from tests.matcher.web.conftest import queries
from tests.matcher.web.decisions.test_clause import now_client
from tests.matcher.web.reading import Read, fill, read, settled
from tests.waiting import awaited

pytestmark = pytest.mark.usefixtures("read_here")

LOTS = (
    "N° de lot;Objet;Commune;Montant\nLot A;Entretien des espaces verts;Maubeuge;40 000\nLot B;Nettoyage des locaux;Lille;\n"
    "Lot C;Prestations à définir;Lille;\n"
)
HERE = {"territoire": "Nord", "types": []}


@pytest.fixture
def engine(own: Engine) -> Engine:
    """A catalogue to write in: a work is a row of it."""
    return own


def compared(client: FlaskClient, lots: str = LOTS, **typed: Any) -> Read:
    """Send the form, and read what comes once lots are compared."""
    sent: dict[str, Any] = {**HERE, **typed}
    if lots:
        sent["fichier"] = (io.BytesIO(lots.encode()), "lots.csv")
    page = fill(client, read(client, "/couverture"), "main form", **sent)
    if "Lecture en cours" in page.html:
        page = awaited(lambda: read(client, page.path), lambda page: "Lecture en cours" not in page.html)
    return page


@pytest.mark.usefixtures("sample")
def test_it_says_what_the_command_says(engine: Engine, run: Run, tmp_path: Path) -> None:  # noqa: F811
    path = tmp_path / "lots.csv"
    path.write_text(LOTS, encoding="utf-8")
    told = run("coverage", path, "--territoire", "Nord", "--format", "json").json()
    client = now_client(engine)
    page = compared(client)
    assert client.get(f"{page.path}/couverture.json").get_json() == told
    assert "".join(told["answer"].split()) == "".join(page.one("h1").get_text().split())
    assert [row.th.get_text().split("\n")[0] for row in page.all("#lots tbody tr") if row.th]
    assert "Lot C (métier non lu)" in page.text
    assert len(page.all(".cover-matrix tbody tr")) == len(told["lots"])
    assert len(page.all(".cover-matrix thead th")) == 1 + len(told["structures"])


def test_each_structure_has_its_sheet_and_its_workbook(client: FlaskClient, engine: Engine) -> None:
    page = compared(client)
    told = client.get(f"{page.path}/couverture.json").get_json()
    links = {link.get_text().strip(): str(link["href"]) for link in page.all("#structures tbody a")}
    assert set(links) == {one["name"] for one in told["structures"]}
    name = next(one["name"] for one in told["structures"] if one["known"])
    with queries(engine) as sent:
        sheet = read(client, links[name])
    assert len(sent) <= 10
    assert name in sheet.one("h1").get_text()
    assert sheet.all("table tbody tr")
    assert client.get(f"{links[name]}/fiche.xlsx").data[:2] == b"PK"
    assert client.get(f"{page.path}/couverture.zip").content_type == "application/zip"
    for number in (0, 9_999):
        assert client.get(f"{page.path}/structures/{number}").status_code == 404


@pytest.mark.parametrize(
    ("lots", "typed", "field", "said"),
    [
        ("", {}, "fichier", "Choisissez le tableau"),
        (LOTS, {"territoire": ""}, "territoire", "Dites un territoire"),
        (LOTS, {"territoire": "Trouperdu"}, "territoire", "Trouperdu"),
        (LOTS, {"types": ["SEP"], "territoire": "Ajaccio"}, "territoire", "aucune structure du catalogue"),
        (LOTS, {"liste": "Personne de connu"}, "liste", "Aucune structure de cette liste"),
        ("Couleur;Note\nrouge;1\n", {}, "fichier", "l’objet"),
        ("Objet;Commune\n", {}, "fichier", "aucune ligne"),
        ("Objet;Commune\nTotal;\n", {}, "fichier", "aucun lot"),
    ],
)
def test_each_fault_is_under_its_field_and_what_was_typed_stays(
    client: FlaskClient, lots: str, typed: dict[str, Any], field: str, said: str
) -> None:
    page = compared(client, lots, **typed)
    assert page.status == 422
    assert said in " ".join(page.one(f"#{field}-faute").get_text().split())
    assert page.one("#territoire")["value"] == typed.get("territoire", "Nord")


def test_a_pasted_list_is_recognised_and_the_others_are_said(client: FlaskClient) -> None:
    page = compared(client, liste="00010101400017\n00010101400017\nInconnue ; Lyon")
    assert "liste de 1 structure" in page.text
    assert "déjà citée, ligne 1" in page.text
    assert "Inconnue ; Lyon" in page.text


def test_a_dossier_keeps_it_and_it_is_forgotten_when_asked(client: FlaskClient) -> None:
    page = compared(client)
    answer = page.one("h1").get_text()
    kept = read(client, f"/decisions/garder?quoi=couverture&couverture={page.path.rpartition('/')[2]}")
    assert "".join(answer.split()) in "".join(kept.text.split())
    forgotten = fill(client, page, f'form[action="{page.path}/abandon"]')
    assert "oubliés" in forgotten.text
    assert read(client, page.path).status == 404


def test_the_lots_of_a_dce_are_taken_as_they_were_verified(client: FlaskClient, tmp_path: Path) -> None:
    rules = write_pdf(tmp_path / "RC.pdf", [page.split("\n") for page in RC])
    token = read(client, "/dce").all('input[name="csrf_token"]')[0]["value"]
    files = [(io.BytesIO(rules.read_bytes()), "RC.pdf")]
    tender = settled(client, client.post("/dce", data={"csrf_token": token, "pieces": files}).headers["Location"])
    lots = [str(field["value"]) for field in tender.all('[name^="titre-"]')]
    form = read(client, tender.link("qui, d’un réseau de structures").partition("?")[0], {"dce": tender.path[5:]})
    page = fill(client, form, "main form", **HERE)
    page = settled(client, page.path)
    told = client.get(f"{page.path}/couverture.json").get_json()
    assert [lot["title"] for lot in told["lots"]] == lots
    assert [lot["label"] for lot in told["lots"]] == ["Lot 1", "Lot 2", "Lot 3"]


def test_the_lots_of_a_dce_that_is_gone_are_asked_again(client: FlaskClient) -> None:
    page = fill(client, read(client, "/couverture?dce=inconnu"), "main form", **HERE)
    assert page.status == 422
    assert "n’est plus gardé" in page.text
