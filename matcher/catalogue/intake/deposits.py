"""Files dropped on the import page (deposits): stored with a status, read in the background as a dry run, then imported on confirmation.

A work (background job) parses the file in a separate reader process. A directory is imported in the transaction that ends its work; other files
(notices) in parts that can resume.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection

from importers import REGISTRY
from importers.formats.column_tally import SeenHeader
from importers.importer import Source, SourceError
from importers.tableur import KIND
from matcher.catalogue.intake.attempt import IntakeRefused
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.intake.read_apart import (
    OFFERED,
    headers_in_subprocess,
    importer_in_subprocess,
    recognise_in_subprocess,
)
from matcher.catalogue.intake.report import ImportReport
from matcher.catalogue.store.column_mappings import remembered_columns
from matcher.db import DatabaseError, writing
from matcher.jobs.files import FileGone
from matcher.jobs.reader_process import ReadRefused
from matcher.jobs.worker import Hold, WorkKind
from matcher.jobs.works import DroppedFile, Work, WorkState, WorkStore
from matcher.render.shaped import json_value

# Most bytes of one file, ten times the largest directory that persons drop. Larger files go by the command line.
LARGEST = 64 * 2**20
# Most files waiting, all users together: more would fill the disk faster than they are read.
MOST_WAITING = 24


class DepositState(StrEnum):
    """Status of a deposit."""

    READING = "lecture"
    READY = "prêt"
    UNREADABLE = "illisible"
    IMPORTING = "import"
    DONE = "fait"
    FAILED = "échec"


WORKING = (DepositState.READING, DepositState.IMPORTING)
# State of the work → state of the deposit: (while it is read, once it is confirmed).
_STATES = {
    WorkState.WAITING: WORKING,
    WorkState.WORKING: WORKING,
    WorkState.DONE: (DepositState.READY, DepositState.DONE),
    WorkState.REFUSED: (DepositState.UNREADABLE, DepositState.FAILED),
}
# Names of the steps of an import, as its progress gives them, but for the second, which has no progress.
STEPS = ("lecture", "rapprochement", "fusion et écriture")
_KIND, _FILE = "import", "fichier"
# Function that reads a file other than a directory and, if confirmed (third argument), imports it; returns its report as JSON.
TakeFile = Callable[[Hold, Path, bool], Mapping[str, Any]]
# Function that records an import, with its work and its result, in the transaction that ends it.
RecordImport = Callable[[Connection, Work, Mapping[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Deposit:
    """A file and its progress. `listing` names the list inside a source that gathers many, `data_date` is the day of its data (ISO) if a person
    gave it. `report` is that of the dry run, then of the import (number `run`); `message` the reason of a refusal.

    `step`, `done` and `total` (0: unknown) are the progress of the current work, `before` the number of works queued ahead.
    """

    key: str
    file_name: str
    size: int
    stand: DepositState
    source: str
    complete: bool
    listing: str
    data_date: str
    message: str
    report: Mapping[str, Any]
    run: int
    step: str
    done: int
    total: int
    before: int

    @classmethod
    def of(cls, work: Work) -> "Deposit":
        """Build the deposit of a work."""
        request, result, file = work.asked, work.result, work.files[_FILE]
        return cls(
            key=work.key,
            file_name=file.name,
            size=file.size,
            stand=_STATES[work.state][request["confirmed"]],
            source=request["source"] or result.get("source", ""),
            complete=request["complete"],
            listing=request["listing"],
            data_date=request["data_date"],
            message=work.refusal,
            report=result.get("report", {}),
            run=result.get("run", 0),
            step=work.step,
            done=work.done,
            total=work.total,
            before=work.before,
        )


class Busy(Exception):
    """Too many files are waiting already. The message is French."""


class Deposits:
    """The deposits of one catalogue, shared by all organisations, as the catalogue is."""

    def __init__(self, works: WorkStore) -> None:
        self.works = works

    def drop(self, file_name: str, stream: IO[bytes], person: str = "") -> Deposit:
        """Store a file and queue its reading. Raises Busy, DatabaseError, or OSError where the disk is full."""
        if sum(each.stand in WORKING for each in self._all()) >= MOST_WAITING:
            raise Busy(f"{MOST_WAITING} fichiers attendent déjà d’être lus. Réessayez dans quelques minutes.")
        file = DroppedFile(file_name, stream)
        return Deposit.of(self.works.put(None, _KIND, _request(), person, files={_FILE: file}, of_suppliers=True))

    def get(self, key: str) -> Deposit | None:
        """Return a deposit with its current status, None where there is none."""
        work = self._work(key)
        return None if work is None else Deposit.of(work)

    def again(
        self, key: str, source: str, *, complete: bool, listing: str, data_date: date | None = None, person: str = ""
    ) -> None:
        """Queue the reading of a file again, as another source or as a complete list."""
        importer, deposit = REGISTRY.get(source), self.get(key)
        if deposit is not None and deposit.stand is not DepositState.DONE:
            own = listing if importer and importer.many_lists else ""
            request = _request(source, own, complete=complete, data_date=data_date)
            self.works.again(None, key, request, person)

    def confirm(self, key: str, person: str = "", *, older: bool = False) -> bool:
        """Queue the import of a file that was read, its data older than the catalogue's if `older`; False for one already imported, or being so, which is
        left unchanged."""
        work = self._work(key)
        if work is None or Deposit.of(work).stand is not DepositState.READY:
            return False
        request = {**work.asked, "source": work.result["source"], "confirmed": True, "older": older}
        return self.works.again(None, key, request, person)

    def abandon(self, key: str) -> bool:
        """Delete a deposit that is not being imported, and stop its reading. Return whether it existed."""
        return self._work(key) is not None and self.works.forget(
            None, key, unless=lambda work: Deposit.of(work).stand is DepositState.IMPORTING
        )

    def list_unfinished(self) -> list[Deposit]:
        """Return the deposits not imported yet, the last dropped first."""
        return [each for each in self._all() if each.stand is not DepositState.DONE]

    def headers(self, key: str) -> tuple[SeenHeader, ...]:
        """Return the column headers of a file, read as a sheet of suppliers. Raises ReadRefused, FileGone, DatabaseError."""
        work = self._work(key)
        if work is None:
            raise LookupError(key)
        with self.works.file(work, _FILE) as path:
            return headers_in_subprocess(path, KIND, remembered_columns(self.works.engine, KIND.table))

    def _work(self, key: str) -> Work | None:
        return self.works.get(None, key, _KIND)

    def _all(self) -> list[Deposit]:
        return list(map(Deposit.of, self.works.of(None, _KIND)))


def _request(
    source: str = "", listing: str = "", *, complete: bool = False, data_date: date | None = None
) -> dict[str, Any]:
    """Return the parameters of the work on a file, as JSON."""
    dated = data_date.isoformat() if data_date else ""
    return {"source": source, "listing": listing, "complete": complete, "data_date": dated, "confirmed": False}


def import_work(others: Mapping[str, TakeFile], record: RecordImport = lambda *_: None) -> WorkKind:
    """Return the kind of work that processes dropped files: directories, and `others` by the key of their source. `record` is called in the
    transaction that ends an import."""
    refusals = (ReadRefused, SourceError, IntakeRefused, FileGone, DatabaseError)
    # One at a time: the catalogue takes one import at a time.
    return WorkKind(_KIND, partial(_process_file, others, record), refusals, alone=True)


def _process_file(others: Mapping[str, TakeFile], record: RecordImport, hold: Hold) -> Mapping[str, Any]:
    """Read a file and return what it would change, or import it if that is confirmed."""
    request, confirmed = hold.work.asked, hold.work.asked["confirmed"]
    with hold.file(_FILE) as path:
        columns = remembered_columns(hold.engine, KIND.table)
        source = Source(path, remembered=columns.remembered, listing=request["listing"])
        key = request["source"] or recognise_in_subprocess(
            source, [*others, *(importer.key for importer in OFFERED)], hold.stop
        )
        if key in others:
            result = {"source": key, "report": others[key](hold, path, confirmed)}
            if confirmed:
                with writing(hold.engine) as connection:
                    hold.end(connection, result)
                    record(connection, hold.work, result)
        else:
            result = _process_directory(hold, source, key, confirmed, record)
    if confirmed:
        hold.drop_files()
    return result


def _process_directory(hold: Hold, source: Source, key: str, confirmed: bool, record: RecordImport) -> dict[str, Any]:
    """Read a directory's file as a dry run, or import it in the transaction that ends the work."""
    request = hold.work.asked

    def end(connection: Connection, report: ImportReport) -> None:
        if confirmed:
            result = _result(key, report)
            hold.end(connection, result)
            record(connection, hold.work, result)

    report = run_import(
        hold.engine,
        importer_in_subprocess(key, stop=hold.stop),
        [source],
        now=hold.work.since,
        complete=request["complete"],
        data_date=date.fromisoformat(request["data_date"]) if request["data_date"] else None,
        older=request.get("older", False),
        dry_run=not confirmed,
        progress=hold.tell,
        ending=end,
    )
    return _result(key, report)


def _result(source: str, report: ImportReport) -> dict[str, Any]:
    """The source's key, the report (with the preview of a dry run) and the import's number, as JSON."""
    payload = report.as_dict()
    if report.preview is not None:
        payload["understood"] = json_value(report.preview.understood)
        payload["examples"] = {
            outcome.value: json_value(examples) for outcome, examples in report.preview.examples.items()
        }
    return {"source": source, "report": payload, "run": report.run}
