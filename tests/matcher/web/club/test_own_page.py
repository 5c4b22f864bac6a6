"""A participant's own page behind its link: what it says is written once and moves nothing, and nothing of others is told."""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.event import listen

from matcher.accounts.roles import Role
from matcher.accounts.store import add_account
from matcher.club.meeting_day.changes import Freeze, Record, WithdrawParticipant
from matcher.club.meeting_day.entrance import CheckIn
from matcher.club.meeting_day.meeting_day import Bond, Booking, MeetingDay, MeetingOutcome, OwnNote, Result, Tie
from matcher.club.meeting_day.own_words import note_of
from matcher.club.meeting_day.participant_link import LASTS, give_links, load_links, revoke_links
from matcher.club.meeting_day.sequels import ASKED_AFTER, SequelStep
from matcher.club.meeting_day.store import change_day, load_day, load_people
from matcher.db import open_database
from matcher.ownership import FIRST_ORGANISATION
from matcher.web import create_app
from matcher.web.club.meeting_day import unsettling_changes
from tests.matcher.web.club_pages import CLOCK, DAY, ME, OPENED
from tests.matcher.web.reading import Read, fill, read, send

EVE = DAY - timedelta(days=2)


@dataclass
class Phone:
    """A telephone with the link of the supplier of a meeting; `today` can be moved."""

    engine: Engine
    booking: Booking
    today: date = EVE
    link: str = ""

    def __post_init__(self) -> None:
        self.client = self.another()

    def another(self) -> FlaskClient:
        return create_app(self.engine, today=lambda: self.today, clock=lambda: CLOCK).test_client()

    @property
    def me(self) -> int:
        return self.booking.supplier

    @property
    def other(self) -> int:
        return self.booking.buyer

    @property
    def event(self) -> MeetingDay:
        return load_day(self.engine, FIRST_ORGANISATION, 1)

    def say(self, what: str, **typed: str) -> Read:
        return send(self.client, self.link, self.link, {"faire": what, **typed})


@pytest.fixture
def phone(day: Engine) -> Phone:
    event = load_day(day, FIRST_ORGANISATION, 1)
    one = Phone(day, event.bookings[0])
    tokens = give_links(day, FIRST_ORGANISATION, event, [one.me, one.other], author=ME, now=OPENED)
    one.link = f"/rendez-vous/{tokens[one.me]}"
    return one


def test_it_shows_its_own_and_nothing_of_the_others(phone: Phone) -> None:
    page, people = read(phone.client, phone.link), load_people(phone.engine, FIRST_ORGANISATION, 1)
    its = phone.event.bookings_of[phone.me]
    assert " ".join(page.one("h1").get_text().split()) == f"{len(its)} rendez-vous à confirmer"
    assert phone.event.name_of(phone.other) in page.text
    unmet = {one.key for one in phone.event.participants} - {key for one in its for key in one.pair}
    assert not [one for one in unmet if phone.event.by_key[one].name in page.text]
    contacts = {text for key in people if key != phone.me for one in people[key] for text in (one.phone, one.email)}
    assert not [text for text in contacts - {""} if text in page.text]
    assert phone.client.get(phone.link).headers["Cache-Control"]


def test_it_accepts_once_and_the_organiser_has_nothing_left_to_say(phone: Phone) -> None:
    before = phone.event
    for _ in range(2):
        page = phone.say(f"accepter.{phone.other}.{phone.booking.slot}")
    assert "accepté" in page.one(f"#r-{phone.other}").get_text()
    assert phone.event.version == before.version + 1
    assert phone.event.bookings == before.bookings
    phone.say("accepter")
    assert {one.other for one in phone.event.accepted.values()} == {one.buyer for one in before.bookings_of[phone.me]}
    assert "a changé d’heure" in phone.say(f"accepter.{phone.other}.{phone.booking.slot + 1}").text


