"""The page that gives the links of participants: by hand or by a message, what is left to say, and nothing sent without a press."""

import csv
import io
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.club.meeting_day.changes import Freeze
from matcher.club.meeting_day.own_words import GiveUp
from matcher.club.meeting_day.participant_link import load_links
from matcher.club.meeting_day.store import change_day, load_day, load_people
from matcher.ownership import FIRST_ORGANISATION
from tests.matcher.dossiers.asking.campaigns import say_controller
from tests.matcher.mail.mailbox import Mailbox
from tests.matcher.web.club_pages import CLOCK, ME, OPENED
from tests.matcher.web.reading import Read, finished, read, send

HERE = "/club/1/pages"


def test_links_are_given_once_told_and_closed(organiser: FlaskClient, day: Engine) -> None:
    page = send(organiser, "/club/1/pages", "/club/1/pages", {"faire": "donner", "qui": ME})
    event = load_day(day, FIRST_ORGANISATION, 1)
    links = [str(one["value"]) for one in page.all("input[readonly]")]
    assert len(links) == len(set(links)) == len(load_links(day, FIRST_ORGANISATION, 1))
    assert not [link for link in links if link in read(organiser, "/club/1/pages").text]
    first, *others = event.bookings
    missing = first.supplier
    changes = [GiveUp(missing), Freeze(replace(event.plan, bookings=tuple(others)))] if event.plan else []
    change_day(day, FIRST_ORGANISATION, 1, changes, version=event.version, author=ME, now=OPENED)
    to_tell = read(organiser, "/club/1/pages").one("section:has(> #dire)").get_text()
    assert f"C’est dit à {event.name_of(first.buyer)}" in to_tell
    assert f"C’est dit à {event.name_of(missing)}" not in to_tell  # who does not come knows
    assert "Annulé" in to_tell
    renewed = send(organiser, "/club/1/pages", "/club/1/pages", {"faire": f"donner.{first.buyer}", "qui": ME})
    assert f"C’est dit à {event.name_of(first.buyer)}" in renewed.one("section:has(> #dire)").get_text()
    send(organiser, "/club/1/pages", "/club/1/pages", {"faire": "dit", "version": str(event.version + 2)})
    assert "Chacun connaît son horaire" in read(organiser, "/club/1/pages").text
    send(organiser, "/club/1/pages", "/club/1/pages", {"faire": f"fermer.{missing}"})
    assert missing not in load_links(day, FIRST_ORGANISATION, 1)
    again = send(organiser, "/club/1/pages", "/club/1/pages", {"faire": f"donner.{first.buyer}", "qui": ME})
    assert "1 lien à donner maintenant" in again.text
    assert "Il n’est gardé nulle part" in again.text
    for bad in ("", "fermer.99999", "dit.x"):
        assert send(organiser, "/club/1/pages", "/club/1/pages", {"faire": bad}).status == 400, bad


def test_links_are_taken_away_in_a_file_for_a_mail_merge(organiser: FlaskClient, day: Engine) -> None:
    people, token = load_people(day, FIRST_ORGANISATION, 1), read(organiser, HERE).one("#pages [name=csrf_token]")
    file = organiser.post(HERE, data={"csrf_token": str(token["value"]), "faire": "emporter", "qui": ME})
    assert file.content_type.startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(file.data.decode("utf-8-sig"), newline=""), delimiter=";"))
    held = load_links(day, FIRST_ORGANISATION, 1)
    assert len({row["Lien"] for row in rows}) == len(held) > 1
    assert {one.email for key in held for one in people.get(key, ()) if one.email} == {
        row["Courriel"] for row in rows if row["Courriel"]
    }
    path = rows[0]["Lien"].partition("/rendez-vous/")[2]
    assert rows[0]["Structure"] in read(organiser, f"/rendez-vous/{path}").text
    assert read(organiser, HERE).all("button[value=emporter]") == []


def pressed(organiser: FlaskClient, what: str) -> Read:
    """The page once a button was pressed and what it had sent is."""
    send(organiser, HERE, HERE, {"faire": what, "qui": ME})
    finished(organiser.application)
    return read(organiser, HERE)


def test_links_and_changes_are_told_by_mail_and_the_rest_by_voice(
    organiser: FlaskClient, day: Engine, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    say_controller(monkeypatch)
    monkeypatch.setattr("matcher.club.results.mailing.utc_now", lambda: CLOCK)
    event, people = load_day(day, FIRST_ORGANISATION, 1), load_people(day, FIRST_ORGANISATION, 1)
    wrong = next(iter(people[event.bookings[0].buyer])).email
    mailbox.rcpt[wrong] = ["550 5.1.1 inconnu"]
    page = read(organiser, HERE)
    assert (len(page.all("button[value=envoyer]")), mailbox.taken) == (1, [])
    page = pressed(organiser, "envoyer")
    sent = [one["To"] for one in mailbox.taken]
    assert len(sent) == len(set(sent)) == len({one.email for held in people.values() for one in held if one.email}) - 1
    assert f"{len(sent)} messages envoyés, 0 différé, 1 refusé." in page.text
    to_tell = page.one("section:has(> #dire)").get_text()
    assert f"{wrong} refusé (550 5.1.1 inconnu)" in to_tell
    link = mailbox.taken[0].get_content().partition("/rendez-vous/")[2].split()[0]
    assert read(organiser, f"/rendez-vous/{link}").status == 200
    first, *others = event.bookings
    plan = [Freeze(replace(event.plan, bookings=tuple(others)))] if event.plan else []
    change_day(day, FIRST_ORGANISATION, 1, plan, version=event.version, author=ME, now=OPENED)
    assert len(mailbox.taken) == len(sent), "nothing leaves without a press"
    pressed(organiser, "prevenir")
    again = [one["To"] for one in mailbox.taken[len(sent) :]]
    assert {*again, wrong} == {one.email for key in (first.buyer, first.supplier) for one in people[key] if one.email}
    assert read(organiser, HERE).all("button[value=prevenir]") == []


def test_without_a_server_of_messages_the_page_lists_as_before(organiser: FlaskClient, day: Engine) -> None:
    page = send(organiser, HERE, HERE, {"faire": "envoyer", "qui": ME})
    assert "Aucun courriel ne peut partir" in page.text
    assert load_links(day, FIRST_ORGANISATION, 1) == {}
    assert page.all("button[value=envoyer]") == []
    assert len(page.all("button[value=donner]")) == 1
