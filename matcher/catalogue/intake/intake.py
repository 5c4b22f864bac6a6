"""Entry point of all imports (`run_import`): read, clean, match with the catalogue, merge, store, all or nothing. The catalogue is locked only
while it is written; `regroup` does the last steps for corrections and decisions."""

from collections.abc import Callable, Collection, Iterable, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import date, datetime
from time import monotonic

from sqlalchemy import Connection, Engine

from importers.importer import Importer, Scope, Source, SupplierRecord
from matcher.catalogue.identity.records import CleanRecord, to_payload
from matcher.catalogue.identity.trust import TRUST
from matcher.catalogue.intake.attempt import (
    ImportRequest,
    IntakeRefused,
    attempting,
    plan_with_decisions,
    read_wanted,
    refuse_sample,
)
from matcher.catalogue.intake.clean_record import clean_records
from matcher.catalogue.intake.lookups import Lookups, shipped_lookups
from matcher.catalogue.intake.organisations import once_by_siren, without_supplier
from matcher.catalogue.intake.plan import KnownRecord
from matcher.catalogue.intake.record_rows import move_records, read_known
from matcher.catalogue.intake.registers import narrow_sources
from matcher.catalogue.intake.report import ImportReport, Where
from matcher.catalogue.intake.runs import files_digest, read_intake_state
from matcher.catalogue.intake.spool import Spool, TupleFile
from matcher.catalogue.intake.supplier_writing import Progress, rewrite_suppliers
from matcher.catalogue.store.pair_decisions import pair_changes, save_pairs
from matcher.catalogue.store.read import read_version, write_version
from matcher.db import keep_connection, reading, writing
from matcher.rows import chunks

NEVER_COMPLETE = (
    "Un marché attribué le reste, que la liste suivante le répète ou non : --complet n’a pas de sens ici. "
    "Importez sans cette option ; rien n’a été écrit."
)
_TRIES = 5
UNSETTLED = (
    "Le catalogue a changé pendant chacune des comparaisons de ce fichier avec lui. Rien n’a été écrit ; "
    "réessayez quand personne d’autre n’importe ni ne corrige de fiches."
)


def run_import(
    engine: Engine,
    importer: Importer,
    sources: Sequence[Source],
    *,
    now: datetime,
    complete: bool = False,
    dry_run: bool = False,
    create: bool = False,
    data_date: date | None = None,
    older: bool = False,
    fetched: bool = False,
    within: int = 0,
    progress: Progress = lambda *_: None,
    ending: Callable[[Connection, ImportReport], None] = lambda *_: None,
    lookups: Lookups | None = None,
    trust: Sequence[str] = TRUST,
    invented: bool = False,
) -> ImportReport:
    """Import `sources` (the files of one directory, together), all or nothing, and return what changed.

    The files are compared with the catalogue without a lock, then written in one short transaction; where the catalogue has changed in between,
    they are compared again.

    `now` (UTC) dates the run. `complete`: the files are the whole source; records they lack are marked gone, and a truncated file is refused.
    `dry_run` writes and locks nothing and returns the same report. `create` lets a list of organisations create suppliers for SIRENs that have
    none. `data_date` is the day of the data, by default the latest of the rows, not after `now`, and that of a supplier's row without
    its own; data older than the catalogue's are refused unless `older`. `fetched`: the publisher gives these files now. `within` is the number of the
    import of notices that gave these awards, undone with it. `progress(step, done, total)` is called on the way, `total` 0 where unknown. `ending` writes in the same transaction. `trust` lists
    sources, the most trusted first. `invented` allows the invented sample. Raises SourceError, IntakeRefused or DatabaseError; the catalogue is then
    unchanged.
    """
    started = monotonic()
    refuse_sample(engine, invented=invented, dry_run=dry_run)
    report = ImportReport(importer.key, dry_run)
    if importer.scope is Scope.ESTABLISHMENT:
        sources = narrow_sources(engine, sources)
    # A register's rows date one state or one succession each: the day of its file dates none of them.
    row_date = data_date if importer.scope is Scope.SUPPLIER else None
    with Spool() as cleaned:
        read, organisations = _records_to_clean(
            engine, importer, sources, report, progress, complete=complete, create=create
        )
        for part in chunks(read):
            records = clean_records([record for record, _ in part], lookups or shipped_lookups())
            for record, (_, where) in zip(records, part, strict=True):
                if row_date and record.as_of is None:
                    record = replace(record, as_of=row_date)
                cleaned.add(to_payload(record), where)
        task = ImportRequest(
            importer=importer,
            sources=sources,
            organisations=organisations,
            now=now,
            digest="" if within else files_digest([source.path for source in sources]),
            complete=complete,
            dry_run=dry_run,
            data_date=data_date,
            older=older,
            fetched=fetched,
            within=within,
            progress=progress,
            trust=trust,
            started=started,
        )
        with keep_connection(engine) as connection:
            for _ in range(_TRIES):
                with attempting(connection, task, deepcopy(report)) as attempt:
                    with reading(engine, on=connection):
                        attempt.prepare(connection, cleaned)
                    if dry_run:
                        return attempt.report
                    with writing(engine, on=connection):
                        if read_intake_state(connection) == attempt.state:
                            attempt.write(connection)
                            ending(connection, attempt.report)
                            return attempt.report
    raise IntakeRefused(UNSETTLED)


def _records_to_clean(
    engine: Engine,
    importer: Importer,
    sources: Sequence[Source],
    report: ImportReport,
    progress: Progress,
    *,
    complete: bool,
    create: bool,
) -> tuple[Iterable[tuple[SupplierRecord, Where]], dict[str, SupplierRecord]]:
    """Return the records of suppliers in `sources`, and those of a list of organisations by SIREN; of the latter, only those without a supplier are
    to be cleaned, if `create`. Raises IntakeRefused for a complete list of awards."""
    read: Iterable[tuple[SupplierRecord, Where]] = ()
    if importer.scope is not Scope.AWARD:
        read = read_wanted(importer, sources, report, progress, SupplierRecord)
    elif complete:
        raise IntakeRefused(NEVER_COMPLETE)
    organisations: dict[str, SupplierRecord] = {}
    if importer.scope is Scope.ORGANISATION:
        organisations = once_by_siren([record for record, _ in read], report)
        lone = without_supplier(engine, organisations, importer.key) if create else []
        read = [(record, record.line) for record in lone]
    return read, organisations


def cleaned_records(importer: Importer, source: Source) -> list[CleanRecord]:
    """Return the cleaned records of a file, without a catalogue. Raises SourceError."""
    raw = [item for item in importer.read(source) if isinstance(item, SupplierRecord)]
    return clean_records(raw, shipped_lookups())


def regroup(connection: Connection, touched: Collection[str] = (), trust: Sequence[str] = TRUST) -> None:
    """Group all records again inside the caller's transaction (after a correction, a decision or an undo): compute again the suppliers that changed
    and those `touched`, and raise the catalogue's version."""
    with TupleFile(KnownRecord._make) as known:
        read_known(connection, known)
        plan = plan_with_decisions(connection, known)
        move_records(connection, known, plan)
    rewrite_suppliers(connection, plan.touched.union(touched), trust)
    save_pairs(connection, pair_changes(connection, plan.pairs))
    write_version(connection, read_version(connection) + 1)
