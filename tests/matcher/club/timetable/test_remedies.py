"""What an event will be short of is said before planning, and what a remedy gives is what planning with it gives."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.club.meeting_day.changes import Amend, DescribeDay, Register
from matcher.club.meeting_day.header import Rules
from matcher.club.meeting_day.meeting_day import MeetingDay, Participant, ParticipantRole
from matcher.club.meeting_day.participant_need import ParticipantNeed
from matcher.club.timetable.planning import in_reach, plan_timetable, with_reach
from matcher.club.timetable.remedies import Shortages, find_shortages, shortage_sentences
from matcher.db import open_database
from matcher.domain.french import in_groups
from matcher.journal.change import ChangeRefused, plain
from matcher.journal.change import build as built_from
from matcher.ownership import FIRST_ORGANISATION
from tests.matcher.club.day import BUYERS, HEADER, SCHEDULE, SUPPLIERS, after, full, laid_out, opened
from tests.matcher.club.timetable.test_planning import GREEN
from tests.waiting import LONGEST_S

SHORT = replace(SCHEDULE, slots=3, breaks=())


@pytest.fixture
def engine(built: Path) -> Iterator[Engine]:
    """The catalogue of the sample, to read."""
    engine = open_database(f"sqlite:///{built.as_posix()}")
    yield engine
    engine.dispose()


def tried(engine: Engine, event: MeetingDay, seconds: float = LONGEST_S) -> Shortages:
    return find_shortages(engine, FIRST_ORGANISATION, laid_out(event), load_shelf(engine), seconds=seconds)


def crowded() -> MeetingDay:
    """Three buyers of one trade who all need the one accessible table, six suppliers of it, three slots."""
    buyers = tuple(replace(one, needs=BUYERS[0].needs, step_free=True) for one in BUYERS)
    return after(full((*buyers, *GREEN)), DescribeDay(HEADER, SHORT, Rules(tables=3, accessible=1)))


def test_a_remedy_gives_what_planning_with_it_gives(engine: Engine) -> None:
    event = crowded()
    more = after(event, DescribeDay(HEADER, SHORT, Rules(tables=3, accessible=2)))
    with_it, without = (plan_timetable(laid_out(one), seconds=LONGEST_S) for one in (more, event))
    found = tried(engine, event)
    gained = {one.name: one for one in found.tried}
    accessible = gained["une table accessible de plus (2 en tout)"]
    assert (
        (accessible.meetings, accessible.short)
        == (len(with_it.bookings) - len(without.bookings), len(with_it.short) - len(without.short))
        == (3, -3)
    )
    assert [name.partition(" de plus")[0] for name in gained] == ["une table accessible", "un créneau"]
    said = [line.replace("\u00a0", " ") for line in shortage_sentences(event, found)]
    assert (
        "Avec une table accessible de plus (2 en tout) : 3 rendez-vous de plus et 3 participants sous leur minimum de moins."
        in said
    )
    assert built_from(Shortages, plain(found), "remèdes") == found


def test_what_nobody_could_use_is_not_tried_and_what_gives_nothing_is_said(engine: Engine) -> None:
    rules = Rules(tables=4, accessible=1, interpreters=1)
    event = after(full(), Amend((replace(BUYERS[0], interpreter=True),)), DescribeDay(HEADER, SCHEDULE, rules))
    found = tried(engine, event)
    assert {one.name.partition(" de plus")[0] for one in found.tried} == {"un créneau", "un interprète"}
    assert not any(one.helps for one in found.tried)
    assert shortage_sentences(event, found)[-1].startswith("Rien de mieux avec ")


def test_a_trade_that_nobody_brings_is_invited_from_the_catalogue(engine: Engine) -> None:
    asking = replace(
        BUYERS[0],
        needs=(*BUYERS[0].needs, ParticipantNeed("Mise sous pli", "Lille"), ParticipantNeed("Désamiantage", "Lille")),
    )
    event = after(full(), Amend((asking,)))
    found = tried(engine, event)
    assert set(found.lacking.values()) == {(1,)}
    assert found.lacking.keys() >= set(found.nowhere)
    (guest,) = (one for one in found.tried if " en plus (" in one.name)
    assert (guest.answered, guest.meetings) == (1, 1)
    name, _, about = guest.name.partition(" en plus (")
    (row,) = (row for row, one in enumerate(load_shelf(engine).suppliers) if one.name == name)
    card = load_shelf(engine).suppliers[row]
    assert card.city in about
    assert in_groups(card.siret) in about
    again = after(event, Register((Participant(8, ParticipantRole.SUPPLIER, name.upper()),)))
    (twice,) = (one for one in tried(engine, again).tried if one.name.startswith(name))
    assert "un inscrit porte ce nom, à vérifier" in twice.name


def test_a_trade_that_comes_from_too_far_is_not_said_to_come_from_nobody(engine: Engine) -> None:
    asking = replace(BUYERS[0], needs=(replace(BUYERS[0].needs[0], place="Marseille"),))
    event = after(full(), Amend((asking, *(replace(one, needs=()) for one in BUYERS[1:]))))
    (said,) = (
        line for line in shortage_sentences(event, tried(engine, event, seconds=0)) if "Ville de Valbrune" in line
    )
    assert said.startswith("Qui l’apporte ne travaille pas assez près")


def test_whom_the_need_does_not_admit_is_not_said_to_be_too_far(engine: Engine) -> None:
    """The trade is brought, by a supplier whose type is not known."""
    asking = replace(BUYERS[0], needs=(ParticipantNeed("Blanchisserie réservée aux EA (L2113-12)", "Arras"),))
    event = after(full(), Amend((asking,)))
    said = shortage_sentences(event, tried(engine, event, seconds=0))
    (line,) = (line for line in said if "Ville de Valbrune" in line)
    assert line.startswith("Qui l’apporte n’est pas de ceux que le besoin admet")


def test_whoever_is_left_out_or_added_keeps_the_reach_of_the_event(engine: Engine) -> None:
    event = with_reach(engine, full())  # one of Arras
    assert in_reach(replace(event, participants=BUYERS[:1]), ())
    near = with_reach(engine, full((*BUYERS, *SUPPLIERS[:2])))
    assert not in_reach(replace(near, participants=(*BUYERS, *SUPPLIERS)), ())


def test_a_closed_table_is_no_table(engine: Engine) -> None:
    rules = Rules(tables=3, closed=(2,))
    event = after(full(), DescribeDay(HEADER, SHORT, rules))
    assert any(one.name.startswith("une table de plus") for one in tried(engine, event).tried)


def test_time_is_bounded_and_what_was_not_tried_is_said(engine: Engine) -> None:
    found = tried(engine, crowded(), seconds=0)
    assert found.tried == ()
    assert len(found.left_out) == 2
    assert shortage_sentences(crowded(), found)[-1].startswith("Pas essayé, faute de temps")


def test_nothing_is_tried_of_an_event_without_anybody(engine: Engine) -> None:
    with pytest.raises(ChangeRefused, match="rien à planifier"):
        tried(engine, opened())
