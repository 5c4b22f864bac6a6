"""Intake: read, clean, identify, merge, store, in one transaction; the catalogue is the old one or the new one."""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, insert, select, update

from importers import REGISTRY
from importers.importer import Importer, Source
from importers.record import RefusedRow, Remark, SupplierRecord
from matcher.catalogue.cleanse import clean_records
from matcher.catalogue.decisions import save_pairs, standing
from matcher.catalogue.evidence import RecordKey
from matcher.catalogue.lookups import Lookups, shipped_lookups
from matcher.catalogue.merge import StoredRecord, merge
from matcher.catalogue.plan import Incoming, Known, Outcome, Plan, plan_import
from matcher.catalogue.projection import chunks, replace_suppliers, table_of
from matcher.catalogue.records import CleanRecord, from_payload, payload_hash, to_payload
from matcher.catalogue.report import Report
from matcher.catalogue.store import read_version, write_version
from matcher.catalogue.tables import ImportRunRow, SourceRecordRow
from matcher.catalogue.traits import traits_in
from matcher.db import writing
from matcher.domain.french import count as counted

NAMELESS = "ni nom, ni SIRET, ni numéro FINESS"
NO_REFERENCE = "référence manquante"
REPEATED = "ligne répétée à l’identique"
SAME_REFERENCE = "référence déjà lue dans ce fichier, avec d’autres valeurs"

# A complete file that holds less than this share of the last complete one is surely cut short.
_LEAST_SHARE = 0.5

Progress = Callable[[str, int, int], None]

_RECORDS = table_of(SourceRecordRow)
_RUNS = table_of(ImportRunRow)


class IntakeRefused(Exception):
    """A complete file that is surely cut short. Nothing was written; the message is French."""


