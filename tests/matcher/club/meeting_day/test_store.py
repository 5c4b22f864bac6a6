"""Events on both databases: nothing lost between two writers, nothing kept of those who left or asked to be forgotten."""

import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from importers.importer import Source
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.steward.backup import back_up, restore
from matcher.catalogue.steward.privacy import forget_value, opt_out
from matcher.club.leaving import leave_events
from matcher.club.meeting_day.answers import NEW, NotePoints
from matcher.club.meeting_day.changes import (
    AnswerQuestion,
    AskQuestion,
    Bind,
    Freeze,
    Miss,
    Register,
    WithdrawParticipant,
)
from matcher.club.meeting_day.meeting_day import (
    Bond,
    Booking,
    DayChange,
    Doubt,
    FrozenTimetable,
    ImportQuestion,
    MeetingDay,
    Option,
    Tie,
)
from matcher.club.meeting_day.points import PointToConfirm, Topic
from matcher.club.meeting_day.store import (
    Person,
    change_day,
    change_latest_day,
    create_day,
    earlier,
    list_days,
    load_day,
    load_people,
)
from matcher.club.meeting_day.tables import EventLineRow, EventRow, PersonRow
from matcher.db import open_database, writing
from matcher.dossiers.withdrawn import WITHDRAWN
from matcher.erasure import ERASED, purge_tables
from matcher.journal.change import Delete
from matcher.journal.store import JournalConflict, JournalUnknown
from matcher.ownership import FIRST_ORGANISATION
from tests.conftest import ROOT
from tests.engines import dump
from tests.factories import importer, lookups, raw, siret
from tests.matcher.club.day import AT, BUYERS, DAY, HEADER, RULES, SCHEDULE, SUPPLIERS, WHO
from tests.waiting import LONGEST_S

PEOPLE = {1: (Person("Paul Spécimen", "+33327000001", "p.specimen@valbrune.example"),), 4: (Person("Anne Témoin"),)}
OWN = replace(SUPPLIERS[0], siret=siret(1), supplier_id=f"siret:{siret(1)}")
TABLES = {EventRow.__tablename__, EventLineRow.__tablename__, PersonRow.__tablename__}


def wrote(engine: Engine, event: MeetingDay, *changes: DayChange, **given: object) -> MeetingDay:
    return change_day(engine, FIRST_ORGANISATION, event.id, changes, version=event.version, author=WHO, now=AT, **given)  # type: ignore[arg-type]


def filled(engine: Engine) -> MeetingDay:
    event = create_day(engine, FIRST_ORGANISATION, HEADER, SCHEDULE, RULES, author=WHO, now=AT)
    return wrote(engine, event, Register((*BUYERS, OWN, *SUPPLIERS[1:])), people=PEOPLE)


def held(engine: Engine) -> str:
    return "\n".join(str(row) for row in dump(engine) if row[0] in TABLES)


def test_what_is_written_is_read_back(engine: Engine) -> None:
    event = filled(engine)
    assert load_day(engine, FIRST_ORGANISATION, event.id) == event
    assert load_people(engine, FIRST_ORGANISATION, event.id) == PEOPLE
    (line,) = list_days(engine, FIRST_ORGANISATION)
    assert (line.id, line.participants, line.version, line.header) == (event.id, 7, 2, HEADER)
    with pytest.raises(JournalUnknown, match="club list"):
        load_day(engine, FIRST_ORGANISATION, 99)


def test_two_writers_lose_nothing(engine: Engine) -> None:
    event = filled(engine)
    wrote(engine, event, Bind((Bond(Tie.MUST, 1, 4),)))
    with pytest.raises(JournalConflict, match="1 changement") as found:
        wrote(engine, event, WithdrawParticipant(5))
    assert [line.change.action for line in found.value.missed] == ["lier"]
    assert len(load_day(engine, FIRST_ORGANISATION, event.id).participants) == 7


def test_a_registration_waits_for_nobody(engine: Engine) -> None:
    event = filled(engine)
    for number in range(2):
        change_latest_day(
            engine,
            FIRST_ORGANISATION,
            event.id,
            lambda now: [Register((replace(SUPPLIERS[0], key=now.next_key),))],
            author="formulaire",
            now=AT,
            people=lambda now, number=number: {now.next_key: (Person(f"Personne {number}"),)},
        )
    assert [one.key for one in load_day(engine, FIRST_ORGANISATION, event.id).participants][-2:] == [8, 9]
    assert load_people(engine, FIRST_ORGANISATION, event.id)[9] == (Person("Personne 1"),)


_KILLED = """
import sys, time
from matcher.club.meeting_day.changes import Miss
from matcher.club.meeting_day.store import change_latest_day
from matcher.db import open_database
from matcher.ownership import FIRST_ORGANISATION
from tests.matcher.club.day import AT, WHO

def made(event):
    print("dedans", flush=True)
    time.sleep(float(sys.argv[2]))
    return [Miss(4)]

change_latest_day(open_database(sys.argv[1]), FIRST_ORGANISATION, 1, made, author=WHO, now=AT)
"""


