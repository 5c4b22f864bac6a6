"""Background jobs that answer uploaded purchase spreadsheets (a programme of future purchases, past spending, or a reconciliation of supplier names), with
the store of these studies and a cache of results.

A job saves its steps (the sheet as read, then each line's answer), so that a worker can resume it; users' answers on lines are steps too, replayed each time.
Supplier names are not stored: they come from the current shelf (the catalogue's suppliers as arrays).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Lock
from typing import IO, Any

import msgspec
from sqlalchemy import Engine

from importers.formats.column_tally import SeenHeader
from matcher.catalogue.intake.read_apart import headers_in_subprocess
from matcher.catalogue.store.column_mappings import remembered_columns
from matcher.catalogue.store.recognition import load_recogniser, settle_names
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.db import DatabaseError
from matcher.decisions.assumptions import DEFAULT
from matcher.decisions.purchases import programme, reconciliation, spending
from matcher.decisions.purchases.families.compute import FamiliesRefused, NeedLine, lines_of_ledger, lines_of_programme
from matcher.decisions.purchases.families.corrections import KEPT_GROUPS, kept_groups, load_families
from matcher.decisions.purchases.line import NO_TRADE, Purchase
from matcher.decisions.purchases.programme_document import ProgrammeAnswer
from matcher.decisions.purchases.reconciliation_document import Reconciled
from matcher.decisions.purchases.sheet import PurchaseSheet, PurchaseSheetLine, SheetRefused, read_sheet
from matcher.decisions.purchases.sheet_answers import SheetAnswer, SheetAnswers, purchases_told, sheet_defaults
from matcher.decisions.purchases.spending_document import SpendingSnapshot
from matcher.decisions.purchases.study import FILE, Study, StudyKind
from matcher.domain.need import NO_DEFAULTS, BuyerDefaults
from matcher.jobs.files import FileGone
from matcher.jobs.reader_process import ReadRefused
from matcher.jobs.resume import LineAnswers, name_of
from matcher.jobs.stop import Stop
from matcher.jobs.worker import Hold, WorkKind
from matcher.jobs.works import DroppedFile, Work, WorkStore
from matcher.need.answer import EMPTY
from matcher.ownership import OrganisationId
from matcher.ranking.shelf.shelf import Shelf
from matcher.reading.trade.model import TradeModel, current_model
from matcher.typed_values import convert_value

# Most bytes of one file: 20,000 lines of a spreadsheet weigh a tenth of it.
LARGEST = 16 * 2**20
KEPT_DAYS = 90
_SETTLED, _USER_ANSWER = "réponses reprises", "dit "
# Most lines answered again within a web request, at some 8 ms each, so that it takes less than two seconds; beyond, the background job does it.
_MOST_IN_REQUEST = 200
_MOST_IN_MEMORY = 4
_DEFECT = "Une erreur s’est produite de notre côté. Oubliez ce fichier et déposez-le de nouveau."


Result = ProgrammeAnswer | SpendingSnapshot | Reconciled
Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _StepAnswers:
    """Line answers stored as steps of a job (implements `LineAnswers`): `held` by line name, `keep` to save one."""

    held: Mapping[str, Mapping[str, Any]]
    keep: Callable[[str, Mapping[str, Any]], object]


class Studies:
    """Store of one organisation's studies (uploaded sheets), each backed by a job."""

    def __init__(self, works: WorkStore, owner: OrganisationId, today: Callable[[], date]) -> None:
        self.works = works
        self._owner = owner
        self._today = today

    def drop(
        self,
        kind: StudyKind,
        file_name: str,
        stream: IO[bytes],
        buyer: BuyerDefaults = NO_DEFAULTS,
        person: str = "",
        author: str = "",
    ) -> Study:
        """Store an uploaded sheet and queue its job. Raises DatabaseError, or OSError if the disk is full."""
        request = {"on": self._today().isoformat(), "place": buyer.place, "siret": buyer.siret, "who": author}
        files = {FILE: DroppedFile(file_name, stream)}
        return Study.of(self.works.put(self._owner, kind.value, request, person, files=files))

    def get(self, key: str) -> Study | None:
        """Return the current state of a study, None if there is none."""
        work = self._work(key)
        return None if work is None else Study.of(work)

    def all(self, *kinds: StudyKind) -> list[Study]:
        """Return the studies of these kinds, the last first."""
        return list(map(Study.of, self.works.of(self._owner, *(kind.value for kind in kinds))))

    def headers(self, study: Study) -> tuple[SeenHeader, ...]:
        """Read the headers of a sheet with the columns as now understood. Raises ReadRefused, FileGone, DatabaseError."""
        kind = study.kind.sheet
        with self.works.file(self._existing_work(study), FILE) as path:
            return headers_in_subprocess(path, kind, remembered_columns(self.works.engine, kind.table))

    def again(self, key: str, person: str = "", *, reread: bool = False) -> None:
        """Queue a sheet again with today's catalogue and day; `reread`: read the file again, as its columns changed meaning. Users' answers stay. A running
        job is left alone."""
        work = self._work(key)
        if work is not None:
            request = {**work.asked, "on": self._today().isoformat()}
            kept_step = "" if reread else StudyKind(work.kind).sheet_step
            self.works.again(
                self._owner,
                key,
                request,
                person,
                keep=lambda name: name in (kept_step, KEPT_GROUPS) or name.startswith(_USER_ANSWER),
            )

    def answers(self, study: Study) -> SheetAnswers:
        """Return the users' answers on the lines of a sheet."""
        return _user_answers(self.works.steps(self._existing_work(study)))

    def trades_told(self, study: Study) -> list[tuple[str, str]]:
        """Return (need as written, activity code) of the lines whose trade a user set; empty for a sheet not read yet."""
        steps = self.works.steps(self._existing_work(study))
        trades = {
            line: its.activity
            for line, its in _user_answers(steps).facts_by_line().items()
            if its.activity not in ("", NO_TRADE)
        }
        if not trades or study.kind.sheet_step not in steps:
            return []
        sheet = convert_value(steps[study.kind.sheet_step], PurchaseSheet)
        return [(entry.text("objet"), trades[entry.key]) for entry in sheet.entries if entry.key in trades]

    def tell(self, study: Study, sheet_answer: SheetAnswer, version: int, person: str = "") -> Sequence[SheetAnswer]:
        """Store a user's answer on lines, based on `version` of the answers, and have the affected lines answered again.

        If someone else answered the same lines since that version (conflict), nothing is stored and those answers are returned.
        """
        work = self._existing_work(study)
        while True:
            answers = _user_answers(self.works.steps(work))
            if missed := [one for one in answers.given[version:] if one.meets(sheet_answer)]:
                return missed
            name = f"{_USER_ANSWER}{answers.version + 1:04}"
            if self.works.add_steps(self._owner, study.key, {name: msgspec.to_builtins(sheet_answer)}, new=name):
                break
            self._existing_work(
                study
            )  # raises if the study was deleted meanwhile; else another answer came first, and the loop retries
        # A few lines are answered when the page is shown; many need the background job.
        if study.kind is StudyKind.PROGRAMME and self._count_unanswered(study) > _MOST_IN_REQUEST:
            self.works.again(self._owner, study.key, work.asked, person, keep=lambda _: True)
        return ()

    def _count_unanswered(self, study: Study) -> int:
        """Return the number of needs of a programme without a stored answer."""
        work = self._existing_work(study)
        steps = self.works.steps(work)
        sheet = _sheet(self.works.engine, study, steps, lambda: self.works.file(work, FILE), Stop())
        needs = {name_of(its.need) for its in _purchases(study, sheet, _user_answers(steps))}
        return len(needs - _stored_answers(study, study.version, steps, lambda *_: None).held.keys())

    def beside(self, study: Study) -> LineAnswers:
        """Return the other stored steps of a study, such as the groups of its needs."""
        work = self._existing_work(study)
        return _StepAnswers(
            self.works.steps(work), lambda name, its: self.works.add_steps(self._owner, study.key, {name: its})
        )

    def result(self, study: Study, shelf: Shelf) -> Result:
        """Return the result of a finished study, with supplier names from this shelf. Raises FileGone."""
        work = self._existing_work(study)
        steps = self.works.steps(work)
        sheet_answers = _user_answers(steps)
        if (known := _RESULTS.get(work, shelf, sheet_answers.version)) is not None:
            return known
        sheet = _sheet(self.works.engine, study, steps, lambda: self.works.file(work, FILE), Stop())
        made: dict[str, Any] = {}
        answers = _stored_answers(study, study.version, steps, made.__setitem__)
        result = _compute_result(self.works.engine, study, sheet, sheet_answers, shelf, answers, lambda *_: None)
        if made:
            self.works.add_steps(self._owner, study.key, made)
        _RESULTS.put(work, shelf, sheet_answers.version, result)
        return result

    def _existing_work(self, study: Study) -> Work:
        work = self._work(study.key)
        if work is None:
            raise LookupError(f"a study that was forgotten meanwhile: {study.key}")
        return work

    def _work(self, key: str) -> Work | None:
        return self.works.get(self._owner, key, *StudyKind)