def _silent(_step: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""


def run_import(
    engine: Engine,
    importer: Importer,
    sources: Sequence[Source],
    *,
    now: datetime,
    complete: bool = False,
    dry_run: bool = False,
    progress: Progress = _silent,
    lookups: Lookups | None = None,
    trust: Sequence[str] = tuple(REGISTRY),
) -> Report:
    """Import `sources` (the files of one directory, together) in one transaction and return what changed.

    `now` (UTC) dates the run. `complete` says that the files are the whole source: records they lack are marked gone, and a
    file that is too short is refused. `dry_run` writes nothing and returns the same report. `progress(step, done, total)` is
    told of the work, `total` 0 where unknown. `trust` lists sources, the most trusted first.
    Raises SourceError, IntakeRefused or DatabaseError; the catalogue is then as it was.
    """
    started = monotonic()
    report = Report(importer.key, dry_run)
    raw = _read(importer, sources, report, progress)
    progress("nettoyage", 0, len(raw))
    incoming = _incoming(raw, clean_records(raw, lookups or shipped_lookups()), report)
    progress("nettoyage", len(raw), len(raw))
    with writing(engine, keep=not dry_run) as connection:
        if complete:
            _refuse_short(connection, importer, len(incoming))
        run_id = _open_run(connection, importer.key, sources, now, complete=complete)
        known = known_records(connection)
        decisions = standing(connection)
        plan = plan_import(known, incoming, source=importer.key, complete=complete, decisions=decisions)
        report.outcomes.update(plan.outcomes)
        report.gone = len(plan.gone)
        _write_records(connection, known, incoming, plan, run_id)
        rewrite_suppliers(
            connection, plan.touched, {item.record.key: item.record for item in incoming}, trust, progress
        )
        save_pairs(connection, plan.pairs)
        report.version = read_version(connection) + report.changed
        if report.changed:
            write_version(connection, report.version)
        _close_run(connection, run_id, report, now + timedelta(seconds=monotonic() - started))
    return report


def cleaned_records(importer: Importer, source: Source) -> list[CleanRecord]:
    """Return a file's records, cleaned, without a catalogue. Raises SourceError."""
    raw = [item for item in importer.read(source) if isinstance(item, SupplierRecord)]
    return clean_records(raw, shipped_lookups())


def _read(importer: Importer, sources: Sequence[Source], report: Report, progress: Progress) -> list[SupplierRecord]:
    records: list[SupplierRecord] = []
    for source in sources:
        for item in importer.read(source):
            match item:
                case Remark(line, message):
                    report.remarks.append((line, message))
                case RefusedRow(line, reason):
                    report.refuse(reason, line)
                case SupplierRecord() if not item.source_ref.strip():
                    report.refuse(NO_REFERENCE, item.line)
                case SupplierRecord() if not any((item.name.strip(), item.siret, item.siren, item.finess)):
                    report.refuse(NAMELESS, item.line)
                case SupplierRecord():
                    records.append(item)
            if len(records) % 500 == 0:
                progress("lecture", len(records), 0)
    return records


def _incoming(raw: Sequence[SupplierRecord], cleaned: Sequence[CleanRecord], report: Report) -> list[Incoming]:
    kept: dict[RecordKey, Incoming] = {}
    for source_record, record in zip(raw, cleaned, strict=True):
        payload = to_payload(record)
        if first := kept.get(record.key):
            report.refuse(REPEATED if first.payload == payload else SAME_REFERENCE, source_record.line)
            continue
        kept[record.key] = Incoming(record, payload, payload_hash(payload))
        for flag in record.flags:
            report.doubt(flag, source_record.line)
    return list(kept.values())


def _refuse_short(connection: Connection, importer: Importer, count: int) -> None:
    if count < importer.at_least:
        raise IntakeRefused(
            f"{importer.title} : {counted(count, 'fiche lue', 'fiches lues')}, il en faut au moins {importer.at_least} pour une liste complète. "
            "Le fichier est sans doute coupé ; importez-le sans --complet s’il n’est qu’une partie de la source."
        )
    last = connection.execute(
        select(_RUNS.c.counts)
        .where(_RUNS.c.source == importer.key, _RUNS.c.complete)
        .order_by(_RUNS.c.id.desc())
        .limit(1)
    ).scalar()
    if last and count < _LEAST_SHARE * (last["read"] - last["refused"]):
        raise IntakeRefused(
            f"{importer.title} : {counted(count, 'fiche lue', 'fiches lues')}, la dernière liste complète en comptait "
            f"{last['read'] - last['refused']}. Le fichier est sans doute coupé ; rien n’a été écrit."
        )


def _open_run(connection: Connection, key: str, sources: Sequence[Source], now: datetime, *, complete: bool) -> int:
    digests = [hashlib.sha256(source.path.read_bytes()).hexdigest() for source in sources]
    values: dict[str, Any] = {
        "source": key,
        "file_name": ", ".join(source.path.name for source in sources),
        "sha256": digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest(),
        "started": now.replace(tzinfo=None),
        "finished": now.replace(tzinfo=None),
        "counts": {},
        "complete": complete,
        "catalogue_version": read_version(connection),
    }
    return int(connection.execute(insert(_RUNS).returning(_RUNS.c.id), values).scalar_one())


def _close_run(connection: Connection, run_id: int, report: Report, finished: datetime) -> None:
    counts = report.as_dict()
    kept = {name: counts[name] for name in ("read", *map(str, Outcome), "refused", "gone")}
    connection.execute(
        update(_RUNS)
        .where(_RUNS.c.id == run_id)
        .values(counts=kept, finished=finished.replace(tzinfo=None), catalogue_version=report.version)
    )


def known_records(connection: Connection) -> dict[RecordKey, Known]:
    """Return what the database holds of every record."""
    columns = (_RECORDS.c.id, _RECORDS.c.supplier_id, _RECORDS.c.hash, _RECORDS.c.gone, _RECORDS.c.payload)
    rows = connection.execute(select(*columns))
    known = (Known(row.id, row.supplier_id, row.hash, row.gone, traits_in(row.payload)) for row in rows)
    return {item.traits.key: item for item in known}


def regroup(connection: Connection, touched: Collection[str] = (), trust: Sequence[str] = tuple(REGISTRY)) -> None:
    """Group all records again inside a transaction, where something else than an import changed: compute the suppliers that
    changed and `touched` again, and raise the catalogue's version.
    """
    known = known_records(connection)
    plan = plan_import(known, (), source="", complete=False, decisions=standing(connection))
    move_records(connection, known, plan)
    rewrite_suppliers(connection, plan.touched.union(touched), {}, trust)
    save_pairs(connection, plan.pairs)
    write_version(connection, read_version(connection) + 1)


def _write_records(
    connection: Connection,
    known: Mapping[RecordKey, Known],
    incoming: Sequence[Incoming],
    plan: Plan,
    run_id: int,
) -> None:
    new: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for item, outcome in zip(incoming, plan.outcomes, strict=True):
        key = item.record.key
        if key not in known:
            new.append(_row(item, plan.supplier_ids[key], run_id) | {"first_seen_run": run_id})
        elif outcome is Outcome.UPDATED or plan.supplier_ids[key] != known[key].supplier_id:
            changed.append(_row(item, plan.supplier_ids[key], run_id) | {"row_id": known[key].id})
    seen = [known[item.record.key].id for item in incoming if item.record.key in known]
    if new:
        connection.execute(insert(_RECORDS), new)
    if changed:
        columns = [name for name in changed[0] if name != "row_id"]
        connection.execute(_update_row(columns), changed)
    for ids in chunks(seen):
        connection.execute(update(_RECORDS).where(_RECORDS.c.id.in_(ids)).values(last_seen_run=run_id))
    for ids in chunks(known[key].id for key in plan.gone):
        connection.execute(update(_RECORDS).where(_RECORDS.c.id.in_(ids)).values(gone=True))
    move_records(connection, known, plan)


def move_records(connection: Connection, known: Mapping[RecordKey, Known], plan: Plan) -> None:
    """Give the records that were not read, and now belong to another supplier, to that one."""
    if plan.moved:
        moved = [{"row_id": known[key].id, "supplier_id": plan.supplier_ids[key]} for key in plan.moved]
        connection.execute(_update_row(["supplier_id"]), moved)


def _update_row(columns: Sequence[str]) -> Any:
    return (
        update(_RECORDS).where(_RECORDS.c.id == bindparam("row_id")).values({name: bindparam(name) for name in columns})
    )


def _row(item: Incoming, supplier_id: str, run_id: int) -> dict[str, Any]:
    record = item.record
    return {
        "source": record.source,
        "ref": record.ref,
        "supplier_id": supplier_id,
        "siret": record.siret,
        "finess": record.finess,
        "payload": item.payload,
        "hash": item.hash,
        "flags": list(record.flags),
        "as_of": record.as_of,
        "last_seen_run": run_id,
        "gone": False,
    }


def rewrite_suppliers(
    connection: Connection,
    touched: Collection[str],
    in_memory: Mapping[RecordKey, CleanRecord],
    trust: Sequence[str],
    progress: Progress = _silent,
) -> None:
    """Compute the `touched` suppliers again from their records; one without records leaves the catalogue."""
    by_supplier: dict[str, list[StoredRecord]] = {}
    columns = (_RECORDS.c.source, _RECORDS.c.ref, _RECORDS.c.supplier_id, _RECORDS.c.gone, _RECORDS.c.payload)
    for ids in chunks(sorted(touched)):
        for source, ref, supplier_id, gone, payload in connection.execute(
            select(*columns).where(_RECORDS.c.supplier_id.in_(ids))
        ):
            record = in_memory.get((source, ref)) or from_payload(payload)
            by_supplier.setdefault(supplier_id, []).append(StoredRecord(record, gone))
    progress("fusion", 0, len(by_supplier))
    merged = [merge(supplier_id, stored, trust) for supplier_id, stored in sorted(by_supplier.items())]
    progress("écriture", 0, len(merged))
    replace_suppliers(connection, touched, merged)
    progress("écriture", len(merged), len(merged))
