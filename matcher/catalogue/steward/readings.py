"""Database queries of the data steward's pages (steward: the person who keeps the catalogue right): one supplier's sheet, conflicts, quality report.

Supplier sheet (« fiche »): all records, conflicts and history of one supplier. Trust: the order of precedence of sources, the most reliable first.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from sqlalchemy import Connection, Engine, select

from matcher.catalogue.identity.conflicts import FieldConflict, source_conflicts
from matcher.catalogue.identity.merge import StoredRecord
from matcher.catalogue.identity.records import from_payload
from matcher.catalogue.identity.trust import TRUST
from matcher.catalogue.steward.fiche import Fiche, Waiting, fiche
from matcher.catalogue.steward.quality import Quality, quality_report
from matcher.catalogue.steward.review import pairs
from matcher.catalogue.store.awarded import references
from matcher.catalogue.store.read import find_id, same_siren
from matcher.catalogue.store.tables import IMPORT_RUNS, RECORDS, SUPPLIERS
from matcher.db import reading


def read_fiche(
    engine: Engine, key: str, *, contacts_since: date | None = None, trust: Sequence[str] = TRUST
) -> Fiche | None:
    """Return the sheet of the supplier `key` (id, SIRET or FINESS number), None if the catalogue has no such supplier."""
    with reading(engine) as connection:
        supplier_id = find_id(connection, key)
        if supplier_id is None:
            return None
        columns = (RECORDS.c.payload, RECORDS.c.gone, IMPORT_RUNS.c.started)
        query = select(*columns).join(IMPORT_RUNS, IMPORT_RUNS.c.id == RECORDS.c.last_seen_run)
        stored = [
            StoredRecord(from_payload(payload), gone, started.date())
            for payload, gone, started in connection.execute(query.where(RECORDS.c.supplier_id == supplier_id))
        ]
        query = select(SUPPLIERS.c.siren, SUPPLIERS.c.successor).where(SUPPLIERS.c.id == supplier_id)
        siren, successor_key = connection.execute(query).first() or ("", "")
        siblings = same_siren(connection, siren, but=supplier_id) if siren else []
        contracts_won = references(connection, [supplier_id]).get(supplier_id, ())
        successor_id = find_id(connection, successor_key) if successor_key else None
        successor = None
        if successor_id is not None:
            name_query = select(SUPPLIERS.c.name).where(SUPPLIERS.c.id == successor_id)
            successor = successor_id, connection.execute(name_query).scalar_one()

    waiting = []  # possible duplicates of this supplier that a person has not decided yet
    for pair in pairs(engine):
        for mine, other in ((pair.one, pair.other), (pair.other, pair.one)):
            if mine.supplier_id == supplier_id and other.supplier_id != supplier_id:
                name = other.record.name or other.record.brand or other.supplier_id
                waiting.append(Waiting(pair.number, other.supplier_id, name, pair.evidence.says()))

    return fiche(
        supplier_id,
        stored,
        trust,
        siblings=siblings,
        references=contracts_won,
        waiting=waiting,
        successor=successor,
        contacts_since=contacts_since,
    )


def read_conflicts(
    engine: Engine, *, contacts_since: date | None = None, trust: Sequence[str] = TRUST
) -> list[FieldConflict]:
    """Return all conflicts between the sources of the catalogue's suppliers, by supplier, without the contacts dated before `contacts_since`."""
    with reading(engine) as connection:
        return [
            conflict
            for supplier_id, stored in _stored_suppliers(connection)
            for conflict in source_conflicts(
                supplier_id, [item.without_old_contacts(contacts_since) for item in stored], trust
            )
        ]


def read_quality(
    engine: Engine, *, stale_before: date, contacts_since: date | None = None, trust: Sequence[str] = TRUST
) -> Quality:
    """Return the quality report of the whole catalogue. Contacts dated before `contacts_since` are those of records, not of suppliers."""
    with reading(engine) as connection:
        stored = _stored_suppliers(connection)
        return quality_report(stored, trust, stale_before, references(connection), contacts_since)


def _stored_suppliers(connection: Connection) -> Iterator[tuple[str, list[StoredRecord]]]:
    """Stream (supplier id, its records), by id, without loading them all."""
    columns = (RECORDS.c.supplier_id, RECORDS.c.payload, RECORDS.c.gone, IMPORT_RUNS.c.started)
    query = select(*columns).join(SUPPLIERS, SUPPLIERS.c.id == RECORDS.c.supplier_id)
    query = query.join(IMPORT_RUNS, IMPORT_RUNS.c.id == RECORDS.c.last_seen_run)
    query = query.order_by(RECORDS.c.supplier_id, RECORDS.c.source, RECORDS.c.ref)
    rows = connection.execute(query, execution_options={"yield_per": 1000})
    for supplier_id, group in groupby(rows, key=lambda row: row.supplier_id):
        yield supplier_id, [StoredRecord(from_payload(row.payload), row.gone, row.started.date()) for row in group]
