"""Dossiers in the database: opened, read, changed one writer at a time, listed. Nothing that one writes is lost to another."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, update

from matcher.catalogue.store.forgotten import Forgotten
from matcher.catalogue.store.opt_outs import read_guard
from matcher.catalogue.store.tables import ImportRunRow, OptOutRow
from matcher.cleaning.names import name_key
from matcher.db import reading, writing
from matcher.domain.french import count, moment
from matcher.dossiers.changes import CreateDossier, change_of
from matcher.dossiers.dossier import Dossier, DossierChange, DossierHeader, JournalEntry, State, append, replay
from matcher.dossiers.tables import DossierEventRow, DossierRow
from matcher.dossiers.withdrawn import withdraw
from matcher.erasure import without
from matcher.journal.kept_change import data_of
from matcher.rows import chunks, table_of

_DOSSIERS = table_of(DossierRow)
_EVENTS = table_of(DossierEventRow)
_OPT_OUTS = table_of(OptOutRow)
_RUNS = table_of(ImportRunRow)


class DossierUnknown(Exception):
    """There is no dossier of this number. The message is French."""


class DossierConflict(Exception):
    """Another person has changed the dossier since it was read. Nothing is written, and nothing is lost: `current` is the
    dossier now, `missed` what was done to it meanwhile, `mine` the dossier as read with what could not be written.
    """

    def __init__(self, current: Dossier, missed: Sequence[JournalEntry], mine: Dossier) -> None:
        self.current, self.missed, self.mine = current, tuple(missed), mine
        last = current.journal[-1]
        since = count(len(self.missed), "changement")
        super().__init__(
            f"{last.who} a modifié ce dossier le {moment(last.at)} : {last.change.says(current)}. "
            f"{since} depuis la version {current.version - len(self.missed)}. Rien n’est perdu, et votre changement "
            f"n’est pas écrit : relisez le dossier (version {current.version}), puis recommencez."
        )


@dataclass(frozen=True, slots=True)
class DossierFilter:
    """Filter of the dossiers to list: text is found anywhere in the buyer's name or SIRET, and in the territory, accents aside.

    `since` and `until` bound the day of opening, both included. Deleted dossiers are listed alone, where `deleted`.
    """

    buyer: str = ""
    territory: str = ""
    state: State | None = None
    since: date | None = None
    until: date | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class DossierSummary:
    """A dossier in a list. `statuses` counts the suppliers kept, by status."""

    id: int
    number: str
    header: DossierHeader
    state: State
    created: datetime
    updated: datetime
    version: int
    lots: int
    suppliers: int
    statuses: Mapping[str, int]


def create(engine: Engine, header: DossierHeader, *, who: str, now: datetime) -> Dossier:
    """Open a dossier. Raises ChangeRefused where it has no title, DatabaseError."""
    with writing(engine) as connection:
        return _insert(connection, lambda blank: append(blank, CreateDossier(header), at=now, who=who))


def load(engine: Engine, dossier_id: int) -> Dossier:
    """Return a dossier, deleted or not, without what is known of suppliers that have left. Raises DossierUnknown."""
    with reading(engine) as connection:
        return read(connection, dossier_id)


def change(
    engine: Engine, dossier_id: int, changes: Sequence[DossierChange], *, version: int, who: str, now: datetime
) -> Dossier:
    """Make changes to the `version` of a dossier that was read: all of them, or none.

    Raises Conflict where it is no longer that version, ChangeRefused, DossierUnknown, DatabaseError.
    """
    with writing(engine) as connection:
        current = read(connection, dossier_id)
        if current.version != version:
            seen = max(1, min(version, current.version))
            mine = _with(replay(dossier_id, current.journal[:seen]), changes, who, now)
            raise DossierConflict(current, current.journal[seen:], mine)
        changed = _with(current, changes, who, now)
        add_events(connection, changed, first=current.version)
    return changed


def bring(
    engine: Engine,
    events: Sequence[JournalEntry],
    changes: Sequence[DossierChange],
    *,
    who: str,
    now: datetime,
    ending: Callable[[Connection, Dossier], None] = lambda *_: None,
) -> Dossier:
    """Open a dossier with a journal read from a file, then `changes`; who has left, or was forgotten, does not come back by it. `ending`
    writes what goes with it in its transaction.

    Raises ChangeRefused where the journal does not hold, DatabaseError.
    """
    with writing(engine) as connection:
        forgotten = read_guard(connection).forgotten
        if forgotten.words:
            events = [_forgetting(event, forgotten) for event in events]

        def filled(blank: Dossier) -> Dossier:
            return _with(_masked(connection, replay(blank.id, events)), changes, who, now)

        made = _insert(connection, filled)
        ending(connection, made)
    return made


def listed(engine: Engine, wanted: DossierFilter) -> list[DossierSummary]:
    """Return the dossiers wanted, the last changed first."""
    query = select(_DOSSIERS).where(
        _DOSSIERS.c.deleted.is_not(None) if wanted.deleted else _DOSSIERS.c.deleted.is_(None)
    )
    if wanted.state is not None:
        query = query.where(_DOSSIERS.c.state == wanted.state.value)
    if wanted.since is not None:
        query = query.where(_DOSSIERS.c.created >= datetime.combine(wanted.since, time.min))
    if wanted.until is not None:
        query = query.where(_DOSSIERS.c.created <= datetime.combine(wanted.until, time.max))
    with reading(engine) as connection:
        rows = connection.execute(query.order_by(_DOSSIERS.c.updated.desc(), _DOSSIERS.c.id.desc())).all()
    return [
        _line(row)
        for row in rows
        if _holds((row.buyer, row.buyer_siret), wanted.buyer) and _holds((row.territory,), wanted.territory)
    ]


def catalogue_date(engine: Engine) -> date | None:
    """Return the day of the last import that stands, None where there is none: the date of a list's catalogue."""
    with reading(engine) as connection:
        last = connection.execute(select(func.max(_RUNS.c.finished)).where(_RUNS.c.undone.is_(None))).scalar()
    return last.date() if last else None


