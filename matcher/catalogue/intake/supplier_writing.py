"""Writing of suppliers: each is computed again from its stored records and its rows replaced, in one transaction (`rewrite_suppliers`) or in two steps.

The two steps, for an import: rows are first staged without a lock (`stage_suppliers`), then put in place (`write_staged`). A record comes from a directory
(a list of inclusive suppliers) or from an official register (Sirene), which only completes suppliers that a directory lists.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import chain, groupby
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
from matcher.rows import Base, chunks, insert_rows, table_of

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
    """Yield the rows of suppliers, table by table, parents before children: foreign keys of the children are checked at once."""
    for row, build in _BUILDERS.items():
        yield (
            table_of(row),
            [
                values if row is SupplierRow else {"supplier_id": item.supplier.id} | values
                for item in merged
                for values in build(item)
            ],
        )


def _placed(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    return ({"position": position} | row for position, row in enumerate(rows))


def _origin(origin: Origin) -> dict[str, Any]:
    return {"source": origin.source, "ref": origin.ref, "date": origin.date}


# The rows of one supplier in each table, without its id.
_BUILDERS: Mapping[type[Base], Callable[[Merged], Iterable[dict[str, Any]]]] = {
    SupplierRow: lambda item: [{name: getattr(item.supplier, name) for name in _SUPPLIER_COLUMNS}],
    SupplierKindRow: lambda item: _placed({"kind": kind.value} for kind in item.supplier.kinds),
    FinessNumberRow: lambda item: ({"number": number} for number in item.supplier.finess),
    SiteRow: lambda item: _placed({name: getattr(site, name) for name in _SITE_FIELDS} for site in item.supplier.sites),
    ActivityRow: lambda item: _placed(
        {"code": done.code, "wording": done.wording, "evidence": done.evidence.value, "source": done.source}
        for done in item.supplier.activities
    ),
    RefusedActivityRow: lambda item: _placed(
        {name: getattr(refused, name) for name in ("code", "wording", "date", "source")}
        for refused in item.supplier.refused_activities
    ),
    ContactRow: lambda item: _placed(
        {"type": contact.type, "value": contact.value} | _origin(contact.origin) for contact in item.contacts
    ),
    ProvenanceRow: lambda item: (
        {"field": name} | _origin(origin) for name, origin in (item.supplier.provenance or {}).items()
    ),
}
SUPPLIER_TABLES = tuple(map(table_of, _BUILDERS))
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
        stored: dict[RecordKey, StoredRecord] = {}
        others: dict[int, RecordKey] = {}
        for key in chain.from_iterable(keys for _, keys in part):
            if key in read:
                stored[key] = StoredRecord(from_payload(read[key].payload))
            else:
                others[known[key].id] = key
        for ids in chunks(others):
            query = select(RECORDS.c.id, RECORDS.c.payload).where(RECORDS.c.id.in_(ids))
            for row in connection.execute(query):
                key = others[row.id]
                stored[key] = StoredRecord(from_payload(row.payload), key in gone or known[key].gone)
        yield {supplier_id: [stored[key] for key in keys] for supplier_id, keys in part}
