"""The persons who come, apart from the event: what the journal never holds can be forgotten without rewriting it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import Connection, delete, insert, select

from matcher.catalogue.store.forgotten import Forgotten
from matcher.club.meeting_day.tables import EVENTS, PARTICIPANT_LINKS, PERSONS
from matcher.mail.links import Correspondence
from matcher.mail.outbox import forget
from matcher.ownership import OrganisationId, under_owned


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
    found: dict[int, tuple[Person, ...]] = {}
    for row in connection.execute(query):
        fresh = since is None or row.since >= datetime.combine(since, time.min)
        person = Person(row.name, row.phone, row.email) if fresh else Person(row.name)
        found[row.participant] = (*found.get(row.participant, ()), person)
    return found


def write_people(connection: Connection, event_id: int, people: People, forgotten: Forgotten, now: datetime) -> None:
    """Put these persons in the place of those of their participants; who was forgotten does not come back."""
    rows = []
    for participant, persons in sorted(people.items()):
        own = (PERSONS.c.event_id == event_id) & (PERSONS.c.participant == participant)
        connection.execute(delete(PERSONS).where(own))
        kept = [person for one in persons if (person := without(one, forgotten)) != Person("")]
        rows += [
            {"event_id": event_id, "participant": participant, "rank": rank, "since": now.replace(tzinfo=None)}
            | {"name": one.name, "phone": one.phone, "email": one.email}
            for rank, one in enumerate(kept)
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
    forget(
        connection,
        Correspondence.MEETING,
        connection.execute(select(PARTICIPANT_LINKS.c.id).where(linked)).scalars().all(),
    )


def without(person: Person, forgotten: Forgotten) -> Person:
    """Return a person without what was asked to be forgotten; all of them where it is the name."""
    left = Person(*map(forgotten.cut, (person.name, person.phone, person.email)))
    return Person("") if left.name != person.name else left