def read(connection: Connection, dossier_id: int) -> Dossier:
    """Return a dossier inside a transaction. Raises DossierUnknown."""
    query = select(_EVENTS).where(_EVENTS.c.dossier_id == dossier_id).order_by(_EVENTS.c.number)
    events = [
        JournalEntry(row.number, row.at, row.who, change_of(row.action, row.data))
        for row in connection.execute(query).all()
    ]
    if not events:
        raise DossierUnknown(f"Il n’y a pas de dossier {dossier_id}. « entremise dossier list » les donne.")
    return _masked(connection, replay(dossier_id, events))


def write_row(connection: Connection, dossier: Dossier) -> None:
    """Write again what the list of dossiers shows of one."""
    connection.execute(update(_DOSSIERS).where(_DOSSIERS.c.id == dossier.id).values(**row_of(dossier)))


def row_of(dossier: Dossier) -> dict[str, Any]:
    """Return what the list of dossiers repeats of one."""
    header = dossier.header
    statuses: dict[str, int] = {}
    for lot in dossier.lots:
        for entry in lot.entries:
            statuses[entry.status.value] = statuses.get(entry.status.value, 0) + 1
    return {
        "version": dossier.version,
        "title": header.title,
        "buyer": header.buyer,
        "buyer_siret": header.buyer_siret,
        "territory": header.territory,
        "reference": header.reference,
        "deadline": header.deadline,
        "state": dossier.state.value,
        "created": dossier.created,
        "updated": dossier.updated,
        "deleted": dossier.deleted,
        "summary": {"lots": len(dossier.lots), "statuses": statuses},
    }


def add_events(connection: Connection, dossier: Dossier, *, first: int) -> None:
    """Write the lines of a journal after the `first` that are written already, inside a transaction."""
    rows = [
        {
            "dossier_id": dossier.id,
            "number": event.number,
            "at": event.at,
            "who": event.who,
            "action": event.change.action,
            "data": data_of(event.change),
        }
        for event in dossier.journal[first:]
    ]
    if rows:
        connection.execute(insert(_EVENTS), rows)
        write_row(connection, dossier)


def _with(dossier: Dossier, changes: Sequence[DossierChange], who: str, now: datetime) -> Dossier:
    for one in changes:
        dossier = append(dossier, one, at=now, who=who)
    return dossier


def _insert(connection: Connection, fill: Callable[[Dossier], Dossier]) -> Dossier:
    taken = connection.execute(select(func.max(_DOSSIERS.c.id))).scalar() or 0
    made = fill(Dossier(taken + 1))
    connection.execute(insert(_DOSSIERS), {"id": made.id, **row_of(made)})
    add_events(connection, made, first=0)
    return made


def _forgetting(event: JournalEntry, forgotten: Forgotten) -> JournalEntry:
    data = without(data_of(event.change), forgotten.cut)
    return replace(event, who=without(event.who, forgotten.cut), change=change_of(event.change.action, data))


def _masked(connection: Connection, dossier: Dossier) -> Dossier:
    left: set[str] = set()
    for ids in chunks(sorted(dossier.names)):
        left |= set(connection.execute(select(_OPT_OUTS.c.key).where(_OPT_OUTS.c.key.in_(ids))).scalars())
    return withdraw(dossier, left) if left else dossier


def _line(row: Any) -> DossierSummary:
    header = DossierHeader(row.title, row.buyer, row.buyer_siret, row.territory, row.reference, row.deadline)
    statuses = dict(row.summary["statuses"])
    return DossierSummary(
        id=row.id,
        number=f"{row.created.year}-{row.id:04d}",
        header=header,
        state=State(row.state),
        created=row.created,
        updated=row.updated,
        version=row.version,
        lots=row.summary["lots"],
        suppliers=sum(statuses.values()),
        statuses=statuses,
    )


def _holds(texts: Sequence[str], words: str) -> bool:
    key = name_key(words)
    return not key or any(key in name_key(text) for text in texts)