def test_a_refusal_is_proposed_to_the_organiser_and_can_be_taken_back(phone: Phone) -> None:
    before = phone.event
    for _ in range(2):
        phone.say(f"decliner.{phone.other}")
    assert phone.event.bookings == before.bookings  # nothing moves by itself
    assert phone.event.bonds[len(before.bonds) :] == (Bond(Tie.NEVER, phone.me, phone.other),)
    page = read(phone.client, "/club/1/pages")
    assert len(page.all("#declines")) == 1
    preview = read(phone.client, "/club/1/imprevu", {"quoi": "reprendre", "depuis": "9 h"})
    assert "annulé" in preview.text
    phone.say(f"accepter.{phone.other}.{phone.booking.slot}")
    assert phone.event.bonds == before.bonds
    assert read(phone.client, "/club/1/pages").all("#declines") == []


def test_hours_wishes_and_absence_are_the_eves(phone: Phone) -> None:
    before = phone.event
    assert "Écrivez une heure" in phone.say("heures", arrivee="tôt", depart="").text
    assert "après l’arrivée" in phone.say("heures", arrivee="11 h", depart="10 h").text
    phone.say("heures", arrivee="9 h 40", depart="")
    assert phone.event.by_key[phone.me].arrival == 580
    assert "de quand à quand" in phone.say("heures", arrivee="9 h 40", depart="", absence="un moment").text
    page = phone.say("heures", arrivee="9 h 40", depart="", absence="10h-10h30")
    assert (phone.event.by_key[phone.me].arrival, phone.event.by_key[phone.me].away) == (580, ((600, 630),))
    assert page.one("#absence")["value"].replace("\u00a0", " ") == "10 h 00 à 10 h 30"
    phone.say("heures", arrivee="9 h 40", depart="")  # a page kept on a telephone since before the field
    assert phone.event.by_key[phone.me].away == ((600, 630),)
    met = {one.buyer for one in before.bookings_of[phone.me]}
    wished = next(one for one in before.list_seats(suppliers=False) if one.key not in met)
    for _ in range(2):
        phone.say("voeu.MUST", nom=wished.name)
    assert phone.event.bonds == (*before.bonds, Bond(Tie.MUST, phone.me, wished.key))
    assert "n’est reconnu" in phone.say("voeu.MUST", nom="Personne de connu").text
    phone.say(f"retirer.MUST.{wished.key}")
    assert phone.event.bonds == before.bonds
    page = phone.say("renoncer")
    assert phone.event.by_key[phone.me].absent
    assert "ne pas venir" in page.text
    assert "ne viendra pas" in unsettling_changes(phone.event)[-1]
    phone.say("venir")
    assert not phone.event.by_key[phone.me].absent
    phone.today, version = DAY, phone.event.version
    for what in ("heures", "renoncer", f"decliner.{phone.other}", "voeu.MUST", f"retirer.MUST.{wished.key}"):
        assert "dites-le à l’organisateur" in phone.say(what, nom=wished.name).text
    assert phone.event.version == version


def test_an_outcome_counts_and_a_note_is_its_own(phone: Phone) -> None:
    phone.today = DAY
    phone.say(f"note.{phone.other}", note="rappeler lundi")
    for _ in range(2):
        page = phone.say(f"issue.{phone.other}.QUOTE", note="rappeler lundi", avant="rappeler lundi")
    (outcome,) = phone.event.outcomes.values()
    assert (outcome.result, outcome.note) == (Result.QUOTE, "")
    assert note_of(phone.event, phone.me, phone.other).text == "rappeler lundi"
    assert page.one(f"#note-{phone.other}").get_text().strip() == "rappeler lundi"
    assert "rappeler lundi" in read(phone.client, "/club/1/pages").one("section:has(> #notes)").get_text()
    theirs = give_links(phone.engine, FIRST_ORGANISATION, phone.event, [phone.other], author=ME, now=OPENED)[
        phone.other
    ]
    assert "rappeler lundi" not in read(phone.client, f"/rendez-vous/{theirs}").text
    page = phone.say(f"utile.{phone.other}.4", note="rappeler lundi", avant="rappeler lundi")
    assert note_of(phone.event, phone.me, phone.other) == OwnNote(
        phone.me, phone.other, Result.QUOTE, "rappeler lundi", 4
    )
    assert page.one(f"[value='utile.{phone.other}.4']")["class"] == ["button", "kept"]
    version = phone.event.version
    assert "de 1 à 5" in phone.say(f"utile.{phone.other}.6").text
    assert phone.event.version == version


