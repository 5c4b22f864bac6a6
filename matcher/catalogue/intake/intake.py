"""Intake: read, clean, identify, merge, store, in one transaction; the catalogue is the old one or the new one."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from sys import intern
from time import monotonic
from types import MappingProxyType
from typing import TypeVar

from sqlalchemy import Connection, Engine, select

from importers.importer import AwardRecord, Importer, RefusedRow, Remark, Scope, Source, SupplierRecord
from matcher.catalogue.identity.compare import PairVerdict, RecordKey
from matcher.catalogue.identity.merge import StoredRecord, merge
from matcher.catalogue.identity.records import (
    CleanRecord,
    from_payload,
    pack,
    payload_hash,
    to_payload,
    traits_of,
    unpack,
)
from matcher.catalogue.identity.references import listing_of
from matcher.catalogue.identity.trust import TRUST
from matcher.catalogue.intake.awards import attach, take_awards
from matcher.catalogue.intake.clean_record import clean_records
from matcher.catalogue.intake.dry_run import foretell
from matcher.catalogue.intake.lookups import Lookups, shipped_lookups
from matcher.catalogue.intake.organisations import (
    facts_by_supplier,
    facts_of,
    once_by_siren,
    take_facts,
    without_supplier,
)
from matcher.catalogue.intake.plan import (
    AllTraits,
    ImportPlan,
    Incoming,
    KnownRecord,
    RecordOutcome,
    plan_import,
    tells_kind,
)
from matcher.catalogue.intake.record_rows import move_records, read_known, write_records
from matcher.catalogue.intake.registers import drop_lone_registers, narrowed
from matcher.catalogue.intake.report import ImportReport, Where
from matcher.catalogue.intake.runs import close_run, files_digest, open_run, standing_run
from matcher.catalogue.intake.spool import Spool, TupleFile
from matcher.catalogue.store.opt_outs import OPTED_OUT, Guard, read_anchors, read_guard
from matcher.catalogue.store.pair_decisions import save_pairs, standing
from matcher.catalogue.store.read import read_version, write_version
from matcher.catalogue.store.tables import IMPORT_RUNS, RECORDS
from matcher.catalogue.store.write_suppliers import replace_suppliers
from matcher.cleaning.limits import LIMITS
from matcher.db import writing
from matcher.domain.french import count as counted
from matcher.domain.grouping import grouped
from matcher.rows import CHUNK, chunks

NAMELESS = "ni nom, ni SIRET, ni numéro FINESS"
NO_REFERENCE = "référence manquante"
REPEATED = "ligne répétée à l’identique"
SAME_REFERENCE = "référence déjà lue dans ce fichier, avec d’autres valeurs"

# A complete file that holds less than this share of the last complete one is surely cut short.
_LEAST_SHARE = 0.5

NEVER_COMPLETE = (
    "Un marché attribué le reste, que la liste suivante le répète ou non : --complet n’a pas de sens ici. "
    "Importez sans cette option ; rien n’a été écrit."
)

Progress = Callable[[str, int, int], None]
R = TypeVar("R", SupplierRecord, AwardRecord)


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
    create: bool = False,
    data_date: date | None = None,
    within: int = 0,
    progress: Progress = _silent,
    ending: Callable[[Connection, ImportReport], None] = lambda *_: None,
    lookups: Lookups | None = None,
    trust: Sequence[str] = TRUST,
) -> ImportReport:
    """Import `sources` (the files of one directory, together) in one transaction and return what changed.

    `now` (UTC) dates the run. `complete` says that the files are the whole source: records they lack are marked gone, and a
    file that is too short is refused. `dry_run` writes nothing and returns the same report. `progress(step, done, total)` is
    told of the work, `total` 0 where unknown. `create` lets a list of organisations make suppliers of those that have none. `data_date` is the day
    that the data are of, by default the latest that their rows give, none later than `now`. `within` is the number of the
    import that these awards came with: they are undone with it. `ending` writes what goes with the import in its
    transaction. `trust` lists sources, the most trusted first.
    Raises SourceError, IntakeRefused or DatabaseError; the catalogue is then as it was.
    """
    started = monotonic()
    report = ImportReport(importer.key, dry_run)
    if importer.scope is Scope.ESTABLISHMENT:
        sources = narrowed(engine, sources)
    awards = _read(importer, sources, report, progress, AwardRecord) if importer.scope is Scope.AWARD else None
    read: Iterable[tuple[SupplierRecord, Where]] = ()
    if awards is None:
        read = _read(importer, sources, report, progress, SupplierRecord)
    elif complete:
        raise IntakeRefused(NEVER_COMPLETE)
    organisations: dict[str, SupplierRecord] = {}
    if importer.scope is Scope.ORGANISATION:
        organisations = once_by_siren([record for record, _ in read], report)
        lone = without_supplier(engine, organisations, importer.key) if create else []
        read = [(record, record.line) for record in lone]
    with (
        Spool() as cleaned,
        Spool() as kept,
        TupleFile(KnownRecord._make) as known,
        TupleFile(Incoming._make) as incoming,
    ):
        _cleaned(read, lookups or shipped_lookups(), cleaned)
        paths = [source.path for source in sources]
        digest = "" if within else files_digest(paths)
        today = now.date()
        with writing(engine, keep=not dry_run) as connection:
            guard = read_guard(connection)
            read_known(connection, known)
            _take_in(cleaned, report, guard, kept, known, incoming, today)
            if complete:
                count = len(organisations) or len(incoming)
                _refuse_short(connection, importer, count, _of_lists(importer, known, incoming))
            run_id = standing_run(connection, within)
            run_id = run_id or open_run(connection, importer.key, paths, now, digest=digest, complete=complete)
            plan = _planned(connection, known, incoming, source=importer.key, complete=complete and not organisations)
            report.outcomes.update(plan.outcomes)
            report.gone = len(plan.gone)
            if dry_run:
                report.foretold = foretell(connection, known, (payload for payload, _ in kept), plan.outcomes)
            if organisations:
                told = organisations.keys() - {unpack(key, item.traits).siren for key, item in incoming.items()}
                plan.touched |= take_facts(
                    connection, importer.key, organisations, told, run_id, report, complete=complete
                )
            if awards is not None:
                plan.touched |= take_awards(connection, awards, run_id, report, guard, today)
            write_records(connection, known, incoming, kept, plan, run_id)
            report.doubt(LIMITS["sources"].flag, *_rewrite_suppliers(connection, plan.touched, trust, progress))
            save_pairs(connection, plan.pairs)
            report.pairs = sum(pair.evidence.verdict is PairVerdict.REVIEW for pair in plan.pairs)
            report.version = read_version(connection) + report.changed
            report.data_date = data_date or report.data_date
            report.run = 0 if dry_run else run_id
            if report.changed:
                write_version(connection, report.version)
            finished = now + timedelta(seconds=monotonic() - started)
            counts = _counts(report, len(incoming) + len(plan.gone))
            close_run(connection, run_id, counts, finished, report.data_date)
            ending(connection, report)
    return report


def cleaned_records(importer: Importer, source: Source) -> list[CleanRecord]:
    """Return a file's records, cleaned, without a catalogue. Raises SourceError."""
    raw = [item for item in importer.read(source) if isinstance(item, SupplierRecord)]
    return clean_records(raw, shipped_lookups())


