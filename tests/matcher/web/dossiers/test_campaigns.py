"""A campaign read before it is kept: whom, at which address, from where, who is left out and why, the message, what the settings lack."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.accounts.roles import Role
from matcher.db import open_database
from matcher.dossiers.asking.store import list_campaigns, load_campaign
from matcher.dossiers.changes import AddLot, Close
from matcher.dossiers.dossier import DossierChange
from matcher.dossiers.frozen_list import freeze
from matcher.dossiers.store import change_dossier, create_dossier
from matcher.ownership import FIRST_ORGANISATION
from matcher.web import create_app
from tests.engines import dump
from tests.matcher.dossiers.asking.campaigns import GREEN, NEEDED, NOW, filled, say_controller
from tests.matcher.dossiers.kept import HEADER, SHORTLIST, WHO
from tests.matcher.web.conftest import signed_in
from tests.matcher.web.reading import EACH_NASTY, Read, fill, harmless, nasty_fields, read

LOT = {"dossier": "1", "lot": "1"}
NORD = {"departement": "59", "metier": GREEN}
KEEP = 'form[action="/campagnes/nouvelle"][method="post"]'


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """Three to ask and one without an address, a dossier of one lot, and settings that say who answers for the data."""
    say_controller(monkeypatch)
    engine = open_database(f"sqlite:///{(tmp_path / 'catalogue.sqlite').as_posix()}")
    filled(engine, tmp_path)
    create_dossier(engine, FIRST_ORGANISATION, HEADER, author=WHO, now=NOW)
    turned(engine, AddLot("Berges", freeze(SHORTLIST)))
    yield engine
    engine.dispose()


@pytest.fixture
def buyer(catalogue: Engine) -> FlaskClient:
    app = create_app(catalogue, today=NOW.date)
    app.testing = True
    return app.test_client()


def turned(engine: Engine, done: DossierChange, version: int = 1) -> None:
    change_dossier(engine, FIRST_ORGANISATION, 1, [done], version=version, author=WHO, now=NOW)


def seen(client: FlaskClient, asked: dict[str, str]) -> Read:
    return read(client, "/campagnes/nouvelle", asked)


def test_from_its_dossier_it_says_who_would_be_asked_and_keeps_nothing(buyer: FlaskClient, catalogue: Engine) -> None:
    dossier = read(buyer, "/dossiers/1")
    link = dossier.link("dont le métier reste à confirmer")
    before = dump(catalogue)
    page = read(buyer, link)
    assert dump(catalogue) == before
    for said in (
        "3 structures à interroger, sur 4",
        "contact@atelier-1.example",
        "essai, 1",
        "1 : sans adresse : aucune source ne donne de courriel",
        "Responsable du traitement : Ville de Valbrune",
        "Base légale : mission d’intérêt public",
        "1200 mois",
        "Vous pouvez vous opposer",
        "https://entremise.example/r/…",
    ):
        assert said in page.text, said
    assert "« Interroger les 4 structures" in f"« {dossier.text[dossier.text.index('Interroger les 4') :]}"


def test_it_is_kept_once_signed_with_its_words_and_leads_to_its_own_page(buyer: FlaskClient, catalogue: Engine) -> None:
    page = seen(buyer, {**LOT, "objet": "Tonte des talus", "premiers": "2"})
    assert "Tonte des talus" in page.text
    assert "1 : hors de cette vague" in page.text
    assert "Dites votre nom" in fill(buyer, page, KEEP).text
    kept = fill(buyer, page, KEEP, qui="Léa")
    assert kept.path == "/campagnes/1"
    assert fill(buyer, page, KEEP, qui="Léa").path == "/campagnes/1", "sent twice, it is one"
    (campaign,) = list_campaigns(catalogue, FIRST_ORGANISATION)
    assert (campaign.title, campaign.who, campaign.lot) == ("Tonte des talus", "Léa", 1)
    assert len(load_campaign(catalogue, FIRST_ORGANISATION, 1).asked_structures) == 2
    assert "2 : déjà interrogée sur ce besoin" in seen(buyer, LOT).text
    assert "Suivre la campagne" in read(buyer, "/dossiers/1").text


def test_an_amount_is_refused_where_it_is_written(buyer: FlaskClient) -> None:
    page = seen(buyer, {**LOT, "objet": "Tonte pour 40 000 € par an"})
    assert page.status == 422
    assert "un montant estimé ne se dit pas" in page.text
    assert page.one("#objet")["aria-invalid"] == "true"


@pytest.mark.parametrize("missing", NEEDED)
def test_without_a_setting_it_is_said_how_to_set_it_and_nothing_is_kept(
    buyer: FlaskClient, catalogue: Engine, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    whole = seen(buyer, LOT)
    monkeypatch.delenv(missing)
    page = seen(buyer, LOT)
    assert page.status == 200
    assert missing in page.one(".notice.stop").get_text()
    assert "contact@atelier-1.example" in page.text, "whom is shown all the same"
    assert missing in read(buyer, "/campagnes").one(".notice.stop").get_text(), "and before anything is chosen"
    assert page.one("a[href='mailto:contact@atelier-1.example']")
    sheet = buyer.get(str(page.one("a[href*='liste.csv']")["href"])).text
    assert sheet.splitlines()[0].endswith("Structure;SIRET;Commune;Téléphone;Courriel;Origine des contacts")
    assert sheet.count("@atelier-") == 3
    assert page.all(KEEP) == []
    fill(buyer, whole, KEEP, qui="Léa")
    assert list_campaigns(catalogue, FIRST_ORGANISATION) == []


def test_a_territory_is_chosen_from_the_catalogue(buyer: FlaskClient, catalogue: Engine) -> None:
    start = read(buyer, read(buyer, "/catalogue/qualite").link("Interroger celles d’un département"))
    assert (start.path, start.all("#metier option")[1].get_text()) != ("", "")
    assert "Choisissez un métier." in seen(buyer, {"departement": "59"}).text
    page = seen(buyer, NORD)
    assert "Création et entretien des espaces verts, Nord" in page.text
    assert fill(buyer, page, KEEP, qui="Léa").path == "/campagnes/1"
    assert list_campaigns(catalogue, FIRST_ORGANISATION)[0].trades == (GREEN,)
    assert "Création et entretien des espaces verts, Nord" in read(buyer, "/campagnes").text
    nobody = seen(buyer, {"departement": "62", "metier": GREEN})
    assert "0 structure à interroger" in nobody.text
    assert "Relisez qui est interrogé" not in nobody.text


def test_a_closed_dossier_asks_nobody(buyer: FlaskClient, catalogue: Engine) -> None:
    turned(catalogue, Close("fini"), 2)
    assert "/campagnes/nouvelle" not in read(buyer, "/dossiers/1").html
    page = seen(buyer, LOT)
    assert (page.status, "rouvrez-le" in page.text) == (422, True)


def test_an_address_that_names_nothing_is_refused(buyer: FlaskClient) -> None:
    for asked, status in (
        ({}, 400),
        ({**LOT, **NORD}, 400),
        ({"dossier": "9"}, 404),
        ({"club": "9"}, 404),
        ({"dossier": "1", "lot": "7"}, 422),
        ({"departement": "99", "metier": GREEN}, 400),
        ({"departement": "59", "metier": "rien"}, 400),
    ):
        assert seen(buyer, asked).status == status, asked


def test_a_club_asks_its_suppliers(organiser: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    say_controller(monkeypatch)
    button = read(organiser, "/club/1/participants").one("a[href^='/campagnes/nouvelle']")
    number = re.sub(r"\D", "", button.get_text())
    page = read(organiser, str(button["href"]))
    assert page.status == 200
    assert page.one("h1").get_text().endswith(f"à interroger, sur {number}")
    assert "avant « " in page.text


def test_a_reader_sees_the_campaigns_and_makes_none(team: Flask) -> None:
    reader = signed_in(team, Role.READER)
    assert read(reader, "/campagnes").status == 200
    assert read(reader, "/campagnes").all("#departement") == []
    assert seen(reader, NORD).status == 403


@EACH_NASTY
def test_no_field_breaks_it(buyer: FlaskClient) -> None:
    about = {"departement": NORD} | dict.fromkeys(("metier", "titre"), NORD)
    fields = ("dossier", "lot", "departement", "metier", "club", "titre", "objet", "signature", "premiers")
    for name, nasty in nasty_fields(*fields):
        harmless(seen(buyer, {**about.get(name, LOT), name: nasty}), name, nasty)
