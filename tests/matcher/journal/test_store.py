"""Journals on both databases: whatever the noun, a second writer is told what the first one did, in the same words."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from matcher.catalogue.steward.privacy import forget_value
from matcher.club.meeting_day import store as days
from matcher.club.meeting_day.changes import RestoreDay, WithdrawParticipant
from matcher.club.meeting_day.store import DAYS
from matcher.db import writing
from matcher.domain.french import moment
from matcher.dossiers import store as dossiers
from matcher.dossiers.store import DOSSIERS
from matcher.journal.change import Change, Delete, Restore, line_row
from matcher.journal.store import JournalConflict, Journals, JournalUnknown
from matcher.ownership import FIRST_ORGANISATION
from tests.matcher.club import day
from tests.matcher.dossiers import kept as dossier

LATER = day.AT + timedelta(hours=3)
OTHER = "B. Modèle"


def opened_dossier(engine: Engine) -> Any:
    return dossiers.create_dossier(engine, FIRST_ORGANISATION, dossier.HEADER, author=day.WHO, now=day.AT)


def opened_day(engine: Engine) -> Any:
    return days.create_day(engine, FIRST_ORGANISATION, day.HEADER, day.SCHEDULE, day.RULES, author=day.WHO, now=day.AT)


NOUNS = pytest.mark.parametrize(
    ("journals", "opened", "noun"), [(DOSSIERS, opened_dossier, "le dossier"), (DAYS, opened_day, "l’événement")]
)


def wrote(engine: Engine, journals: Journals[Any], number: int, *changes: Change[Any], version: int | None) -> Any:
    with writing(engine) as connection:
        return journals.change(
            connection, FIRST_ORGANISATION, number, lambda _: changes, version=version, author=OTHER, now=LATER
        )


@NOUNS
def test_a_second_writer_is_told_what_the_first_did(
    engine: Engine, journals: Journals[Any], opened: Callable[[Engine], Any], noun: str
) -> None:
    first = opened(engine)
    theirs = wrote(engine, journals, first.id, Delete("doublon"), version=first.version)
    with pytest.raises(JournalConflict) as refused:
        wrote(engine, journals, first.id, Delete("autre motif"), version=first.version)
    conflict = refused.value
    assert (conflict.current, len(conflict.missed)) == (theirs, 1)
    assert conflict.mine.journal[-1].change == Delete("autre motif")
    assert str(conflict) == (
        f"{OTHER} a modifié {noun} le {moment(LATER)} : supprime {noun} : « doublon ». 1 changement depuis la version 1. "
        f"Rien n’est perdu, et votre changement n’est pas écrit : relisez {noun} (version 2), puis recommencez."
    )
    assert wrote(engine, journals, first.id, Restore(), version=None).version == 3


@NOUNS
def test_a_number_that_was_never_given_is_said(
    engine: Engine, journals: Journals[Any], opened: Callable[[Engine], Any], noun: str
) -> None:
    with pytest.raises(JournalUnknown, match="99"), writing(engine) as connection:
        journals.read(connection, FIRST_ORGANISATION, 99)
    assert [opened(engine).id, opened(engine).id] == [1, 2]
    with writing(engine) as connection:
        assert journals.everyones(connection) == [(FIRST_ORGANISATION, 1), (FIRST_ORGANISATION, 2)]


def test_what_is_returned_is_what_was_written_without_who_was_forgotten(engine: Engine) -> None:
    event = opened_day(engine)
    event = days.change_day(
        engine,
        FIRST_ORGANISATION,
        event.id,
        [day.Register(day.BUYERS)],
        version=event.version,
        author=day.WHO,
        now=day.AT,
    )
    forget_value(engine, "Paul Spécimen", now=day.AT)
    gone = WithdrawParticipant(1, "Paul Spécimen l’a dit")
    written = days.change_day(
        engine, FIRST_ORGANISATION, event.id, [gone], version=event.version, author=day.WHO, now=day.AT
    )
    assert written == days.load_day(engine, FIRST_ORGANISATION, event.id)


def test_a_day_that_an_earlier_version_restored_twice_is_read(engine: Engine) -> None:
    event = opened_day(engine)
    back = wrote(engine, DAYS, event.id, Delete(), RestoreDay(), version=1)
    again = {"event_id": event.id, **line_row(back.journal[-1]), "number": 4, "data": {}}
    with writing(engine) as connection:
        connection.execute(insert(DAYS.lines), again)
    assert (
        days.load_day(engine, FIRST_ORGANISATION, event.id).version,
        days.load_day(engine, FIRST_ORGANISATION, event.id).deleted,
    ) == (4, None)
