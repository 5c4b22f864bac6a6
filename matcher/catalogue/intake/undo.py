"""History of imports (« catalogue imports ») and undoing of one (« undo-import »): records, facts and awards get back their former values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, delete, func, or_, select, update

from matcher.catalogue.identity.trust import TRUST
from matcher.catalogue.intake.awards import holds_awards, later_runs, undo_awards
from matcher.catalogue.intake.intake import regroup
from matcher.catalogue.intake.organisations import facts_kept, take_back_facts
from matcher.catalogue.intake.plan import RecordOutcome
from matcher.catalogue.intake.record_rows import record_row, update_row
from matcher.catalogue.store.read import read_version
from matcher.catalogue.store.tables import IMPORT_RUNS, RECORDS, RECORDS_BEFORE
from matcher.db import reading, writing
from matcher.domain.french import count as counted
from matcher.domain.french import day
from matcher.rows import chunks


class UndoRefused(Exception):
    """An import that cannot be undone. Nothing was written; the French message gives the next step.

    `first` lists the imports to undo before it, the last first.
    """

    def __init__(self, message: str, first: Sequence[int] = ()) -> None:
        super().__init__(message)
        self.first = tuple(first)


@dataclass(frozen=True, slots=True)
class PastImport:
    """A row of the history. Times are UTC, without zone; `undone` is None unless undone, `data_date` None where unknown."""

    id: int
    source: str
    file_name: str
    sha256: str
    started: datetime
    finished: datetime
    counts: Mapping[str, int]
    complete: bool
    catalogue_version: int
    undone: datetime | None
    data_date: date | None

    @property
    def seconds(self) -> float:
        """Duration of the import."""
        return (self.finished - self.started).total_seconds()


@dataclass(frozen=True, slots=True)
class Undone:
    """Counts of an undone import: records or awards `removed` (it had brought them) and `restored` to their former value, facts of organisations
    and published notices removed or restored."""

    run: PastImport
    removed: int
    restored: int
    facts: int
    version: int
    notices: int = 0

    @property
    def sentence(self) -> str:
        """The effect in French: « 12 fiches retirées, 3 rendues à l’état d’avant »."""
        parts = [
            counted(self.removed, "fiche retirée", "fiches retirées"),
            counted(self.restored, "rendue à l’état d’avant", "rendues à l’état d’avant"),
        ]
        if self.facts:
            words = "qualité d’organisation retirée ou rendue", "qualités d’organisation retirées ou rendues"
            parts.append(counted(self.facts, *words))
        if self.notices:
            parts.append(counted(self.notices, "avis retiré ou rendu", "avis retirés ou rendus"))
        return ", ".join(parts)


def past_imports(engine: Engine) -> list[PastImport]:
    """Return all imports, undone ones included, the last first."""
    with reading(engine) as connection:
        return [_past(row) for row in connection.execute(select(IMPORT_RUNS).order_by(IMPORT_RUNS.c.id.desc()))]


def undo_import(engine: Engine, run_id: int, *, now: datetime, trust: Sequence[str] = TRUST) -> Undone:
    """Undo an import in one transaction: what it brought is deleted, what it changed or marked gone is restored.

    Refused while a later import, not undone, has read or marked one of its records; undo that one first. Imports of awards, of notices and of lists
    of organisations are undone from the last to the first; `matcher.notices` undoes the notices themselves. `now` is UTC. Raises UndoRefused or
    DatabaseError; the catalogue is then unchanged.
    """
    with writing(engine) as connection:
        run = _undoable(connection, run_id)
        awards = undo_awards(connection, run_id)
        new_records = connection.execute(select(RECORDS.c.supplier_id).where(RECORDS.c.first_seen_run == run_id)).all()
        touched = awards.touched | {row.supplier_id for row in new_records}
        restored = 0
        query = (
            select(RECORDS_BEFORE, RECORDS.c.supplier_id, RECORDS.c.gone.label("now_gone"))
            .join(RECORDS, RECORDS.c.id == RECORDS_BEFORE.c.record_id)
            .where(RECORDS_BEFORE.c.run_id == run_id)
            .order_by(RECORDS_BEFORE.c.record_id)
        )
        former_records = list(connection.execute(query))
        for part in chunks(former_records):
            values = [{"row_id": row.record_id, "last_seen_run": row.last_seen_run} for row in part]
            connection.execute(update_row(["last_seen_run"]), values)
            differing = [row for row in part if row.payload is not None or row.gone != row.now_gone]
            _restore(connection, differing)
            touched |= {row.supplier_id for row in differing}
            restored += len(differing)
        connection.execute(delete(RECORDS_BEFORE).where(RECORDS_BEFORE.c.run_id == run_id))
        connection.execute(delete(RECORDS).where(RECORDS.c.first_seen_run == run_id))
        facts, about = take_back_facts(connection, run_id)
        touched |= about
        if new_records or restored or touched:
            regroup(connection, touched, trust)
        version = read_version(connection)
        connection.execute(
            update(IMPORT_RUNS).where(IMPORT_RUNS.c.id == run_id).values(undone=now.replace(tzinfo=None))
        )
    return Undone(run, len(new_records) + awards.removed, restored + awards.restored, facts, version)


def _undoable(connection: Connection, run_id: int) -> PastImport:
    row = connection.execute(select(IMPORT_RUNS).where(IMPORT_RUNS.c.id == run_id)).one_or_none()
    if row is None:
        raise UndoRefused(f"Aucun import n’a le numéro {run_id} ; leur liste : entremise catalogue imports")
    run = _past(row)
    if run.undone:
        raise UndoRefused(f"L’import {run_id} a déjà été défait le {day(run.undone)}.")
    of_notices = "notices" in run.counts
    in_order = of_notices or holds_awards(connection, run.source)
    if later := later_runs(connection, run.source, run_id) if in_order else _later_imports(connection, run):
        first = counted(len(later), "import plus récent a relu", "imports plus récents ont relu")
        read = f"les {'avis' if of_notices else 'marchés'} de la même source"
        what = read if in_order else f"des fiches de l’import {run_id}"
        steps = ", puis ".join(f"entremise catalogue undo-import {later_id}" for later_id in [*later, run_id])
        raise UndoRefused(f"{first} {what}. Défaites-les d’abord, du dernier au premier : {steps}", later)
    if not in_order:  # former values are missing where the import predates the history, or some were erased since
        counted_rows = sum(
            int(connection.execute(select(func.count()).where(condition)).scalar_one())
            for condition in (RECORDS.c.first_seen_run == run_id, RECORDS_BEFORE.c.run_id == run_id)
        )
        written = sum(run.counts.get(name, 0) for name in (*map(str, RecordOutcome), "gone"))
        if counted_rows != run.counts.get("records", written) or facts_kept(connection, run_id) != run.counts.get(
            "facts", 0
        ):
            raise UndoRefused(
                f"L’import {run_id} ne peut plus être défait exactement : le catalogue n’a pas gardé ce que ses fiches étaient avant lui."
            )
    return run


def _later_imports(connection: Connection, run: PastImport) -> list[int]:
    """Later imports, not undone, that read or marked a record of this one, the last first."""
    brought: ColumnElement[bool] = RECORDS.c.first_seen_run == run.id
    seen = RECORDS.c.id.in_(select(RECORDS_BEFORE.c.record_id).where(RECORDS_BEFORE.c.run_id == run.id))
    query = select(RECORDS_BEFORE.c.run_id).where(
        RECORDS_BEFORE.c.run_id > run.id, RECORDS_BEFORE.c.record_id.in_(select(RECORDS.c.id).where(or_(brought, seen)))
    )
    later = set(connection.execute(query.distinct()).scalars())
    if "facts" in run.counts:
        lists = select(IMPORT_RUNS.c.id).where(
            IMPORT_RUNS.c.id > run.id, IMPORT_RUNS.c.source == run.source, IMPORT_RUNS.c.undone.is_(None)
        )
        later.update(connection.execute(lists).scalars())
    return sorted(later, reverse=True)


def _restore(connection: Connection, rows: Sequence[Row[Any]]) -> None:
    gone = [{"row_id": row.record_id, "gone": row.gone} for row in rows if row.payload is None]
    values = [
        record_row(row.payload, row.supplier_id)
        | {"row_id": row.record_id, "gone": row.gone, "last_seen_run": row.last_seen_run}
        for row in rows
        if row.payload is not None
    ]
    if gone:
        connection.execute(update_row(["gone"]), gone)
    if values:
        connection.execute(update_row([name for name in values[0] if name != "row_id"]), values)


def _past(row: Row[Any]) -> PastImport:
    return PastImport(**{name: row._mapping[name] for name in PastImport.__slots__})
