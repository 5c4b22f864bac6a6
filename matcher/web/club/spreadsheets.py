"""« Importer un tableur »: the organiser’s own spreadsheets, read without writing anything, what they ask, then the import.

They are read by a work of the server, for which the page that follows waits; a server that was stopped reads them again.
"""

import re
import secrets
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from importers.formats.column_tally import SeenHeader
from matcher.catalogue.intake.read_apart import headers_apart
from matcher.catalogue.store.column_mappings import remembered_columns
from matcher.club.meeting_day.changes import AnswerQuestion
from matcher.club.meeting_day.meeting_day import DayChange, MeetingDay, ParticipantRole
from matcher.club.registration.import_plan import Intake, prepare
from matcher.club.registration.spreadsheet import PARTICIPANTS, Spreadsheet, read_spreadsheet
from matcher.club.registration.who_is_it import Catalogue
from matcher.domain.french import count
from matcher.erasure import FOLDERS
from matcher.jobs.files import safe_name
from matcher.jobs.queue import Job, Tell, Works
from matcher.jobs.reader_process import ReadRefused
from matcher.jobs.stop import Stop
from matcher.journal.texts import ChangeRefused
from matcher.private_files import open_private, private_folder
from matcher.web.club.meeting_day import NUMBER, event_of, write
from matcher.web.frame.app_state import EXTENSION, Desk, desk
from matcher.web.frame.columns import ColumnsPage
from matcher.web.frame.signature import person

pages = Blueprint("spreadsheets", __name__)

LARGEST = 5 * 2**20  # bytes of one spreadsheet: a thousand participants weigh a tenth of it
_FORM = 100_000
_WORKS = "entremise-spreadsheets"
_KEPT_SECONDS = 24 * 3600
_KEY = re.compile(r"[0-9a-f]{16}")
# The field of the form, and what those come as whom no column says it of.
SHEETS: Mapping[str, ParticipantRole] = {"acheteurs": ParticipantRole.BUYER, "fournisseurs": ParticipantRole.SUPPLIER}


@dataclass(frozen=True, slots=True)
class ReadFiles:
    """The files of a trial, by the field of the form: the name of each and its headers, what was read of it, or what is wrong with it."""

    headers: Mapping[str, tuple[str, Sequence[SeenHeader]]]
    sheets: Mapping[str, Spreadsheet]
    faults: Mapping[str, str]


Reading = Job[ReadFiles, Path]


@pages.record_once
def _open(state: BlueprintSetupState) -> None:
    its: Desk = state.app.extensions[EXTENSION]
    state.app.extensions[_WORKS] = Works[ReadFiles, Path]((), line=its.line)


@pages.url_value_preprocessor
def _allow_files(endpoint: str | None, _values: dict[str, object] | None) -> None:
    """Only the page that takes files takes them: before the form is read, and its token checked."""
    if endpoint == "spreadsheets.drop":
        request.max_content_length = len(SHEETS) * LARGEST + _FORM


@pages.get(f"/club/{NUMBER}/import")
def index(number: int) -> ResponseReturnValue:
    """Show where to give the spreadsheets, and what they may hold."""
    return _form(event_of(number), {})


@pages.post(f"/club/{NUMBER}/import")
def drop(number: int) -> ResponseReturnValue:
    """Keep the files, and have them read; nothing is written."""
    event = event_of(number)
    key = secrets.token_hex(8)
    folder = _folder(number) / key
    faults = {}
    for name in SHEETS:
        file = request.files.get(name)
        if file is None or not file.filename:
            continue
        path = folder / name / safe_name(file.filename, "tableur")
        private_folder(path.parent)
        with open_private(path, "wb") as kept:
            file.save(kept)
        if path.stat().st_size > LARGEST:
            faults[name] = f"Ce fichier est trop gros : {LARGEST // 2**20} Mio au plus."
    if not folder.exists():
        faults["acheteurs"] = "Choisissez un fichier au moins."
    if faults:
        shutil.rmtree(folder, ignore_errors=True)
        return _form(event, faults)
    _read(key, folder)
    return redirect(url_for("spreadsheets.show", number=number, key=key), 303)


