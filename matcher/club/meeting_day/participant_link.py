"""Stores the secret links to the own pages of a meeting day's participants: opens, revokes, resolves them; valid until weeks after the event."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Connection, Engine, bindparam, insert, select, update

from matcher.club.meeting_day.meeting_day import MeetingDay
from matcher.club.meeting_day.store import DAYS
from matcher.club.meeting_day.tables import EVENTS, PARTICIPANT_LINKS
from matcher.db import reading, writing
from matcher.mail import links
from matcher.mail.links import Correspondence
from matcher.mail.outbox import cancel
from matcher.ownership import OrganisationId, under_owned

# Validity of a link after the event, so that outcomes can be given; after the link's opening where the event has no day.
LASTS = timedelta(days=60)
# Version of the event for a person who was informed of none.
NOTHING = 0
_CLOSED = "lien fermé ou remplacé"
SILENT = "ne veut plus de courriels"

_BEHIND = (
    select(
        *(EVENTS.c.organisation_id, EVENTS.c.id, EVENTS.c.version, EVENTS.c.day),
        *(PARTICIPANT_LINKS.c.participant, PARTICIPANT_LINKS.c.opened, PARTICIPANT_LINKS.c.silent),
    )
    .join(EVENTS, EVENTS.c.id == PARTICIPANT_LINKS.c.event_id)
    .where(
        PARTICIPANT_LINKS.c.id == bindparam("link"),
        PARTICIPANT_LINKS.c.opened.is_not(None),
        EVENTS.c.deleted.is_(False),
    )
)


class LinkEnded(Exception):
    """Raised for an expired link. The message is French and gives the reason."""


@dataclass(frozen=True, slots=True)
class GivenLink:
    """A participant's link: its number in the outbox, when and by whom it was opened, the last version of the event that the person was
    informed of (`told`), and whether the person wants no message (`silent`)."""

    id: int
    opened: datetime
    who: str
    told: int
    silent: bool


@dataclass(frozen=True, slots=True)
class Behind:
    """Target of a link: organisation, number and version of the event, the participant (key), and whether it wants no message."""

    owner: OrganisationId
    event_id: int
    version: int
    participant: int
    silent: bool


def give_links(
    engine: Engine, owner: OrganisationId, event: MeetingDay, keys: Collection[int], *, author: str, now: datetime
) -> Mapping[int, str]:
    """Return a new secret token for each of these participants (keys); former links are revoked, and their persons count as not informed.
    Raises JournalUnknown."""
    wanted = sorted(event.by_key.keys() & set(keys))
    with writing(engine) as connection:
        DAYS.check(connection, owner, event.id)
        former = _void(connection, event.id, wanted, now) & PARTICIPANT_LINKS.c.opened.is_not(None)
        connection.execute(update(PARTICIPANT_LINKS).where(former).values(opened=now.replace(tzinfo=None), who=author))
        opened = open_links(connection, event.id, wanted, version_told=event.version, author=author, now=now)
        return {key: links.draw(connection, Correspondence.MEETING, opened[key].id, now) for key in wanted}


def open_links(
    connection: Connection, event_id: int, keys: Collection[int], *, version_told: int, author: str, now: datetime
) -> dict[int, GivenLink]:
    """Open a link, without a token yet, for each of these participants (keys) without an open one. Return the links of the event."""
    of_event = PARTICIPANT_LINKS.c.event_id == event_id
    at = now.replace(tzinfo=None)
    before = set(connection.execute(select(PARTICIPANT_LINKS.c.participant).where(of_event)).scalars())
    closed = (of_event, PARTICIPANT_LINKS.c.participant.in_(keys), PARTICIPANT_LINKS.c.opened.is_(None))
    connection.execute(update(PARTICIPANT_LINKS).where(*closed).values(opened=at, who=author, told=version_told))
    new = [
        {"event_id": event_id, "participant": key, "opened": at, "who": author, "told": version_told, "silent": False}
        for key in sorted(set(keys) - before)
    ]
    if new:
        connection.execute(insert(PARTICIPANT_LINKS), new)
    return links_of(connection, event_id)


def revoke_links(engine: Engine, owner: OrganisationId, event_id: int, keys: Collection[int], *, now: datetime) -> None:
    """Revoke the links of these participants, and cancel their messages not yet sent. Raises JournalUnknown."""
    with writing(engine) as connection:
        DAYS.check(connection, owner, event_id)
        own = _void(connection, event_id, keys, now)
        connection.execute(update(PARTICIPANT_LINKS).where(own).values(opened=None))


def load_links(engine: Engine, owner: OrganisationId, event_id: int) -> dict[int, GivenLink]:
    """Return the links of an event by participant. Raises JournalUnknown."""
    with reading(engine) as connection:
        DAYS.check(connection, owner, event_id)
        return links_of(connection, event_id)


def links_of(connection: Connection, event_id: int) -> dict[int, GivenLink]:
    """Return the open links of an event by participant; the caller has checked that the organisation owns the event."""
    own = (PARTICIPANT_LINKS.c.event_id == event_id) & PARTICIPANT_LINKS.c.opened.is_not(None)
    rows = connection.execute(select(PARTICIPANT_LINKS).where(own)).all()
    return {row.participant: GivenLink(row.id, row.opened, row.who, row.told, row.silent) for row in rows}


def mark_informed(engine: Engine, owner: OrganisationId, event_id: int, keys: Collection[int], version: int) -> None:
    """Mark these participants (keys) as informed of the timetable of this version of the event."""
    with writing(engine) as connection:
        own = under_owned(PARTICIPANT_LINKS.c.event_id, EVENTS, owner)
        theirs = (PARTICIPANT_LINKS.c.event_id == event_id) & PARTICIPANT_LINKS.c.participant.in_(keys)
        late = update(PARTICIPANT_LINKS).where(theirs, own, PARTICIPANT_LINKS.c.told < version)
        connection.execute(late.values(told=version))


def silence_messages(engine: Engine, page: Behind, *, silent: bool, now: datetime) -> None:
    """Set whether the participant of this page wants no message any more; if so, cancel its messages not yet sent."""
    own = (PARTICIPANT_LINKS.c.event_id == page.event_id) & (PARTICIPANT_LINKS.c.participant == page.participant)
    with writing(engine) as connection:
        connection.execute(update(PARTICIPANT_LINKS).where(own).values(silent=silent))
        if silent:
            ids = connection.execute(select(PARTICIPANT_LINKS.c.id).where(own)).scalars().all()
            cancel(connection, Correspondence.MEETING, ids, SILENT, now)


def behind(engine: Engine, token: str, today: date) -> Behind | None:
    """Return the page of a token, None where it is unknown, revoked, or its event is deleted. Raises LinkEnded once it has expired."""
    with reading(engine) as connection:
        holder = links.holder_of(connection, Correspondence.MEETING, token, datetime.combine(today, time()))
        if holder is None:
            return None
        row = connection.execute(_BEHIND, {"link": holder[0]}).one_or_none()
    if row is None:
        return None
    if today > (row.day or row.opened.date()) + LASTS:
        raise LinkEnded(f"L’événement est passé depuis plus de {LASTS.days} jours : sa page est fermée.")
    return Behind(OrganisationId(row.organisation_id), row.id, row.version, row.participant, row.silent)


def _void(connection: Connection, event_id: int, keys: Collection[int], now: datetime) -> ColumnElement[bool]:
    """Revoke the tokens of these participants and cancel their messages not yet sent; return the SQL condition of their links."""
    own = (PARTICIPANT_LINKS.c.event_id == event_id) & PARTICIPANT_LINKS.c.participant.in_(keys)
    ids = connection.execute(select(PARTICIPANT_LINKS.c.id).where(own)).scalars().all()
    cancel(connection, Correspondence.MEETING, ids, _CLOSED, now)
    links.revoke_links(connection, Correspondence.MEETING, ids, now)
    return own
