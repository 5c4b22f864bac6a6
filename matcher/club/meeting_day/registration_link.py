"""Stores the secret link to the registration form of a meeting day (as a hash), and the registrations received, which await the organiser.

A registration enters the event's journal only once a member of the team accepts it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, Table, delete, func, insert, select

from matcher.catalogue.store.opt_outs import read_guard
from matcher.club.meeting_day.meeting_day import Participant
from matcher.club.meeting_day.store import DAYS, Person
from matcher.club.meeting_day.tables import DOORS, EVENTS, REQUESTS
from matcher.db import reading, writing
from matcher.erasure import without_value
from matcher.journal.change import ChangeRefused, build, one_line, plain
from matcher.ownership import OrganisationId, under_owned
from matcher.tokens import new_token, token_hash

# Most registrations waiting for one event: more are a sign of automated abuse.
MOST_WAITING = 500


@dataclass(frozen=True, slots=True)
class OpenLink:
    """An open link: since when, and opened by whom."""

    opened: datetime
    who: str


@dataclass(frozen=True, slots=True)
class Request:
    """A waiting registration: the participant (key 0), its persons, and the names that it wishes or refuses to meet."""

    id: int
    at: datetime
    participant: Participant
    people: tuple[Person, ...]
    wishes: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Sent:
    participant: Participant
    people: tuple[Person, ...]
    wishes: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()


def open_door(engine: Engine, owner: OrganisationId, event_id: int, *, author: str, now: datetime) -> str:
    """Return the secret token of a new link; the former link of the event is revoked. Raises JournalUnknown."""
    token = new_token()
    with writing(engine) as connection:
        DAYS.check(connection, owner, event_id)
        connection.execute(delete(DOORS).where(DOORS.c.event_id == event_id))
        row = {"event_id": event_id, "mark": token_hash(token), "opened": now.replace(tzinfo=None), "who": author}
        connection.execute(insert(DOORS), row)
    return token


def close_door(engine: Engine, owner: OrganisationId, event_id: int) -> None:
    """Revoke the link of an event."""
    with writing(engine) as connection:
        connection.execute(delete(DOORS).where(_own(DOORS, owner, event_id)))


def door_of(engine: Engine, owner: OrganisationId, event_id: int) -> OpenLink | None:
    """Return the link of an event, None where it has none."""
    with reading(engine) as connection:
        row = connection.execute(select(DOORS).where(_own(DOORS, owner, event_id))).one_or_none()
    return None if row is None else OpenLink(row.opened, row.who)


def event_behind(engine: Engine, token: str) -> tuple[OrganisationId, int] | None:
    """Return the organisation and number of the event of a token; None where the token is unknown or the event deleted."""
    query = select(EVENTS.c.organisation_id, EVENTS.c.id).join(EVENTS, EVENTS.c.id == DOORS.c.event_id)
    with reading(engine) as connection:
        own = (DOORS.c.mark == token_hash(token)) & EVENTS.c.deleted.is_(False)
        row = connection.execute(query.where(own)).one_or_none()
    return None if row is None else (OrganisationId(row.organisation_id), row.id)


def keep_request(
    engine: Engine,
    owner: OrganisationId,
    event_id: int,
    participant: Participant,
    people: Sequence[Person],
    *,
    now: datetime,
    wishes: Sequence[str] = (),
    refusals: Sequence[str] = (),
) -> None:
    """Store a registration until the organiser accepts it, once if sent twice. Raises ChangeRefused where too many wait, JournalUnknown."""
    data: dict[str, Any] = plain(_Sent(one_line(participant), tuple(people), tuple(wishes), tuple(refusals)))
    own = _own(REQUESTS, owner, event_id)
    with writing(engine) as connection:
        DAYS.check(connection, owner, event_id)
        if connection.execute(select(func.count()).select_from(REQUESTS).where(own)).scalar_one() >= MOST_WAITING:
            raise ChangeRefused(
                "Trop d’inscriptions attendent déjà : réessayez plus tard, ou dites-le à qui vous a donné ce lien."
            )
        data = without_value(data, read_guard(connection).forgotten.cut)
        if data not in connection.execute(select(REQUESTS.c.data).where(own)).scalars().all():
            connection.execute(insert(REQUESTS), {"event_id": event_id, "at": now.replace(tzinfo=None), "data": data})


def load_requests(engine: Engine, owner: OrganisationId, event_id: int) -> list[Request]:
    """Return the registrations that wait for an event, the oldest first."""
    query = select(REQUESTS).where(_own(REQUESTS, owner, event_id)).order_by(REQUESTS.c.id)
    with reading(engine) as connection:
        rows = connection.execute(query).all()
    sent = [(row, build(_Sent, row.data, "inscription")) for row in rows]
    return [Request(row.id, row.at, one.participant, one.people, one.wishes, one.refusals) for row, one in sent]


def drop_requests(engine: Engine, owner: OrganisationId, event_id: int, ids: Sequence[int]) -> None:
    """Erase registrations, once accepted or refused."""
    with writing(engine) as connection:
        connection.execute(delete(REQUESTS).where(_own(REQUESTS, owner, event_id), REQUESTS.c.id.in_(ids)))


def _own(table: Table, owner: OrganisationId, event_id: int) -> ColumnElement[bool]:
    return (table.c.event_id == event_id) & under_owned(table.c.event_id, EVENTS, owner)
