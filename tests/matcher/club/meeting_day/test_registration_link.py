"""The registration form's link and what waits behind it: hashed, renewed, forgotten, purged."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from matcher.catalogue.steward.privacy import forget_value
from matcher.club.meeting_day.meeting_day import Participant, ParticipantRole
from matcher.club.meeting_day.participant_need import ParticipantNeed
from matcher.club.meeting_day.registration_link import (
    MOST_WAITING,
    close_door,
    door_of,
    drop_requests,
    event_behind,
    keep_request,
    load_requests,
    open_door,
)
from matcher.club.meeting_day.store import Person, change_day, create_day
from matcher.db import open_database, writing
from matcher.erasure import purge_tables
from matcher.journal.change import ChangeRefused, Delete
from matcher.ownership import FIRST_ORGANISATION
from tests.engines import dump
from tests.matcher.club.day import AT, HEADER, RULES, SCHEDULE, WHO

ONE = Participant(
    0,
    ParticipantRole.BUYER,
    "Commune  Neuve",
    needs=(ParticipantNeed("Nettoyage", "Lille", 1_000.0, 2.5),),
    arrival=560,
)
PEOPLE = (Person("Mme Nouvelle", "+33327000001", "nouvelle@valbrune.example"), Person("M. Second"))


@pytest.fixture
def engine(new_url: str) -> Iterator[Engine]:
    engine = open_database(new_url)
    create_day(engine, FIRST_ORGANISATION, HEADER, SCHEDULE, RULES, author=WHO, now=AT)
    yield engine
    engine.dispose()


def test_a_link_opens_one_event_until_it_is_renewed_or_closed(engine: Engine) -> None:
    assert door_of(engine, FIRST_ORGANISATION, 1) is None
    token = open_door(engine, FIRST_ORGANISATION, 1, author=WHO, now=AT)
    assert event_behind(engine, token) == (FIRST_ORGANISATION, 1)
    assert (opened := door_of(engine, FIRST_ORGANISATION, 1)) is not None
    assert (opened.who, opened.opened) == (WHO, AT)
    assert token not in str(dump(engine))
    again = open_door(engine, FIRST_ORGANISATION, 1, author=WHO, now=AT)
    assert event_behind(engine, token) is None
    assert event_behind(engine, again) == (FIRST_ORGANISATION, 1)
    close_door(engine, FIRST_ORGANISATION, 1)
    assert event_behind(engine, again) is None
    assert event_behind(engine, "") is None


def test_the_link_of_a_deleted_event_opens_nothing(engine: Engine) -> None:
    token = open_door(engine, FIRST_ORGANISATION, 1, author=WHO, now=AT)
    change_day(engine, FIRST_ORGANISATION, 1, [Delete()], version=1, author=WHO, now=AT)
    assert event_behind(engine, token) is None


def test_what_comes_is_read_back_once_and_dropped(engine: Engine) -> None:
    for _ in range(2):
        keep_request(engine, FIRST_ORGANISATION, 1, ONE, PEOPLE, now=AT)
    (held,) = load_requests(engine, FIRST_ORGANISATION, 1)
    assert held.participant.name == "Commune Neuve"
    assert (held.participant.needs, held.people, held.at) == (ONE.needs, PEOPLE, AT)
    assert load_requests(engine, FIRST_ORGANISATION, 2) == []
    drop_requests(engine, FIRST_ORGANISATION, 2, [held.id])
    assert len(load_requests(engine, FIRST_ORGANISATION, 1)) == 1
    drop_requests(engine, FIRST_ORGANISATION, 1, [held.id])
    assert load_requests(engine, FIRST_ORGANISATION, 1) == []


def test_no_more_wait_than_people_write(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_WAITING >= 100
    monkeypatch.setattr("matcher.club.meeting_day.registration_link.MOST_WAITING", 2)
    for name in ("Un", "Deux"):
        keep_request(engine, FIRST_ORGANISATION, 1, Participant(0, ParticipantRole.SUPPLIER, name), (), now=AT)
    with pytest.raises(ChangeRefused, match="attendent déjà"):
        keep_request(engine, FIRST_ORGANISATION, 1, Participant(0, ParticipantRole.SUPPLIER, "Trois"), (), now=AT)


def test_whoever_is_forgotten_no_longer_waits_and_does_not_come_back(engine: Engine) -> None:
    keep_request(engine, FIRST_ORGANISATION, 1, ONE, PEOPLE, now=AT)
    forget_value(engine, "nouvelle@valbrune.example", now=AT)
    assert load_requests(engine, FIRST_ORGANISATION, 1) == []
    assert "nouvelle@valbrune.example" not in str(dump(engine))
    keep_request(engine, FIRST_ORGANISATION, 1, ONE, PEOPLE, now=AT)
    assert "nouvelle@valbrune.example" not in str(dump(engine))


def test_what_waited_too_long_goes(engine: Engine) -> None:
    keep_request(engine, FIRST_ORGANISATION, 1, ONE, PEOPLE, now=AT)
    keep_request(
        engine, FIRST_ORGANISATION, 1, Participant(0, ParticipantRole.SUPPLIER, "Après"), (), now=AT + timedelta(days=1)
    )
    with writing(engine) as connection:
        assert purge_tables(connection, date(2026, 11, 21)) == 1
    assert [one.participant.name for one in load_requests(engine, FIRST_ORGANISATION, 1)] == ["Après"]
