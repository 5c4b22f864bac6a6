"""« Bilan de l’année », without JavaScript: what it counts, an empty year, each period refused, its files, few queries."""

import csv
import io
from pathlib import Path

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.web import create_app
from tests.matcher.dossiers.report.year import LEDGER, whole
from tests.matcher.web.conftest import TODAY, queries
from tests.matcher.web.decisions.test_purchases import Drop, drop  # noqa: F401  # the same way to drop a ledger
from tests.matcher.web.reading import read


@pytest.fixture
def app(own: Engine, tmp_path: Path) -> Flask:
    whole(own, tmp_path)
    app = create_app(own, today=lambda: TODAY)
    app.testing = True
    return app


def test_the_year_is_counted_from_each_source_and_taken_away(client: FlaskClient, drop: Drop) -> None:  # noqa: F811
    for name in ("2026.csv", "copie.csv"):
        drop(LEDGER.encode(), name, "/historique")
    page = read(client, "/bilan?annee=2026")
    assert (
        "3 marchés notés dans vos dossiers, dont au moins 1 avec une clause sociale et au moins 1 réservé." in page.text
    )
    assert "L’année 2026 n’est pas finie" in page.text
    for said in ("non suivies", "un stock livrable le jour même", "déjà dans un autre historique", "non connu ici"):
        assert said in page.text
    files = {form: client.get(page.link(form)).data for form in ("XLSX", "CSV", "JSON")}
    book = openpyxl.load_workbook(io.BytesIO(files["XLSX"]))
    detail = [[cell.value for cell in row] for row in book["Détail, dossiers"].iter_rows()]
    assert [row[-1] for row in detail[1:]] == [100_000, 300_000, "non connu"]
    rows = list(csv.DictReader(io.StringIO(files["CSV"].decode("utf-8-sig")), delimiter=";"))
    planned = [row for row in rows if row["Ligne"] == "Heures prévues par les plans" and row["Mesure"] == "Nombre"]
    assert [row["Valeur"] for row in planned] == ["4000"]
    told = client.get(page.link("JSON")).get_json()
    assert told["spending"]["lines"] == 4
    assert told["spending"]["repeated"] == 6
    assert told["hours"]["done"] is None


def test_an_empty_year_says_what_to_do(client: FlaskClient) -> None:
    page = read(client, "/bilan?annee=2015&annees=2")
    assert "Rien à compter pour 2014 et 2015" in page.text
    assert "déposez l’historique d’achats" in page.text
    assert page.all("#ce-que-demande-l-article-l2111-3") == []


@pytest.mark.parametrize(
    ("annee", "said"), [("2027", "n’est pas commencée"), ("deux", "nombre entier"), ("1999", "2 010")]
)
def test_a_year_that_cannot_be_is_said_under_its_field(client: FlaskClient, annee: str, said: str) -> None:
    page = read(client, f"/bilan?annee={annee}")
    assert page.status == 422
    assert said in page.one("#annee-faute").get_text().replace("\u202f", " ")
    assert client.get(f"/bilan/bilan.json?annee={annee}").status_code == 400


def test_it_is_reached_from_the_dossiers_and_asks_little(client: FlaskClient, own: Engine) -> None:
    address = read(client, "/dossiers").link("Bilan de l’année")
    page = read(client, address)
    assert page.one("[name=annee]")["value"] == str(TODAY.year)
    assert page.one(".menu [aria-current]").get_text() == "Dossiers"
    with queries(own) as sent:
        client.get(address)
    assert len(sent) < 30, sent