def test_a_server_killed_while_it_plans_again_leaves_the_event_as_it_was(tmp_path: Path) -> None:
    url = f"sqlite:///{(tmp_path / 'jour.sqlite').as_posix()}"
    engine = open_database(url)
    event = filled(engine)
    command = [sys.executable, "-c", _KILLED, url, str(LONGEST_S)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout
        assert killed.stdout.readline() == "dedans\n"
        killed.kill()
    assert load_day(engine, FIRST_ORGANISATION, event.id) == event
    assert wrote(engine, event, Miss(4)).by_key[4].absent  # whoever starts again waits for nobody
    engine.dispose()


def test_who_leaves_takes_its_persons_along(engine: Engine) -> None:
    event = wrote(engine, filled(engine), WithdrawParticipant(1))
    assert set(load_people(engine, FIRST_ORGANISATION, event.id)) == {4}


def test_old_contacts_are_not_shown_then_erased(engine: Engine) -> None:
    event = filled(engine)
    after = (AT + timedelta(days=1)).date()
    assert load_people(engine, FIRST_ORGANISATION, event.id, since=after)[1] == (Person("Paul Spécimen"),)
    with writing(engine) as connection:
        assert purge_tables(connection, after) == 2
    assert load_people(engine, FIRST_ORGANISATION, event.id) == {}


def test_a_person_is_forgotten_everywhere_and_does_not_come_back(engine: Engine) -> None:
    event = wrote(engine, filled(engine), WithdrawParticipant(7, "Paul Spécimen l’a dit"))
    done = forget_value(engine, "Paul Spécimen", now=AT)
    assert done.texts == 2
    assert "Spécimen" not in held(engine)
    assert "p.specimen" not in held(engine)
    found = load_day(engine, FIRST_ORGANISATION, event.id)
    assert found.version == event.version
    change_day(
        engine,
        FIRST_ORGANISATION,
        event.id,
        [WithdrawParticipant(6, "Paul Spécimen")],
        version=found.version,
        author=WHO,
        now=AT,
        people=PEOPLE,
    )
    assert "Spécimen" not in held(engine)
    assert ERASED in held(engine)
    forget_value(engine, "06 12 34 56 78", now=AT)


def test_a_supplier_that_leaves_the_catalogue_leaves_events(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "annuaire.csv"
    path.write_text("fictif", encoding="utf-8")
    run_import(engine, importer([raw("1", "Atelier Parti", siret=siret(1))]), [Source(path)], now=AT, lookups=lookups())
    key = f"siret:{siret(1)}"
    event = create_day(engine, FIRST_ORGANISATION, HEADER, SCHEDULE, RULES, author=WHO, now=AT)
    event = wrote(engine, event, Register((*BUYERS, replace(SUPPLIERS[0], name="Atelier Parti"), *SUPPLIERS[1:])))
    asked = ImportQuestion(
        1, Doubt.WHO, 4, "« Atelier Parti » ?", (Option(key, "Atelier Parti, Maubeuge"), Option(NEW, "non"))
    )
    booking = Booking(
        0, 1, 1, 4, 0.9, 3, "Atelier Parti est près", "Cherche des espaces verts", ("Atelier Parti, ESAT",)
    )
    event = wrote(
        engine,
        event,
        AskQuestion((asked,)),
        AnswerQuestion(1, key),
        NotePoints((PointToConfirm(4, Topic.TRADE, "tout ce que fait Atelier Parti", "Non lu : quel métier ?"),)),
        Freeze(FrozenTimetable((booking,), 0.9, 0.9)),
        people=PEOPLE,
    )
    opt_out(engine, key, author="essai", motive="courriel", now=AT, leaving=[leave_events])
    found = load_day(engine, FIRST_ORGANISATION, event.id)
    assert found.participant(4).name == WITHDRAWN
    assert found.plan is not None
    assert len(found.plan.bookings) == 1
    assert "Atelier Parti" not in held(engine)
    assert siret(1) not in held(engine)
    assert set(load_people(engine, FIRST_ORGANISATION, event.id)) == {1}


def test_earlier_days_with_a_timetable_are_remembered(engine: Engine) -> None:
    first = wrote(engine, filled(engine), Freeze(FrozenTimetable((Booking(0, 1, 1, 4, 0.9, 3),), 0.9, 0.9)))
    later = create_day(
        engine, FIRST_ORGANISATION, replace(HEADER, day=DAY + timedelta(days=90)), SCHEDULE, RULES, author=WHO, now=AT
    )
    assert [one.id for one in earlier(engine, FIRST_ORGANISATION, later, DAY)] == [first.id]
    undated = replace(later, header=replace(HEADER, day=None))
    assert [one.id for one in earlier(engine, FIRST_ORGANISATION, undated, DAY + timedelta(days=1))] == [first.id]
    assert earlier(engine, FIRST_ORGANISATION, first, DAY + timedelta(days=1)) == []
    wrote(engine, first, Delete())
    assert earlier(engine, FIRST_ORGANISATION, later, DAY) == []


def test_events_are_saved_and_restored(engine: Engine, tmp_path: Path) -> None:
    event = filled(engine)
    back_up(engine, tmp_path / "copie.sqlite")
    wrote(engine, event, WithdrawParticipant(1))
    restore(engine, tmp_path / "copie.sqlite", replace=True)
    assert load_day(engine, FIRST_ORGANISATION, event.id) == event
    assert load_people(engine, FIRST_ORGANISATION, event.id) == PEOPLE
