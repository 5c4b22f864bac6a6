"""The past suppliers of an organisation: kept from its ledger by a button, said on its lists, removed by another."""

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.accounts.organisations import OrganisationProfile, create
from matcher.accounts.roles import Role
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.decisions.purchases.past_suppliers import PastSupplier, keep, load
from matcher.ownership import FIRST_ORGANISATION
from matcher.web import create_app
from matcher.web.frame.app_state import EXTENSION
from tests.matcher.web.conftest import OPENED, TODAY, signed_in
from tests.matcher.web.reading import EACH_NASTY, NASTY, Read, fill, finished, read

NEED = {"besoin": "Entretien des espaces verts", "lieu": "Maubeuge"}
KEEP = "form[action$='/fournisseurs']"


@pytest.fixture
def app(own: Engine) -> Flask:
    app = create_app(own, today=lambda: TODAY)
    app.testing = True
    return app


def ledger(app: Flask, client: FlaskClient, ids: list[str]) -> Read:
    """The page of a ledger of 2025 that bought from these suppliers."""
    token = read(client, "/historique").all('input[name="csrf_token"]')[0]["value"]
    lines = "".join(f"{key.removeprefix('siret:')};12 000;2025\n" for key in ids)
    file = (io.BytesIO(f"SIRET;Montant;Année\n{lines}55208131766522;5;2025\n".encode()), "achats.csv")
    answer = client.post("/historique", data={"csrf_token": token, "fichier": file})
    finished(app)
    return read(client, answer.headers["Location"])


def names(page: Read) -> list[str]:
    return [its.get_text() for its in page.all(".candidate h3")]


def test_what_a_ledger_recognises_is_kept_said_on_lists_and_removed(app: Flask, client: FlaskClient) -> None:
    before = read(client, "/candidats", NEED)
    first = next(its["value"] for its in before.all("[name=retenu]") if str(its["value"]).startswith("siret:"))
    page = ledger(app, client, [str(first)])
    assert "sans changer leur ordre" in page.text
    kept = fill(client, page, KEEP)
    assert "1 fournisseur gardé" in kept.text
    assert kept.all(KEEP) == []
    assert load(app.extensions[EXTENSION].engine, FIRST_ORGANISATION) == {first: PastSupplier(str(first), 2025, 1)}
    after = read(client, "/candidats", NEED)
    assert "déjà votre fournisseur, 2025" in after.text
    assert names(after) == names(before)
    others = [str(its["value"]) for its in before.all("[name=retenu]") if its["value"] != first]
    compared = read(client, "/comparer", {**NEED, "compare": [str(first), others[0]]})
    assert "Déjà votre fournisseur, 2025" in compared.text
    mine = read(client, "/mon-organisation")
    listed = read(client, mine.link("1 fournisseur gardé"))
    assert "2025" in listed.text
    gone = fill(client, listed, "td form")
    assert "Aucun pour l’instant" in gone.text
    assert "déjà votre fournisseur" not in read(client, "/candidats", NEED).text


def test_all_are_removed_at_once_and_one_that_left_the_catalogue_is_told(app: Flask, client: FlaskClient) -> None:
    engine = app.extensions[EXTENSION].engine
    ids = [*list(load_shelf(engine).ids)[:3], "siret:55208131766522"]
    keep(engine, FIRST_ORGANISATION, [PastSupplier(key, None, 2) for key in ids])
    page = read(client, "/mes-fournisseurs")
    assert "n’est plus au catalogue" in page.all("tbody tr")[-1].get_text()
    assert page.text.count("non connue") == 4
    assert "Aucun pour l’instant" in fill(client, page, "#tout-retirer", faire="tout").text
    assert load(engine, FIRST_ORGANISATION) == {}


def test_each_sees_and_removes_their_own_alone(team: Flask) -> None:
    engine = team.extensions[EXTENSION].engine
    other = create(engine, OrganisationProfile("Autre"), who="essai", now=OPENED).id
    (key,) = list(load_shelf(engine).ids)[:1]
    keep(engine, other, [PastSupplier(key, 2025, 1)])
    client = signed_in(team, Role.BUYER)
    assert "Aucun pour l’instant" in read(client, "/mes-fournisseurs").text
    team.config["WTF_CSRF_ENABLED"] = False
    for sent in ({"fournisseur": key}, {"faire": "tout"}):
        assert client.post("/mes-fournisseurs", data=sent).status_code == 303
    assert list(load(engine, other)) == [key]
    keep(engine, FIRST_ORGANISATION, [PastSupplier(key, 2025, 1)])
    assert read(signed_in(team, Role.READER), "/mes-fournisseurs").all("main button") == []


@EACH_NASTY
@pytest.mark.parametrize("text", NASTY)
def test_whatever_is_sent_removes_nothing_else(app: Flask, client: FlaskClient, text: str) -> None:
    engine = app.extensions[EXTENSION].engine
    app.config["WTF_CSRF_ENABLED"] = False
    keep(engine, FIRST_ORGANISATION, [PastSupplier("siret:1", 2025, 1)])
    assert client.post("/mes-fournisseurs", data={"fournisseur": text, "faire": text}).status_code == 303
    assert client.post(f"/achats/{text[:50].replace('/', '') or 'x'}/fournisseurs").status_code in (400, 404, 405)
    assert len(load(engine, FIRST_ORGANISATION)) == 1