class _Results:
    """In-memory cache of the last results, valid for one shelf and one trade model."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: dict[str, tuple[Work, Shelf, int, TradeModel, Result]] = {}

    def get(self, work: Work, shelf: Shelf, version: int) -> Result | None:
        """Return the cached result of a work's last run, None if it is not of this shelf and this version of the users' answers."""
        with self._lock:
            known = self._known.get(work.key)
        if known is None or known[0].since != work.since:
            return None
        same = known[1] is shelf and known[2] == version and known[3] is current_model()
        return known[4] if same else None

    def put(self, work: Work, shelf: Shelf, version: int, result: Result) -> None:
        """Cache a result, evicting the oldest."""
        with self._lock:
            self._known.pop(work.key, None)
            self._known[work.key] = (work, shelf, version, current_model(), result)
            while len(self._known) > _MOST_IN_MEMORY:
                del self._known[next(iter(self._known))]


_RESULTS = _Results()


def _run_study(hold: Hold) -> Mapping[str, Any]:
    """Run the job: read the sheet, then answer every line not answered yet."""
    study, steps = Study.of(hold.work), hold.steps()
    shelf = load_shelf(hold.engine)
    if not len(shelf):
        raise SheetRefused(". ".join(EMPTY))
    sheet = _sheet(hold.engine, study, steps, lambda: hold.file(FILE), hold.stop)
    if study.kind.sheet_step not in steps:
        hold.keep(study.kind.sheet_step, msgspec.to_builtins(sheet))
    if study.kind is StudyKind.RECONCILIATION and study.who and not study.version and _SETTLED not in steps:
        answers, _ = reconciliation.read_sheet_answers(sheet.entries, load_recogniser(hold.engine))
        settle_names(hold.engine, answers, author=study.who, now=hold.work.since)
        hold.keep(_SETTLED, len(answers))
    saved_answers = _stored_answers(study, shelf.version, steps, hold.keep)
    sheet_answers = _user_answers(steps)
    result = _compute_result(
        hold.engine, study, sheet, sheet_answers, shelf, saved_answers, lambda done, total: hold.tell("", done, total)
    )
    _RESULTS.put(hold.work, shelf, sheet_answers.version, result)
    with suppress(FamiliesRefused):  # the page of the families shows the refusal
        kept_groups(result_lines(result), load_families(hold.engine, hold.owner), _StepAnswers(steps, hold.keep))
    if isinstance(result, ProgrammeAnswer):
        headline: tuple[str, ...] = programme.programme_headline(result.programme)
    elif isinstance(result, Reconciled):
        headline = (reconciliation.reconciliation_headline(result.lines),)
    else:
        headline = spending.spending_headline(result.spending)
    return {"says": " ".join(headline), "version": shelf.version}


_REFUSALS = (ReadRefused, SheetRefused, FileGone, DatabaseError)
STUDIES = tuple(WorkKind(kind.value, _run_study, _REFUSALS, days=KEPT_DAYS, defect=_DEFECT) for kind in StudyKind)


def _sheet(
    engine: Engine, study: Study, steps: Mapping[str, Any], file: Callable[[], AbstractContextManager[Path]], stop: Stop
) -> PurchaseSheet:
    """Return the sheet from its stored step, else read it from the file."""
    with suppress(KeyError, msgspec.ValidationError):  # not stored yet, or by another version of the code
        return convert_value(steps[study.kind.sheet_step], PurchaseSheet)
    with file() as path:
        columns = remembered_columns(engine, study.kind.sheet.table)
        return read_sheet(path, study.kind.sheet, study.kind.most_lines, columns, stop=stop)


def _stored_answers(
    study: Study, version: int, steps: Mapping[str, Any], keep: Callable[[str, Any], None]
) -> _StepAnswers:
    """Return the stored answers to the lines of a study, for one version of the catalogue and of the trade model."""
    step_prefix = f"ligne {name_of(study.kind, study.kind.form, version, study.on, current_model().corpus)[:8]} "
    saved_answers = {
        name.removeprefix(step_prefix): answer for name, answer in steps.items() if name.startswith(step_prefix)
    }
    return _StepAnswers(saved_answers, lambda line, answer: keep(f"{step_prefix}{line}", answer))


def _user_answers(steps: Mapping[str, Any]) -> SheetAnswers:
    return SheetAnswers(
        tuple(convert_value(steps[name], SheetAnswer) for name in sorted(steps) if name.startswith(_USER_ANSWER))
    )


def _purchases(study: Study, sheet: PurchaseSheet, answers: SheetAnswers) -> list[Purchase]:
    """Return the lines of a programme with the users' answers applied."""
    return purchases_told(
        sheet.entries, answers, sheet_defaults(study.siret, study.place, sheet.titles, study.file_name)
    )