def _read(
    importer: Importer, sources: Sequence[Source], report: ImportReport, progress: Progress, wanted: type[R]
) -> Iterator[tuple[R, Where]]:
    """Yield the records, all `wanted`, as the files are read; the report is told of the rest."""
    read = 0
    for source in sources:
        for item in importer.read(source):
            where: Where = item.line if len(sources) == 1 else f"{source.path.name}:{item.line}"
            match item:
                case Remark(_, message):
                    report.remarks.append((where, message))
                case RefusedRow(_, reason):
                    report.refuse(reason, where)
                case SupplierRecord() | AwardRecord() if not item.source_ref.strip():
                    report.refuse(NO_REFERENCE, where)
                case SupplierRecord() if not any((item.name.strip(), item.siret, item.siren, item.finess)):
                    report.refuse(NAMELESS, where)
                case _ if isinstance(item, wanted):
                    yield item, where
                case _:
                    raise TypeError(f"{importer.key}: its scope is {importer.scope}, it must not give {item!r}")
            read += 1
            if read % CHUNK == 0:
                progress("lecture", read, 0)
    progress("lecture", read, read)


def _cleaned(read: Iterable[tuple[SupplierRecord, Where]], lookups: Lookups, spool: Spool) -> None:
    """Clean what is read and send it to the spool, part by part."""
    for part in chunks(read):
        records = clean_records([record for record, _ in part], lookups)
        for record, (_, where) in zip(records, part, strict=True):
            spool.add(to_payload(record), where)


def _take_in(
    cleaned: Spool,
    report: ImportReport,
    guard: Guard,
    kept: Spool,
    known: TupleFile[KnownRecord],
    incoming: TupleFile[Incoming],
    today: date,
) -> None:
    """Add to `incoming` what identity needs of the records that the guard and their references let through, their payloads to `kept`."""
    for read, where in cleaned:
        whole = from_payload(read)
        report.dated(whole.as_of if whole.as_of and whole.as_of <= today else None)
        if guard.refuses(whole):
            report.refuse(OPTED_OUT, where)
            continue
        record = guard.clear(whole)
        payload = read if record is whole else to_payload(record)
        digest = bytes.fromhex(payload_hash(payload))
        key = known.own((intern(record.source), record.ref))
        if first := incoming.get(key):
            report.refuse(REPEATED if first.hash == digest else SAME_REFERENCE, where)
            continue
        before = known.get(key)
        traits = before.traits if before and before.hash == digest else pack(traits_of(record))
        incoming.add(key, Incoming(digest, traits))
        kept.add(payload)
        for flag in record.flags:
            report.doubt(flag, where)


