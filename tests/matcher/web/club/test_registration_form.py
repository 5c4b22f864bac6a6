"""The registration form: a secret link opened, renewed, closed; what comes through it waits, is taken in or erased."""

import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from matcher.accounts.roles import Role
from matcher.accounts.throttle import MOST_BY_ADDRESS
from matcher.club.meeting_day.registration_link import door_of, load_requests
from matcher.club.meeting_day.store import create_day, load_day, load_people
from matcher.club.meeting_day.tables import DoorRow
from matcher.ownership import FIRST_ORGANISATION
from matcher.rows import table_of
from matcher.web.frame.app_state import EXTENSION
from tests.matcher.web.club_pages import HEADER, ME, RULES, SCHEDULE
from tests.matcher.web.conftest import OPENED, signed_in
from tests.matcher.web.reading import EACH_NASTY, Read, fill, harmless, nasty_fields, read, send

PAGE = "/club/1/inscriptions"
SUPPLIER = {
    "name": "Atelier Neuf",
    "activity": "Entretien d’espaces verts",
    "place": "Maubeuge",
    "person_1": "Mme Nouvelle",
    "person_1_email": "nouvelle@atelier.example",
    "accord": "oui",
}


def opened(client: FlaskClient) -> str:
    """Open the link, and return its path."""
    page = send(client, PAGE, f"{PAGE}/lien", {"faire": "ouvrir", "qui": ME})
    assert "ne sera plus montré" in page.text
    return re.sub(r"^https?://[^/]+", "", str(page.one("#adresse")["value"]))


def registered(client: FlaskClient, link: str, sort: str = "fournisseur", **typed: str) -> Read:
    return fill(client, read(client, link, {"sorte": sort}), "main form", **{**SUPPLIER, **typed})


def test_what_comes_waits_and_is_taken_in(organiser: FlaskClient, day: Engine) -> None:
    link = opened(organiser)
    first = read(organiser, link)
    assert "Vous venez comme" in first.text
    typed = read(organiser, link, {"sorte": "fournisseur"})
    assert "facultatif" not in typed.one("label[for=person_1]").get_text()
    assert "avec un courriel ou un téléphone" in typed.text
    assert "Gratuit" not in typed.text, "the organiser has said nothing of a price"
    assert "Bords de Sambre" not in first.text  # it tells nothing of the others
    before = load_day(day, FIRST_ORGANISATION, 1)
    done = registered(organiser, link)
    assert "attend la confirmation" in done.text
    registered(organiser, link)  # the same, sent twice, waits once
    assert load_day(day, FIRST_ORGANISATION, 1) == before
    page = read(organiser, PAGE)
    assert len(page.all(".request")) == 1
    assert "Atelier Neuf" in page.text
    after = send(organiser, PAGE, PAGE, {"inscrire": str(load_requests(day, FIRST_ORGANISATION, 1)[0].id)})
    assert "c’est fait" in after.text
    one = load_day(day, FIRST_ORGANISATION, 1).participants[-1]
    assert (one.name, one.activity) == ("Atelier Neuf", "Entretien d’espaces verts")
    assert load_people(day, FIRST_ORGANISATION, 1)[one.key][0].email == "nouvelle@atelier.example"
    assert load_requests(day, FIRST_ORGANISATION, 1) == []
    assert "n’attend plus" in send(organiser, PAGE, PAGE, {"inscrire": "1"}).text


def test_several_are_taken_in_at_once_and_one_is_erased(organiser: FlaskClient, day: Engine) -> None:
    link = opened(organiser)
    for name in ("Atelier Un", "Atelier Deux", "Farceur"):
        registered(organiser, link, name=name)
    registered(organiser, link, "acheteur", name="Commune Neuve", need_1="Nettoyage")
    joker = next(one for one in load_requests(day, FIRST_ORGANISATION, 1) if one.participant.name == "Farceur")
    assert "effacée" in send(organiser, PAGE, PAGE, {"refuser": str(joker.id)}).text
    send(organiser, PAGE, PAGE, {"inscrire": "tout"})
    assert [one.name for one in load_day(day, FIRST_ORGANISATION, 1).participants[-3:]] == [
        "Atelier Un",
        "Atelier Deux",
        "Commune Neuve",
    ]


def test_the_link_is_kept_as_a_hash_renewed_and_closed(organiser: FlaskClient, day: Engine) -> None:
    link = opened(organiser)
    with day.connect() as connection:
        (row,) = connection.execute(select(table_of(DoorRow))).all()
    assert link.rsplit("/", 1)[1] not in str(row)
    assert "ne sera plus montré" not in read(organiser, PAGE).text
    other = opened(organiser)
    assert read(organiser, link).status == 404
    assert read(organiser, other).status == 200
    page = send(organiser, PAGE, f"{PAGE}/lien", {"faire": "fermer"})
    assert "n’ouvre plus rien" in page.text
    assert read(organiser, other).status == 404
    assert door_of(day, FIRST_ORGANISATION, 1) is None
    assert send(organiser, PAGE, f"{PAGE}/lien", {"faire": "autre"}).status == 400
    for wrong in ("/inscription/x", f"/inscription/{'x' * 500}", "/inscription/%00"):
        assert "n’ouvre pas d’inscription" in read(organiser, wrong).text


