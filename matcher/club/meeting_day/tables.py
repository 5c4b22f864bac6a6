"""Database tables of meeting days: `meeting_event_line` is the journal (source of truth), `meeting_event` a summary for lists, then contacts,
links, mailings and waiting registrations."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from matcher.erasure import Holding
from matcher.journal.store import JournalLine
from matcher.ownership import OwnedRow
from matcher.rows import Base, table_of


class EventRow(OwnedRow, Base):
    """Summary of an event. `version`: number of lines of its journal; `summary`: counts of participants, meetings and questions."""

    __tablename__ = "meeting_event"
    holding = Holding("intitulé, organisateur et lieu d’un événement", supplier=True)

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    title: Mapped[str]
    organiser: Mapped[str]
    day: Mapped[date | None] = mapped_column(index=True)
    place: Mapped[str]
    created: Mapped[datetime]
    updated: Mapped[datetime]
    deleted: Mapped[bool]
    summary: Mapped[dict[str, Any]]


class EventLineRow(JournalLine, Base):
    """One line of an event's journal."""

    __tablename__ = "meeting_event_line"
    holding = Holding(
        "journal d’un événement : participants, horaire, notes, courriel de l’organisateur, qui écrit", supplier=True
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("meeting_event.id"), primary_key=True)


class PersonRow(Base):
    """A person of a participant's delegation, at `rank` from 0. Erased on demand, and when contacts grow old."""

    __tablename__ = "meeting_event_person"
    holding = Holding(
        "personnes qui viennent à un événement : nom, téléphone, courriel",
        person=("name", "phone", "email"),
        dates=("since",),
        needs=("name", "phone", "email"),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("meeting_event.id"), primary_key=True)
    participant: Mapped[int] = mapped_column(primary_key=True)
    rank: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    phone: Mapped[str]
    email: Mapped[str]
    since: Mapped[datetime]


class DoorRow(Base):
    """The secret link of an event's registration form: the SHA-256 of its token. Revoking erases the row."""

    __tablename__ = "meeting_event_door"
    holding = Holding("empreinte d’un lien d’inscription, qui l’a ouvert")

    event_id: Mapped[int] = mapped_column(ForeignKey("meeting_event.id"), primary_key=True)
    mark: Mapped[str] = mapped_column(unique=True)
    opened: Mapped[datetime]
    who: Mapped[str]


class ParticipantLinkRow(Base):
    """The link of a participant to its own page (its secret is in `message_link`): when it was `opened` (None once closed), by `who`, the last
    version of the timetable that the person was informed of (`told`), and whether the person wants no message (`silent`)."""

    __tablename__ = "meeting_event_link"
    __table_args__ = (UniqueConstraint("event_id", "participant"),)
    holding = Holding(
        "liens personnels d’un participant : qui les a donnés, jusqu’où il est prévenu, s’il ne veut plus de courriels"
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("meeting_event.id"))
    participant: Mapped[int]
    opened: Mapped[datetime | None]
    who: Mapped[str]
    told: Mapped[int]
    silent: Mapped[bool]


class MailingRow(Base):
    """A batch of messages in the outbox about one `version` of an event, and `who` requested it."""

    __tablename__ = "meeting_event_mailing"
    holding = Holding("envois de courriels aux participants d’un événement, qui les a demandés")

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("meeting_event.id"), index=True)
    version: Mapped[int]
    who: Mapped[str]


class RequestRow(Base):
    """A registration received by the form that waits for the organiser: participant and persons. Erased once handled."""

    __tablename__ = "meeting_event_request"
    holding = Holding(
        "inscriptions qui attendent l’organisateur : structure, personnes", dates=("at",), whole=True, supplier=True
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("meeting_event.id"), index=True)
    at: Mapped[datetime]
    data: Mapped[dict[str, Any]]


# The same tables, for SQL statements.
EVENTS = table_of(EventRow)
EVENT_LINES = table_of(EventLineRow)
PERSONS = table_of(PersonRow)
DOORS = table_of(DoorRow)
PARTICIPANT_LINKS = table_of(ParticipantLinkRow)
MAILINGS = table_of(MailingRow)
REQUESTS = table_of(RequestRow)
