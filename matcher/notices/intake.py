"""Imports files of notices: reads, cleans and upserts them, recomputes the lots of their contracts, then matches the lots with the catalogue.

Each batch of 500 notices is one transaction. An interrupted import keeps its finished batches; importing the same file again is idempotent.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Engine, Table, bindparam, delete, select, update

from importers.importer import AwardRecord, Importer, RefusedRow, Remark, Scope, Source, SourceError
from importers.notices.importer import NoticeImporter, NoticeItem, NoticeRecord
from matcher.catalogue.identity.records import payload_hash
from matcher.catalogue.intake.attempt import refuse_sample
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.intake.report import Where
from matcher.catalogue.intake.runs import close_run, files_digest, open_run, standing_run
from matcher.catalogue.store.opt_outs import read_guard
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.db import writing
from matcher.domain.notice import PublishedNotice
from matcher.erasure import without_value
from matcher.jobs.reader_child import ReadingLimits
from matcher.jobs.reader_process import PAGE, ReadRefused, apart
from matcher.jobs.stop import Stop
from matcher.notices.clean import awards_of, clean_notice
from matcher.notices.contract import NoticeKey, StandingLot, ToldNotice, alone_key, contracts_of, standing_lots
from matcher.notices.pairing import pair_lots
from matcher.notices.report import NoticeOutcome, NoticesReport
from matcher.notices.tables import LOT_MATCHES, NOTICES, NOTICES_BEFORE, PUBLISHED_LOTS
from matcher.rows import chunks, insert_rows
from matcher.typed_values import convert_value


def lot_row(contract: str, standing: StandingLot) -> dict[str, Any]:
    """Return the row of a lot that is not yet read and matched with the catalogue: the columns that matching fills are empty."""
    lot = standing.lot
    payload = msgspec.to_builtins(lot)
    return {
        "contract": contract,
        "number": lot.number,
        "notice_id": standing.notice_id,
        "state": standing.state.value,
        "published": lot.lot.date,
        "deadline": lot.deadline.at.astimezone(UTC).replace(tzinfo=None) if lot.deadline else None,
        "reserved": lot.reserved.value if lot.reserved else None,
        "clause": lot.clause,
        "buyer": lot.lot.acheteur_siret,
        "hash": payload_hash(repr((standing.state.value, standing.notice_id, payload))),
        "said": payload,
        "matched": None,
        "activities": [],
        "departements": [],
        "amount": lot.lot.montant,
        "months": lot.lot.duree,
        "connu": None,
        "indice": None,
        "credible": None,
        "reservable": {},
    }


# Notices per transaction.
PART = 500
_CURE = "Exportez moins de jours à la fois, ou importez-le par « entremise import »."
NO_REFERENCE = "avis sans référence : il ne serait pas reconnu la fois suivante"

# Former content of a notice that the import created: none.
_BROUGHT = dict.fromkeys(("contract", "hash", "taken", "said"))


class _Read(NamedTuple):
    notice: PublishedNotice
    where: Where


class _KnownNotice(NamedTuple):
    id: int
    contract: str
    hash: str


def notices_in_subprocess(
    importer: NoticeImporter, *, limits: ReadingLimits = PAGE, stop: Stop | None = None
) -> NoticeImporter:
    """Return the same importer, reading in a sandboxed child process: it raises ReadRefused instead of SourceError, and Stopped."""
    return replace(importer, read=apart(importer.read, SourceError, limits=limits, stop=stop, cure=_CURE))


def take_notice_files(
    engine: Engine,
    importer: NoticeImporter,
    paths: Sequence[Path],
    *,
    now: datetime,
    dry_run: bool = False,
    progress: Callable[[str, int, int], None] = lambda *_: None,
    invented: bool = False,
) -> NoticesReport:
    """Import files of notices, store the awards that they hold, and match their lots with the catalogue; return the report. `now` is UTC without zone.
    `dry_run` writes and matches nothing. A bad notice does not stop the others, nor a bad file among several. `invented` is True only for the files of the
    invented sample catalogue. Raises SourceError or ReadRefused if a single file cannot be read, IntakeRefused, DatabaseError; finished batches stay."""
    started = monotonic()
    refuse_sample(engine, invented=invented, dry_run=dry_run)
    report = NoticesReport(importer.key, dry_run)
    awards: dict[Path, list[AwardRecord]] = {}
    for batch in chunks(_read(importer, paths, report, awards), PART):
        with writing(engine, keep=not dry_run) as connection:
            if not dry_run:
                report.run = standing_run(connection, report.run) or open_run(connection, importer.key, paths, now)
            _take(connection, batch, report, now)
            close_run(connection, report.run, report.counts, now, report.data_date)
        progress("lecture", report.outcomes.total(), 0)
    report.awards = sum(map(len, awards.values()))
    if report.run:
        if awards:
            won = [Source(path) for path in awards]
            # Awards of notices are imported as awards of a directory are.
            own = (importer.key, importer.title, importer.publisher, importer.url, importer.licence, importer.obtain)
            memory = Importer(*own, importer.holds, 0, lambda source: iter(awards[source.path]), scope=Scope.AWARD)
            done = run_import(engine, memory, won, now=now, within=report.run, invented=invented)
            report.unattached = {reason: len(where) for reason, where in done.refusals.items()}
        finished = now + timedelta(seconds=monotonic() - started)
        try:
            digest = files_digest(paths)
        except SourceError:  # the report has it, and it stops nothing
            digest = ""
        with writing(engine) as connection:
            close_run(connection, report.run, report.counts, finished, report.data_date, sha256=digest)
        report.matched = pair_lots(engine, load_shelf(engine), now=now, progress=progress)
    return report


def take_own(connection: Connection, contract: str, notice: PublishedNotice, now: datetime) -> None:
    """Upsert a notice of the team about a contract, and recompute the contract's lots."""
    key = notice.source, notice.ref
    known = _stored_notices(connection, {key: notice})
    rows = _changed_rows(connection, {key: notice}, {key: contract}, known, now)
    _upsert(connection, NOTICES, rows, {key: row.id for key, row in known.items()})
    rewrite_lots(connection, [contract], NoticesReport(notice.source))


