"""The audit journal in the database: lines on what was done, refused or exported, and by whom. Adds, filters and reads lines, and writes them as CSV;
a line is never changed, but for the count of an incident repeated within its minute (`incidents`), and is deleted after `AUDIT_DAYS`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from operator import attrgetter

from sqlalchemy import ColumnElement, Connection, Engine, insert, select

from matcher.accounts.tables import AUDIT, ORGANISATIONS
from matcher.db import reading, writing
from matcher.ownership import OrganisationId, owned_by
from matcher.render.described_file import DescribedFile
from matcher.render.table import csv_of


class AuditKind(StrEnum):
    """Kind of a line of the journal."""

    ACTION = "action"
    SIGN_IN = "connexion"
    TOKEN = "jeton"  # noqa: S105  # the name of a kind
    EXPORT = "fichier emporté"
    REFUSAL = "accès refusé"
    FORM_REFUSAL = "formulaire refusé"  # forged, or of a session that has ended
    API = "refus de l’API"


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line of the journal, `at` in UTC without zone; `organisation` is its name today, empty for the whole installation.

    A repeated incident has one line a minute: `times` is its count, `network` the IP network it came from."""

    id: int
    at: datetime
    kind: AuditKind
    who: str
    action: str
    target: str
    detail: str
    times: int
    network: str
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Filter of lines: of one person, one kind, a period (local days `first` to `last`, included), older than the line number `before`."""

    who: str = ""
    kind: AuditKind | None = None
    first: date | None = None
    last: date | None = None
    before: int | None = None

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """Yield the SQL conditions of the filter."""
        if self.who:
            yield AUDIT.c.who == self.who
        if self.kind:
            yield AUDIT.c.kind == self.kind.value
        if self.first:
            yield AUDIT.c.at >= _start_of_day(self.first)
        if self.last and self.last < date.max:
            yield AUDIT.c.at < _start_of_day(self.last + timedelta(days=1))
        if self.before is not None:
            yield AUDIT.c.id < self.before


EVERYTHING = AuditFilter()


def add_audit_line(
    connection: Connection,
    *,
    at: datetime,
    author: str,
    action: str,
    target: str = "",
    detail: str = "",
    owner: OrganisationId | None = None,
    kind: AuditKind = AuditKind.ACTION,
) -> None:
    """Add a line in the transaction of the act itself, which the caller commits: both are written, or neither."""
    row = {"at": at.replace(tzinfo=None), "who": author, "action": action, "target": target, "detail": detail}
    row |= {"organisation_id": owner, "kind": kind.value, "times": 1, "network": ""}
    connection.execute(insert(AUDIT), row)


def commit_audit_line(
    engine: Engine,
    *,
    at: datetime,
    author: str,
    action: str,
    target: str = "",
    detail: str = "",
    owner: OrganisationId | None = None,
    kind: AuditKind = AuditKind.ACTION,
) -> None:
    """Add a line in a transaction of its own, where the act writes nothing else. Raises DatabaseError."""
    with writing(engine) as connection:
        add_audit_line(
            connection, at=at, author=author, action=action, target=target, detail=detail, owner=owner, kind=kind
        )


# Who did what, on what, and how often, of a row of the table or of a `AuditLine`.
_WHAT = attrgetter("who", "action", "target", "detail", "times", "network")


def read_journal(
    engine: Engine, owner: OrganisationId, audit_filter: AuditFilter = EVERYTHING, *, most: int = 200
) -> list[AuditLine]:
    """Return at most `most` lines of an organisation that pass the filter, the latest first."""
    return _lines(engine, most, audit_filter, owned_by(AUDIT, owner))


def read_whole_journal(engine: Engine, audit_filter: AuditFilter = EVERYTHING, *, most: int = 200) -> list[AuditLine]:
    """Return at most `most` lines of all organisations that pass the filter, the latest first; for administrators of the installation."""
    return _lines(engine, most, audit_filter)


def _lines(engine: Engine, most: int, audit_filter: AuditFilter, *which: ColumnElement[bool]) -> list[AuditLine]:
    query = select(AUDIT, ORGANISATIONS.c.name).outerjoin(ORGANISATIONS).where(*which, *audit_filter.conditions())
    query = query.order_by(AUDIT.c.id.desc()).limit(most)
    with reading(engine) as connection:
        rows = connection.execute(query).all()
    return [AuditLine(row.id, row.at, AuditKind(row.kind), *(*_WHAT(row), row.name or "")) for row in rows]


def _start_of_day(day: date) -> datetime:
    """Return when a local day begins, in UTC without zone."""
    if day <= date(1970, 1, 1):  # some systems convert no earlier date
        return datetime.combine(day, time.min)
    return datetime.combine(day, time.min).astimezone(UTC).replace(tzinfo=None)


_HEADERS = ("Quand (UTC)", "Nature", "Qui", "Quoi", "Sur quoi", "Précision", "Fois", "Réseau", "Organisation", "Ligne")


def audit_csv(lines: Iterable[AuditLine]) -> DescribedFile:
    """Return lines as a CSV file with headers, in the given order."""
    rows = (
        (line.at.isoformat(sep=" ", timespec="seconds"), line.kind.value, *_WHAT(line), line.organisation, line.id)
        for line in lines
    )
    return csv_of(_HEADERS, rows)
