"""Before the day, a participant reads of the other side those alone who agreed, and chooses among them; the others stay unseen."""

import re
from dataclasses import replace
from itertools import chain

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.club.meeting_day.changes import Amend, Bind, Register
from matcher.club.meeting_day.meeting_day import Bond, MeetingDay, Participant, ParticipantRole, Tie
from matcher.club.meeting_day.participant_link import give_links
from matcher.club.meeting_day.registration_link import load_requests, open_door
from matcher.club.meeting_day.store import change_latest_day, load_day
from matcher.club.results.who_comes import MOST_WISHES, suggestions
from matcher.ownership import FIRST_ORGANISATION
from matcher.web import create_app
from tests.matcher.web.club.test_own_page import EVE
from tests.matcher.web.club_pages import CLOCK, ME, OPENED
from tests.matcher.web.reading import fill, read, send

BUYER = {"name": "Commune Neuve", "need_1": "Blanchisserie du linge", "place": "Maubeuge", "person_1": "Mme Neuve"}


def event_now(day: Engine) -> MeetingDay:
    return load_day(day, FIRST_ORGANISATION, 1)


@pytest.fixture
def guest(day: Engine) -> FlaskClient:
    return create_app(day, today=lambda: EVE, clock=lambda: CLOCK).test_client()


@pytest.fixture
def seen(day: Engine) -> list[Participant]:
    """The suppliers who agreed, all but the last."""
    some = [replace(one, visible=True) for one in event_now(day).list_seats(suppliers=True)][:-1]
    change_latest_day(day, FIRST_ORGANISATION, 1, lambda _: [Amend(tuple(some))], author=ME, now=OPENED)
    return some


def test_who_registers_chooses_among_those_who_agreed(
    guest: FlaskClient, organiser: FlaskClient, day: Engine, seen: list[Participant]
) -> None:
    link = f"/inscription/{open_door(day, FIRST_ORGANISATION, 1, author=ME, now=OPENED)}"
    page = read(guest, link, {"sorte": "acheteur"})
    unseen = event_now(day).list_seats(suppliers=True)[-1]
    offered = {str(one["value"]) for one in page.all("#voeu-0 option")} - {""}
    assert offered == {str(one.key) for one in seen}
    assert unseen.name not in page.text
    assert not page.one("#visible").has_attr("checked")
    looked = fill(guest, page, "main form", faire="voir", **BUYER)
    assert looked.status == 200
    assert "Vous pourriez rencontrer" in looked.text
    assert not looked.all(".fault")
    assert load_requests(day, FIRST_ORGANISATION, 1) == []
    assert looked.one("#need_1")["value"] == BUYER["need_1"]
    mine = {"person_1_email": "neuve@commune.example", "accord": "oui", "visible": "oui"}
    wished, refused = seen[0], seen[1]
    fill(guest, page, "main form", voeu=[str(wished.key), str(unseen.key)], refus=str(refused.key), **BUYER, **mine)
    (one,) = load_requests(day, FIRST_ORGANISATION, 1)
    assert (one.wishes, one.refusals, one.participant.visible) == ((wished.name,), (refused.name,), True)
    held = read(organiser, "/club/1/inscriptions")
    assert f"Souhaite rencontrer : {wished.name}." in held.text
    send(organiser, "/club/1/inscriptions", "/club/1/inscriptions", {"inscrire": str(one.id), "qui": ME})
    event = event_now(day)
    me = event.participants[-1].key
    assert {Bond(Tie.MUST, me, wished.key), Bond(Tie.NEVER, me, refused.key)} <= set(event.bonds)


