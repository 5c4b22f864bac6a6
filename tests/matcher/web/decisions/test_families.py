"""Families of a programme and of a ledger on their page: shown, renamed, split, merged, proposed again, carried away."""

import io

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.decisions.purchases.families import compute
from matcher.decisions.purchases.families.likeness import group_needs
from matcher.web import create_app
from matcher.web.decisions.families import CHANGED, NO_LINE, NO_NAME
from tests.matcher.web.conftest import TODAY
from tests.matcher.web.decisions.test_purchases import post
from tests.matcher.web.reading import EACH_NASTY, NASTY, Read, finished, harmless, read

pytestmark = pytest.mark.usefixtures("read_here")

CLEANING, VISITED, GREEN = "Nettoyage des locaux", "Nettoyage des locaux de la mairie", "Entretien des espaces verts"
LINES = f"{CLEANING};Lille;50 000;Mairie\n{VISITED};Lille;20 000;École\n{GREEN};Lille;;Mairie\n"
SHEET = f"Objet;Lieu;Montant HT au total;Service\n{LINES}"
LEDGER = "Fournisseur;" + SHEET.replace("\n", "\nX;").removesuffix("X;")


@pytest.fixture
def app(own: Engine) -> Flask:
    app = create_app(own, today=lambda: TODAY)
    app.testing = True
    return app


def dropped(app: Flask, client: FlaskClient, text: str = SHEET, home: str = "/programme") -> Read:
    """The page of the families of a sheet, by the link of its answer."""
    answer = post(client, text.encode(), "achats.csv", home)
    finished(app)
    return read(client, read(client, answer.headers["Location"]).link("Familles de besoins"))


def shown(page: Read) -> dict[str, int]:
    """Each family and how many lines it has."""
    return {
        one.select_one("summary .link").get_text(): len(one.select("tbody tr"))  # type: ignore[union-attr]
        for one in page.all("details.family")
    }


def correct(client: FlaskClient, page: Read, family: str, **fields: object) -> Read:
    its = next(one for one in page.all("details.family form") if one.select_one("[name=de]")["value"] == family)  # type: ignore[index]
    token = its.select_one("[name=csrf_token]")
    answer = client.post(str(its["action"]), data={"csrf_token": token["value"], "de": family, **fields})  # type: ignore[index]
    assert answer.status_code == 303
    return read(client, answer.headers["Location"])


@pytest.mark.parametrize(("text", "home"), [(SHEET, "/programme"), (LEDGER, "/historique")])
def test_families_are_shown_with_what_the_law_says_and_carried_away(
    app: Flask, client: FlaskClient, text: str, home: str
) -> None:
    page = dropped(app, client, text, home)
    assert shown(page) == {CLEANING: 2, GREEN: 1}
    said = page.text.replace("\u202f", " ").replace("\u00a0", " ")
    assert "2 lignes, 70 000 € HT : au-dessus de l’achat direct (60 000 € HT, R2122-8)" in said
    assert "1 ligne, montant non connu" in said
    assert [row.get_text(" ", strip=True).split()[-4:-3] for row in page.all("#regrouper tbody tr")]
    book = openpyxl.load_workbook(io.BytesIO(client.get(page.link("Emporter le classeur")).data))
    assert len(list(book["Lignes"].values)) == 4
    assert len(client.get(page.link("JSON")).get_json()["families"]) == 2


def test_a_family_is_renamed_split_merged_and_the_next_file_starts_from_it(app: Flask, client: FlaskClient) -> None:
    page = correct(client, dropped(app, client), CLEANING, nom="Propreté", faire="nommer")
    assert shown(page) == {"Propreté": 2, GREEN: 1}
    page = correct(client, page, "Propreté", nom="Mairie", ligne="1", faire="ranger")
    assert shown(page) == {"Propreté": 1, "Mairie": 1, GREEN: 1}
    page = correct(client, page, GREEN, nom="Mairie", faire="nommer")
    assert shown(page) == {"Propreté": 1, "Mairie": 2}
    assert shown(dropped(app, client, SHEET.replace(CLEANING, f"{CLEANING} 2028"))) == {"Propreté": 1, "Mairie": 2}
    page = correct(client, page, "Mairie", faire="proposer")
    assert shown(page) == {"Propreté": 2, GREEN: 1}