@pytest.mark.parametrize(
    ("typed", "where"),
    [
        ({"accord": ""}, "accord"),
        ({"name": ""}, "name"),
        ({"siret": "12"}, "siret"),
        ({"person_1": "", "person_1_email": ""}, "person_1"),
        ({"person_1_email": "non"}, "person_1_email"),
        ({"arrival": "tôt"}, "arrival"),
    ],
)
def test_bad_input_is_said_and_nothing_is_kept(
    organiser: FlaskClient, day: Engine, typed: dict[str, str], where: str
) -> None:
    page = registered(organiser, opened(organiser), **typed)
    assert page.status == 422
    assert page.all(f"#{where}-faute")
    assert page.one("#name")["value"] == typed.get("name", "Atelier Neuf")
    assert load_requests(day, FIRST_ORGANISATION, 1) == []


@EACH_NASTY
def test_nothing_typed_breaks_the_form(organiser: FlaskClient) -> None:
    link = opened(organiser)
    for field, nasty in nasty_fields("name", "activity", "place", "person_1", "need_1"):
        harmless(registered(organiser, link, **{field: nasty}), field, nasty)
    page = read(organiser, PAGE)
    assert page.status == 200
    harmless(page, "les inscriptions", "")


def test_an_address_that_writes_too_often_must_wait(organiser: FlaskClient, day: Engine) -> None:
    link = opened(organiser)
    for number in range(MOST_BY_ADDRESS):
        assert registered(organiser, link, name=f"Atelier {number}").status == 200
    late = registered(organiser, link, name="De trop")
    assert late.status == 429
    assert "Réessayez dans 15 minutes" in late.text
    assert len(load_requests(day, FIRST_ORGANISATION, 1)) == MOST_BY_ADDRESS


def test_strangers_of_a_team_register_and_see_nothing_else(team: Flask) -> None:
    engine = team.extensions[EXTENSION].engine
    create_day(engine, FIRST_ORGANISATION, HEADER, SCHEDULE, RULES, author=ME, now=OPENED)
    link = opened(buyer := signed_in(team, Role.BUYER))
    assert "que sur cet ordinateur" not in read(buyer, PAGE).text
    stranger = team.test_client()
    page = read(stranger, link, {"sorte": "fournisseur"})
    assert page.status == 200
    assert page.all(".menu") == []
    done = registered(stranger, link)
    assert "C’est reçu" in done.text
    assert stranger.get(PAGE).status_code == 303
    assert signed_in(team, Role.READER).get(PAGE).status_code == 403
    send(signed_in(team, Role.BUYER), PAGE, PAGE, {"inscrire": "tout"})
    assert load_day(engine, FIRST_ORGANISATION, 1).journal[-1].who == "Léa acheteur"


def test_who_registers_is_told_an_address_that_is_known(
    organiser: FlaskClient, day: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = opened(organiser)
    asked = read(organiser, PAGE)
    assert "Ces pages ne s’ouvrent que sur cet ordinateur" in asked.text
    assert "Ces pages ne s’ouvrent que sur cet ordinateur" in read(organiser, "/club/1/pages").text
    assert "Le formulaire ne dit pas à quelle adresse vous écrire" in asked.text
    assert "dites-le à qui vous a donné ce lien" in read(organiser, link, {"sorte": "fournisseur"}).text
    settings = organiser.application.extensions[EXTENSION].settings
    known = replace(settings, notice=replace(settings.notice, contact="dpo@mairie.example"))
    monkeypatch.setattr(organiser.application.extensions[EXTENSION], "settings", known)
    assert "dpo@mairie.example" in read(organiser, link, {"sorte": "fournisseur"}).text
    page = read(organiser, str(asked.one("a[href$='#email']")["href"]))
    fill(organiser, page, "main form.event-form", email="club@cress.example", qui=ME)
    assert load_day(day, FIRST_ORGANISATION, 1).header.email == "club@cress.example"
    form = read(organiser, link, {"sorte": "fournisseur"})
    assert form.one("a[href^='mailto:']").get_text() == "club@cress.example"
    assert "ne dit pas à quelle adresse" not in read(organiser, PAGE).text


def test_the_link_of_a_deleted_event_opens_nothing(organiser: FlaskClient) -> None:
    link = opened(organiser)
    send(organiser, "/club/1/reglages", "/club/1/etat", {"faire": "supprimer"})
    assert read(organiser, link).status == 404
