"""Events in the database: opened, read, changed one writer at a time, listed. Nothing that one writes is lost to another."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, update

from matcher.catalogue.store.opt_outs import read_guard
from matcher.club.meeting_day.changes import CreateDay, WithdrawParticipant, change_of
from matcher.club.meeting_day.meeting_day import (
    DayChange,
    DayHeader,
    DayJournalEntry,
    MeetingDay,
    Rules,
    append,
    replay,
)
from matcher.club.meeting_day.people import People, Person, drop_people, read_people, write_people
from matcher.club.meeting_day.schedule import Schedule
from matcher.club.meeting_day.tables import EventLineRow, EventRow
from matcher.db import reading, writing
from matcher.domain.french import count, moment
from matcher.erasure import without
from matcher.journal.kept_change import data_of
from matcher.rows import table_of

_EVENTS = table_of(EventRow)
_LINES = table_of(EventLineRow)
_NOBODY: Mapping[int, tuple[Person, ...]] = {}


class EventUnknown(Exception):
    """There is no event of this number. The message is French."""


class EventConflict(Exception):
    """Another person has changed the event since it was read. Nothing is written: `current` is the event now, `missed` what was
    done to it meanwhile."""

    def __init__(self, current: MeetingDay, missed: Sequence[DayJournalEntry]) -> None:
        self.current, self.missed = current, tuple(missed)
        last = current.journal[-1]
        since = count(len(self.missed), "changement")
        super().__init__(
            f"{last.who} a modifié cet événement le {moment(last.at)} : {last.change.says(current)}. {since} depuis la version "
            f"{current.version - len(self.missed)}. Votre changement n’est pas écrit : relisez l’événement, puis recommencez."
        )


@dataclass(frozen=True, slots=True)
class Listed:
    """An event in a list: what its journal makes of it, in short."""

    id: int
    header: DayHeader
    version: int
    updated: datetime
    participants: int
    meetings: int
    questions: int


def create(
    engine: Engine, header: DayHeader, schedule: Schedule, rules: Rules, *, who: str, now: datetime
) -> MeetingDay:
    """Open an event. Raises ChangeRefused, DatabaseError."""
    with writing(engine) as connection:
        taken = connection.execute(select(func.max(_EVENTS.c.id))).scalar() or 0
        made = append(MeetingDay(taken + 1), CreateDay(header, schedule, rules), at=now, who=who)
        connection.execute(insert(_EVENTS), {"id": made.id, **_row(made)})
        _add_lines(connection, made, first=0)
    return made


def load(engine: Engine, event_id: int) -> MeetingDay:
    """Return an event, deleted or not. Raises EventUnknown."""
    with reading(engine) as connection:
        return read(connection, event_id)


def load_people(engine: Engine, event_id: int, *, since: date | None = None) -> dict[int, tuple[Person, ...]]:
    """Return who comes, by participant; contacts written before `since` (`catalogue.steward.privacy.kept_since`) are left out."""
    with reading(engine) as connection:
        return read_people(connection, event_id, since=since)


def change(
    engine: Engine,
    event_id: int,
    changes: Sequence[DayChange],
    *,
    version: int,
    who: str,
    now: datetime,
    people: People = _NOBODY,
    ending: Callable[[Connection, MeetingDay], None] = lambda *_: None,
) -> MeetingDay:
    """Make changes to the `version` of an event that was read, and write the persons of participants: all, or nothing. `ending` writes what
    goes with them in their transaction.

    Raises EventConflict where it is no longer that version, ChangeRefused, EventUnknown, DatabaseError.
    """
    return change_as(
        engine, event_id, lambda _: changes, version=version, who=who, now=now, people=people, ending=ending
    )


def change_as(
    engine: Engine,
    event_id: int,
    make: Callable[[MeetingDay], Sequence[DayChange]],
    *,
    who: str,
    now: datetime,
    version: int | None = None,
    people: People | Callable[[MeetingDay], People] = _NOBODY,
    ending: Callable[[Connection, MeetingDay], None] = lambda *_: None,
) -> MeetingDay:
    """The same for changes, and persons, made from the event as it is when they are written: a registration that waits for nobody."""
    with writing(engine) as connection:
        current = changed = read(connection, event_id)
        if version is not None and current.version != version:
            raise EventConflict(current, current.journal[max(0, version) :])
        for one in make(current):
            changed = append(changed, one, at=now, who=who)
            if isinstance(one, WithdrawParticipant):
                drop_people(connection, event_id, [one.key])
        _add_lines(connection, changed, first=current.version)
        written = people(current) if callable(people) else people
        if written:
            write_people(connection, event_id, written, read_guard(connection).forgotten, now)
        ending(connection, changed)
    return changed


def listed(engine: Engine, *, deleted: bool = False) -> list[Listed]:
    """Return the events, the last day first, those without a day before all."""
    with reading(engine) as connection:
        rows = connection.execute(select(_EVENTS).where(_EVENTS.c.deleted.is_(deleted))).all()
    found = [
        Listed(
            id=row.id,
            header=DayHeader(row.title, row.organiser, row.day, row.place),
            version=row.version,
            updated=row.updated,
            **row.summary,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (one.header.day or date.max, one.id), reverse=True)


def earlier(engine: Engine, event: MeetingDay) -> list[MeetingDay]:
    """Return the events of days before this one that have a timetable: whom « already met » is known from."""
    if event.header.day is None:
        return []
    with reading(engine) as connection:
        query = select(_EVENTS.c.id).where(_EVENTS.c.day < event.header.day, _EVENTS.c.deleted.is_(False))
        ids = connection.execute(query.order_by(_EVENTS.c.id)).scalars().all()
        return [found for one in ids if (found := read(connection, one)).plan is not None]


def read(connection: Connection, event_id: int) -> MeetingDay:
    """Return an event inside a transaction. Raises EventUnknown."""
    query = select(_LINES).where(_LINES.c.event_id == event_id).order_by(_LINES.c.number)
    lines = [
        DayJournalEntry(row.number, row.at, row.who, change_of(row.action, row.data))
        for row in connection.execute(query)
    ]
    if not lines:
        raise _unknown(event_id)
    return replay(event_id, lines)


def write_row(connection: Connection, event: MeetingDay) -> None:
    """Write again what the list of events shows of one."""
    connection.execute(update(_EVENTS).where(_EVENTS.c.id == event.id).values(**_row(event)))


def _add_lines(connection: Connection, event: MeetingDay, *, first: int) -> None:
    # What was asked to be forgotten does not come back by a spreadsheet that still has it.
    forgotten = read_guard(connection).forgotten
    rows = [
        {
            "event_id": event.id,
            "number": line.number,
            "at": line.at,
            "who": line.who,
            "action": line.change.action,
            "data": without(data_of(line.change), forgotten.cut) if forgotten.words else data_of(line.change),
        }
        for line in event.journal[first:]
    ]
    if rows:
        connection.execute(insert(_LINES), rows)
        write_row(connection, event)


def _row(event: MeetingDay) -> dict[str, Any]:
    header = event.header
    return {
        "version": event.version,
        "title": header.title,
        "organiser": header.organiser,
        "day": header.day,
        "place": header.place,
        "created": event.journal[0].at,
        "updated": event.journal[-1].at,
        "deleted": event.deleted,
        "summary": {
            "participants": len(event.participants),
            "meetings": len(event.plan.bookings) if event.plan else 0,
            "questions": len(event.open_questions),
        },
    }


def _unknown(event_id: int) -> EventUnknown:
    return EventUnknown(f"Il n’y a pas d’événement {event_id}. « entremise club list » les donne.")