def test_what_cannot_be_done_is_said_and_nothing_is_written(app: Flask, client: FlaskClient) -> None:
    page = dropped(app, client)
    for fields, said in (
        ({"nom": " ", "faire": "nommer"}, NO_NAME),
        ({"nom": "a" * 301, "faire": "nommer"}, NO_NAME),
        ({"nom": "A", "faire": "ranger"}, NO_LINE),
        ({"nom": "A", "ligne": ["2", "99", "x"], "faire": "ranger"}, NO_LINE),
        ({"de": "Inconnue", "nom": "A", "faire": "nommer"}, CHANGED),
    ):
        assert said in correct(client, page, CLEANING, **fields).text.replace("\u00a0", " ")
    assert shown(dropped(app, client)) == {CLEANING: 2, GREEN: 1}


@EACH_NASTY
def test_any_name_is_kept_as_text_or_refused(app: Flask, client: FlaskClient) -> None:
    page = dropped(app, client)
    for nasty in NASTY:
        family = next(one for one in shown(page) if shown(page)[one] == 2)
        page = correct(client, page, family, nom=nasty, faire="nommer")
        harmless(page, "nom", nasty)
        assert sum(shown(page).values()) == 3


def test_what_was_corrected_is_shown_on_its_page(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = dropped(app, client)
    monkeypatch.setattr("matcher.web.decisions.families.PAGE", 1)
    page = correct(client, page, GREEN, nom="Dehors", faire="nommer")
    assert list(shown(page)) == ["Dehors"]


def test_too_many_needs_are_said_on_the_page(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compute, "MOST_NEEDS", 1)
    page = dropped(app, client)
    assert "plusieurs fichiers" in page.text
    assert client.get(f"{page.path}/familles.xlsx").status_code == 404


def test_groups_are_made_by_the_work_and_again_only_where_something_changed(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    monkeypatch.setattr(
        compute, "group_needs", lambda needs, settled: made.append(len(needs)) or group_needs(needs, settled)
    )
    page = dropped(app, client)
    for _ in range(2):
        assert shown(read(client, page.path)) == {CLEANING: 2, GREEN: 1}
    assert made == [3]
    correct(client, page, CLEANING, nom="Propreté", faire="nommer")
    read(client, page.path)
    assert made == [3, 3]


def test_a_line_says_the_threshold_that_its_like_needs_pass(app: Flask, client: FlaskClient) -> None:
    sheet = f"Objet;Lieu;Montant HT;Durée (mois)\n{CLEANING};Lille;50 000;12\n{VISITED};Lille;20 000;12\n{GREEN};Lille;9 000;12\n"
    page = dropped(app, client, sheet)
    programme = read(client, page.path.removesuffix("/familles"))
    said = programme.text.replace("\u202f", " ").replace("\u00a0", " ")
    assert said.count("avec ses besoins homogènes (2 lignes) : 70 000 € HT, au-dessus de 60 000 € HT") == 2
    assert said.count("achat direct possible, si c’est tout le besoin") == 1
    assert read(client, programme.link("avec ses besoins homogènes")).one("#ouverte").get_text()
    whole = client.get(programme.link("JSON")).get_json()
    assert [(one["name"], one["lines"]) for one in whole["families"]] == [
        (CLEANING, ["ligne 2", "ligne 3"]),
        (GREEN, ["ligne 4"]),
    ]
    rows = whole["lines"]
    assert [row["family"] and row["family"]["euros"] for row in rows] == [70_000, 70_000, None]
    lines = client.get(programme.link("CSV")).data.decode("utf-8-sig").splitlines()
    assert sum("au-dessus de" in line for line in lines) == 2
    assert [line.rpartition(";")[2] for line in lines] == ["Famille", CLEANING, CLEANING, GREEN]


def test_families_are_of_a_sheet_of_purchases_that_is_answered(client: FlaskClient) -> None:
    assert client.get("/achats/inconnu/familles").status_code == 404
