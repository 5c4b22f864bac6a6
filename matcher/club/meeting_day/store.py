"""Reads and writes meeting days in the database: journals of events, with optimistic locking, and persons' contacts.

Contacts are never in the journal, so that they can be erased without rewriting it."""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import Connection, Engine, delete, insert, select

from matcher.catalogue.store.forgotten import Forgotten
from matcher.catalogue.store.opt_outs import read_guard
from matcher.club.meeting_day.changes import ACTIONS, CreateDay, OpenNext, WithdrawParticipant
from matcher.club.meeting_day.header import DayHeader, Rules
from matcher.club.meeting_day.meeting_day import DayChange, MeetingDay
from matcher.club.meeting_day.schedule import Schedule
from matcher.club.meeting_day.tables import EVENT_LINES, EVENTS, PARTICIPANT_LINKS, PERSONS
from matcher.db import reading, writing
from matcher.journal.change import append
from matcher.journal.store import Journals
from matcher.mail.links import Correspondence
from matcher.mail.outbox import forget_messages
from matcher.ownership import OrganisationId, owned_by, under_owned


@dataclass(frozen=True, slots=True)
class Person:
    """Person who comes for a participant. `phone` is in E.164; each may be empty where unknown."""

    name: str
    phone: str = ""
    email: str = ""


People = Mapping[int, tuple[Person, ...]]


def read_people(
    connection: Connection, owner: OrganisationId, event_id: int, *, since: date | None = None
) -> dict[int, tuple[Person, ...]]:
    """Return the persons of an event by participant; for those written before `since`, the name only."""
    own = (PERSONS.c.event_id == event_id) & under_owned(PERSONS.c.event_id, EVENTS, owner)
    query = select(PERSONS).where(own).order_by(PERSONS.c.participant, PERSONS.c.rank)
    by_participant: dict[int, tuple[Person, ...]] = {}
    for row in connection.execute(query):
        fresh = since is None or row.since >= datetime.combine(since, time.min)
        person = Person(row.name, row.phone, row.email) if fresh else Person(row.name)
        by_participant[row.participant] = (*by_participant.get(row.participant, ()), person)
    return by_participant


def write_people(connection: Connection, event_id: int, people: People, forgotten: Forgotten, now: datetime) -> None:
    """Replace the persons of these participants; values on the register of forgotten ones are dropped."""
    rows = []
    for participant, persons in sorted(people.items()):
        own = (PERSONS.c.event_id == event_id) & (PERSONS.c.participant == participant)
        connection.execute(delete(PERSONS).where(own))
        known_people = [person for one in persons if (person := forget_person(one, forgotten)) != Person("")]
        rows += [
            {"event_id": event_id, "participant": participant, "rank": rank, "since": now.replace(tzinfo=None)}
            | {"name": one.name, "phone": one.phone, "email": one.email}
            for rank, one in enumerate(known_people)
        ]
    if rows:
        connection.execute(insert(PERSONS), rows)


def copy_people(connection: Connection, event_id: int, to: int, keys: Mapping[int, int]) -> None:
    """Copy the persons of participants to another event (`keys`: old key → new key); the age of contacts is kept."""
    query = select(PERSONS).where(PERSONS.c.event_id == event_id, PERSONS.c.participant.in_(keys))
    rows = [
        {**row, "event_id": to, "participant": keys[row["participant"]]}
        for row in connection.execute(query).mappings().all()
    ]
    if rows:
        connection.execute(insert(PERSONS), rows)


def drop_people(connection: Connection, event_id: int, participants: Sequence[int]) -> None:
    """Erase the persons of these participants, and the messages sent to them."""
    own = (PERSONS.c.event_id == event_id) & PERSONS.c.participant.in_(participants)
    connection.execute(delete(PERSONS).where(own))
    linked = (PARTICIPANT_LINKS.c.event_id == event_id) & PARTICIPANT_LINKS.c.participant.in_(participants)
    forget_messages(
        connection,
        Correspondence.MEETING,
        connection.execute(select(PARTICIPANT_LINKS.c.id).where(linked)).scalars().all(),
    )


def forget_person(person: Person, forgotten: Forgotten) -> Person:
    """Return a person without the values to be forgotten; an empty one where the name is to be."""
    trimmed = Person(*map(forgotten.cut, (person.name, person.phone, person.email)))
    return Person("") if trimmed.name != person.name else trimmed


_NOBODY: Mapping[int, tuple[Person, ...]] = {}


@dataclass(frozen=True, slots=True)
class EventSummary:
    """An event in a list, in short."""

    id: int
    header: DayHeader
    version: int
    updated: datetime
    participants: int
    meetings: int
    questions: int


def create_day(
    engine: Engine,
    owner: OrganisationId,
    header: DayHeader,
    schedule: Schedule,
    rules: Rules,
    *,
    author: str,
    now: datetime,
) -> MeetingDay:
    """Create an event. Raises ChangeRefused, DatabaseError."""
    with writing(engine) as connection:
        first = _without_forgotten(CreateDay(header, schedule, rules), read_guard(connection).forgotten)
        return DAYS.open(connection, owner, lambda blank: append(blank, first, at=now, author=author))


