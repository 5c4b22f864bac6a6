"""One attempt at an import, under optimistic locking: everything is prepared against a snapshot of the catalogue without a lock, then written only
if the catalogue is still in the same state (`intake.py` retries otherwise)."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from sys import intern
from time import monotonic
from types import MappingProxyType
from typing import TypeVar

from sqlalchemy import Connection, Engine, func, select

from importers.importer import AwardRecord, Importer, RefusedRow, Remark, Scope, Source, SupplierRecord
from matcher.catalogue.identity.compare import PairVerdict, RecordKey
from matcher.catalogue.identity.records import from_payload, pack, payload_hash, to_payload, traits_of, unpack
from matcher.catalogue.identity.references import listing_of
from matcher.catalogue.intake.awards import take_awards
from matcher.catalogue.intake.dry_run import preview_changes
from matcher.catalogue.intake.organisations import facts_of, take_facts
from matcher.catalogue.intake.plan import (
    AllTraits,
    ImportPlan,
    Incoming,
    KnownRecord,
    ReadRecord,
    RecordOutcome,
    plan_import,
    proves_kind,
)
from matcher.catalogue.intake.record_rows import read_known, stage_records, write_records
from matcher.catalogue.intake.report import ImportReport, Where
from matcher.catalogue.intake.runs import IntakeState, close_run, file_names, open_run, read_intake_state, standing_run
from matcher.catalogue.intake.spool import Spool, TupleFile
from matcher.catalogue.intake.supplier_writing import (
    STAGED_TABLES,
    Progress,
    Rewriting,
    rewrite_suppliers,
    stage_suppliers,
    write_staged,
)
from matcher.catalogue.store.late import FETCHED
from matcher.catalogue.store.opt_outs import OPTED_OUT, read_anchors
from matcher.catalogue.store.pair_decisions import PairChanges, pair_changes, save_pairs, standing_decisions
from matcher.catalogue.store.read import read_version, write_version
from matcher.catalogue.store.sample import SAMPLE_CLOSED, notice_of
from matcher.catalogue.store.staging import Staging, staging
from matcher.catalogue.store.tables import IMPORT_RUNS, RECORDS, REVIEW_PAIRS
from matcher.cleaning.limits import LIMITS
from matcher.domain.french import count as counted
from matcher.rows import CHUNK

NAMELESS = "ni nom, ni SIRET, ni numéro FINESS"
NO_REFERENCE = "référence manquante"
REPEATED = "ligne répétée à l’identique"
SAME_REFERENCE = "référence déjà lue dans ce fichier, avec d’autres valeurs"
OLDER = "Pour les reprendre quand même : l’option --plus-ancien d’« entremise import », ou la case de la page d’import."
CROWDED = "trop de noms voisins au même endroit : comparée aux plus proches seulement, et jointe à aucun sans l’avis d’une personne"

# A complete file with fewer records than this share of the last complete one is taken as truncated.
_LEAST_SHARE = 0.5

R = TypeVar("R", SupplierRecord, AwardRecord)


class IntakeRefused(Exception):
    """An import refused: a truncated file, a catalogue that keeps changing, or one that takes no such file. Nothing was written; the message is French."""


def refuse_sample(engine: Engine, *, invented: bool, dry_run: bool) -> None:
    """Raise IntakeRefused where the catalogue is the invented sample, which takes no real suppliers; a dry run is allowed."""
    if not (invented or dry_run) and notice_of(engine):
        raise IntakeRefused(SAMPLE_CLOSED)


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """Arguments of `run_import`; `organisations` holds records by SIREN, where the source lists organisations."""

    importer: Importer
    sources: Sequence[Source]
    organisations: Mapping[str, SupplierRecord]
    now: datetime
    digest: str
    complete: bool
    dry_run: bool
    data_date: date | None
    older: bool
    fetched: bool
    within: int
    progress: Progress
    trust: Sequence[str]
    started: float


@dataclass(slots=True)
class ImportAttempt:
    """State of one attempt: its report, temporary files of the records read and known, and the plan of what to write."""

    task: ImportRequest
    report: ImportReport
    read: TupleFile[ReadRecord]
    known: TupleFile[KnownRecord]
    incoming: TupleFile[Incoming]
    staged: Staging
    state: IntakeState = field(init=False)
    plan: ImportPlan = field(init=False)
    rewriting: Rewriting = field(init=False)
    pairs: PairChanges = field(init=False)

    def prepare(self, connection: Connection, cleaned: Spool) -> None:
        """Compare the cleaned records with the catalogue and stage what is to be written, inside a read transaction."""
        task, report = self.task, self.report
        task.progress("rapprochement", 0, 0)
        self.state = read_intake_state(connection)
        read_known(connection, self.known)
        self._accept_records(cleaned)
        if task.complete:
            self._refuse_short(connection)
        report.data_date = task.data_date or report.data_date
        if report.data_date:
            report.newer = self._newer_data(connection, report.data_date)
        if report.newer and not (task.dry_run or task.older):
            names = file_names([source.path for source in task.sources])
            raise IntakeRefused(f"{names} : {report.older_words} ; rien n’a été écrit. {OLDER}")
        self.plan = plan = plan_with_decisions(
            connection,
            self.known,
            self.incoming,
            source=task.importer.key,
            complete=task.complete and not task.organisations,
        )
        report.outcomes.update(plan.outcomes)
        report.gone = len(plan.gone)
        for key in self.incoming if plan.crowded else ():
            if key in plan.crowded:
                report.doubt(CROWDED, self.read[key].where)
        if task.dry_run:
            payloads = (self.read[key].payload for key in self.incoming)
            report.preview = preview_changes(connection, self.known, payloads, plan.outcomes)
            plan.touched |= self._take_facts_or_awards(connection, 0)
        else:
            stage_records(self.staged, self.known, self.read, plan)
        self.rewriting = stage_suppliers(
            connection, self.staged, self.known, self.read, plan, task.trust, task.progress
        )
        self.pairs = pair_changes(connection, plan.pairs)
        self.staged.add(REVIEW_PAIRS, self.pairs.new)
        report.pairs = sum(pair.evidence.verdict is PairVerdict.REVIEW for pair in plan.pairs)
        report.doubt(LIMITS["sources"].flag, *self.rewriting.crowded)
        report.version = read_version(connection) + report.changed

    def _accept_records(self, cleaned: Spool) -> None:
        """Check each cleaned record against opt-outs and repeated references; add those accepted to `incoming` (traits) and `read` (payload)."""
        report, guard, today = self.report, self.state.guard, self.task.now.date()
        for text, where in cleaned:
            whole = from_payload(text)
            report.take_date(whole.as_of if whole.as_of and whole.as_of <= today else None)
            if guard.refuses(whole):
                report.refuse(OPTED_OUT, where)
                continue
            record = guard.clear(whole)
            payload = text if record is whole else to_payload(record)
            digest = bytes.fromhex(payload_hash(payload))
            key = self.known.shared_key((intern(record.source), record.ref))
            if first := self.incoming.get(key):
                report.refuse(REPEATED if first.hash == digest else SAME_REFERENCE, where)
                continue
            before = self.known.get(key)
            traits = before.traits if before and before.hash == digest else pack(traits_of(record))
            self.incoming.add(key, Incoming(digest, traits))
            self.read.add(key, ReadRecord(payload, where))
            for flag in record.flags:
                report.doubt(flag, where)

    def _refuse_short(self, connection: Connection) -> None:
        """Raise IntakeRefused where the records read are too few for a complete list."""
        importer, count = self.task.importer, len(self.task.organisations) or len(self.incoming)
        if count < importer.at_least:
            raise IntakeRefused(
                f"{importer.title} : {counted(count, 'fiche lue', 'fiches lues')}, il en faut au moins {importer.at_least} pour une liste complète. "
                "Le fichier est sans doute coupé ; importez-le sans --complet s’il n’est qu’une partie de la source."
            )
        if importer.many_lists:
            read = {listing_of(*key) for key in self.incoming}
            before = sum(key[0] == importer.key and listing_of(*key) in read for key in self.known)
        else:
            query = select(IMPORT_RUNS.c.counts).order_by(IMPORT_RUNS.c.id.desc()).limit(1)
            complete = (IMPORT_RUNS.c.source == importer.key, IMPORT_RUNS.c.complete, IMPORT_RUNS.c.undone.is_(None))
            last = connection.execute(query.where(*complete)).scalar()
            before = last["read"] - last["refused"] if last else 0
        if count < _LEAST_SHARE * before:
            raise IntakeRefused(
                f"{importer.title} : {counted(count, 'fiche lue', 'fiches lues')}, la dernière liste complète en comptait "
                f"{before}. Le fichier est sans doute coupé ; rien n’a été écrit."
            )

    def _newer_data(self, connection: Connection, own: date) -> date | None:
        """Return the day of the newest data of the same lists in the catalogue that this import, of data of the day `own`, would make older; None
        where there are none. A part of a list makes older only the records it has, where their own dates are older too."""
        key, newer = self.task.importer.key, IMPORT_RUNS.c.data_date > own
        if self.task.importer.scope is Scope.AWARD:
            return None
        if self.task.organisations:
            standing = (IMPORT_RUNS.c.source == key, IMPORT_RUNS.c.undone.is_(None))
            return connection.execute(select(func.max(IMPORT_RUNS.c.data_date)).where(newer, *standing)).scalar()
        query = select(RECORDS.c.ref, RECORDS.c.as_of, IMPORT_RUNS.c.data_date).where(RECORDS.c.source == key, newer)
        query = query.join(IMPORT_RUNS, (IMPORT_RUNS.c.id == RECORDS.c.last_seen_run) & IMPORT_RUNS.c.undone.is_(None))
        listings = {listing_of(*each) for each in self.incoming} if self.task.complete else ()
        days = [
            data_date
            for ref, as_of, data_date in connection.execute(query)
            if listing_of(key, ref) in listings
            or (
                (read := self.read.get((key, ref))) and (as_of or data_date) > (from_payload(read.payload).as_of or own)
            )
        ]
        return max(days, default=None)

    def write(self, connection: Connection) -> None:
        """Write what `prepare` staged, inside the import's write transaction."""
        task, report, plan = self.task, self.report, self.plan
        paths = [source.path for source in task.sources]
        run_id = standing_run(connection, task.within) or open_run(
            connection, task.importer.key, paths, task.now, digest=task.digest, complete=task.complete
        )
        touched = self._take_facts_or_awards(connection, run_id)
        write_records(connection, self.staged, self.known, self.incoming, plan, run_id)
        write_staged(connection, self.staged, plan.touched, self.rewriting)
        if touched:  # by facts or awards: the suppliers just created included
            more = rewrite_suppliers(connection, touched | plan.touched, task.trust)
            report.doubt(LIMITS["sources"].flag, *(each for each in more.crowded if each not in self.rewriting.crowded))
        self.staged.move(REVIEW_PAIRS)
        save_pairs(connection, self.pairs._replace(new=[]))
        report.version = read_version(connection) + report.changed
        report.run = run_id
        if report.changed:
            write_version(connection, report.version)
        finished = task.now + timedelta(seconds=monotonic() - task.started)
        figures = report.as_dict()
        counts = {name: figures[name] for name in ("read", *map(str, RecordOutcome), "refused", "gone")}
        if report.facts is not None:  # organisations: undoing this import checks these numbers
            counts |= {"records": len(self.incoming) + len(plan.gone), "facts": report.facts}
        if task.fetched:
            counts[FETCHED] = 1
        close_run(connection, run_id, counts, finished, report.data_date)

    def _take_facts_or_awards(self, connection: Connection, run_id: int) -> set[str]:
        """Write the facts of organisations or the awards (unless a dry run); return the ids of the suppliers that they concern."""
        task, keep = self.task, not self.task.dry_run
        if task.organisations:
            sirens = task.organisations.keys() - {unpack(key, item.traits).siren for key, item in self.incoming.items()}
            return take_facts(
                connection,
                task.importer.key,
                task.organisations,
                sirens,
                run_id,
                self.report,
                complete=task.complete,
                keep=keep,
            )
        if task.importer.scope is Scope.AWARD:
            awards = read_wanted(task.importer, task.sources, self.report, task.progress, AwardRecord)
            return take_awards(connection, awards, run_id, self.report, self.state.guard, task.now.date(), keep=keep)
        return set()


