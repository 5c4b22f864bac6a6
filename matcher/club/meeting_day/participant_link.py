"""Secret links of participants' own pages: kept as a hash, one a participant, revocable, open until some weeks after the event."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Engine, delete, insert, select, update

from matcher.club.meeting_day.meeting_day import MeetingDay
from matcher.club.meeting_day.store import DAYS
from matcher.club.meeting_day.tables import EventRow, ParticipantLinkRow
from matcher.db import reading, writing
from matcher.ownership import OrganisationId, under_owned
from matcher.rows import table_of
from matcher.tokens import new_token, token_hash

_EVENTS, _LINKS = table_of(EventRow), table_of(ParticipantLinkRow)

# Time to say what came of the meetings, after the event; after the link was given where the event has no day.
LASTS = timedelta(days=60)


class LinkEnded(Exception):
    """A link that did open a page and does no more. The message is French and says why."""


@dataclass(frozen=True, slots=True)
class GivenLink:
    """A participant's link: when and by whom it was given, and the version of the event that its person was told of."""

    opened: datetime
    who: str
    told: int


@dataclass(frozen=True, slots=True)
class Behind:
    """Page that a link opens: whose event, its number and version, and the participant (key)."""

    owner: OrganisationId
    event_id: int
    version: int
    participant: int


def give(
    engine: Engine, owner: OrganisationId, event: MeetingDay, keys: Collection[int], *, who: str, now: datetime
) -> Mapping[int, str]:
    """Return a new token for each of these participants, known to nobody else; a former link opens nothing any more. Raises JournalUnknown."""
    tokens = {key: new_token() for key in sorted(keys) if key in event.by_key}
    at = now.replace(tzinfo=None)
    rows = [
        {
            "event_id": event.id,
            "participant": key,
            "mark": token_hash(token),
            "opened": at,
            "who": who,
            "told": event.version,
        }
        for key, token in tokens.items()
    ]
    with writing(engine) as connection:
        DAYS.check(connection, owner, event.id)
        connection.execute(delete(_LINKS).where(_LINKS.c.event_id == event.id, _LINKS.c.participant.in_(tokens)))
        if rows:
            connection.execute(insert(_LINKS), rows)
    return tokens


def revoke(engine: Engine, owner: OrganisationId, event_id: int, keys: Collection[int]) -> None:
    """Have the links of these participants open nothing any more."""
    with writing(engine) as connection:
        connection.execute(delete(_LINKS).where(*_own(owner, event_id), _LINKS.c.participant.in_(keys)))


def given(engine: Engine, owner: OrganisationId, event_id: int) -> dict[int, GivenLink]:
    """Return the links of an event by participant."""
    with reading(engine) as connection:
        rows = connection.execute(select(_LINKS).where(*_own(owner, event_id))).all()
    return {row.participant: GivenLink(row.opened, row.who, row.told) for row in rows}


def tell(engine: Engine, owner: OrganisationId, event_id: int, keys: Collection[int], version: int) -> None:
    """Write that these participants know the timetable of this version of the event."""
    with writing(engine) as connection:
        own = (*_own(owner, event_id), _LINKS.c.participant.in_(keys), _LINKS.c.told < version)
        connection.execute(update(_LINKS).where(*own).values(told=version))


def behind(engine: Engine, token: str, today: date) -> Behind | None:
    """Return what a token opens, None where it never did, was revoked, or its event is deleted. Raises LinkEnded after the event."""
    columns = (
        _EVENTS.c.organisation_id,
        _EVENTS.c.id,
        _EVENTS.c.version,
        _EVENTS.c.day,
        _LINKS.c.participant,
        _LINKS.c.opened,
    )
    with reading(engine) as connection:
        own = (_LINKS.c.mark == token_hash(token)) & _EVENTS.c.deleted.is_(False)
        query = select(*columns).join(_EVENTS, _EVENTS.c.id == _LINKS.c.event_id).where(own)
        row = connection.execute(query).one_or_none()
    if row is None:
        return None
    if today > (row.day or row.opened.date()) + LASTS:
        raise LinkEnded(f"L’événement est passé depuis plus de {LASTS.days} jours : sa page est fermée.")
    return Behind(OrganisationId(row.organisation_id), row.id, row.version, row.participant)


def _own(owner: OrganisationId, event_id: int) -> tuple[ColumnElement[bool], ...]:
    return _LINKS.c.event_id == event_id, under_owned(_LINKS.c.event_id, _EVENTS, owner)
