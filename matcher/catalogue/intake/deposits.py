"""Files dropped on the import page, stored with their status until they are imported or discarded.

Each is read and imported in its turn, by a thread of the server; it is parsed in a reader process. What stands is written beside the file,
so that a server that stops in the middle says so when it comes back: an import is one transaction, and the catalogue is then the old
one, or whole.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from threading import Lock
from typing import IO, Any

from sqlalchemy import Engine

from importers import REGISTRY
from importers.formats.column_tally import SeenHeader
from importers.importer import Importer, Source, SourceError
from importers.tableur import KIND
from matcher.catalogue.intake.intake import IntakeRefused, run_import
from matcher.catalogue.intake.read_apart import headers_apart, importer_apart, recognised
from matcher.catalogue.intake.report import ImportReport
from matcher.catalogue.intake.undo import past_imports
from matcher.catalogue.store.column_mappings import remembered_columns
from matcher.db import DatabaseError
from matcher.jobs.files import Dropped
from matcher.jobs.queue import DEFECT, Turn, WorkQueue
from matcher.jobs.reader_process import ReadRefused
from matcher.jobs.stop import Stop, Stopped

# Bytes of one file; the largest directory that a person drops weighs a tenth of it. Larger ones have the command line.
LARGEST = 64 * 2**20
_KEPT_SECONDS = 24 * 3600
# Files that wait for their turn, of everybody: more fill the disk faster than they are read.
MOST_WAITING = 24
# Sirene is far larger than a page can take, and has its own command; the sheet that reads anything comes last.
OFFERED: tuple[Importer, ...] = (
    *(importer for key, importer in REGISTRY.items() if key not in ("sirene", "tableur")),
    REGISTRY["tableur"],
)


class DepositState(StrEnum):
    """Status of a deposit."""

    READING = "lecture"
    READY = "prêt"
    UNREADABLE = "illisible"
    IMPORTING = "import"
    DONE = "fait"
    FAILED = "échec"
    STOPPED = "interrompu"


WORKING = (DepositState.READING, DepositState.IMPORTING)
# What is told of a work while it goes on, and not written down.
_PASSING = ("step", "done", "total", "before")
# The steps of a work, in the words of the intake; the second, which it does not tell, is between the two.
STEPS = ("lecture", "rapprochement", "fusion et écriture")


@dataclass(frozen=True, slots=True)
class Deposit:
    """One file. `listing` names a list that has references of its own, `data_date` the day of its data (ISO) where a person says it. `report` is that of its dry run, then of its import (`run` its number); `message` says what is wrong.

    `step`, `done` and `total` (0 where unknown) tell the work that goes on, `before` how many go before it; they are not written down.
    """

    key: str
    file_name: str
    size: int
    stand: DepositState
    source: str = ""
    complete: bool = False
    listing: str = ""
    data_date: str = ""
    message: str = ""
    report: Mapping[str, Any] = field(default_factory=dict)
    started: str = ""
    run: int = 0
    step: str = ""
    done: int = 0
    total: int = 0
    before: int = 0


class Busy(Exception):
    """Too many files wait already. The message is French."""


class Deposits:
    """The files of one catalogue, in a folder of its own inside `folder`; their works take their turn in `line`."""

    def __init__(
        self,
        engine: Engine,
        folder: Path,
        now: Callable[[], datetime] | None = None,
        line: WorkQueue | None = None,
    ) -> None:
        self.engine = engine
        self.files = Dropped(engine, folder)
        self._now = now or _utc
        self._lock = Lock()
        self._writing = Lock()  # the catalogue takes one import at a time, a dry run included
        self._known: dict[str, Deposit] = {}
        self._turns: dict[str, Turn] = {}
        self._line = line or WorkQueue()

    def drop(self, file_name: str, stream: IO[bytes], person: str = "") -> Deposit:
        """Keep a file and have it read. Raises Busy, or OSError where the disk is full."""
        self._forget_old()
        with self._lock:
            if sum(each.stand in WORKING for each in self._known.values()) >= MOST_WAITING:
                raise Busy(f"{MOST_WAITING} fichiers attendent déjà d’être lus. Réessayez dans quelques minutes.")
        key, name, size = self.files.keep(file_name, stream)
        deposit = Deposit(key, name, size, DepositState.READING)
        self._start(deposit, self._read, person)
        return deposit

    def get(self, key: str) -> Deposit | None:
        """Return a deposit as it stands, None where there is none. One that a stopped server left at work is told as such."""
        with self._lock:
            if (known := self._known.get(key)) is not None:
                return replace(known, before=self._line.before(self._turns[key])) if key in self._turns else known
            written = self._written(key)
            if written is None:
                return None
            found = self._after_stop(written) if written.stand in WORKING else written
            self._known[key] = found
        if found is not written:
            self._write(found)
        return found

    def again(
        self, key: str, source: str, *, complete: bool, listing: str, data_date: date | None = None, person: str = ""
    ) -> None:
        """Have a file read again, as another directory or as a complete list. Raises KeyError for an unknown source."""
        deposit = self._at(key, DepositState.READY, DepositState.UNREADABLE, DepositState.STOPPED, DepositState.FAILED)
        if deposit is not None:
            chosen = replace(
                deposit,
                stand=DepositState.READING,
                source=REGISTRY[source].key,
                complete=complete,
                listing=listing if REGISTRY[source].many_lists else "",
                data_date=data_date.isoformat() if data_date else "",
                report={},
                message="",
            )
            self._start(chosen, self._read, person)

    def confirm(self, key: str, person: str = "") -> None:
        """Have a file that was read imported; one that is already being imported, or was, stays as it is."""
        deposit = self._at(key, DepositState.READY)
        if deposit is not None:
            started = self._now().replace(tzinfo=None).isoformat()
            self._start(replace(deposit, stand=DepositState.IMPORTING, started=started), self._import, person)

    def abandon(self, key: str) -> bool:
        """Forget a file that is not being imported, and stop its reading. Return whether it was there."""
        deposit = self.get(key)
        if deposit is None or deposit.stand is DepositState.IMPORTING:
            return False
        if key in self._turns:
            self._line.stop(self._turns[key])
        with self._lock:
            self._known.pop(key, None)
            self._turns.pop(key, None)
            self.files.forget(key)
        return True

    def unfinished(self) -> list[Deposit]:
        """Return the deposits that wait for someone or are at work, the last dropped first."""
        found = (self.get(key) for key in self.files.newest())
        return [each for each in found if each is not None and each.stand is not DepositState.DONE]

    def wait(self, seconds: float = 30) -> None:
        """Wait for the work that goes on, for tests."""
        self._line.wait(seconds)

    def _at(self, key: str, *stands: DepositState) -> Deposit | None:
        found = self.get(key)
        return found if found is not None and found.stand in stands else None

    def _start(self, deposit: Deposit, work: Callable[[Deposit, Stop], Deposit], person: str) -> None:
        with self._lock:
            before = self._known.get(deposit.key)
            if before is not None and before.stand in (*WORKING, DepositState.DONE):
                return  # the same form, sent twice
            self._known[deposit.key] = deposit
            self._write(deposit)
            self._turns[deposit.key] = self._line.put(lambda stop: self._work(deposit, work, stop), person)

    def _work(self, deposit: Deposit, work: Callable[[Deposit, Stop], Deposit], stop: Stop) -> None:
        failed = DepositState.UNREADABLE if deposit.stand is DepositState.READING else DepositState.FAILED
        ended = replace(deposit, stand=failed, message=DEFECT)  # a defect must not leave the page waiting for ever
        try:
            ended = work(deposit, stop)
        except (ReadRefused, SourceError, IntakeRefused, DatabaseError) as error:
            ended = replace(deposit, stand=failed, message=str(error))
        finally:
            self._set(ended)

    def _read(self, deposit: Deposit, stop: Stop) -> Deposit:
        keys = [importer.key for importer in OFFERED]
        known = replace(deposit, source=deposit.source or recognised(self._source(deposit), keys, stop))
        self._set(known)
        report = self._run_import(known, self._now(), stop, dry_run=True)
        return replace(known, stand=DepositState.READY, report=_object(report))

    def _import(self, deposit: Deposit, stop: Stop) -> Deposit:
        report = self._run_import(deposit, datetime.fromisoformat(deposit.started), stop)
        self._path(deposit).unlink()
        return replace(deposit, stand=DepositState.DONE, report=_object(report), run=report.run)

    def _run_import(self, deposit: Deposit, now: datetime, stop: Stop, *, dry_run: bool = False) -> ImportReport:
        with self._writing:
            return run_import(
                self.engine,
                importer_apart(deposit.source, stop=stop),
                [self._source(deposit)],
                now=now,
                complete=deposit.complete,
                data_date=date.fromisoformat(deposit.data_date) if deposit.data_date else None,
                dry_run=dry_run,
                progress=self._progress(deposit, stop),
            )

    def headers(self, deposit: Deposit) -> tuple[SeenHeader, ...]:
        """Return the headers of a file as a sheet of suppliers. Raises ReadRefused, DatabaseError."""
        return headers_apart(self._path(deposit), KIND, remembered_columns(self.engine, KIND.table))

    def _source(self, deposit: Deposit) -> Source:
        told = remembered_columns(self.engine, KIND.table)
        return Source(self._path(deposit), remembered=told.remembered, listing=deposit.listing)

    def _path(self, deposit: Deposit) -> Path:
        return self.files.path(deposit.key, deposit.file_name)

    def _run(self, deposit: Deposit) -> int:
        """The number that the import of a deposit has in the history, 0 where it never came through."""
        started = datetime.fromisoformat(deposit.started)
        ours = [
            each.id for each in past_imports(self.engine) if (each.source, each.started) == (deposit.source, started)
        ]
        return max(ours, default=0)

    def _after_stop(self, deposit: Deposit) -> Deposit:
        if deposit.stand is DepositState.IMPORTING and (run := self._run(deposit)):
            return replace(deposit, stand=DepositState.DONE, run=run)
        return replace(deposit, stand=DepositState.STOPPED)

    def _progress(self, deposit: Deposit, stop: Stop) -> Callable[[str, int, int], None]:
        def tell(step: str, done: int, total: int) -> None:
            stop.check()
            if step == STEPS[0] and total:  # read to the end: what follows, before anything is written, counts nothing
                step, done, total = STEPS[1], 0, 0
            with self._lock:
                self._known[deposit.key] = replace(deposit, step=step, done=done, total=total)

        return tell

    def _set(self, deposit: Deposit) -> None:
        with self._lock:
            if deposit.key not in self._known:
                raise Stopped  # forgotten meanwhile
            self._known[deposit.key] = deposit
            self._write(deposit)

    def _write(self, deposit: Deposit) -> None:
        kept = {name: value for name, value in asdict(deposit).items() if name not in _PASSING}
        self.files.write(deposit.key, kept)

    def _written(self, key: str) -> Deposit | None:
        with suppress(ValueError, TypeError, KeyError):
            kept = self.files.read(key)
            return None if kept is None else Deposit(**kept | {"stand": DepositState(kept["stand"])})
        return None

    def _forget_old(self) -> None:
        for key in self.files.old(_KEPT_SECONDS):
            self.abandon(key)


def _object(report: ImportReport) -> dict[str, Any]:
    """A report, and what a dry run foretells, as plain JSON."""
    told = report.as_dict()
    if report.foretold is not None:
        told["understood"] = [each._asdict() for each in report.foretold.understood]
        told["examples"] = {
            outcome.value: [
                {"name": each.name, "city": each.city, "changes": [change._asdict() for change in each.changes]}
                for each in examples
            ]
            for outcome, examples in report.foretold.examples.items()
        }
    return told


def _utc() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
