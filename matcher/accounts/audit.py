"""The journal of what was done, by whom: lines are added and read, and nothing here changes or erases one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, insert, select

from matcher.accounts.tables import AuditRow
from matcher.db import reading, writing
from matcher.rows import table_of

_AUDIT = table_of(AuditRow)


@dataclass(frozen=True, slots=True)
class Done:
    """One line: when (UTC without zone), who, what, on what, and what more is worth knowing."""

    at: datetime
    who: str
    action: str
    target: str
    detail: str


def note(connection: Connection, *, at: datetime, who: str, action: str, target: str = "", detail: str = "") -> None:
    """Add a line, in the transaction of what it tells: both are written, or neither."""
    row = {"at": at.replace(tzinfo=None), "who": who, "action": action, "target": target, "detail": detail}
    connection.execute(insert(_AUDIT), row)


def record(engine: Engine, *, at: datetime, who: str, action: str, target: str = "", detail: str = "") -> None:
    """Add a line on its own, for what was done elsewhere. Raises DatabaseError."""
    with writing(engine) as connection:
        note(connection, at=at, who=who, action=action, target=target, detail=detail)


def read(engine: Engine, *, most: int = 200, who: str = "") -> list[Done]:
    """Return the last lines, the latest first, all or those of one person."""
    query = select(_AUDIT).order_by(_AUDIT.c.id.desc()).limit(most)
    with reading(engine) as connection:
        rows = connection.execute(query.where(_AUDIT.c.who == who) if who else query).all()
    return [Done(row.at, row.who, row.action, row.target, row.detail) for row in rows]