def open_next_day(
    engine: Engine,
    owner: OrganisationId,
    event_id: int,
    make: Callable[[MeetingDay, Set[str]], tuple[Sequence[DayChange], Mapping[int, int]]],
    *,
    author: str,
    now: datetime,
) -> tuple[MeetingDay, bool]:
    """Create the next edition of an event, unless it exists and is not deleted; return it, and whether it is new.

    `make(event, numbers of suppliers that left the catalogue)` returns the changes that create it, and the new key of each participant that is carried over,
    persons included. Raises ChangeRefused, JournalUnknown, DatabaseError."""
    with writing(engine) as connection:
        event, guard = DAYS.read(connection, owner, event_id), read_guard(connection)
        if event.following:
            meeting_day = DAYS.read(connection, owner, event.following)
            if meeting_day.deleted is None:
                return meeting_day, False
        changes, keys = make(event, guard.opted_out)
        cleaned_changes = [_without_forgotten(one, guard.forgotten) for one in changes]
        made = DAYS.open(connection, owner, lambda blank: append(blank, *cleaned_changes, at=now, author=author))
        copy_people(connection, event_id, made.id, keys)
        DAYS.change(connection, owner, event_id, lambda _: [OpenNext(made.id)], author=author, now=now)
    return made, True


def load_day(engine: Engine, owner: OrganisationId, event_id: int) -> MeetingDay:
    """Return an event, deleted or not. Raises JournalUnknown."""
    with reading(engine) as connection:
        return DAYS.read(connection, owner, event_id)


def version_of(engine: Engine, owner: OrganisationId, event_id: int) -> int:
    """Return the version of an event without reading its journal. Raises JournalUnknown."""
    with reading(engine) as connection:
        return DAYS.version(connection, owner, event_id)


def load_people(
    engine: Engine, owner: OrganisationId, event_id: int, *, since: date | None = None
) -> dict[int, tuple[Person, ...]]:
    """Return who comes, by participant; contacts written before `since` (`catalogue.steward.privacy.kept_since`) are left out."""
    with reading(engine) as connection:
        return read_people(connection, owner, event_id, since=since)


def change_day(
    engine: Engine,
    owner: OrganisationId,
    event_id: int,
    changes: Sequence[DayChange],
    *,
    version: int,
    author: str,
    now: datetime,
    people: People = _NOBODY,
    ending: Callable[[Connection, MeetingDay], None] = lambda *_: None,
) -> MeetingDay:
    """Apply changes to an event read at `version`, and write persons, in one transaction, in which `ending` may write too. Raises JournalConflict where it is
    no longer that version, ChangeRefused, JournalUnknown, DatabaseError."""
    return change_latest_day(
        engine,
        owner,
        event_id,
        lambda _: changes,
        version=version,
        author=author,
        now=now,
        people=people,
        ending=ending,
    )


def change_latest_day(
    engine: Engine,
    owner: OrganisationId,
    event_id: int,
    make: Callable[[MeetingDay], Sequence[DayChange]],
    *,
    author: str,
    now: datetime,
    version: int | None = None,
    people: People | Callable[[MeetingDay], People] = _NOBODY,
    ending: Callable[[Connection, MeetingDay], None] = lambda *_: None,
) -> MeetingDay:
    """As `change_day`, with changes and persons computed from the event's state inside the transaction, so that no version is needed."""
    with writing(engine) as connection:
        forgotten = read_guard(connection).forgotten

        def make_changes(current: MeetingDay) -> list[DayChange]:
            changes = [_without_forgotten(one, forgotten) for one in make(current)]
            drop_people(connection, event_id, [one.key for one in changes if isinstance(one, WithdrawParticipant)])
            if coming := people(current) if callable(people) else people:
                write_people(connection, event_id, coming, forgotten, now)
            return changes

        changed = DAYS.change(connection, owner, event_id, make_changes, version=version, author=author, now=now)
        ending(connection, changed)
    return changed


def list_days(engine: Engine, owner: OrganisationId, *, deleted: bool = False) -> list[EventSummary]:
    """Return the events of an organisation, the latest day first; events without a day come first."""
    with reading(engine) as connection:
        rows = connection.execute(select(EVENTS).where(owned_by(EVENTS, owner), EVENTS.c.deleted.is_(deleted))).all()
    listings = [
        EventSummary(
            id=row.id,
            header=DayHeader(row.title, row.organiser, row.day, row.place),
            version=row.version,
            updated=row.updated,
            **row.summary,
        )
        for row in rows
    ]
    return sorted(listings, key=lambda one: (one.header.day or date.max, one.id), reverse=True)


def earlier(engine: Engine, owner: OrganisationId, event: MeetingDay, today: date) -> list[MeetingDay]:
    """Return the organisation's events before this one that have a timetable, to find pairs that already met."""
    with reading(engine) as connection:
        past = (EVENTS.c.day < (event.header.day or today)) & EVENTS.c.deleted.is_(False)
        query = select(EVENTS.c.id).where(owned_by(EVENTS, owner), past)
        ids = connection.execute(query.order_by(EVENTS.c.id)).scalars().all()
        return [meeting_day for one in ids if (meeting_day := DAYS.read(connection, owner, one)).plan is not None]


def _without_forgotten(change: DayChange, forgotten: Forgotten) -> DayChange:
    """Return a change without values to be forgotten, which an old spreadsheet may still hold."""
    return DAYS.without(change, forgotten.cut) if forgotten.words else change


DAYS = Journals(
    blank=MeetingDay,
    actions=ACTIONS,
    heads=EVENTS,
    lines=EVENT_LINES,
    of=EVENT_LINES.c.event_id,
    shown=lambda event: {
        "title": event.header.title,
        "organiser": event.header.organiser,
        "day": event.header.day,
        "place": event.header.place,
        "deleted": event.deleted is not None,
        "summary": {
            "participants": len(event.participants),
            "meetings": len(event.bookings),
            "questions": len(event.open_questions),
        },
    },
    unknown="Il n’y a pas d’événement {}. « entremise club list » les donne.",
)