@pytest.mark.parametrize(
    ("sent", "shown", "kept"),
    [("second", "", "premier\nsecond"), ("second", "premier", "second"), ("", "", "premier"), ("", "premier", "")],
)
def test_two_people_behind_one_link_lose_no_note(phone: Phone, sent: str, shown: str, kept: str) -> None:
    phone.say(f"note.{phone.other}", note="premier")
    phone.client = phone.another()  # the server started again, on another telephone
    phone.say(f"note.{phone.other}", note=sent, avant=shown)
    assert note_of(phone.event, phone.me, phone.other).text == kept


def test_the_profile_is_changed_and_who_was_slower_is_told(phone: Phone) -> None:
    page, slower = read(phone.client, f"{phone.link}/fiche"), phone.another()
    late = read(slower, f"{phone.link}/fiche")
    held = phone.event.by_key[phone.me]
    fill(phone.client, page, "main form", activity="Taille de haies", name="Autre", person_1="Mme Neuve")
    after = phone.event.by_key[phone.me]
    assert (after.activity, after.name, after.supplier_id) == ("Taille de haies", held.name, held.supplier_id)
    assert load_people(phone.engine, FIRST_ORGANISATION, 1)[phone.me][0].name == "Mme Neuve"
    refused = fill(slower, late, "main form", activity="Tonte")
    assert (refused.status, refused.one("#activity").get_text().strip()) == (409, "Tonte")


def test_a_script_and_a_page_that_is_open_are_answered(phone: Phone) -> None:
    token = read(phone.client, phone.link).all('input[name="csrf_token"]')[0]["value"]
    as_json = {"Accept": "application/json"}
    sent = {"csrf_token": token, "faire": "accepter"}
    tag = phone.client.get(f"{phone.link}/etat").headers["ETag"]
    assert phone.client.get(f"{phone.link}/etat", headers={"If-None-Match": tag}).status_code == 304
    assert phone.client.post(phone.link, data=sent, headers=as_json).json == {"fait": True}
    assert phone.client.get(f"{phone.link}/etat", headers={"If-None-Match": tag}).status_code == 200
    wrong = {**sent, "faire": f"accepter.{phone.other}.{phone.booking.slot + 1}"}
    assert phone.client.post(phone.link, data=wrong, headers=as_json).status_code == 422
    for bad in ("", "autre", "accepter.x", "issue.1.AUTRE", "retirer.MUST", "voeu.MET", "note.99999999999"):
        assert phone.client.post(phone.link, data={**sent, "faire": bad}).status_code == 400, bad
    assert phone.client.get(f"{phone.link}/agenda.ics").mimetype == "text/calendar"


def test_an_open_page_is_told_of_its_own_changes_alone(phone: Phone) -> None:
    event, page = phone.event, f"{phone.link}/etat"
    others = [one for one in event.bookings if phone.me not in one.pair]
    tags = {address: phone.client.get(address).headers["ETag"] for address in (page, "/club/1/jour/etat")}
    assert f"data-mark={tags[page]}" in read(phone.client, phone.link).html
    said = MeetingOutcome(others[0].buyer, others[0].supplier, Result.QUOTE)
    for made, changed in (
        ((CheckIn(phone.other, 560), CheckIn(phone.me, 560)), {page: 304, "/club/1/jour/etat": 304}),
        ((Record(said),), {page: 304, "/club/1/jour/etat": 200}),
        ((Freeze(replace(event.plan, bookings=tuple(others))),) if event.plan else (), {page: 200}),
    ):
        change_day(phone.engine, FIRST_ORGANISATION, 1, made, version=phone.event.version, author=ME, now=OPENED)
        for address, status in changed.items():
            assert phone.client.get(address, headers={"If-None-Match": tags[address]}).status_code == status, made
    assert phone.client.get("/club/9/jour/etat").status_code == 404


