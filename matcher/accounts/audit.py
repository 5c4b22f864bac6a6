"""The journal of what was done, by whom: lines are added and read, and nothing here changes or erases one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Engine, insert, select

from matcher.accounts.tables import AuditRow, OrganisationRow
from matcher.db import reading, writing
from matcher.ownership import OrganisationId, owned_by
from matcher.rows import table_of

_AUDIT, _ORGANISATIONS = table_of(AuditRow), table_of(OrganisationRow)


@dataclass(frozen=True, slots=True)
class Done:
    """One line: when (UTC without zone), who, what, on what, what more is worth knowing, and of which organisation (its name today), empty for the
    whole installation."""

    at: datetime
    who: str
    action: str
    target: str
    detail: str
    organisation: str = ""


def note(
    connection: Connection,
    *,
    at: datetime,
    who: str,
    action: str,
    target: str = "",
    detail: str = "",
    owner: OrganisationId | None = None,
) -> None:
    """Add a line, in the transaction of what it tells: both are written, or neither."""
    row = {"at": at.replace(tzinfo=None), "who": who, "action": action, "target": target, "detail": detail}
    row |= {"organisation_id": owner}
    connection.execute(insert(_AUDIT), row)


def record(
    engine: Engine, *, at: datetime, who: str, action: str, target: str = "", owner: OrganisationId | None = None
) -> None:
    """Add a line on its own, for what was done elsewhere. Raises DatabaseError."""
    with writing(engine) as connection:
        note(connection, at=at, who=who, action=action, target=target, owner=owner)


def read(engine: Engine, owner: OrganisationId, *, most: int = 200, who: str = "") -> list[Done]:
    """Return the last lines of an organisation, the latest first, all or those of one person."""
    return _lines(engine, most, who, owned_by(_AUDIT, owner))


def read_all(engine: Engine, *, most: int = 200, who: str = "") -> list[Done]:
    """Return the last lines of the whole installation, to whoever administers it; the latest first, all or those of one person."""
    return _lines(engine, most, who)


def _lines(engine: Engine, most: int, who: str, *which: ColumnElement[bool]) -> list[Done]:
    named = select(_AUDIT, _ORGANISATIONS.c.name).outerjoin(_ORGANISATIONS)
    query = named.where(*which, *([_AUDIT.c.who == who] if who else [])).order_by(_AUDIT.c.id.desc()).limit(most)
    with reading(engine) as connection:
        rows = connection.execute(query).all()
    return [Done(row.at, row.who, row.action, row.target, row.detail, row.name or "") for row in rows]
