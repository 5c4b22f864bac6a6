"""Sheets dropped to be answered, a programme or a history: kept apart, answered in their turn by a thread, until they are forgotten.

What is read of the sheet, by a reader process, is written down, then what is answered, line after line: a server that stops goes on from
there when the page is opened again. Names of suppliers are not kept: they are read on the shelf of the day.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from threading import Lock
from typing import IO

import msgspec
from sqlalchemy import Engine

from importers.formats.column_tally import SeenHeader
from importers.formats.columns import SheetKind
from matcher.catalogue.intake.read_apart import headers_apart
from matcher.catalogue.store.column_mappings import remembered_columns
from matcher.catalogue.store.recognition import load_recogniser, settle
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.db import DatabaseError
from matcher.decisions.assumptions import DEFAULT
from matcher.decisions.purchases import line as purchases
from matcher.decisions.purchases import programme, reconciliation, spending
from matcher.decisions.purchases.columns import PROGRAMME, SPENDING
from matcher.decisions.purchases.programme_document import Answered
from matcher.decisions.purchases.reconciliation import MOST_LINES
from matcher.decisions.purchases.reconciliation_document import Reconciled
from matcher.decisions.purchases.sheet import PurchaseSheet, PurchaseSheetLine, SheetRefused, read_sheet
from matcher.decisions.purchases.spending_document import Photographed
from matcher.jobs.files import Dropped
from matcher.jobs.queue import Turn, WorkQueue
from matcher.jobs.reader_process import ReadRefused
from matcher.jobs.resume import KeptAnswers, name_of
from matcher.jobs.stop import Stop, Stopped
from matcher.need.answer import EMPTY
from matcher.private_files import write_private
from matcher.ranking.shelf.shelf import Shelf

# Bytes of one file: 20,000 lines of a workbook weigh a tenth of it.
LARGEST = 16 * 2**20
KEPT_DAYS = 90
_ANSWERS = "reponses.jsonl"
_MOST_IN_MEMORY = 4
_DEFECT = "Une erreur s’est produite de notre côté. Oubliez ce fichier et déposez-le de nouveau."


class BatchKind(StrEnum):
    """Question asked of a sheet."""

    PROGRAMME = "programme"
    HISTORY = "historique"
    RECONCILIATION = "rapprochement"

    @property
    def sheet(self) -> SheetKind:
        """The kind of its sheets."""
        return PROGRAMME if self is BatchKind.PROGRAMME else SPENDING


class BatchState(StrEnum):
    """Status of a study."""

    WAITING = "en attente"
    WORKING = "en cours"
    DONE = "fait"
    REFUSED = "refusé"


UNFINISHED = (BatchState.WAITING, BatchState.WORKING)


@dataclass(frozen=True, slots=True)
class Study:
    """One sheet. `place` is where its lines without a place are looked for, `who` signs the answers that it gives back; `on` the day (ISO) it is answered on, `version` the catalogue's
    once it is; `says` its headline, or what is wrong. `done` of `total` lines are answered, `before` how many works go before it: these are
    not written down."""

    key: str
    kind: BatchKind
    file_name: str
    size: int
    on: str
    stand: BatchState = BatchState.WAITING
    place: str = ""
    who: str = ""
    says: str = ""
    version: int = 0
    done: int = 0
    total: int = 0
    before: int = 0


Result = Answered | Photographed | Reconciled


class Studies:
    """The studies of one catalogue, in a folder of its own inside `folder`; their works take their turn in `line`."""

    def __init__(self, engine: Engine, folder: Path, today: Callable[[], date], line: WorkQueue | None = None) -> None:
        self.engine = engine
        self.files = Dropped(engine, folder)
        self._today = today
        self._lock = Lock()
        self._known: dict[str, Study] = {}
        self._turns: dict[str, Turn] = {}
        self._results: dict[str, tuple[Shelf, Result]] = {}
        self._line = line or WorkQueue()

    def drop(
        self, kind: BatchKind, file_name: str, stream: IO[bytes], place: str = "", person: str = "", who: str = ""
    ) -> Study:
        """Keep a sheet and have it answered. Raises OSError where the disk is full."""
        for key in self.files.old(KEPT_DAYS * 24 * 3600):
            self.forget(key)
        key, name, size = self.files.keep(file_name, stream)
        study = Study(key, kind, name, size, self._today().isoformat(), place=place, who=who)
        self._ask(study, person)
        return study

    def get(self, key: str) -> Study | None:
        """Return a study as it stands, None where there is none. One that a stopped server left unfinished goes on."""
        with self._lock:
            if (known := self._known.get(key)) is not None:
                return replace(known, before=self._line.before(self._turns[key])) if key in self._turns else known
        study = self._written(key)
        if study is None:
            return None
        if study.stand in UNFINISHED:
            self._ask(study)
        else:
            with self._lock:
                self._known.setdefault(key, study)
        return study

    def all(self, kind: BatchKind) -> list[Study]:
        """Return the studies of a kind, the last first."""
        found = (self.get(key) for key in self.files.newest())
        return [study for study in found if study is not None and study.kind is kind]

    def headers(self, study: Study) -> tuple[SeenHeader, ...]:
        """Return the headers of a sheet as they are read now. Raises ReadRefused, DatabaseError."""
        kind = study.kind.sheet
        path = self.files.path(study.key, study.file_name)
        return headers_apart(path, kind, remembered_columns(self.engine, kind.table))

    def reread(self, key: str, person: str = "") -> None:
        """Read a sheet again, whose columns are no longer what they were, and answer it anew."""
        for form in (programme.FORM, spending.FORM, reconciliation.FORM):
            self.files.beside(key, _sheet_name(form)).unlink(missing_ok=True)
        self.again(key, person)

    def again(self, key: str, person: str = "") -> None:
        """Answer a sheet anew, on the catalogue and the day that are now; one that is being answered is left to it."""
        study = self.get(key)
        if study is not None and study.stand not in UNFINISHED:
            self.files.beside(key, _ANSWERS).unlink(missing_ok=True)
            with self._lock:
                self._results.pop(key, None)
            self._ask(
                replace(study, stand=BatchState.WAITING, on=self._today().isoformat(), says="", done=0, total=0), person
            )

    def forget(self, key: str) -> bool:
        """Delete a sheet and what was answered, and stop its work. Return whether it was there."""
        if self.get(key) is None:
            return False
        if key in self._turns:
            self._line.stop(self._turns[key])
        with self._lock:
            for held in (self._known, self._turns, self._results):
                held.pop(key, None)
            self.files.forget(key)
        return True

    def result(self, study: Study, shelf: Shelf) -> Result:
        """Return what was answered to a study that is done, with the names that suppliers have on this shelf."""
        with self._lock:
            known = self._results.get(study.key)
        if known is not None and known[0] is shelf:
            return known[1]
        found = self._answered(study, shelf, lambda *_: None, Stop())
        self._hold(study.key, shelf, found)
        return found

    def wait(self, seconds: float = 60) -> None:
        """Wait until nothing is left to answer, for tests."""
        self._line.wait(seconds)

    def _hold(self, key: str, shelf: Shelf, result: Result) -> None:
        with self._lock:
            self._results.pop(key, None)
            self._results[key] = (shelf, result)
            while len(self._results) > _MOST_IN_MEMORY:
                del self._results[next(iter(self._results))]

    def _ask(self, study: Study, person: str = "") -> None:
        with self._lock:
            self._known[study.key] = study
            self.files.write(study.key, _state(study))
            self._turns[study.key] = self._line.put(lambda stop: self._answer(study.key, stop), person)

    def _answer(self, key: str, stop: Stop) -> None:
        asked = self._known.get(key)
        if asked is None or asked.stand is not BatchState.WAITING:
            return  # forgotten meanwhile, or already answered
        study = replace(asked, stand=BatchState.WORKING)

        def tell(done: int, total: int) -> None:
            stop.check()
            self._remember(replace(study, done=done, total=total))

        self._remember(study)
        ended = replace(
            study, stand=BatchState.REFUSED, says=_DEFECT
        )  # a defect must not leave the page waiting for ever
        try:
            shelf = _filled(load_shelf(self.engine))
            result = self._answered(study, shelf, tell, stop)
            self._hold(key, shelf, result)
            ended = replace(study, stand=BatchState.DONE, says=" ".join(_headline(result)), version=shelf.version)
        except (ReadRefused, SheetRefused, DatabaseError) as error:
            ended = replace(study, stand=BatchState.REFUSED, says=str(error))
        finally:
            self._remember(ended)

    def _answered(self, study: Study, shelf: Shelf, tell: Callable[[int, int], None], stop: Stop) -> Result:
        """Answer every line that is not answered yet."""
        if study.kind is BatchKind.RECONCILIATION:
            return self._reconciled(study, tell, stop)
        day = date.fromisoformat(study.on)
        version = study.version if study.stand is BatchState.DONE else shelf.version
        form = programme.FORM if study.kind is BatchKind.PROGRAMME else spending.FORM
        with KeptAnswers(self.files.beside(study.key, _ANSWERS), name_of(study.kind, form, version, study.on)) as kept:
            if study.kind is BatchKind.PROGRAMME:
                sheet = self._sheet(study, form, purchases.MOST_LINES, stop)
                lines = [purchases.purchase(entry) for entry in sheet.entries]
                found = programme.answer_programme(self.engine, shelf, lines, day, DEFAULT, kept, tell)
                return Answered(sheet, found, shelf, DEFAULT, day)
            sheet = self._sheet(study, form, MOST_LINES, stop)
            spent = spending.spent(sheet.entries, shelf, load_recogniser(self.engine))
            return Photographed(sheet, spending.photograph(shelf, spent, study.place, day, kept, tell), shelf, day)

    def _reconciled(self, study: Study, tell: Callable[[int, int], None], stop: Stop) -> Reconciled:
        """Say who each supplier is by the catalogue alone: what persons settle is replayed over it. The answers that the sheet gives back are
        kept the first time it is read."""
        sheet = self._sheet(study, reconciliation.FORM, MOST_LINES, stop)
        recogniser = load_recogniser(self.engine)
        answers, faults = reconciliation.answers_in(sheet.entries, recogniser)
        if answers and not study.who:
            faults = (*faults, reconciliation.UNSIGNED)
        elif answers and study.stand is not BatchState.DONE and not study.version:
            settle(self.engine, answers, who=study.who, now=datetime.now(UTC))

        def read() -> Iterator[PurchaseSheetLine]:
            for done, entry in enumerate(sheet.entries, start=1):
                yield entry
                tell(done, len(sheet.entries))

        return Reconciled(sheet, reconciliation.reconciled(read(), recogniser.with_settled({})), faults)

    def _sheet(self, study: Study, form: int, most: int, stop: Stop) -> PurchaseSheet:
        """What the file holds, read once: a page that shows its answers again waits for no reader."""
        kept = self.files.beside(study.key, _sheet_name(form))
        with suppress(OSError, msgspec.MsgspecError):  # not yet, or of another version
            return msgspec.json.decode(kept.read_bytes(), type=PurchaseSheet)
        told = remembered_columns(self.engine, study.kind.sheet.table)
        sheet = read_sheet(self.files.path(study.key, study.file_name), study.kind.sheet, most, told, stop=stop)
        write_private(kept, msgspec.json.encode(sheet))
        return sheet

    def _remember(self, study: Study) -> None:
        with self._lock:
            if study.key not in self._known:
                raise Stopped  # forgotten meanwhile
            self._known[study.key] = study
            if study.stand not in UNFINISHED:
                self.files.write(study.key, _state(study))

    def _written(self, key: str) -> Study | None:
        with suppress(ValueError, TypeError, KeyError):
            kept = self.files.read(key)
            return (
                None
                if kept is None
                else Study(**kept | {"kind": BatchKind(kept["kind"]), "stand": BatchState(kept["stand"])})
            )
        return None


def _sheet_name(form: int) -> str:
    return f"feuille-{form}.json"


def _filled(shelf: Shelf) -> Shelf:
    if not len(shelf):
        raise SheetRefused(". ".join(EMPTY))
    return shelf


def _headline(result: Result) -> tuple[str, ...]:
    if isinstance(result, Answered):
        return programme.headline(result.programme)
    if isinstance(result, Reconciled):
        return (reconciliation.headline(result.lines),)
    return spending.headline(result.spending)


def _state(study: Study) -> Mapping[str, object]:
    return {name: value for name, value in asdict(study).items() if name not in ("done", "total", "before")}