def test_a_page_that_has_not_changed_asks_the_database_for_its_link_and_its_event_alone(phone: Phone) -> None:
    add_account(phone.engine, "lea@essai.example", None, Role.READER, FIRST_ORGANISATION, author="essai", now=OPENED)
    page, client = f"{phone.link}/etat", phone.another()
    tag = client.get(page).headers["ETag"]
    asked: list[str] = []
    listen(phone.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    assert client.get(page, headers={"If-None-Match": tag}).status_code == 304
    assert len([one for one in asked if one.startswith("SELECT")]) == 2


@pytest.mark.parametrize(
    ("why", "status", "said"),
    [("forged", 404, "mal recopié"), ("revoked", 404, "fermé"), ("over", 410, "passé"), ("left", 410, "plus inscrite")],
)
def test_a_link_that_opens_nothing_says_so(phone: Phone, why: str, status: int, said: str) -> None:
    if why == "forged":
        phone.link += "x"
    elif why == "revoked":
        revoke_links(phone.engine, FIRST_ORGANISATION, 1, [phone.me], now=OPENED)
    elif why == "over":
        phone.today = DAY + LASTS + timedelta(days=1)
    else:
        gone, version = [WithdrawParticipant(phone.me)], phone.event.version
        change_day(phone.engine, FIRST_ORGANISATION, 1, gone, version=version, author=ME, now=OPENED)
    page = read(phone.client, phone.link)
    assert (page.status, said in page.text) == (status, True)
    assert "Sambre" not in page.text


def test_no_message_is_wanted_any_more_in_one_tap_which_can_be_taken_back(phone: Phone) -> None:
    for what, silent in (("retirer", True), ("reprendre", False)):
        page = send(phone.client, phone.link, f"{phone.link}/courriels", {"faire": what})
        assert load_links(phone.engine, FIRST_ORGANISATION, 1)[phone.me].silent is silent
        assert ("ne vous écrit plus" in page.one("section:has(> #retirer)").get_text()) is silent
    assert send(phone.client, phone.link, f"{phone.link}/courriels", {"faire": "autre"}).status == 400
    forged = phone.client.get(f"{phone.link}x/courriels")
    assert forged.status_code == 405


def test_the_server_started_again_keeps_the_links(phone: Phone, day: Engine) -> None:
    again = open_database(str(day.url))
    assert read(create_app(again, today=lambda: EVE, clock=lambda: CLOCK).test_client(), phone.link).status == 200
    again.dispose()
    assert re.fullmatch(r"/rendez-vous/[\w-]{32}", phone.link)


def test_weeks_later_it_tells_what_its_meetings_led_to_apart_from_the_other_side(phone: Phone) -> None:
    phone.today = DAY + ASKED_AFTER - timedelta(days=1)
    assert not read(phone.client, phone.link).all("[data-kept^=suite-]")
    phone.today = DAY + ASKED_AFTER
    page = read(phone.client, phone.link)
    assert " ".join(page.one("h1").get_text().split()) == f"{len(page.all('[data-kept^=suite-]'))} rendez-vous"
    for _ in range(2):
        phone.say(f"suite.{phone.other}.QUOTE")
    assert [(one.by, one.step) for one in phone.event.sequels.values()] == [(phone.me, SequelStep.QUOTE)]
    phone.say(f"suite.{phone.other}.CONTRACT")
    phone.say(f"issue.{phone.other}.NOT_HELD")
    assert [one.step for one in phone.event.sequels.values()] == [SequelStep.CONTRACT]
    assert not read(phone.client, phone.link).all(f"#s-{phone.other}")
    assert phone.say(f"suite.{phone.other}.RICHES").status == 400
    assert phone.say("suite.9999.QUOTE").status == 422
