"""The page of a campaign: counts that add up, sent by the server or handed over, bounces, links closed, answers judged, one reminder, the end."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.accounts.roles import Role
from matcher.catalogue.steward.corrections import correct_supplier
from matcher.catalogue.store.read import find_supplier
from matcher.db import open_database
from matcher.dossiers.asking.answer import GivenAnswer
from matcher.dossiers.asking.answering import keep_answer
from matcher.dossiers.asking.store import load_campaign
from matcher.mail.outbox import MessageState
from matcher.ownership import FIRST_ORGANISATION
from matcher.web import create_app
from tests.factories import siret
from tests.matcher.dossiers.asking.campaigns import GREEN, NEEDED, NOW, aged, asked, filled, say_controller, secrets
from tests.matcher.dossiers.kept import WHO
from tests.matcher.mail.mailbox import Mailbox
from tests.matcher.web.conftest import queries, signed_in
from tests.matcher.web.reading import EACH_NASTY, Read, finished, harmless, nasty_fields, read, send

HERE = "/campagnes/1"


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    say_controller(monkeypatch)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """Three who are asked, the second at an address that the team wrote, and one without."""
    engine = open_database(f"sqlite:///{(tmp_path / 'catalogue.sqlite').as_posix()}")
    filled(engine, tmp_path)
    correct_supplier(engine, siret(2), {"courriel": ["deux@autre.example"]}, author=WHO, motive="", now=NOW)
    asked(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def app(engine: Engine) -> Flask:
    app = create_app(engine, today=NOW.date)
    app.testing = True
    return app


@pytest.fixture
def buyer(app: Flask) -> FlaskClient:
    return app.test_client()


def done(client: FlaskClient, what: str, number: int = 0, to: str = "structures", **typed: str) -> Read:
    values = {"faire": what, **typed} | ({"id": f"siret:{siret(number)}"} if number else {})
    return send(client, HERE, f"{HERE}/{to}", values)


def sent(client: FlaskClient, app: Flask) -> Read:
    """The page once the work that sends has ended."""
    send(client, HERE, f"{HERE}/envoyer")
    finished(app)
    return read(client, HERE)


def counted(page: Read) -> dict[str, int]:
    """What the tabs count."""
    pairs = (tab.get_text().rsplit(" ", 1) for tab in page.all('nav[aria-label="Où en sont les structures"] a'))
    return {words: int(number) for words, number in pairs}


def test_counts_add_up_and_each_narrows_the_list(buyer: FlaskClient) -> None:
    page = read(buyer, HERE)
    counts = counted(page)
    assert counts == {"Toutes": 4, "à envoyer": 3, "pas interrogée": 1}
    narrowed = read(buyer, HERE, {"etat": "pas interrogée"})
    assert [name.get_text() for name in narrowed.all(".structures strong")] == ["Atelier 900"]
    assert "sans adresse" in narrowed.text
    assert len(read(buyer, HERE, {"etat": "jamais vu"}).all(".structures > li")) == 4


def test_it_is_sent_by_the_server_and_shows_what_it_said(buyer: FlaskClient, app: Flask, mailbox: Mailbox) -> None:
    mailbox.rcpt["contact@atelier-3.example"] = ["550 no such user"]
    page = sent(buyer, app)
    assert "2 messages envoyés, 0 différé, 1 refusé." in page.text
    assert "550 no such user" in page.text
    assert counted(page) == {
        "Toutes": 4,
        "sans réponse encore": 2,
        "refusé par le serveur": 1,
        "pas interrogée": 1,
    }
    assert sorted(one["To"] for one in mailbox.taken) == ["contact@atelier-1.example", "deux@autre.example"]
    sent(buyer, app)
    assert len(mailbox.taken) == 2, "never twice"


def test_a_server_that_refuses_says_why(buyer: FlaskClient, app: Flask, mailbox: Mailbox) -> None:
    mailbox.sender_answers = ["550 not allowed"]
    page = sent(buyer, app)
    assert "n’envoie rien au nom de achats@mairie.example" in page.text
    assert counted(page)["à envoyer"] == 3


def test_without_a_server_it_is_handed_to_a_mail_merge(buyer: FlaskClient, engine: Engine) -> None:
    assert read(buyer, HERE).all('form[action$="envoyer"]') == []
    assert send(buyer, HERE, f"{HERE}/envoyer").status == 422
    file = send(buyer, HERE, f"{HERE}/publipostage.csv")
    assert file.html.count("https://entremise.example/r/") == 6, "in the message and in a column of its own"
    assert counted(read(buyer, HERE))["remis au publipostage"] == 3
    send(buyer, HERE, f"{HERE}/suite", {"faire": "clore"})
    assert send(buyer, HERE, f"{HERE}/publipostage.xlsx").status == 422
    assert load_campaign(engine, FIRST_ORGANISATION, 1).campaign.revoked is not None


@pytest.mark.parametrize("missing", NEEDED)
def test_without_a_setting_nothing_leaves(
    buyer: FlaskClient, engine: Engine, monkeypatch: pytest.MonkeyPatch, mailbox: Mailbox, missing: str
) -> None:
    monkeypatch.delenv(missing)
    assert missing in read(buyer, HERE).one(".notice.stop").get_text()
    assert [send(buyer, HERE, f"{HERE}/{to}").status for to in ("envoyer", "publipostage.csv")] == [422, 422]
    assert {one.messages[0].state for one in load_campaign(engine, FIRST_ORGANISATION, 1).asked_structures} == {
        MessageState.TO_SEND
    }
    assert mailbox.taken == []


def test_one_is_taken_out_with_a_reason(buyer: FlaskClient) -> None:
    assert done(buyer, "retirer", 1, motif=" ").status == 422
    assert "la raison est gardée" in done(buyer, "retirer", 1, motif=" ").text
    page = done(buyer, "retirer", 1, motif="déjà vue au téléphone")
    assert "Pas interrogée : déjà vue au téléphone" in page.text
    assert counted(page) == {"Toutes": 4, "à envoyer": 2, "pas interrogée": 2}


def test_a_message_comes_back_in_one_tap_a_link_closes_and_the_silent_are_reminded_once(
    buyer: FlaskClient, engine: Engine
) -> None:
    assert done(buyer, "revenu", 1).status == 422, "nothing has left"
    assert send(buyer, HERE, f"{HERE}/publipostage.csv").status == 200
    page = done(buyer, "revenu", 1)
    assert "noté à la main" in page.text
    assert "lien fermé" in done(buyer, "fermer", 2).text
    assert "se prépare à partir du" in done(buyer, "relancer", to="suite").text
    aged(engine)
    assert "1 relance attend l’envoi" in done(buyer, "relancer", to="suite").text
    assert "une fois suffit" in done(buyer, "relancer", to="suite").text
    assert counted(read(buyer, HERE)) == {
        "Toutes": 4,
        "à envoyer": 1,
        "remis au publipostage": 1,
        "revenu": 1,
        "pas interrogée": 1,
    }


def test_an_answer_that_waits_is_taken_or_kept_out(buyer: FlaskClient, engine: Engine) -> None:
    links = secrets(engine, 1)
    given = GivenAnswer(trades={GREEN: True}, contact="Accueil")
    for number in (1, 2):
        keep_answer(engine, links[siret(number)], given, now=NOW)
    page = read(buyer, HERE)
    assert counted(page) == {
        "Toutes": 4,
        "réponse à relire": 1,
        "a répondu": 1,
        "remis au publipostage": 1,
        "pas interrogée": 1,
    }
    assert "Accueil" in page.text
    assert "Dites votre nom" in done(buyer, "accepter", 2, "reponses").text
    assert "n’attend" in done(buyer, "refuser", 1, "reponses", qui="Léa").text
    page = done(buyer, "accepter", 2, "reponses", qui="Léa")
    assert "La réponse est au catalogue" in page.text
    assert counted(page)["a répondu"] == 2
    supplier = find_supplier(engine, siret(2))
    assert supplier is not None
    assert [one.code for one in supplier.activities] == [GREEN]
    assert page.link("Atelier 2") == f"/fournisseurs/siret:{siret(2)}"


def test_an_answer_that_is_kept_out_is_still_shown(buyer: FlaskClient, engine: Engine) -> None:
    keep_answer(engine, secrets(engine, 1)[siret(2)], GivenAnswer(trades={GREEN: True}), now=NOW)
    page = done(buyer, "refuser", 2, "reponses", qui="Léa")
    assert "gardée hors du catalogue" in page.text
    supplier = find_supplier(engine, siret(2))
    assert supplier is not None
    assert supplier.activities == ()


def test_a_form_that_is_not_ours_does_nothing(buyer: FlaskClient) -> None:
    for to in ("structures", "suite", "reponses"):
        assert done(buyer, "autre", 1, to).status == 400
        assert buyer.post(f"{HERE}/{to}", data={"faire": "clore"}).status_code == 400, "without its token"
    assert read(buyer, "/campagnes/99").status == 404


def test_a_reader_reads_it_and_does_nothing(engine: Engine, team: Flask, tmp_path: Path) -> None:
    own: Engine = team.extensions["entremise"].engine
    filled(own, tmp_path)
    number = asked(own).campaign.id
    reader = signed_in(team, Role.READER)
    page = read(reader, f"/campagnes/{number}")
    assert page.status == 200
    assert [form["action"] for form in page.all("main form")] == []
    buyer = signed_in(team, Role.BUYER)
    assert read(buyer, f"/campagnes/{number}").all("main form") != []
    token = page.all('input[name="csrf_token"]')[0]["value"]
    for to in ("envoyer", "publipostage.csv", "suite", "structures", "reponses"):
        answer = reader.post(f"/campagnes/{number}/{to}", data={"csrf_token": token, "faire": "clore"})
        assert answer.status_code == 403, to


def test_sixty_ask_the_database_no_more_than_three(buyer: FlaskClient, engine: Engine, tmp_path: Path) -> None:
    with queries(engine) as few:
        read(buyer, HERE)
    filled(engine, tmp_path, 60)
    number = asked(engine).campaign.id
    with queries(engine) as many:
        read(buyer, f"/campagnes/{number}")
    assert len(many) <= len(few) + 1, many


@EACH_NASTY
def test_no_field_breaks_it(buyer: FlaskClient) -> None:
    for name, nasty in nasty_fields("etat", "page"):
        harmless(read(buyer, HERE, {name: nasty}), name, nasty)
    for name, nasty in nasty_fields("id", "faire", "motif"):
        typed = {"faire": "retirer", "id": f"siret:{siret(1)}", "motif": "raison", name: nasty}
        harmless(send(buyer, HERE, f"{HERE}/structures", typed), name, nasty)
