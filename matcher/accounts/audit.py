"""The security journal: what was done, refused or carried away, and by whom. Lines are added, counted and read; none is changed, and each goes
once it is older than what is kept."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, Engine, insert, select

from matcher.accounts.tables import AUDIT, ORGANISATIONS
from matcher.db import reading, writing
from matcher.ownership import OrganisationId, owned_by
from matcher.render.described_file import DescribedFile
from matcher.render.table import Column, csv_of


class AuditKind(StrEnum):
    """Kind of a line of the journal."""

    ACTION = "action"
    SIGN_IN = "connexion"
    TOKEN = "jeton"  # noqa: S105  # the name of a kind
    EXPORT = "fichier emporté"
    REFUSAL = "accès refusé"
    FORGERY = "formulaire refusé"
    API = "refus de l’API"


@dataclass(frozen=True, slots=True)
class Done:
    """One line: when (UTC without zone), who, what, on what, with what detail, and of which organisation (its name today), empty for the
    whole installation. An incident has a line a minute: `times` counts it, `network` is the part kept of the address it came from."""

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
    """Lines that are asked for: of one person, of one kind, of a period (days of this computer, both in it), older than the line `before`."""

    who: str = ""
    kind: AuditKind | None = None
    first: date | None = None
    last: date | None = None
    before: int | None = None

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """Yield what a line must be."""
        if self.who:
            yield AUDIT.c.who == self.who
        if self.kind:
            yield AUDIT.c.kind == self.kind.value
        if self.first:
            yield AUDIT.c.at >= _begins(self.first)
        if self.last and self.last < date.max:
            yield AUDIT.c.at < _begins(self.last + timedelta(days=1))
        if self.before is not None:
            yield AUDIT.c.id < self.before


EVERYTHING = AuditFilter()


def note_act(
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
    """Add a line, in the transaction of the act itself: both are written, or neither."""
    row = {"at": at.replace(tzinfo=None), "who": author, "action": action, "target": target, "detail": detail}
    row |= {"organisation_id": owner, "kind": kind.value, "times": 1, "network": ""}
    connection.execute(insert(AUDIT), row)


def record_act(
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
    """Add a line on its own, for what was done elsewhere. Raises DatabaseError."""
    with writing(engine) as connection:
        note_act(connection, at=at, author=author, action=action, target=target, detail=detail, owner=owner, kind=kind)


def read_journal(
    engine: Engine, owner: OrganisationId, audit_filter: AuditFilter = EVERYTHING, *, most: int = 200
) -> list[Done]:
    """Return the last lines of an organisation among those that are asked for, the latest first."""
    return _lines(engine, most, audit_filter, owned_by(AUDIT, owner))


def read_whole_journal(engine: Engine, audit_filter: AuditFilter = EVERYTHING, *, most: int = 200) -> list[Done]:
    """Return the last lines of the whole installation among those that are asked for, to whoever administers it; the latest first."""
    return _lines(engine, most, audit_filter)


def _lines(engine: Engine, most: int, audit_filter: AuditFilter, *which: ColumnElement[bool]) -> list[Done]:
    named = select(AUDIT, ORGANISATIONS.c.name).outerjoin(ORGANISATIONS).where(*which, *audit_filter.conditions())
    query = named.order_by(AUDIT.c.id.desc()).limit(most)
    with reading(engine) as connection:
        rows = connection.execute(query).all()
    return [
        Done(
            row.id,
            row.at,
            AuditKind(row.kind),
            row.who,
            row.action,
            row.target,
            row.detail,
            row.times,
            row.network,
            row.name or "",
        )
        for row in rows
    ]


def _begins(day: date) -> datetime:
    """The moment a day begins on this computer, UTC without zone."""
    if day <= date(1970, 1, 1):  # what no zone of every system takes back
        return datetime.combine(day, time.min)
    return datetime.combine(day, time.min).astimezone(UTC).replace(tzinfo=None)


_COLUMNS = tuple(
    Column(header, 20)
    for header in (
        "Quand (UTC)",
        "Nature",
        "Qui",
        "Quoi",
        "Sur quoi",
        "Précision",
        "Fois",
        "Réseau",
        "Organisation",
        "Ligne",
    )
)


def audit_csv(lines: Iterable[Done]) -> DescribedFile:
    """Return lines under their headers, in the order given."""
    return csv_of(
        _COLUMNS,
        (
            (
                line.at.isoformat(sep=" ", timespec="seconds"),
                line.kind.value,
                line.who,
                line.action,
                line.target,
                line.detail,
                line.times,
                line.network,
                line.organisation,
                line.id,
            )
            for line in lines
        ),
    )