@pages.get(f"/club/{NUMBER}/import/<key>")
def show(number: int, key: str) -> ResponseReturnValue:
    """Show what the files would change, line by line where something is wrong, and what must be decided."""
    return _trial(event_of(number), key, "", 200)


@pages.get(f"/club/{NUMBER}/import/<key>/colonnes")
def columns(number: int, key: str) -> ResponseReturnValue:
    """Show what each column was understood to hold, and take another word for it."""
    event_of(number)
    asked = _columns_page(number, key)
    return redirect(url_for("spreadsheets.show", number=number, key=key), 303) if asked is None else asked.page()


@pages.post(f"/club/{NUMBER}/import/<key>/colonnes")
def tell_columns(number: int, key: str) -> ResponseReturnValue:
    """Keep what a person says that the columns hold; the files are read again with it."""
    event_of(number)
    asked = _columns_page(number, key)
    if asked is not None:
        if faults := asked.take():
            return asked.page(faults)
        _works().stop(key)
        _read(key, _folder(number) / key)
    return redirect(url_for("spreadsheets.show", number=number, key=key), 303)


@pages.post(f"/club/{NUMBER}/import/<key>/confirmation")
def confirm(number: int, key: str) -> ResponseReturnValue:
    """Import the files, with the questions that were answered; the others wait on the page of participants."""
    event_of(number)
    if _reading(number, key) is None:
        flash("Ces fichiers ont déjà été importés, ou oubliés.", "refus")
        return redirect(url_for("participants.index", number=number), 303)
    files = _read_files(number, key)
    if files is None or files.sheets.keys() != files.headers.keys():
        return redirect(url_for("spreadsheets.show", number=number, key=key), 303)
    sheets = list(files.sheets.values())
    taken: list[Intake] = []

    def made(event: MeetingDay) -> Sequence[DayChange]:
        intake = prepare(event, sheets, _catalogue())
        taken.append(intake)
        answers = [
            AnswerQuestion(one.number, code)
            for one in intake.questions
            if (code := request.form.get(f"reponse_{one.about}_{_slug(one.text)}"))
        ]
        return [*intake.changes, *answers]

    answer = write(
        number,
        made,
        lambda event, refusal: _trial(event, key, refusal.message, refusal.status),
        to=lambda event: url_for(
            "participants.index", number=number, _anchor="questions" if event.open_questions else None
        ),
        people=lambda _: taken[-1].people,
    )
    if taken and getattr(answer, "status_code", 0) == 303:
        done = taken[-1]
        counts = (
            (done.created, "inscrit"),
            (done.updated, "complété"),
            (done.unchanged, "déjà connu tel quel", "déjà connus tels quels"),
        )
        flash(f"Importé : {', '.join(count(*one) for one in counts if one[0]) or 'rien de nouveau'}.")
        _forget(number, key)
    return answer


@pages.post(f"/club/{NUMBER}/import/<key>/abandon")
def abandon(number: int, key: str) -> ResponseReturnValue:
    """Forget the files, and stop their reading."""
    if not _KEY.fullmatch(key):
        abort(404)
    _forget(number, key)
    flash("Les fichiers sont oubliés. Rien n’a été importé.")
    return redirect(url_for("spreadsheets.index", number=number), 303)


def _columns_page(number: int, key: str) -> ColumnsPage | None:
    """The columns of the files of this key, None until they are read."""
    files = _read_files(number, key)
    action, back = (
        url_for("spreadsheets.tell_columns", number=number, key=key),
        url_for("spreadsheets.index", number=number),
    )
    return None if files is None else ColumnsPage(PARTICIPANTS, files.headers, action, back)


