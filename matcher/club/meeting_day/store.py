"""Meeting days in the database: events, changed one writer at a time, so that nothing that one writes is lost to another; and the persons who
come, apart from the event: what the journal never holds can be forgotten without rewriting it."""

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
    """Return the persons of an event by participant; those written before `since` without telephone nor e-mail."""
    own = (PERSONS.c.event_id == event_id) & under_owned(PERSONS.c.event_id, EVENTS, owner)
    query = select(PERSONS).where(own).order_by(PERSONS.c.participant, PERSONS.c.rank)
    by_participant: dict[int, tuple[Person, ...]] = {}
    for row in connection.execute(query):
        fresh = since is None or row.since >= datetime.combine(since, time.min)
        person = Person(row.name, row.phone, row.email) if fresh else Person(row.name)
        by_participant[row.participant] = (*by_participant.get(row.participant, ()), person)
    return by_participant


def write_people(connection: Connection, event_id: int, people: People, forgotten: Forgotten, now: datetime) -> None:
    """Put these persons in the place of those of their participants; who was forgotten does not come back."""
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
    """Write the persons of these participants under their keys in another event; a contact is no younger for it."""
    query = select(PERSONS).where(PERSONS.c.event_id == event_id, PERSONS.c.participant.in_(keys))
    rows = [
        {**row, "event_id": to, "participant": keys[row["participant"]]}
        for row in connection.execute(query).mappings().all()
    ]
    if rows:
        connection.execute(insert(PERSONS), rows)


def drop_people(connection: Connection, event_id: int, participants: Sequence[int]) -> None:
    """Erase the persons of these participants, and what was written to them."""
    own = (PERSONS.c.event_id == event_id) & PERSONS.c.participant.in_(participants)
    connection.execute(delete(PERSONS).where(own))
    linked = (PARTICIPANT_LINKS.c.event_id == event_id) & PARTICIPANT_LINKS.c.participant.in_(participants)
    forget_messages(
        connection,
        Correspondence.MEETING,
        connection.execute(select(PARTICIPANT_LINKS.c.id).where(linked)).scalars().all(),
    )


def forget_person(person: Person, forgotten: Forgotten) -> Person:
    """Return a person without what was asked to be forgotten; all of them where it is the name."""
    left = Person(*map(forgotten.cut, (person.name, person.phone, person.email)))
    return Person("") if left.name != person.name else left


_NOBODY: Mapping[int, tuple[Person, ...]] = {}


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
    """Open an event. Raises ChangeRefused, DatabaseError."""
    with writing(engine) as connection:
        first = _remembered(CreateDay(header, schedule, rules), read_guard(connection).forgotten)
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
    """Open the edition after an event, and return it, with whether it is new: one that is open already, and not deleted, is the one.

    `make` gives, of the event and of the numbers of suppliers that left the catalogue, the changes that open it, and the key there of each
    participant that comes along; its persons come too. Raises ChangeRefused, JournalUnknown, DatabaseError.
    """
    with writing(engine) as connection:
        event, guard = DAYS.read(connection, owner, event_id), read_guard(connection)
        if event.following:
            meeting_day = DAYS.read(connection, owner, event.following)
            if meeting_day.deleted is None:
                return meeting_day, False
        changes, keys = make(event, guard.opted_out)
        cleaned_changes = [_remembered(one, guard.forgotten) for one in changes]
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
    """Make changes to the `version` of an event that was read, and write the persons of participants: all, or nothing. `ending` writes what
    goes with them in their transaction.

    Raises JournalConflict where it is no longer that version, ChangeRefused, JournalUnknown, DatabaseError.
    """
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
    """Do as `change_day`, for changes and persons made from the event as it is when they are written: a registration that waits for nobody."""
    with writing(engine) as connection:
        forgotten = read_guard(connection).forgotten

        def make_changes(current: MeetingDay) -> list[DayChange]:
            changes = [_remembered(one, forgotten) for one in make(current)]
            drop_people(connection, event_id, [one.key for one in changes if isinstance(one, WithdrawParticipant)])
            if coming := people(current) if callable(people) else people:
                write_people(connection, event_id, coming, forgotten, now)
            return changes

        changed = DAYS.change(connection, owner, event_id, make_changes, version=version, author=author, now=now)
        ending(connection, changed)
    return changed


def list_days(engine: Engine, owner: OrganisationId, *, deleted: bool = False) -> list[Listed]:
    """Return the events of an organisation, the last day first, those without a day before all."""
    with reading(engine) as connection:
        rows = connection.execute(select(EVENTS).where(owned_by(EVENTS, owner), EVENTS.c.deleted.is_(deleted))).all()
    listings = [
        Listed(
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
    """Return the events of an organisation of days before this one that have a timetable: whom « already met » is known from. One without a
    day is still to come."""
    with reading(engine) as connection:
        past = (EVENTS.c.day < (event.header.day or today)) & EVENTS.c.deleted.is_(False)
        query = select(EVENTS.c.id).where(owned_by(EVENTS, owner), past)
        ids = connection.execute(query.order_by(EVENTS.c.id)).scalars().all()
        return [meeting_day for one in ids if (meeting_day := DAYS.read(connection, owner, one)).plan is not None]


def _remembered(change: DayChange, forgotten: Forgotten) -> DayChange:
    """A change without what was asked to be forgotten, which does not come back by a spreadsheet that still has it."""
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
