"""Database rows of the records (table `source_record`): read for an import, staged, written in batches; former values saved for undoing."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from sys import intern
from typing import Any

from sqlalchemy import Connection, bindparam, insert, literal, null, select, update

from matcher.catalogue.identity.compare import RecordKey
from matcher.catalogue.identity.records import pack, payload_hash, traits_in
from matcher.catalogue.intake.plan import ImportPlan, KnownRecord, ReadRecord, RecordOutcome
from matcher.catalogue.intake.spool import TupleFile
from matcher.catalogue.store.staging import Staging
from matcher.catalogue.store.tables import RECORDS, RECORDS_BEFORE
from matcher.domain.grouping import group_pairs
from matcher.rows import CHUNK, chunks


def read_known(connection: Connection, known: TupleFile[KnownRecord]) -> None:
    """Load every stored record into `known`, with its traits packed instead of its payload."""
    names = ("id", "source", "ref", "supplier_id", "hash", "gone", "payload")
    page = query = select(*(RECORDS.c[name] for name in names)).order_by(RECORDS.c.id).limit(CHUNK)
    while rows := connection.execute(page).all():
        for row in rows:
            traits = pack(traits_in(row.payload))
            key = intern(row.source), row.ref
            known.add(key, KnownRecord(row.id, row.supplier_id, bytes.fromhex(row.hash), row.gone, traits))
        page = query.where(RECORDS.c.id > rows[-1].id)


def stage_records(
    staged: Staging, known: Mapping[RecordKey, KnownRecord], read: Mapping[RecordKey, ReadRecord], plan: ImportPlan
) -> None:
    """Stage the rows of the records read that are new or changed."""
    for part in chunks(zip(read, plan.outcomes, strict=True)):
        rows = []
        for key, outcome in part:
            before, supplier_id = known.get(key), plan.supplier_ids[key]
            if before is None or outcome is RecordOutcome.UPDATED or supplier_id != before.supplier_id:
                row = record_row(read[key].payload, supplier_id) | {"row_id": before.id if before else None}
                rows.append(row)
        staged.add(RECORDS, rows)


def write_records(
    connection: Connection,
    staged: Staging,
    known: Mapping[RecordKey, KnownRecord],
    read: Iterable[RecordKey],
    plan: ImportPlan,
    run_id: int,
) -> None:
    """Write what an import changes, from the staged rows."""
    gone = [known[key].id for key in plan.gone]
    remember(connection, run_id, gone, changed=False)
    for part in chunks(zip(read, plan.outcomes, strict=True)):
        seen = group_pairs((outcome, known[key].id) for key, outcome in part if key in known)
        for outcome, ids in seen.items():
            remember(connection, run_id, ids, changed=outcome is RecordOutcome.UPDATED)
            connection.execute(update(RECORDS).where(RECORDS.c.id.in_(ids)).values(last_seen_run=run_id))
    staged.replace(RECORDS, last_seen_run=run_id)
    staged.move(RECORDS, first_seen_run=run_id, last_seen_run=run_id)
    for ids in chunks(gone):
        connection.execute(update(RECORDS).where(RECORDS.c.id.in_(ids)).values(gone=True))
    move_records(connection, known, plan)


def move_records(connection: Connection, known: Mapping[RecordKey, KnownRecord], plan: ImportPlan) -> None:
    """Set the new supplier of the records, not in the file, that change supplier."""
    if plan.moved:
        moved = [{"row_id": known[key].id, "supplier_id": plan.supplier_ids[key]} for key in plan.moved]
        connection.execute(update_row(["supplier_id"]), moved)


def remember(connection: Connection, run_id: int, record_ids: Iterable[int], *, changed: bool) -> None:
    """Save records before a run writes them, so that it can be undone; their payload only if it will change."""
    columns = {
        "run_id": literal(run_id),
        "record_id": RECORDS.c.id,
        "payload": RECORDS.c.payload if changed else null(),
        "gone": RECORDS.c.gone,
        "last_seen_run": RECORDS.c.last_seen_run,
    }
    for ids in chunks(record_ids):
        query = select(*columns.values()).where(RECORDS.c.id.in_(ids))
        connection.execute(insert(RECORDS_BEFORE).from_select(list(columns), query))


def update_row(columns: Sequence[str]) -> Any:
    """Return an UPDATE of `columns` of the record `row_id`, for executemany."""
    return (
        update(RECORDS).where(RECORDS.c.id == bindparam("row_id")).values({name: bindparam(name) for name in columns})
    )


def record_row(payload: str, supplier_id: str) -> dict[str, Any]:
    """Return the row of a record, without its `id` and run numbers."""
    fields = json.loads(payload)
    as_of = fields.get("as_of")
    return {
        "source": fields["source"],
        "ref": fields["ref"],
        "supplier_id": supplier_id,
        "siret": fields.get("siret", ""),
        "finess": fields.get("finess", ""),
        "payload": payload,
        "hash": payload_hash(payload),
        "flags": fields.get("flags", []),
        "as_of": date.fromisoformat(as_of) if as_of else None,
        "gone": False,
    }