def _compute_result(
    engine: Engine,
    study: Study,
    sheet: PurchaseSheet,
    sheet_answers: SheetAnswers,
    shelf: Shelf,
    answers: _StepAnswers,
    tell: Tell,
) -> Result:
    day = date.fromisoformat(study.on)
    if study.kind is StudyKind.RECONCILIATION:
        return _recognise_all(engine, study, sheet, tell)
    if study.kind is StudyKind.PROGRAMME:
        lines = _purchases(study, sheet, sheet_answers)
        return ProgrammeAnswer(
            sheet, programme.answer_programme(shelf, lines, day, DEFAULT, answers, tell), shelf, DEFAULT, day
        )
    spent = spending.read_spending(sheet.entries, shelf, load_recogniser(engine), sheet_answers)
    return SpendingSnapshot(sheet, spending.take_snapshot(shelf, spent, study.place, day, answers, tell), shelf, day)


def _recognise_all(engine: Engine, study: Study, sheet: PurchaseSheet, tell: Tell) -> Reconciled:
    """Recognise each supplier with the catalogue only; users' answers are replayed over it later."""
    recogniser = load_recogniser(engine)
    answers, faults = reconciliation.read_sheet_answers(sheet.entries, recogniser)
    if answers and not study.who:
        faults = (*faults, reconciliation.UNSIGNED)

    def read() -> Iterator[PurchaseSheetLine]:
        for done, entry in enumerate(sheet.entries, start=1):
            yield entry
            tell(done, len(sheet.entries))

    return Reconciled(sheet, reconciliation.recognise_entries(read(), recogniser.with_settled({})), faults)


def result_lines(result: Result) -> tuple[NeedLine, ...]:
    """Return the lines of a result that can be grouped into families."""
    if isinstance(result, ProgrammeAnswer):
        return lines_of_programme(result.programme.purchases)
    return lines_of_ledger(result.spending.lines) if isinstance(result, SpendingSnapshot) else ()