def _form(event: MeetingDay, faults: Mapping[str, str]) -> tuple[str, int]:
    _forget_old(_folder(event.id))
    page = render_template("club/tableur/import.html", event=event, faults=faults, largest=LARGEST // 2**20)
    return page, 422 if faults else 200


def _trial(event: MeetingDay, key: str, fault: str, status: int) -> ResponseReturnValue:
    reading = _reading(event.id, key)
    if reading is None:
        abort(404)
    if reading.result is None:
        return _form(event, {"acheteurs": reading.message}) if reading.message else (_wait_page(event, reading), status)
    sheets, faults = list(reading.result.sheets.values()), reading.result.faults
    if faults:
        return _form(event, faults)
    if len(sheets) < len(reading.result.headers):
        return redirect(url_for("spreadsheets.columns", number=event.id, key=key), 303)
    try:
        intake = prepare(event, sheets, _catalogue())
    except ChangeRefused as refusal:
        return _form(event, {"acheteurs": str(refusal)})
    asked = [(one, f"reponse_{one.about}_{_slug(one.text)}") for one in intake.questions]
    page = render_template(
        "club/tableur/essai.html",
        event=event,
        key=key,
        intake=intake,
        asked=asked,
        names=[one.name for one in sheets],
        fault=fault,
    )
    return page, status


def _wait_page(event: MeetingDay, reading: Reading) -> str:
    here, abandon = (
        url_for(endpoint, number=event.id, key=reading.asked.name)
        for endpoint in ("spreadsheets.show", "spreadsheets.abandon")
    )
    names = [path.name for path in sorted(reading.asked.glob("*/*"))]
    return render_template("frame/lecture.html", file_names=names, work=reading, here=here, abandon=abandon)


def _works() -> "Works[ReadFiles, Path]":
    found: Works[ReadFiles, Path] = current_app.extensions[_WORKS]
    return found


def _reading(number: int, key: str) -> Reading | None:
    """The reading of the files of this key, begun again where the server forgot it; None where they are no longer there."""
    if not _KEY.fullmatch(key):
        abort(404)
    folder = _folder(number) / key
    known = _works().get(key)
    if known is not None and known.asked == folder:
        return known
    return _read(key, folder) if folder.is_dir() else None


def _read_files(number: int, key: str) -> ReadFiles | None:
    """What was read of the files of this key, None until all of it is; 404 where they are no longer there."""
    reading = _reading(number, key)
    if reading is None:
        abort(404)
    return None if reading.result is None or reading.result.faults else reading.result


def _read(key: str, folder: Path) -> Reading:
    """Have files read, with what persons said of such columns."""
    engine = desk().engine

    def read(_: Tell, stop: Stop) -> ReadFiles:
        told = remembered_columns(engine, PARTICIPANTS.table)
        headers: dict[str, tuple[str, Sequence[SeenHeader]]] = {}
        sheets, faults = {}, {}
        for path in (path for name in SHEETS for path in (folder / name).glob("*")):
            name = path.parent.name
            try:
                seen = headers_apart(path, PARTICIPANTS, told, stop=stop)
                headers[name] = path.name, seen
                if seen[0].has(PARTICIPANTS.needs):
                    sheets[name] = read_spreadsheet(path, SHEETS[name], told, stop=stop)
            except ReadRefused as refusal:
                faults[name] = str(refusal)
        if faults:
            shutil.rmtree(folder, ignore_errors=True)
        return ReadFiles(headers, sheets, faults)

    return _works().start(key, read, folder, person())


def _forget(number: int, key: str) -> None:
    _works().stop(key)
    shutil.rmtree(_folder(number) / key, ignore_errors=True)


def _slug(text: str) -> str:
    """What tells a question from the others of its participant, whatever its number has become meanwhile."""
    return sha256(text.encode()).hexdigest()[:8]


def _folder(number: int) -> Path:
    mark = _slug(desk().engine.url.render_as_string())
    return FOLDERS["club"].path / f"{mark}-{number}"


def _catalogue() -> Catalogue:
    return Catalogue(desk().engine, desk().shelf())


def _forget_old(folder: Path) -> None:
    """Files that nobody confirmed hold names: they do not stay."""
    for one in folder.glob("*"):
        if time.time() - one.stat().st_mtime > _KEPT_SECONDS:
            shutil.rmtree(one, ignore_errors=True)