@contextmanager
def attempting(connection: Connection, task: ImportRequest, report: ImportReport) -> Iterator[ImportAttempt]:
    """Start an attempt, with temporary files and tables that are removed at the end."""
    with (
        TupleFile(ReadRecord._make) as read,
        TupleFile(KnownRecord._make) as known,
        TupleFile(Incoming._make) as incoming,
        staging(connection, (*STAGED_TABLES, REVIEW_PAIRS)) as staged,
    ):
        yield ImportAttempt(task, report, read, known, incoming, staged)


def read_wanted(
    importer: Importer, sources: Sequence[Source], report: ImportReport, progress: Progress, wanted: type[R]
) -> Iterator[tuple[R, Where]]:
    """Yield the records, all of type `wanted`, as the files are read; refused rows and remarks go to the report."""
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


def plan_with_decisions(
    connection: Connection,
    known: Mapping[RecordKey, KnownRecord],
    incoming: Mapping[RecordKey, Incoming] = MappingProxyType({}),
    *,
    source: str = "",
    complete: bool = False,
) -> ImportPlan:
    """Return the plan of what `incoming` changes, given the decisions and corrections' anchors stored in the catalogue."""
    kindless = {
        record.siren
        for record in AllTraits(known, incoming).values()
        if record.registered is None and not proves_kind(record, ())
    }
    return plan_import(
        known,
        incoming,
        source=source,
        complete=complete,
        decisions=standing_decisions(connection),
        anchors=read_anchors(connection),
        listed=facts_of(connection, kindless),
    )