def _read(
    importer: NoticeImporter, paths: Sequence[Path], report: NoticesReport, awards: dict[Path, list[AwardRecord]]
) -> Iterator[_Read]:
    """Yield the notices read and cleaned; count refused rows and remarks in the report, and add to `awards` those of each file."""
    for path in paths:
        only_file = len(paths) == 1
        for item in importer.read(path) if only_file else _read_or_refuse(importer, path):
            if rb"\u0000" in msgspec.json.encode(item):  # PostgreSQL refuses NUL characters in texts
                texts = without_value(msgspec.to_builtins(item), lambda text: text.replace("\0", " "))
                item = convert_value(texts, type(item))
            where: Where = item.line if only_file else f"{path.name}:{item.line}"
            match item:
                case Remark(_, message):
                    report.remarks.append((where, message))
                case RefusedRow(_, reason):
                    report.refuse(reason, where)
                case NoticeRecord(source_ref=ref) if not ref.strip():
                    report.refuse(NO_REFERENCE, where)
                case NoticeRecord():
                    report.unread_keys(item.shape, item.unread)
                    won = [award for award in awards_of(item) if award.winner]
                    if won:
                        awards.setdefault(path, []).extend(won)
                    yield _Read(clean_notice(item), where)


def _read_or_refuse(importer: NoticeImporter, path: Path) -> Iterator[NoticeItem]:
    """Yield the items of one file among several; an error while reading ends it with a refused row instead of an exception."""
    line = 0
    try:
        for item in importer.read(path):
            yield item
            line = item.line
    except (SourceError, ReadRefused) as error:
        yield RefusedRow(line + 1, str(error))


def _take(connection: Connection, batch: Sequence[_Read], report: NoticesReport, now: datetime) -> None:
    """Upsert the notices of a batch that are new or changed, and recompute the lots of their contracts."""
    read = {(notice.source, notice.ref): notice for notice, _ in batch}
    known = _stored_notices(connection, read)
    contracts = contracts_of(read.values(), {key: row.contract for key, row in known.items()})
    rows = _changed_rows(connection, read, contracts, known, now)
    for notice, where in batch:
        key = notice.source, notice.ref
        outcome = NoticeOutcome.CHANGED if key in rows else NoticeOutcome.UNCHANGED
        report.take(notice, outcome if key in known else NoticeOutcome.NEW, where)
    _remember(connection, report.run, rows)
    _upsert(connection, NOTICES, rows, {key: row.id for key, row in known.items()})
    touched = {row["contract"] for row in rows.values()} | {known[key].contract for key in rows if key in known}
    touched |= _move_contracts(connection, {alone_key(key): row["contract"] for key, row in rows.items()}, report.run)
    rewrite_lots(connection, touched, report)


def _changed_rows(
    connection: Connection,
    read: Mapping[NoticeKey, PublishedNotice],
    contracts: Mapping[NoticeKey, str],
    known: Mapping[NoticeKey, _KnownNotice],
    now: datetime,
) -> dict[NoticeKey, dict[str, Any]]:
    """Return the rows of the notices that are new or changed, without the personal data that somebody asked to be erased."""
    forgotten = read_guard(connection).forgotten
    rows = {}
    for key, notice in read.items():
        payload = msgspec.to_builtins(notice)
        digest = payload_hash(repr((contracts[key], payload)))
        if key not in known or known[key].hash != digest:
            payload = without_value(payload, forgotten.cut) if forgotten.words else payload
            own = {"source": notice.source, "ref": notice.ref, "contract": contracts[key]}
            rows[key] = own | {"hash": digest, "taken": now, "said": payload}
    return rows


