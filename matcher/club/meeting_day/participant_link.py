"""Secret links of participants' own pages: given by hand or by a message, revocable, open until some weeks after the event."""

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

# Time to say what came of the meetings, after the event; after the link was given where the event has no day.
LASTS = timedelta(days=60)
# The version of the event that somebody was told who was told nothing yet.
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
    """A link that did open a page and does no more. The message is French and gives the reason."""


@dataclass(frozen=True, slots=True)
class GivenLink:
    """A participant's link: its number in the outbox, when and by whom it was given, the version of the event that somebody told its person,
    and whether it wants no message."""

    id: int
    opened: datetime
    who: str
    told: int
    silent: bool


@dataclass(frozen=True, slots=True)
class Behind:
    """Page that a link opens: whose event, its number and version, the participant (key), and whether it wants no message."""

    owner: OrganisationId
    event_id: int
    version: int
    participant: int
    silent: bool


def give_links(
    engine: Engine, owner: OrganisationId, event: MeetingDay, keys: Collection[int], *, author: str, now: datetime
) -> Mapping[int, str]:
    """Return a new token for each of these participants (keys), known to nobody else; a former link opens nothing any more, and marks its
    person as not informed. Raises JournalUnknown."""
    wanted = sorted(event.by_key.keys() & set(keys))
    with writing(engine) as connection:
        DAYS.check(connection, owner, event.id)
        had = _void(connection, event.id, wanted, now) & PARTICIPANT_LINKS.c.opened.is_not(None)
        connection.execute(update(PARTICIPANT_LINKS).where(had).values(opened=now.replace(tzinfo=None), who=author))
        opened = open_links(connection, event.id, wanted, version_told=event.version, author=author, now=now)
        return {key: links.draw(connection, Correspondence.MEETING, opened[key].id, now) for key in wanted}


def open_links(
    connection: Connection, event_id: int, keys: Collection[int], *, version_told: int, author: str, now: datetime
) -> dict[int, GivenLink]:
    """Open a link, without a token yet, for each of these participants (keys); one that is open stays. Return the links of the event."""
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
    """Have the links of these participants open nothing any more, and what waits for them never leave. Raises JournalUnknown."""
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
    """Return the links of an event by participant, whosever it is: the caller has checked."""
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
    """Write whether who has this page wants no message any more; what waits for it then never leaves."""
    own = (PARTICIPANT_LINKS.c.event_id == page.event_id) & (PARTICIPANT_LINKS.c.participant == page.participant)
    with writing(engine) as connection:
        connection.execute(update(PARTICIPANT_LINKS).where(own).values(silent=silent))
        if silent:
            ids = connection.execute(select(PARTICIPANT_LINKS.c.id).where(own)).scalars().all()
            cancel(connection, Correspondence.MEETING, ids, SILENT, now)


def behind(engine: Engine, token: str, today: date) -> Behind | None:
    """Return what a token opens, None where it never did, was revoked, or its event is deleted. Raises LinkEnded after the event."""
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
    """Have the tokens of these participants open nothing, and what waits for them never leave; return where their links are."""
    own = (PARTICIPANT_LINKS.c.event_id == event_id) & PARTICIPANT_LINKS.c.participant.in_(keys)
    ids = connection.execute(select(PARTICIPANT_LINKS.c.id).where(own)).scalars().all()
    cancel(connection, Correspondence.MEETING, ids, _CLOSED, now)
    links.revoke_links(connection, Correspondence.MEETING, ids, now)
    return own