def test_behind_its_link_a_buyer_sees_reasons_chooses_three_and_takes_back(
    guest: FlaskClient, day: Engine, seen: list[Participant]
) -> None:
    buyer = event_now(day).bookings[0].buyer
    token = give_links(day, FIRST_ORGANISATION, event_now(day), [buyer], author=ME, now=OPENED)[buyer]
    address = f"/rendez-vous/{token}"
    page = read(guest, f"{address}/qui-vient")
    text, unseen = page.text, event_now(day).list_seats(suppliers=True)[-1]
    assert seen[0].name in text
    assert unseen.name not in text
    assert page.all("section[aria-labelledby=pourriez] .note")
    asked = [bond for bond in event_now(day).bonds if bond.by == buyer]
    free = [one.key for one in seen if one.key not in {bond.other for bond in asked}]
    room = MOST_WISHES - sum(bond.tie is Tie.MUST for bond in asked)

    def choose(tie: str, key: int) -> str:
        return send(guest, address, address, {"faire": f"choisir.{tie}.{key}", "liste": "oui"}).text

    for key in free[:room]:
        assert "C’est noté." in choose("MUST", key)
    version = event_now(day).version
    assert f"{MOST_WISHES} vœux au plus" in choose("MUST", free[room])
    assert event_now(day).version == version
    choose("NEVER", free[0])
    own = {bond for bond in event_now(day).bonds if bond.by == buyer and bond.other == free[0]}
    assert own == {Bond(Tie.NEVER, buyer, free[0])}
    assert send(guest, address, address, {"faire": f"choisir.MUST.{unseen.key}"}).status == 400


def test_one_is_shown_only_where_one_agrees_and_no_longer_than_that(
    guest: FlaskClient, day: Engine, seen: list[Participant]
) -> None:
    buyer, supplier = event_now(day).bookings[0].buyer, seen[0].key
    tokens = give_links(day, FIRST_ORGANISATION, event_now(day), [buyer, supplier], author=ME, now=OPENED)
    address, name = f"/rendez-vous/{tokens[buyer]}", event_now(day).name_of(buyer)
    other = f"/rendez-vous/{tokens[supplier]}/qui-vient"
    assert name not in read(guest, other).text
    send(guest, address, address, {"faire": "montrer.oui", "liste": "oui"})
    shown = read(guest, other)
    assert name in shown.text
    people = [one for one in shown.all("main li") if "@" in one.get_text()]
    assert not people
    send(guest, address, address, {"faire": "montrer.non", "liste": "oui"})
    assert name not in read(guest, other).text


def test_who_is_there_twice_is_hidden_whole_and_its_refusal_counts_under_either_number(
    guest: FlaskClient, day: Engine, seen: list[Participant]
) -> None:
    event = event_now(day)
    buyer, supplier = event.by_key[event.bookings[0].buyer], seen[0]
    double = replace(buyer, key=event.next_key, same_as=buyer.key, visible=True)
    made = [Register((double,)), Bind((Bond(Tie.NEVER, double.key, supplier.key),))]
    change_latest_day(day, FIRST_ORGANISATION, 1, lambda _: made, author=ME, now=OPENED)
    tokens = give_links(day, FIRST_ORGANISATION, event_now(day), [buyer.key, supplier.key], author=ME, now=OPENED)
    address, other = f"/rendez-vous/{tokens[buyer.key]}", f"/rendez-vous/{tokens[supplier.key]}/qui-vient"
    could_meet = suggestions(day, FIRST_ORGANISATION, event_now(day), buyer, today=EVE)
    assert could_meet
    assert supplier.key not in {one.key for one in could_meet}
    assert buyer.name in read(guest, other).text
    assert "Ne plus me montrer" in read(guest, f"{address}/qui-vient").text
    send(guest, address, address, {"faire": "montrer.non", "liste": "oui"})
    assert buyer.name not in read(guest, other).text


def test_what_an_attributaire_shows_is_neither_its_hours_nor_its_amount(day: Engine) -> None:
    event = event_now(day)
    sized = [
        replace(
            one,
            sort=ParticipantRole.ATTRIBUTAIRE,
            visible=True,
            needs=tuple(replace(need, amount=81_000.0, hours=2400.0) for need in one.needs),
        )
        for one in event.list_seats(suppliers=False)
    ]
    change_latest_day(day, FIRST_ORGANISATION, 1, lambda _: [Amend(tuple(sized))], author=ME, now=OPENED)
    event = event_now(day)
    found = [suggestions(day, FIRST_ORGANISATION, event, one, today=EVE) for one in event.list_seats(suppliers=True)]
    reasons = " ".join(one.why for one in chain.from_iterable(found))
    assert "Attributaire, cherche" in reasons
    assert not re.search(r"insertion à faire|81.000", reasons)
