"""Files dropped on the import page, kept with their status until they are imported or discarded.

Each is read, then imported, by a work: parsed in a reader process, imported in one transaction with the end of the work; what is
published otherwise than as a directory, by parts that are taken up.
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
from matcher.catalogue.intake.read_apart import OFFERED, headers_apart, importer_apart, recognise_apart
from matcher.catalogue.intake.report import ImportReport
from matcher.catalogue.store.column_mappings import remembered_columns
from matcher.db import DatabaseError, writing
from matcher.jobs.files import FileGone
from matcher.jobs.reader_process import ReadRefused
from matcher.jobs.worker import Hold, WorkKind
from matcher.jobs.works import DroppedFile, Work, WorkState, WorkStore
from matcher.render.shaped import json_value

# Bytes of one file; the largest directory that a person drops weighs a tenth of it. Larger ones have the command line.
LARGEST = 64 * 2**20
# Files that wait for their turn, of everybody: more fill the disk faster than they are read.
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
# By the state of its work: while it is read, then once it is confirmed.
_STATES = {
    WorkState.WAITING: WORKING,
    WorkState.WORKING: WORKING,
    WorkState.DONE: (DepositState.READY, DepositState.DONE),
    WorkState.REFUSED: (DepositState.UNREADABLE, DepositState.FAILED),
}
# The steps of a work, in the words of the intake; the second, which it does not tell, is between the two.
STEPS = ("lecture", "rapprochement", "fusion et écriture")
_KIND, _FILE = "import", "fichier"
# Reading of a file that is no directory's, then its import where that is confirmed; it gives its report as JSON.
TakeFile = Callable[[Hold, Path, bool], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Deposit:
    """One file. `listing` names a list that has references of its own, `data_date` the day of its data (ISO) where a person gives it. `report`
    is that of its dry run, then of its import (`run` its number); `message` is the reason of a refusal.

    `step`, `done` and `total` (0 where unknown) count the work that goes on, `before` how many go before it.
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
        """Return the deposit that a work is about."""
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
    """Too many files wait already. The message is French."""


class Deposits:
    """The files of one catalogue, each with its work, common to all organisations as the catalogue is."""

    def __init__(self, works: WorkStore) -> None:
        self.works = works

    def drop(self, file_name: str, stream: IO[bytes], person: str = "") -> Deposit:
        """Keep a file and have it read. Raises Busy, DatabaseError, or OSError where the disk is full."""
        if sum(each.stand in WORKING for each in self._all()) >= MOST_WAITING:
            raise Busy(f"{MOST_WAITING} fichiers attendent déjà d’être lus. Réessayez dans quelques minutes.")
        file = DroppedFile(file_name, stream)
        return Deposit.of(self.works.put(None, _KIND, _asked(), person, files={_FILE: file}, of_suppliers=True))

    def get(self, key: str) -> Deposit | None:
        """Return a deposit as it stands, None where there is none."""
        work = self._work(key)
        return None if work is None else Deposit.of(work)

    def again(
        self, key: str, source: str, *, complete: bool, listing: str, data_date: date | None = None, person: str = ""
    ) -> None:
        """Have a file read again, as of another source or as a complete list."""
        importer, deposit = REGISTRY.get(source), self.get(key)
        if deposit is not None and deposit.stand is not DepositState.DONE:
            own = listing if importer and importer.many_lists else ""
            request = _asked(source, own, complete=complete, data_date=data_date)
            self.works.again(None, key, request, person)

    def confirm(self, key: str, person: str = "") -> None:
        """Have a file that was read imported; one that is already being imported, or was, stays as it is."""
        work = self._work(key)
        if work is not None and Deposit.of(work).stand is DepositState.READY:
            request = {**work.asked, "source": work.result["source"], "confirmed": True}
            self.works.again(None, key, request, person)

    def abandon(self, key: str) -> bool:
        """Forget a file that is not being imported, and stop its reading. Return whether it was there."""
        return self._work(key) is not None and self.works.forget(
            None, key, unless=lambda work: Deposit.of(work).stand is DepositState.IMPORTING
        )

    def list_unfinished(self) -> list[Deposit]:
        """Return the deposits that wait for someone or are at work, the last dropped first."""
        return [each for each in self._all() if each.stand is not DepositState.DONE]

    def headers(self, key: str) -> tuple[SeenHeader, ...]:
        """Return the headers of a file as a sheet of suppliers. Raises ReadRefused, FileGone, DatabaseError."""
        work = self._work(key)
        if work is None:
            raise LookupError(key)
        with self.works.file(work, _FILE) as path:
            return headers_apart(path, KIND, remembered_columns(self.works.engine, KIND.table))

    def _work(self, key: str) -> Work | None:
        return self.works.get(None, key, _KIND)

    def _all(self) -> list[Deposit]:
        return list(map(Deposit.of, self.works.of(None, _KIND)))


def _asked(
    source: str = "", listing: str = "", *, complete: bool = False, data_date: date | None = None
) -> dict[str, Any]:
    """Return what is asked of the reading of a file."""
    dated = data_date.isoformat() if data_date else ""
    return {"source": source, "listing": listing, "complete": complete, "data_date": dated, "confirmed": False}


def import_work(others: Mapping[str, TakeFile]) -> WorkKind:
    """Return the work that takes the files dropped: those of directories, and these `others`, by the key of their source."""
    refusals = (ReadRefused, SourceError, IntakeRefused, FileGone, DatabaseError)
    # One at a time: the catalogue takes one import at a time, a dry run included.
    return WorkKind(_KIND, partial(_taken, others), refusals, alone=True)


def _taken(others: Mapping[str, TakeFile], hold: Hold) -> Mapping[str, Any]:
    """Read a file and return what it would change, or import it where that is confirmed."""
    request, confirmed = hold.work.asked, hold.work.asked["confirmed"]
    with hold.file(_FILE) as path:
        columns = remembered_columns(hold.engine, KIND.table)
        source = Source(path, remembered=columns.remembered, listing=request["listing"])
        key = request["source"] or recognise_apart(
            source, [*others, *(importer.key for importer in OFFERED)], hold.stop
        )
        if key in others:
            result = {"source": key, "report": others[key](hold, path, confirmed)}
            if confirmed:
                with writing(hold.engine) as connection:
                    hold.end(connection, result)
        else:
            result = _of_directory(hold, source, key, confirmed)
    if confirmed:
        hold.drop_files()
    return result


def _of_directory(hold: Hold, source: Source, key: str, confirmed: bool) -> dict[str, Any]:
    """Read a file of a directory, or import it in one transaction with the end of its work."""
    request = hold.work.asked

    def end(connection: Connection, report: ImportReport) -> None:
        if confirmed:
            hold.end(connection, _result(key, report))

    report = run_import(
        hold.engine,
        importer_apart(key, stop=hold.stop),
        [source],
        now=hold.work.since,
        complete=request["complete"],
        data_date=date.fromisoformat(request["data_date"]) if request["data_date"] else None,
        dry_run=not confirmed,
        progress=hold.tell,
        ending=end,
    )
    return _result(key, report)


def _result(source: str, report: ImportReport) -> dict[str, Any]:
    """The key of a source, the report of its import, with what a dry run foretells, as plain JSON, and its number."""
    payload = report.as_dict()
    if report.foretold is not None:
        payload["understood"] = json_value(report.foretold.understood)
        payload["examples"] = {
            outcome.value: json_value(examples) for outcome, examples in report.foretold.examples.items()
        }
    return {"source": source, "report": payload, "run": report.run}
