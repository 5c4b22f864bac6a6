"""The help: every word, lever, signal and source of the product, from the one home each has."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from importers import REGISTRY
from matcher.accounts.roles import Role
from matcher.domain.kinds import SupplierKind
from matcher.ranking.gates import GATES
from matcher.ranking.profiles import DEFAULT
from matcher.ranking.signals import SIGNALS
from matcher.reference.glossary import credits_of_tables, glossary, meaning
from matcher.reference.levers import levers
from matcher.settings import PublicNotice, WebSettings
from matcher.web import create_app
from tests.conftest import ROOT
from tests.matcher.web.conftest import TODAY, signed_in
from tests.matcher.web.reading import read

NOTICES = ("/aide/accessibilite", "/aide/donnees-personnelles", "/aide/mentions-legales")


@pytest.mark.parametrize("address", ["/aide", "/aide/glossaire", "/aide/leviers", "/aide/methode", "/aide/sources"])
def test_every_page_of_help_opens_and_leads_to_the_others(client: FlaskClient, address: str) -> None:
    page = read(client, address)
    assert page.status == 200
    assert len(page.all("h1")) == 1
    assert page.one('.tabs a[aria-current="page"]')["href"] == address
    for link in page.all("main a[href^='/']"):
        assert read(client, str(link["href"])).status == 200, link


def test_the_glossary_holds_every_kind_and_family(client: FlaskClient) -> None:
    page = read(client, "/aide/glossaire")
    words = [term.get_text(strip=True) for term in page.all("dl.help dt")]
    assert len(words) == len(glossary())
    for word in (*SupplierKind, "SIAE", "STPA", "lot réservé", "part connue"):
        assert str(word) in words
        assert meaning(str(word))
    with pytest.raises(KeyError):
        meaning("mot absent")


def test_each_lever_gives_its_article_and_its_sentence(client: FlaskClient) -> None:
    page = read(client, "/aide/leviers")
    assert len(page.all("section.lever")) == len(levers())
    for lever in levers():
        section = page.one(f'[id="levier-{lever.code}"]').get_text(" ", strip=True)
        assert " ".join(lever.sentence.split()[:6]) in " ".join(section.split())
        assert lever.article in section


def test_the_method_is_what_the_engine_does(client: FlaskClient) -> None:
    page = read(client, "/aide/methode")
    for signal in SIGNALS:
        assert signal.told, signal.key
        row = " ".join(page.one(f"#signal-{signal.key}").get_text(" ").split())
        assert signal.label in row
        assert row.endswith(str(DEFAULT[signal.key]))
    assert page.one("table.method tfoot .num:last-child").get_text(strip=True) == "100"
    for gate in GATES:
        assert gate.told, gate.key
        assert gate.told.partition(":")[0].strip() in page.text


def test_each_source_gives_its_licence_and_its_last_import(client: FlaskClient) -> None:
    page = read(client, "/aide/sources")
    for importer in REGISTRY.values():
        assert importer.title in page.text
    assert page.text.count("importé le 1ᵉʳ novembre 2026") == 3
    assert len(page.all("table.credits tbody tr")) == len(credits_of_tables()) > 20
    assert all(credit.licence for credit in credits_of_tables())


@pytest.mark.parametrize("address", NOTICES)
def test_the_foot_of_every_page_leads_to_whose_it_is(client: FlaskClient, address: str) -> None:
    assert read(client, "/catalogue").all(f'.footing a[href="{address}"]')
    page = read(client, address)
    assert page.status == 200
    assert page.one('.footing a[aria-current="page"]')["href"] == address
    assert "docs/deploy.md" in page.text, "alone, one is who sets it"


def test_accessibility_says_what_is_verified_and_what_is_not(client: FlaskClient) -> None:
    """« Non conforme » is what the RGAA has one declare without an audit, and what décret 2019-768 has the first page say."""
    page = read(client, "/aide/accessibilite")
    assert "Non conforme" in page.text
    assert "aucun audit" in page.text
    verified, unverified = page.text.split("Ce qui est vérifié")[-1].split("Ce qui n’est pas vérifié")
    for fact in ("axe-core", "clavier", "320 pixels"):
        assert fact in verified
    assert "lecteur d’écran" in unverified
    axe = (ROOT / "tests/browser/vendor/axe.min.js").read_text(encoding="utf-8")
    assert axe.startswith("/*! axe v4.14."), "the version that the page names"
    assert "non conforme" in read(client, "/").one(f'.footing a[href="{page.path}"]').get_text()
    label = read(client, "/catalogue").one(f'.footing a[href="{page.path}"]').get_text()
    assert label.replace("\xa0", " ") == "Accessibilité : ce qui est vérifié"


def test_a_notice_says_what_was_set(engine: Engine) -> None:
    notice = PublicNotice("Ville d’Exemple", "Hébergeur, 1 rue du Port", "achats@mairie.example", "Le maire d’Exemple")
    client = create_app(engine, WebSettings(notice=notice), today=lambda: TODAY).test_client()
    legal = read(client, "/aide/mentions-legales")
    assert "Ville d’Exemple" in legal.text
    assert "Hébergeur, 1 rue du Port" in legal.text
    assert legal.one('#contact a[href="mailto:achats@mairie.example"]')
    assert "Le maire d’Exemple" in read(client, "/aide/donnees-personnelles").text
    for address in NOTICES:
        assert "non renseigné" not in read(client, address).text


def test_what_is_not_set_is_said_and_where_to_who_administers_alone(team: Flask) -> None:
    stranger, reader, admin = (
        team.test_client(),
        signed_in(team, Role.READER),
        signed_in(team, Role.ADMINISTRATOR),
    )
    for address in NOTICES:
        for client in (stranger, reader, admin):
            page = read(client, address)
            assert page.status == 200
            assert "non renseigné par cette installation" in page.text
            assert ("ENTREMISE_CONTACT" in page.text) is (client is admin)
        assert read(stranger, address).all(".tabs, .menu") == []


def test_alone_on_one_s_computer_nobody_else_answers_for_the_pages(client: FlaskClient) -> None:
    for address in NOTICES:
        page = read(client, address).text
        assert "sur votre ordinateur, pour vous seul" in page, address
        assert "non renseigné" not in page, address


def test_pages_that_others_reach_are_somebody_s(engine: Engine) -> None:
    client = create_app(engine, WebSettings(hosts=("entremise.mairie.example",))).test_client()
    page = client.get("/aide/mentions-legales", headers={"Host": "entremise.mairie.example"})
    assert "pour vous seul" not in page.text