def _of_lists(importer: Importer, known: Iterable[RecordKey], incoming: Iterable[RecordKey]) -> int | None:
    """How many records are known of the lists that are read, None for a directory that is one list."""
    if not importer.many_lists:
        return None
    read = {listing_of(*key) for key in incoming}
    return sum(key[0] == importer.key and listing_of(*key) in read for key in known)


def _refuse_short(connection: Connection, importer: Importer, count: int, held: int | None) -> None:
    if count < importer.at_least:
        raise IntakeRefused(
            f"{importer.title} : {counted(count, 'fiche lue', 'fiches lues')}, il en faut au moins {importer.at_least} pour une liste complète. "
            "Le fichier est sans doute coupé ; importez-le sans --complet s’il n’est qu’une partie de la source."
        )
    last = connection.execute(
        select(IMPORT_RUNS.c.counts)
        .where(IMPORT_RUNS.c.source == importer.key, IMPORT_RUNS.c.complete, IMPORT_RUNS.c.undone.is_(None))
        .order_by(IMPORT_RUNS.c.id.desc())
        .limit(1)
    ).scalar()
    before = held if held is not None else last["read"] - last["refused"] if last else 0
    if count < _LEAST_SHARE * before:
        raise IntakeRefused(
            f"{importer.title} : {counted(count, 'fiche lue', 'fiches lues')}, la dernière liste complète en comptait "
            f"{before}. Le fichier est sans doute coupé ; rien n’a été écrit."
        )


def _counts(report: ImportReport, records: int) -> dict[str, int]:
    """What the history tells of an import; `records` is what undoing it must find again where it counts organisations."""
    counts = report.as_dict()
    kept = {name: counts[name] for name in ("read", *map(str, RecordOutcome), "refused", "gone")}
    return kept if report.facts is None else kept | {"records": records, "facts": report.facts}


def _planned(
    connection: Connection,
    known: Mapping[RecordKey, KnownRecord],
    incoming: Mapping[RecordKey, Incoming] = MappingProxyType({}),
    *,
    source: str = "",
    complete: bool = False,
) -> ImportPlan:
    """Return what `incoming` changes, with the decisions and the team's anchors that the catalogue holds."""
    unsaid = {
        record.siren
        for record in AllTraits(known, incoming).values()
        if record.registered is None and not tells_kind(record, ())
    }
    return plan_import(
        known,
        incoming,
        source=source,
        complete=complete,
        decisions=standing(connection),
        anchors=read_anchors(connection),
        listed=facts_of(connection, unsaid),
    )


def regroup(connection: Connection, touched: Collection[str] = (), trust: Sequence[str] = TRUST) -> None:
    """Group all records again inside a transaction, where something else than an import changed: compute the suppliers that
    changed and `touched` again, and raise the catalogue's version.
    """
    with TupleFile(KnownRecord._make) as known:
        read_known(connection, known)
        plan = _planned(connection, known)
        move_records(connection, known, plan)
    _rewrite_suppliers(connection, plan.touched.union(touched), trust)
    save_pairs(connection, plan.pairs)
    write_version(connection, read_version(connection) + 1)


def _rewrite_suppliers(
    connection: Connection, touched: Collection[str], trust: Sequence[str], progress: Progress = _silent
) -> list[str]:
    """Compute the `touched` suppliers again from their records, part by part. One without records leaves the catalogue; one
    that nothing tells inclusive is none: its records wait for a person.

    Return the ids of those of which not every record speaks: they are more than a supplier may have.
    """
    columns = (RECORDS.c.supplier_id, RECORDS.c.gone, RECORDS.c.payload)
    done = 0
    crowded: list[str] = []
    for ids in chunks(sorted(touched)):
        query = select(*columns).where(RECORDS.c.supplier_id.in_(ids))
        by_supplier = grouped(
            (supplier_id, StoredRecord(from_payload(payload), gone))
            for supplier_id, gone, payload in connection.execute(query)
        )
        drop_lone_registers(connection, by_supplier)
        facts = facts_by_supplier(connection, by_supplier)
        merged = [
            merge(supplier_id, stored, trust, facts.get(supplier_id, ()))
            for supplier_id, stored in sorted(by_supplier.items())
        ]
        replace_suppliers(connection, ids, [each for each in merged if each.supplier.kinds])
        attach(connection, ids)
        done += len(ids)
        crowded += [each.supplier.id for each in merged if LIMITS["sources"].flag in each.supplier.flags]
        progress("fusion et écriture", done, len(touched))
    return crowded
