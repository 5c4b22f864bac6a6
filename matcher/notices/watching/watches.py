"""Stores watches (saved searches of published lots): opens, finds by secret link and closes them, stops their messages, records verdicts on lots."""

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
from matcher.notices.watching.tables import WATCH_VERDICTS, WATCHES, WATCHES_TOLD
from matcher.ownership import OrganisationId, owned_by

KIND = Correspondence.WATCH
CLOSED, SILENT, LEFT = "veille fermée", "ne veut plus de courriels", "retiré du catalogue à sa demande"


class Pace(StrEnum):
    """Most frequent sending of a watch's messages: daily or weekly."""

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
    """Filters of a watch, each empty for none: the code of a trade or of its group, the key of a place, a kind of supplier, the code of a lever (the
    article of a reservation, or a social clause)."""

    trade: str = ""
    place: str = ""
    supplier_kind: str = ""
    lever: str = ""


@dataclass(frozen=True, slots=True)
class Watch:
    """A watch, as in `WatchRow`; `supplier_id` is empty in a watch over all lots."""

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
    """Open a watch, and return it with the secret of a new link, which is shown once. An organisation has one watch a supplier: it is opened again, and
    its former links still work. A reader who stopped the messages at this address still gets none."""
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
            if row.silent:  # the reader stopped the messages: only the reader can resume them, and the address stays
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
    """Return an organisation's open watch for a supplier, or None."""
    return next((watch for watch in watches(engine, owner) if watch.supplier_id == supplier_id), None)


def close_watch(engine: Engine, owner: OrganisationId, watch_id: int, now: datetime) -> bool:
    """Close a watch of an organisation: revoke its links and cancel its unsent messages; return False if the organisation has no such watch."""
    own = owned_by(WATCHES, owner) & (WATCHES.c.id == watch_id)
    with writing(engine) as connection:
        closed = connection.execute(update(WATCHES).where(own).values(closed=True)).rowcount == 1
        if closed:
            _end(connection, [watch_id], CLOSED, now)
        return closed


def opened_by(engine: Engine, secret: str, now: datetime) -> Watch | None:
    """Return the watch of a link's secret; None if the secret is forged, revoked or too old."""
    with reading(engine) as connection:
        holder = links.holder_of(connection, KIND, secret, now)
        watch = holder and _of_id(connection, holder[0])
        return None if not watch or watch.closed else watch


def set_silence(engine: Engine, watch: Watch, *, silent: bool, now: datetime) -> None:
    """Stop or resume the messages to a watch's address, from every organisation; stopping cancels the unsent ones."""
    same = WATCHES.c.address == watch.address if watch.address else WATCHES.c.id == watch.id
    with writing(engine) as connection:
        connection.execute(update(WATCHES).where(same).values(silent=silent))
        if silent:
            ids = connection.execute(select(WATCHES.c.id).where(same)).scalars().all()
            cancel(connection, KIND, ids, SILENT, now)


def set_verdict(engine: Engine, watch: Watch, lot_id: int, verdict: LotVerdict | None, now: datetime) -> None:
    """Store the verdict of a watch's reader on a lot, or delete it (None)."""
    own = (WATCH_VERDICTS.c.watch_id == watch.id) & (WATCH_VERDICTS.c.lot_id == lot_id)
    row = {"watch_id": watch.id, "lot_id": lot_id, "verdict": verdict, "at": now.replace(tzinfo=None)}
    with writing(engine) as connection:
        connection.execute(delete(WATCH_VERDICTS).where(own))
        if verdict:
            connection.execute(insert(WATCH_VERDICTS), row)


def read_verdicts(connection: Connection, watch: Watch) -> Mapping[int, LotVerdict]:
    """Return the verdicts of a watch's reader, by lot id."""
    rows = connection.execute(select(WATCH_VERDICTS).where(WATCH_VERDICTS.c.watch_id == watch.id))
    return {row.lot_id: LotVerdict(row.verdict) for row in rows}


def live_watches(connection: Connection) -> list[Watch]:
    """Return the watches of all organisations that send messages, in the order of their opening."""
    live = WATCHES.c.closed.is_(False) & WATCHES.c.silent.is_(False) & (WATCHES.c.address != "")
    return [_watch(row) for row in connection.execute(select(WATCHES).where(live).order_by(WATCHES.c.id))]


def still(connection: Connection, watch: Watch) -> bool:
    """Return True if the watch has not changed since it was read."""
    row = connection.execute(select(WATCHES).where(WATCHES.c.id == watch.id)).one_or_none()
    return row is not None and _watch(row) == watch


def leave_watches(connection: Connection, keys: frozenset[str], _who: str, now: datetime) -> None:
    """Delete the watches of a withdrawn supplier (all its keys), their links and messages, inside the transaction of its withdrawal."""
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