def _stored_notices(connection: Connection, read: Mapping[NoticeKey, PublishedNotice]) -> dict[NoticeKey, _KnownNotice]:
    """Return the notices already stored, among those read and the earlier notices that they refer to."""
    refs: dict[str, set[str]] = {}
    for source, ref in read:
        refs.setdefault(source, set()).update((ref, *read[source, ref].earlier[:1]))
    columns = (NOTICES.c.ref, NOTICES.c.id, NOTICES.c.contract, NOTICES.c.hash)
    return {
        (source, ref): _KnownNotice(*row)
        for source, source_refs in refs.items()
        for part in chunks(sorted(source_refs))
        for ref, *row in connection.execute(select(*columns).where(NOTICES.c.source == source, NOTICES.c.ref.in_(part)))
    }


def _remember(connection: Connection, run: int, keys: Iterable[NoticeKey]) -> None:
    """Copy these notices, as they were before the import `run`, to the table that undoing reads; once for each notice, never if `run` is 0."""
    by_source: dict[str, list[str]] = {}
    for source, ref in keys:
        by_source.setdefault(source, []).append(ref)
    columns = [NOTICES.c[column.name] for column in NOTICES_BEFORE.c if column.name != "run_id"]
    for source, refs in by_source.items() if run else ():
        for part in chunks(refs):
            own = (
                (NOTICES_BEFORE.c.run_id == run) & (NOTICES_BEFORE.c.source == source) & NOTICES_BEFORE.c.ref.in_(part)
            )
            remembered = set(connection.execute(select(NOTICES_BEFORE.c.ref).where(own)).scalars())
            before = select(*columns).where(NOTICES.c.source == source, NOTICES.c.ref.in_(part))
            rows = {ref: {"source": source, "ref": ref} | _BROUGHT for ref in part}
            rows |= {row["ref"]: dict(row) for row in connection.execute(before).mappings()}
            insert_rows(
                connection,
                NOTICES_BEFORE,
                [{"run_id": run} | row for ref, row in rows.items() if ref not in remembered],
            )


def _move_contracts(connection: Connection, contracts: Mapping[str, str], run: int) -> set[str]:
    """Move notices stored under a provisional contract key to their contract (`contracts`: old key → new key); return the old keys in use."""
    former_contracts: set[str] = set()
    for part in chunks(old for old, new in contracts.items() if old != new):
        query = select(NOTICES.c.source, NOTICES.c.ref, NOTICES.c.contract).where(NOTICES.c.contract.in_(part))
        moved = connection.execute(query).all()
        former_contracts.update(row.contract for row in moved)
        _remember(connection, run, [(row.source, row.ref) for row in moved])
    for old in sorted(former_contracts):
        connection.execute(update(NOTICES).where(NOTICES.c.contract == old).values(contract=contracts[old]))
    return former_contracts


def rewrite_lots(connection: Connection, contracts: Iterable[str], report: NoticesReport) -> None:
    """Recompute the lots of these contracts: a lot keeps its row id, and if it has changed waits to be matched again; a lot in no notice is deleted."""
    for part in chunks(sorted(contracts)):
        rows = _lot_rows(connection, part)
        query = select(
            PUBLISHED_LOTS.c.id, PUBLISHED_LOTS.c.contract, PUBLISHED_LOTS.c.number, PUBLISHED_LOTS.c.hash
        ).where(PUBLISHED_LOTS.c.contract.in_(part))
        known = {(row.contract, row.number): row for row in connection.execute(query)}
        changed = {key: row for key, row in rows.items() if key not in known or known[key].hash != row["hash"]}
        _upsert(connection, PUBLISHED_LOTS, changed, {key: row.id for key, row in known.items()})
        gone = [row.id for key, row in known.items() if key not in rows]
        for ids in chunks(gone):
            connection.execute(delete(LOT_MATCHES).where(LOT_MATCHES.c.lot_id.in_(ids)))
            connection.execute(delete(PUBLISHED_LOTS).where(PUBLISHED_LOTS.c.id.in_(ids)))
        report.lots += len(rows)
        report.withdrawn += len(gone)


def _lot_rows(connection: Connection, contracts: Sequence[str]) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the current lots of these contracts, computed from all their stored notices, as rows by (contract, lot number)."""
    notices_by_contract: dict[str, list[ToldNotice]] = {contract: [] for contract in contracts}
    query = select(NOTICES.c.id, NOTICES.c.contract, NOTICES.c.said).where(NOTICES.c.contract.in_(contracts))
    for row in connection.execute(query):
        notices_by_contract[row.contract].append(ToldNotice(row.id, convert_value(row.said, PublishedNotice)))
    return {
        (contract, standing.lot.number): lot_row(contract, standing)
        for contract, notices in notices_by_contract.items()
        for standing in standing_lots(notices)
    }


def _upsert(
    connection: Connection,
    table: Table,
    rows: Mapping[tuple[str, str], dict[str, Any]],
    known: Mapping[tuple[str, str], int],
) -> None:
    insert_rows(connection, table, [row for key, row in rows.items() if key not in known])
    if changes := [{**row, "own": known[key]} for key, row in rows.items() if key in known]:
        connection.execute(update(table).where(table.c.id == bindparam("own")), changes)
