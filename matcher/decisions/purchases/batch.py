"""Sheets dropped to be answered (programme or history): stored, answered one after the other by one thread, kept until forgotten.

What is answered is written down line after line, and `jobs.queue` keeps nothing of it: a server that stops goes on from there when the
page is opened again. Names of suppliers are not kept: they are read on the shelf of the day.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from threading import Lock
from typing import IO

from sqlalchemy import Engine

from importers.importer import SourceError
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.db import DatabaseError
from matcher.decisions.assumptions import DEFAULT
from matcher.decisions.purchases import line as purchases
from matcher.decisions.purchases import programme, spending
from matcher.decisions.purchases.programme_document import Answered
from matcher.decisions.purchases.sheet import SheetRefused, read_sheet
from matcher.decisions.purchases.spending_document import Photographed
from matcher.jobs.files import Dropped
from matcher.jobs.queue import WorkQueue
from matcher.jobs.resume import KeptAnswers, name_of
from matcher.need.answer import EMPTY
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


class BatchState(StrEnum):
    """Status of a study."""

    WAITING = "en attente"
    WORKING = "en cours"
    DONE = "fait"
    REFUSED = "refusé"


UNFINISHED = (BatchState.WAITING, BatchState.WORKING)


@dataclass(frozen=True, slots=True)
class Study:
    """One sheet. `place` is where its lines without a place are looked for; `on` the day (ISO) it is answered on, `version` the catalogue's
    once it is; `says` its headline, or what is wrong. `done` of `total` lines are answered, and are not written down."""

    key: str
    kind: BatchKind
    file_name: str
    size: int
    on: str
    stand: BatchState = BatchState.WAITING
    place: str = ""
    says: str = ""
    version: int = 0
    done: int = 0
    total: int = 0


Result = Answered | Photographed


class Studies:
    """The studies of one catalogue, in a folder of its own inside `folder`."""

    def __init__(self, engine: Engine, folder: Path, today: Callable[[], date]) -> None:
        self.engine = engine
        self.files = Dropped(engine, folder)
        self._today = today
        self._lock = Lock()
        self._known: dict[str, Study] = {}
        self._results: dict[str, Result] = {}
        self._line = WorkQueue()

    def drop(self, kind: BatchKind, file_name: str, stream: IO[bytes], place: str = "") -> Study:
        """Keep a sheet and have it answered. Raises OSError where the disk is full."""
        for key in self.files.old(KEPT_DAYS * 24 * 3600):
            self.forget(key)
        key, name, size = self.files.keep(file_name, stream)
        study = Study(key, kind, name, size, self._today().isoformat(), place=place)
        self._ask(study)
        return study

    def get(self, key: str) -> Study | None:
        """Return a study as it stands, None where there is none. One that a stopped server left unfinished goes on."""
        with self._lock:
            if (known := self._known.get(key)) is not None:
                return known
        study = self._written(key)
        if study is None:
            return None
        if study.stand in UNFINISHED:
            self._ask(study)
        else:
            self._remember(study)
        return study

    def all(self, kind: BatchKind) -> list[Study]:
        """Return the studies of a kind, the last first."""
        found = (self.get(key) for key in self.files.newest())
        return [study for study in found if study is not None and study.kind is kind]

    def again(self, key: str) -> None:
        """Answer a sheet anew, on the catalogue and the day that are now; one that is being answered is left to it."""
        study = self.get(key)
        if study is not None and study.stand not in UNFINISHED:
            self.files.beside(key, _ANSWERS).unlink(missing_ok=True)
            with self._lock:
                self._results.pop(key, None)
            self._ask(replace(study, stand=BatchState.WAITING, on=self._today().isoformat(), says="", done=0, total=0))

    def forget(self, key: str) -> bool:
        """Delete a sheet and what was answered. Return whether it was there, and not being answered."""
        study = self.get(key)
        if study is None or study.stand is BatchState.WORKING:
            return False
        with self._lock:
            self._known.pop(key, None)
            self._results.pop(key, None)
        self.files.forget(key)
        return True

    def result(self, study: Study, shelf: Shelf) -> Result:
        """Return what was answered to a study that is done, with the names that suppliers have on this shelf."""
        with self._lock:
            known = self._results.get(study.key)
        if known is not None and known.shelf is shelf:
            return known
        found = self._answered(study, shelf, lambda *_: None)
        with self._lock:
            self._results.pop(study.key, None)
            self._results[study.key] = found
            while len(self._results) > _MOST_IN_MEMORY:
                del self._results[next(iter(self._results))]
        return found

    def wait(self, seconds: float = 60) -> None:
        """Wait until nothing is left to answer, for tests."""
        self._line.wait(seconds)

    def _ask(self, study: Study) -> None:
        self._remember(study)
        self.files.write(study.key, _state(study))
        self._line.put(lambda: self._answer(study.key))

    def _answer(self, key: str) -> None:
        asked = self._known.get(key)
        if asked is None or asked.stand is not BatchState.WAITING:
            return  # forgotten meanwhile, or already answered
        study = replace(asked, stand=BatchState.WORKING)
        self._remember(study)
        ended = replace(
            study, stand=BatchState.REFUSED, says=_DEFECT
        )  # a defect must not leave the page waiting for ever
        try:
            shelf = _filled(load_shelf(self.engine))
            result = self._answered(
                study, shelf, lambda done, total: self._remember(replace(study, done=done, total=total))
            )
            ended = replace(study, stand=BatchState.DONE, says=" ".join(_headline(result)), version=shelf.version)
        except (SourceError, SheetRefused, DatabaseError) as error:
            ended = replace(study, stand=BatchState.REFUSED, says=str(error))
        finally:
            self.files.write(study.key, _state(ended))
            self._remember(ended)

    def _answered(self, study: Study, shelf: Shelf, tell: Callable[[int, int], None]) -> Result:
        """Answer every line that is not answered yet."""
        path, day = self.files.path(study.key, study.file_name), date.fromisoformat(study.on)
        version = study.version if study.stand is BatchState.DONE else shelf.version
        form = programme.FORM if study.kind is BatchKind.PROGRAMME else spending.FORM
        with KeptAnswers(self.files.beside(study.key, _ANSWERS), name_of(study.kind, form, version, study.on)) as kept:
            if study.kind is BatchKind.PROGRAMME:
                sheet = read_sheet(path, purchases.NEEDED, purchases.WANTED, purchases.MOST_LINES)
                lines = [purchases.purchase(entry) for entry in sheet.entries]
                found = programme.answer_programme(self.engine, shelf, lines, day, DEFAULT, kept, tell)
                return Answered(sheet, found, shelf, DEFAULT, day)
            sheet = read_sheet(path, spending.NEEDED, spending.WANTED, spending.MOST_LINES)
            spent = spending.spent(sheet.entries, shelf)
            return Photographed(sheet, spending.photograph(shelf, spent, study.place, day, kept, tell), shelf, day)

    def _remember(self, study: Study) -> None:
        with self._lock:
            self._known[study.key] = study

    def _written(self, key: str) -> Study | None:
        with suppress(ValueError, TypeError, KeyError):
            kept = self.files.read(key)
            return (
                None
                if kept is None
                else Study(**kept | {"kind": BatchKind(kept["kind"]), "stand": BatchState(kept["stand"])})
            )
        return None


def _filled(shelf: Shelf) -> Shelf:
    if not len(shelf):
        raise SheetRefused(". ".join(EMPTY))
    return shelf


def _headline(result: Result) -> tuple[str, str]:
    if isinstance(result, Answered):
        return programme.headline(result.programme)
    return spending.headline(result.spending)


def _state(study: Study) -> Mapping[str, object]:
    return {name: value for name, value in asdict(study).items() if name not in ("done", "total")}
