"""Watches as they are kept: opened, reached by a secret link, closed; the wish of their reader for messages, and its verdicts on lots."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from matcher.db import reading, writing
from matcher.mail import links
from matcher.mail.links import Correspondence
from matcher.mail.outbox import cancel, forget_messages
from matcher.notices.watching.tables import (
    WATCH_VERDICTS,
    WATCHES,
    WATCHES_TOLD,
)
from matcher.ownership import OrganisationId, owned_by

KIND = Correspondence.WATCH
CLOSED, SILENT, LEFT = "veille fermée", "ne veut plus de courriels", "retiré du catalogue à sa demande"


class Pace(StrEnum):
    """Pace at which a watch may write: at most once in so many days."""

    DAILY = "jour"
    WEEKLY = "semaine"

    @property
    def days(self) -> int:
        """The least number of days between two messages."""
        return 1 if self is Pace.DAILY else 7


class LotVerdict(StrEnum):
    """Verdict of the reader of a watch on a lot."""

    WANTED = "intéressé"
    REFUSED = "pas pour moi"


@dataclass(frozen=True, slots=True)
class WatchChoice:
    """Choice of a watch, each empty where it chooses nothing: the code of a trade or of its group, the key of a place, the name of a kind of supplier,
    the code of a lever."""

    trade: str = ""
    place: str = ""
    supplier_kind: str = ""
    lever: str = ""


@dataclass(frozen=True, slots=True)
class Watch:
    """A watch, as in `WatchRow`; `supplier_id` is empty where it is over all lots."""

    id: int
    owner: OrganisationId
    supplier_id: str
    title: str
    choice: WatchChoice
    address: str
    pace: Pace
    who: str
    opened: datetime
    closed: bool
    silent: bool


def open_watch(
    engine: Engine,
    owner: OrganisationId,
    title: str,
    choice: WatchChoice = WatchChoice(),  # frozen
    *,
    supplier_id: str = "",
    address: str = "",
    pace: Pace = Pace.DAILY,
    author: str,
    now: datetime,
) -> tuple[Watch, str]:
    """Open a watch, and return it with the secret of a new link, shown once. That of a supplier whom the organisation has given one is opened again, its
    links of before still good. Whoever wants no more messages at this address gets none."""
    values = {
        "title": title,
        "address": address,
        "pace": pace.value,
        "who": author,
        "opened": now.replace(tzinfo=None),
        "closed": False,
        **{name: getattr(choice, name) for name in WatchChoice.__dataclass_fields__},
    }
    with writing(engine) as connection:
        silenced = select(WATCHES.c.id).where(WATCHES.c.address == address, WATCHES.c.silent.is_(True)).limit(1)
        values["silent"] = bool(address) and connection.execute(silenced).scalar() is not None
        own = owned_by(WATCHES, owner) & (WATCHES.c.supplier_id == supplier_id)
        row = connection.execute(select(WATCHES).where(own)).one_or_none() if supplier_id else None
        if row is None:
            values |= {"organisation_id": owner, "supplier_id": supplier_id or None}
            number = int(connection.execute(insert(WATCHES).returning(WATCHES.c.id), values).scalar_one())
        else:
            number = row.id
            if row.silent:  # who said stop is written to at no other address: only it can take that back
                values |= {"address": row.address, "silent": True}
            connection.execute(update(WATCHES).where(WATCHES.c.id == number).values(values))
        return _of_id(connection, number), links.draw(connection, KIND, number, now)


def watches(engine: Engine, owner: OrganisationId) -> list[Watch]:
    """Return the watches of an organisation that are not closed, the last opened first."""
    own = owned_by(WATCHES, owner) & WATCHES.c.closed.is_(False)
    with reading(engine) as connection:
        rows = connection.execute(select(WATCHES).where(own).order_by(WATCHES.c.opened.desc(), WATCHES.c.id.desc()))
        return [_watch(row) for row in rows]


def watch_of(engine: Engine, owner: OrganisationId, supplier_id: str) -> Watch | None:
    """Return the watch that an organisation has given a supplier, None where it has given none, or has closed it."""
    return next((one for one in watches(engine, owner) if one.supplier_id == supplier_id), None)


def close_watch(engine: Engine, owner: OrganisationId, watch_id: int, now: datetime) -> bool:
    """Have the links of a watch open nothing any more, and what waits never leave; whether the organisation has this one."""
    own = owned_by(WATCHES, owner) & (WATCHES.c.id == watch_id)
    with writing(engine) as connection:
        closed = connection.execute(update(WATCHES).where(own).values(closed=True)).rowcount == 1
        if closed:
            _end(connection, [watch_id], CLOSED, now)
        return closed


def opened_by(engine: Engine, secret: str, now: datetime) -> Watch | None:
    """Return the watch that the secret of a link opens; None alike where it is forged, revoked or too old."""
    with reading(engine) as connection:
        holder = links.holder_of(connection, KIND, secret, now)
        watch = holder and _of_id(connection, holder[0])
        return None if not watch or watch.closed else watch


def set_silence(engine: Engine, watch: Watch, *, silent: bool, now: datetime) -> None:
    """Write whether the reader of a watch wants no message any more, at this address whoever writes; what waits then never leaves."""
    same = WATCHES.c.address == watch.address if watch.address else WATCHES.c.id == watch.id
    with writing(engine) as connection:
        connection.execute(update(WATCHES).where(same).values(silent=silent))
        if silent:
            ids = connection.execute(select(WATCHES.c.id).where(same)).scalars().all()
            cancel(connection, KIND, ids, SILENT, now)


def set_verdict(engine: Engine, watch: Watch, lot_id: int, verdict: LotVerdict | None, now: datetime) -> None:
    """Keep the verdict of the reader of a watch on a lot, or take it back (None)."""
    own = (WATCH_VERDICTS.c.watch_id == watch.id) & (WATCH_VERDICTS.c.lot_id == lot_id)
    row = {"watch_id": watch.id, "lot_id": lot_id, "verdict": verdict, "at": now.replace(tzinfo=None)}
    with writing(engine) as connection:
        connection.execute(delete(WATCH_VERDICTS).where(own))
        if verdict:
            connection.execute(insert(WATCH_VERDICTS), row)


def read_verdicts(connection: Connection, watch: Watch) -> Mapping[int, LotVerdict]:
    """Return the verdicts of the reader of a watch, by lot."""
    rows = connection.execute(select(WATCH_VERDICTS).where(WATCH_VERDICTS.c.watch_id == watch.id))
    return {row.lot_id: LotVerdict(row.verdict) for row in rows}


def live_watches(connection: Connection) -> list[Watch]:
    """Return the watches of every organisation whose reader is to be written to, in the order in which they were opened."""
    live = WATCHES.c.closed.is_(False) & WATCHES.c.silent.is_(False) & (WATCHES.c.address != "")
    return [_watch(row) for row in connection.execute(select(WATCHES).where(live).order_by(WATCHES.c.id))]


def still(connection: Connection, watch: Watch) -> bool:
    """Return whether a watch is as it was read."""
    row = connection.execute(select(WATCHES).where(WATCHES.c.id == watch.id)).one_or_none()
    return row is not None and _watch(row) == watch


def leave_watches(connection: Connection, keys: frozenset[str], _who: str, now: datetime) -> None:
    """Take a supplier that leaves (all its keys) out of the watches, inside the transaction of its withdrawal: its links close, nothing is left."""
    condition = WATCHES.c.supplier_id.in_(keys)
    ids = connection.execute(select(WATCHES.c.id).where(condition)).scalars().all()
    _end(connection, ids, LEFT, now)
    forget_messages(connection, KIND, ids)
    for table in (WATCHES_TOLD, WATCH_VERDICTS):
        connection.execute(delete(table).where(table.c.watch_id.in_(ids)))
    connection.execute(delete(WATCHES).where(condition))


def _end(connection: Connection, ids: Any, reason: str, now: datetime) -> None:
    cancel(connection, KIND, ids, reason, now)
    links.revoke_links(connection, KIND, ids, now)


def _of_id(connection: Connection, watch_id: int) -> Watch:
    return _watch(connection.execute(select(WATCHES).where(WATCHES.c.id == watch_id)).one())


def _watch(row: Row[Any]) -> Watch:
    return Watch(
        id=row.id,
        owner=OrganisationId(row.organisation_id),
        supplier_id=row.supplier_id or "",
        title=row.title,
        choice=WatchChoice(row.trade, row.place, row.supplier_kind, row.lever),
        address=row.address,
        pace=Pace(row.pace),
        who=row.who,
        opened=row.opened,
        closed=row.closed,
        silent=row.silent,
    )
