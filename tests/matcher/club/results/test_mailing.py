"""Messages of a meeting day on both databases: one a person and a change, none where it is known or not wanted, and what is left to a voice."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from matcher.club.meeting_day.changes import DescribeDay, Freeze, Register, TellSequel, WithdrawParticipant
from matcher.club.meeting_day.meeting_day import Booking, FrozenTimetable, MeetingDay
from matcher.club.meeting_day.participant_link import (
    behind,
    give_links,
    load_links,
    mark_informed,
    revoke_links,
    silence_messages,
)
from matcher.club.meeting_day.sequels import Sequel, SequelStep
from matcher.club.meeting_day.store import Person, change_day, create_day, load_day, load_people
from matcher.club.results.mailing import (
    NO_ADDRESS,
    SILENT,
    addresses,
    load_standings,
    send_mailings,
    to_tell,
    unwritten_said,
    write_mailing,
)
from matcher.db import reading, writing
from matcher.mail.delivery import Delivery
from matcher.mail.tables import MessageRow
from matcher.ownership import FIRST_ORGANISATION
from matcher.rows import table_of
from matcher.settings import Controller, SmtpSettings
from tests.matcher.club.day import AT as WALL
from tests.matcher.club.day import BUYERS, HEADER, RULES, SCHEDULE, SUPPLIERS, WHO
from tests.matcher.mail.mailbox import LETTERHEAD, Mailbox, serving

AT = WALL.replace(tzinfo=UTC)
BY = Controller("Ville de Valbrune", "1, place Exemple", LETTERHEAD.reply_to)
SITE = "https://entremise.example"
ONE, TWO, FOUR = "p.specimen@valbrune.example", "m.temoin@valbrune.example", "marais@esat.example"
PEOPLE = {1: (Person("Paul Spécimen", "", ONE), Person("Mme Témoin", "", TWO)), 4: (Person("Anne Essai", "", FOUR),)}
PLAN = FrozenTimetable((Booking(0, 1, 1, 4, 0.5, 1), Booking(0, 2, 2, 5, 0.5, 1)), 1.0, 1.0)
EVERYONE = range(1, 8)


@pytest.fixture
def event(engine: Engine) -> MeetingDay:
    """Two meetings; one side of the first has two persons, the other one, and nobody has the address of the second."""
    made = create_day(engine, FIRST_ORGANISATION, HEADER, SCHEDULE, RULES, author=WHO, now=AT)
    come = [Register((*BUYERS, *SUPPLIERS)), Freeze(PLAN)]
    return change_day(
        engine, FIRST_ORGANISATION, made.id, come, version=made.version, author=WHO, now=AT, people=PEOPLE
    )


def write(engine: Engine, now: datetime = AT) -> int:
    return write_mailing(
        engine, FIRST_ORGANISATION, 1, EVERYONE, BY, author=WHO, since=date(2024, 1, 1), months=36, now=now
    )


def post(engine: Engine, server: SmtpSettings, now: datetime = AT) -> Delivery:
    return send_mailings(engine, FIRST_ORGANISATION, 1, server, BY, SITE, clock=lambda: now)


def move(engine: Engine, slot: int) -> MeetingDay:
    """Put the first meeting in another slot."""
    now = load_day(engine, FIRST_ORGANISATION, 1)
    plan = replace(PLAN, bookings=(replace(PLAN.bookings[0], slot=slot), PLAN.bookings[1]))
    return change_day(engine, FIRST_ORGANISATION, 1, [Freeze(plan)], version=now.version, author=WHO, now=AT)


def by_voice(engine: Engine) -> dict[int, str]:
    """Those who are to be told, and why no message can, by key."""
    event, people = load_day(engine, FIRST_ORGANISATION, 1), load_people(engine, FIRST_ORGANISATION, 1)
    links = load_links(engine, FIRST_ORGANISATION, 1)
    stands = load_standings(engine, event, links)
    return {key: one.by_voice for key, one in to_tell(event, links, stands, people, AT.date()).items()}


def secret_of(text: str) -> str:
    return text.partition(f"{SITE}/rendez-vous/")[2].split()[0].removesuffix("/agenda.ics")


def test_each_person_is_written_once_a_change_and_the_link_opens_its_page(engine: Engine, event: MeetingDay) -> None:
    mailbox = Mailbox()
    with serving(mailbox) as server:
        assert write(engine) == 2
        assert write(engine) == 0, "pressed twice"
        assert post(engine, server) == Delivery(3, 0, 0)
        assert post(engine, server) == Delivery(0, 0, 0)
        assert write(engine) == 0
        move(engine, 3)
        assert set(by_voice(engine)) == {1, 4}
        assert write(engine) == 2
        assert post(engine, server) == Delivery(3, 0, 0)
    assert by_voice(engine) == {}
    assert [one["To"] for one in mailbox.taken] == [ONE, TWO, FOUR] * 2
    first, again = mailbox.taken[0].get_content(), mailbox.taken[3].get_content()
    assert "9 h 00, table 1 : ESAT du Marais (Anne Essai)" in first.replace("\u202f", " ").replace("\xa0", " ")
    assert "Ce qui change" not in first
    assert "Ce qui change pour vous" in again
    assert mailbox.taken[3]["Subject"].startswith("Votre horaire a changé")
    assert "/agenda.ics" in first
    page = behind(engine, secret_of(first), AT.date())
    assert page is not None
    assert (page.event_id, page.participant) == (event.id, 1)
    assert mailbox.taken[0]["List-Unsubscribe"].startswith(f"<{SITE}/rendez-vous/")


def test_an_address_that_no_header_takes_costs_the_others_no_message(engine: Engine, event: MeetingDay) -> None:
    assert write(engine) == 2
    own = table_of(MessageRow)
    with writing(engine) as connection:  # as an earlier version let it in
        connection.execute(own.update().where(own.c.address == ONE).values(address="p..specimen@valbrune.example"))
    mailbox = Mailbox()
    with serving(mailbox) as server:
        assert post(engine, server) == Delivery(2, 0, 1)
    assert [one["To"] for one in mailbox.taken] == [TWO, FOUR]
    assert addresses(event, 1, {1: (Person("Paul Spécimen", "", "p..specimen@valbrune.example"),)}) == ()


def test_what_cannot_be_written_is_left_to_a_voice(engine: Engine, event: MeetingDay) -> None:
    give_links(engine, FIRST_ORGANISATION, event, EVERYONE, author=WHO, now=AT)
    event = move(engine, 3)
    plan = replace(PLAN, bookings=(replace(PLAN.bookings[0], slot=3), replace(PLAN.bookings[1], slot=4)))
    change_day(engine, FIRST_ORGANISATION, 1, [Freeze(plan)], version=event.version, author=WHO, now=AT)
    mailbox = Mailbox(rcpt={FOUR: ["550 5.1.1 inconnu"]}, data=lambda n: "dies" if n == 1 else "250 OK")
    with serving(mailbox) as server:
        assert write(engine) == 2
        assert post(engine, server).stopped
        assert by_voice(engine) == {1: "", 2: NO_ADDRESS, 4: "", 5: NO_ADDRESS}, "what waits goes by the next run"
        assert write(engine) == 0
        assert post(engine, server) == Delivery(1, 0, 1)
        assert write(engine) == 0, "what was refused, and what may have left, is not sent again"
    assert by_voice(engine) == {2: NO_ADDRESS, 4: f"{FOUR} refusé (550 5.1.1 inconnu)", 5: NO_ADDRESS}
    mark_informed(engine, FIRST_ORGANISATION, 1, [2, 4, 5], load_day(engine, FIRST_ORGANISATION, 1).version)
    assert by_voice(engine) == {}


def unwritten(engine: Engine, keys: Collection[int]) -> str:
    event, links = load_day(engine, FIRST_ORGANISATION, 1), load_links(engine, FIRST_ORGANISATION, 1)
    said = unwritten_said(event, links, load_standings(engine, event, links), PEOPLE, keys, AT.date())
    return said.replace("\u00a0", " ").replace("\u202f", " ")


def test_what_waits_is_sent_neither_outdated_nor_unwanted(engine: Engine, event: MeetingDay) -> None:
    mailbox = Mailbox()
    with serving(mailbox) as server:
        assert write(engine) == 2
        move(engine, 3)
        assert post(engine, server) == Delivery(0, 0, 0), "its timetable is that of before"
        assert write(engine) == 2
        token = give_links(
            engine, FIRST_ORGANISATION, load_day(engine, FIRST_ORGANISATION, 1), [4], author=WHO, now=AT
        )[4]
        page = behind(engine, token, AT.date())
        assert page is not None
        silence_messages(engine, page, silent=True, now=AT)
        assert post(engine, server) == Delivery(2, 0, 0)
        move(engine, 5)
        assert write(engine) == 1
        assert by_voice(engine) == {1: "", 4: SILENT}
    assert [one["To"] for one in mailbox.taken] == [ONE, TWO]
    assert addresses(event, 4, PEOPLE) == (FOUR,)
    assert {one["Reply-To"] for one in mailbox.taken} == {LETTERHEAD.reply_to}


def test_answers_go_to_the_organiser_where_the_event_says_its_address(engine: Engine, event: MeetingDay) -> None:
    header = replace(event.header, email="club@cress.example")
    described = [DescribeDay(header, event.schedule, event.rules)]
    change_day(engine, FIRST_ORGANISATION, 1, described, version=event.version, author=WHO, now=AT)
    mailbox = Mailbox()
    with serving(mailbox) as server:
        write(engine)
        post(engine, server)
    assert {one["Reply-To"] for one in mailbox.taken} == {"club@cress.example"}


def test_why_nothing_is_written_is_said_reason_by_reason(engine: Engine, event: MeetingDay) -> None:
    mailbox = Mailbox()
    with serving(mailbox) as server:
        write(engine)
        waits = unwritten(engine, EVERYONE)
        assert "un message attend déjà de partir : 2" in waits
        assert f"{NO_ADDRESS} : 5" in waits
        post(engine, server)
    assert "a déjà reçu ce message, ou a déjà tout dit : 2" in unwritten(engine, EVERYONE)
    assert unwritten(engine, ()) == ""


def test_a_link_that_was_closed_is_given_anew(engine: Engine, event: MeetingDay) -> None:
    mailbox, later = Mailbox(), AT + timedelta(hours=1)
    with serving(mailbox) as server:
        write(engine)
        post(engine, server)
        revoke_links(engine, FIRST_ORGANISATION, 1, [4], now=AT)
        former = secret_of(mailbox.taken[2].get_content())
        assert behind(engine, former, AT.date()) is None
        assert write(engine, later) == 1
        assert post(engine, server) == Delivery(1, 0, 0)
    assert behind(engine, secret_of(mailbox.taken[3].get_content()), AT.date()) is not None
    assert behind(engine, former, AT.date()) is None


def test_who_leaves_the_event_leaves_nothing_in_the_messages(engine: Engine, event: MeetingDay) -> None:
    write(engine)
    change_day(engine, FIRST_ORGANISATION, 1, [WithdrawParticipant(1)], version=event.version, author=WHO, now=AT)
    with reading(engine) as connection:
        held = str(connection.execute(select(table_of(MessageRow)).where(table_of(MessageRow).c.holder == 1)).all())
    assert ONE not in held
    assert "Marais" not in held
    mailbox = Mailbox()
    with serving(mailbox) as server:
        post(engine, server)
    assert ONE not in [one["To"] for one in mailbox.taken]


def test_weeks_later_it_asks_once_who_has_not_told(engine: Engine, event: MeetingDay) -> None:
    mailbox, later = Mailbox(), AT + timedelta(days=60)
    with serving(mailbox) as server:
        assert (write(engine), post(engine, server)) == (2, Delivery(3, 0, 0))
        told = [TellSequel(Sequel(4, 1, 4, SequelStep.QUOTE))]
        change_day(engine, FIRST_ORGANISATION, 1, told, version=event.version, author=WHO, now=later)
        assert (write(engine, later), write(engine, later)) == (1, 0)
        assert post(engine, server, later) == Delivery(2, 0, 0)
        assert (write(engine, later), post(engine, server, later)) == (0, Delivery(0, 0, 0))
    asked = mailbox.taken[-1]
    assert "Que sont devenus vos rendez-vous" in str(asked)
