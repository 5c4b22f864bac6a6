"""Computes suppliers again from their stored records and writes their rows in the catalogue, in one transaction (`rewrite_suppliers`) or in two steps.

The two steps, for an import: rows are first staged without a lock (`stage_suppliers`), then put in place (`write_staged`). A record comes from a directory
(a list of inclusive suppliers) or from an official register (Sirene), which only completes suppliers that a directory lists.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Table, delete, select

from matcher.catalogue.identity.compare import RecordKey
from matcher.catalogue.identity.merge import Merged, StoredRecord, merge
from matcher.catalogue.identity.records import from_payload
from matcher.catalogue.intake.awards import references_of
from matcher.catalogue.intake.organisations import facts_by_supplier
from matcher.catalogue.intake.plan import ImportPlan, KnownRecord, ReadRecord
from matcher.catalogue.intake.registers import drop_records, of_registers_alone
from matcher.catalogue.store.staging import Staging
from matcher.catalogue.store.tables import (
    RECORDS,
    REFERENCES,
    ActivityRow,
    ContactRow,
    FinessNumberRow,
    ProvenanceRow,
    RefusedActivityRow,
    SiteRow,
    SupplierKindRow,
    SupplierRow,
)
from matcher.cleaning.limits import LIMITS
from matcher.domain.grouping import group_pairs
from matcher.domain.supplier import Origin, Site
from matcher.rows import chunks, insert_rows, table_of

Progress = Callable[[str, int, int], None]
BySupplier = dict[str, list[StoredRecord]]

_SUPPLIER_COLUMNS = tuple(column.name for column in SupplierRow.__table__.columns)
_SITE_FIELDS = tuple(field.name for field in fields(Site))


def delete_suppliers(connection: Connection, supplier_ids: Iterable[str]) -> None:
    """Delete suppliers and the rows that depend on them."""
    suppliers = table_of(SupplierRow)
    for ids in chunks(sorted(supplier_ids)):
        connection.execute(delete(suppliers).where(suppliers.c.id.in_(ids)))


def supplier_rows(merged: Sequence[Merged]) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    """Yield the rows of suppliers, table by table, parents before children."""
    for row, build in _BUILDERS:
        yield table_of(row), [values for item in merged for values in build(item)]


def _supplier(item: Merged) -> Iterator[dict[str, Any]]:
    yield {name: getattr(item.supplier, name) for name in _SUPPLIER_COLUMNS}


def _kinds(item: Merged) -> Iterator[dict[str, Any]]:
    for position, kind in enumerate(item.supplier.kinds):
        yield {"supplier_id": item.supplier.id, "position": position, "kind": kind.value}


def _finess(item: Merged) -> Iterator[dict[str, Any]]:
    for number in item.supplier.finess:
        yield {"supplier_id": item.supplier.id, "number": number}


def _sites(item: Merged) -> Iterator[dict[str, Any]]:
    for position, site in enumerate(item.supplier.sites):
        values = {name: getattr(site, name) for name in _SITE_FIELDS}
        yield values | {"supplier_id": item.supplier.id, "position": position}


def _activities(item: Merged) -> Iterator[dict[str, Any]]:
    for position, activity in enumerate(item.supplier.activities):
        yield {
            "supplier_id": item.supplier.id,
            "position": position,
            "code": activity.code,
            "wording": activity.wording,
            "evidence": activity.evidence.value,
            "source": activity.source,
        }


def _refused_activities(item: Merged) -> Iterator[dict[str, Any]]:
    for position, refused in enumerate(item.supplier.refused_activities):
        values = {name: getattr(refused, name) for name in ("code", "wording", "date", "source")}
        yield {"supplier_id": item.supplier.id, "position": position, **values}


def _contacts(item: Merged) -> Iterator[dict[str, Any]]:
    for position, contact in enumerate(item.contacts):
        yield {
            "supplier_id": item.supplier.id,
            "position": position,
            "type": contact.type,
            "value": contact.value,
            **_origin(contact.origin),
        }


def _provenance(item: Merged) -> Iterator[dict[str, Any]]:
    for name, origin in (item.supplier.provenance or {}).items():
        yield {"supplier_id": item.supplier.id, "field": name, **_origin(origin)}


def _origin(origin: Origin) -> dict[str, Any]:
    return {"source": origin.source, "ref": origin.ref, "date": origin.date}


# Parents before children: foreign keys of the children are checked at once.
_BUILDERS = (
    (SupplierRow, _supplier),
    (SupplierKindRow, _kinds),
    (FinessNumberRow, _finess),
    (SiteRow, _sites),
    (ActivityRow, _activities),
    (RefusedActivityRow, _refused_activities),
    (ContactRow, _contacts),
    (ProvenanceRow, _provenance),
)
SUPPLIER_TABLES = tuple(table_of(row) for row, _ in _BUILDERS)
STAGED_TABLES = (RECORDS, *SUPPLIER_TABLES, REFERENCES)


@dataclass(slots=True)
class Rewriting:
    """Ids of the suppliers that only registers describe, whose records are deleted (`register_only`), and of those with more records than the limit
    (`crowded`)."""

    register_only: list[str] = field(default_factory=list)
    crowded: list[str] = field(default_factory=list)


def rewrite_suppliers(connection: Connection, touched: Collection[str], trust: Sequence[str]) -> Rewriting:
    """Compute the `touched` suppliers again from their records, inside a transaction. A supplier without a directory's record is deleted, with its register
    records. One that a directory lists without a kind of inclusive structure (SIAE, EA…) is not written; its records stay, for a person to decide."""
    delete_suppliers(connection, touched)
    rewriting = Rewriting()
    columns = (RECORDS.c.supplier_id, RECORDS.c.gone, RECORDS.c.payload)
    for ids in chunks(sorted(touched)):
        query = select(*columns).where(RECORDS.c.supplier_id.in_(ids))
        part = group_pairs(
            (supplier_id, StoredRecord(from_payload(payload), gone))
            for supplier_id, gone, payload in connection.execute(query)
        )
        for table, rows in _table_rows(connection, part, trust, rewriting):
            insert_rows(connection, table, rows)
    drop_records(connection, rewriting.register_only)
    return rewriting


def stage_suppliers(
    connection: Connection,
    staged: Staging,
    known: Mapping[RecordKey, KnownRecord],
    read: Mapping[RecordKey, ReadRecord],
    plan: ImportPlan,
    trust: Sequence[str],
    progress: Progress,
) -> Rewriting:
    """Compute the suppliers that a plan touches, as the import will leave them, into staging tables; the catalogue itself is only read."""
    rewriting = Rewriting()
    done = 0
    for part in _planned_records(connection, known, read, plan):
        done += len(part)
        for table, rows in _table_rows(connection, part, trust, rewriting):
            staged.add(table, rows)
        progress("fusion et écriture", done, len(plan.touched))
    return rewriting


def write_staged(connection: Connection, staged: Staging, touched: Collection[str], rewriting: Rewriting) -> None:
    """Replace the `touched` suppliers with those staged."""
    delete_suppliers(connection, touched)
    for table in (*SUPPLIER_TABLES, REFERENCES):
        staged.move(table)
    drop_records(connection, rewriting.register_only)


def _table_rows(
    connection: Connection, by_supplier: BySupplier, trust: Sequence[str], rewriting: Rewriting
) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    """Yield the rows of inclusive suppliers and of their references, table by table, parents before children; note the others in `rewriting`."""
    register_only = [supplier_id for supplier_id, stored in by_supplier.items() if of_registers_alone(stored)]
    rewriting.register_only += register_only
    listed = {supplier_id: by_supplier[supplier_id] for supplier_id in sorted(by_supplier.keys() - set(register_only))}
    facts = facts_by_supplier(connection, listed)
    merged = [merge(supplier_id, stored, trust, facts.get(supplier_id, ())) for supplier_id, stored in listed.items()]
    rewriting.crowded += [each.supplier.id for each in merged if LIMITS["sources"].flag in each.supplier.flags]
    inclusive: list[Merged] = [each for each in merged if each.supplier.kinds]
    yield from supplier_rows(inclusive)
    yield REFERENCES, list(references_of(connection, (each.supplier for each in inclusive)))


def _planned_records(
    connection: Connection,
    known: Mapping[RecordKey, KnownRecord],
    read: Mapping[RecordKey, ReadRecord],
    plan: ImportPlan,
) -> Iterator[BySupplier]:
    """Yield, in chunks of suppliers, the records of those that a plan touches: as read where the file has them, else as stored."""
    supplier_of = plan.supplier_ids.__getitem__
    touched = (key for key, supplier_id in plan.supplier_ids.items() if supplier_id in plan.touched)
    gone = set(plan.gone)
    for part in chunks(
        (supplier, list(keys)) for supplier, keys in groupby(sorted(touched, key=supplier_of), supplier_of)
    ):
        stored = {key: StoredRecord(from_payload(read[key].payload)) for _, keys in part for key in keys if key in read}
        others = {known[key].id: key for _, keys in part for key in keys if key not in read}
        for record_id, payload in _payloads(connection, others):
            key = others[record_id]
            stored[key] = StoredRecord(from_payload(payload), key in gone or known[key].gone)
        yield {supplier_id: [stored[key] for key in keys] for supplier_id, keys in part}


def _payloads(connection: Connection, record_ids: Iterable[int]) -> Iterator[tuple[int, str]]:
    for ids in chunks(record_ids):
        query = select(RECORDS.c.id, RECORDS.c.payload).where(RECORDS.c.id.in_(ids))
        yield from ((row.id, row.payload) for row in connection.execute(query))
