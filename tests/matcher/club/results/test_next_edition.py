"""The next edition starts from this one: who comes along and with what, opened once whoever asks, nothing of who was forgotten."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from matcher.club.leaving import leave_events
from matcher.club.meeting_day.changes import Amend, Bind, DescribeDay, Freeze, Miss, Record, Register
from matcher.club.meeting_day.meeting_day import Bond, MeetingDay, MeetingOutcome, Result, Tie
from matcher.club.meeting_day.store import Person, change_latest_day, create_day, list_days, load_day, load_people
from matcher.club.results.next_edition import came_of_former, may_come, prepare_next
from matcher.club.timetable.planning import setting_of
from matcher.db import open_database, writing
from matcher.journal.change import Delete
from matcher.ownership import FIRST_ORGANISATION as OWNER
from tests.matcher.club.day import BUYERS, DAY, HEADER, RULES, SCHEDULE, SUPPLIERS, WHO, frozen, full

NOW = datetime(2026, 11, 20, tzinfo=UTC)
LATER = NOW + timedelta(days=60)
ALL = frozenset(range(1, 8))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An event with its timetable: the first meeting led to a quote, the second wish was not met, a supplier has a number."""
    engine = open_database(f"sqlite:///{(tmp_path / 'club.sqlite').as_posix()}")
    create_day(engine, OWNER, HEADER, SCHEDULE, RULES, author=WHO, now=NOW)
    people = {4: (Person("Mme Saule", "+33353010001"),)}
    plan = frozen(full()).plan
    assert plan is not None
    change_latest_day(engine, OWNER, 1, lambda _: [Register((*BUYERS, *SUPPLIERS))], author=WHO, now=NOW, people=people)
    met = plan.bookings[0]
    apart = next(
        (buyer.key, supplier.key)
        for buyer in BUYERS
        for supplier in SUPPLIERS
        if all(one.pair != {buyer.key, supplier.key} for one in plan.bookings)
    )
    bonds = (Bond(Tie.MUST, met.buyer, met.supplier), Bond(Tie.MUST, *apart), Bond(Tie.NEVER, 2, 4))
    changes = [
        Amend((replace(SUPPLIERS[3], siret="12345678900011", arrival=600),)),
        Bind(bonds),
        Freeze(plan),
        Record(MeetingOutcome(met.buyer, met.supplier, Result.QUOTE)),
    ]
    change_latest_day(engine, OWNER, 1, lambda _: changes, author=WHO, now=NOW)
    yield engine
    engine.dispose()


def prepared(engine: Engine, chosen: frozenset[int] = ALL) -> MeetingDay:
    return prepare_next(engine, OWNER, 1, chosen, author=WHO, now=LATER)[0]


def test_profiles_refusals_and_wishes_not_met_come_and_what_was_answered_does_not(engine: Engine) -> None:
    event, made = load_day(engine, OWNER, 1), prepared(engine)
    assert (made.header, made.schedule, made.rules) == (replace(HEADER, day=None), SCHEDULE, RULES)
    assert (made.former, load_day(engine, OWNER, 1).following) == (1, made.id)
    assert [one.name for one in made.participants] == [one.name for one in event.participants]
    assert {(one.arrival, one.absent) for one in made.participants} == {(None, False)}
    met, unmet, refusal = event.bonds
    assert made.bonds == (unmet, refusal)
    asked = {one.key: one.needs for one in event.participants}
    answered = event.bookings[0].buyer
    assert len(made.by_key[answered].needs) == len(asked[answered]) - 1
    assert all(one.needs == asked[one.key] for one in made.participants if one.key != answered)
    said = came_of_former(made, event)
    assert "devis demandé : 1" in said[met.other].replace("\u00a0", " ")
    assert said.keys() == made.by_key.keys()


def test_a_contact_comes_along_no_younger(engine: Engine) -> None:
    made = prepared(engine, frozenset({4, 5}))
    assert [one.key for one in made.participants] == [1, 2]
    assert load_people(engine, OWNER, made.id)[1][0].name == "Mme Saule"
    assert load_people(engine, OWNER, made.id, since=LATER.date())[1][0].phone == ""


def test_pairs_that_met_are_avoided_unless_the_settings_say_otherwise(engine: Engine) -> None:
    made, today = prepared(engine), date(2027, 2, 1)
    pairs = {one.pair for one in load_day(engine, OWNER, 1).bookings}
    assert setting_of(engine, OWNER, made, today=today).met == pairs
    again = DescribeDay(made.header, made.schedule, replace(made.rules, avoid_met=False))
    made = change_latest_day(engine, OWNER, made.id, lambda _: [again], author=WHO, now=LATER)
    assert setting_of(engine, OWNER, made, today=today).met == frozenset()
    assert setting_of(engine, OWNER, replace(made, header=HEADER, rules=RULES), today=today).met == frozenset()


def test_pressed_twice_by_two_organisers_at_once_it_is_opened_once(engine: Engine) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda who: prepare_next(engine, OWNER, 1, ALL, author=who, now=LATER), "abcd"))
    assert len({one.id for one, _ in made}) == 1
    assert [new for _, new in made].count(True) == 1
    assert len(list_days(engine, OWNER)) == 2
    first = made[0][0]
    change_latest_day(engine, OWNER, first.id, lambda _: [Delete()], author=WHO, now=LATER)
    assert prepare_next(engine, OWNER, 1, ALL, author=WHO, now=LATER)[1]


def test_who_left_the_catalogue_or_did_not_come_is_not_asked_again(engine: Engine) -> None:
    with writing(engine) as connection:
        leave_events(connection, frozenset({"siret:12345678900011"}), WHO, LATER)
    event = change_latest_day(engine, OWNER, 1, lambda _: [Miss(5)], author=WHO, now=NOW)
    assert [one.key for one in may_come(event)] == [1, 2, 3, 4, 5, 6]
    assert len(prepared(engine).participants) == 6
    assert event.header.day == DAY
