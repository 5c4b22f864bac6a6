"""« Importer un tableur »: the organiser’s own spreadsheets, read without writing anything, what they ask, then the import."""

import json
import re
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from importers.importer import SourceError
from matcher.club.meeting_day.changes import AnswerQuestion
from matcher.club.meeting_day.meeting_day import DayChange, MeetingDay, ParticipantRole
from matcher.club.registration.columns import IGNORE, LABELS, Columns
from matcher.club.registration.import_plan import Intake, prepare
from matcher.club.registration.spreadsheet import ColumnsUnknown, Spreadsheet, read_columns, read_spreadsheet
from matcher.club.registration.who_is_it import Catalogue
from matcher.domain.french import count
from matcher.jobs.files import safe_name
from matcher.journal.texts import ChangeRefused
from matcher.settings import cache_folder
from matcher.web.club.meeting_day import NUMBER, event_of, write
from matcher.web.frame.app_state import desk

pages = Blueprint("spreadsheets", __name__)

LARGEST = 5 * 2**20  # bytes of one spreadsheet: a thousand participants weigh a tenth of it
_FORM = 100_000
_KEPT_SECONDS = 24 * 3600
_GIVEN = "colonnes.json"  # beside the files, what a person said of their columns
_KEY = re.compile(r"[0-9a-f]{16}")
# The field of the form, and what those come as whom no column says it of.
SHEETS: Mapping[str, ParticipantRole] = {"acheteurs": ParticipantRole.BUYER, "fournisseurs": ParticipantRole.SUPPLIER}


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
    """Keep the files that can be read, and show what they would do; nothing is written."""
    event = event_of(number)
    key = secrets.token_hex(8)
    folder = _folder(number) / key
    faults = {}
    for name, sort in SHEETS.items():
        file = request.files.get(name)
        if file is None or not file.filename:
            continue
        path = folder / name / safe_name(file.filename, "tableur")
        path.parent.mkdir(parents=True)
        file.save(path)
        if path.stat().st_size > LARGEST:
            faults[name] = f"Ce fichier est trop gros : {LARGEST // 2**20} Mio au plus."
            continue
        try:
            read_spreadsheet(path, sort)
        except ColumnsUnknown:
            continue  # it is asked what they hold
        except SourceError as error:
            faults[name] = str(error)
    if not folder.exists():
        faults["acheteurs"] = "Choisissez un fichier au moins."
    if faults:
        shutil.rmtree(folder, ignore_errors=True)
        return _form(event, faults)
    return redirect(url_for("spreadsheets.show", number=number, key=key), 303)


@pages.get(f"/club/{NUMBER}/import/<key>")
def show(number: int, key: str) -> ResponseReturnValue:
    """Show what the files would change, line by line where something is wrong, and what must be decided."""
    return _trial(event_of(number), key, "", 200)


@pages.get(f"/club/{NUMBER}/import/<key>/colonnes")
def columns(number: int, key: str) -> ResponseReturnValue:
    """Show what each column was understood to hold, and take another word for it."""
    return _columns_page(event_of(number), key, {})


@pages.post(f"/club/{NUMBER}/import/<key>/colonnes")
def tell_columns(number: int, key: str) -> ResponseReturnValue:
    """Keep what a person says that the columns hold; the files are read again with it."""
    event = event_of(number)
    given, faults = {}, {}
    for name, (file, read) in _columns(number, key).items():
        said = {column: request.form.get(f"{name}_{at}", "") for at, column in enumerate(read.names)}
        given[name] = {column: field if field in LABELS else IGNORE for column, field in said.items()}
        if not {"name", "siret"} & set(given[name].values()):
            faults[f"{name}_0"] = f"« {file} » : dites quelle colonne donne le nom de la structure, ou son SIRET."
    if faults:
        return _columns_page(event, key, faults)
    (_folder(number) / key / _GIVEN).write_text(json.dumps(given, ensure_ascii=False), encoding="utf-8")
    return redirect(url_for("spreadsheets.show", number=number, key=key), 303)


@pages.post(f"/club/{NUMBER}/import/<key>/confirmation")
def confirm(number: int, key: str) -> ResponseReturnValue:
    """Import the files, with the questions that were answered; the others wait on the page of participants."""
    event_of(number)
    try:
        sheets = _sheets(number, key)
    except SourceError:
        return redirect(url_for("spreadsheets.show", number=number, key=key), 303)
    if sheets is None:
        flash("Ces fichiers ont déjà été importés, ou oubliés.", "refus")
        return redirect(url_for("participants.index", number=number), 303)
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
        shutil.rmtree(_folder(number) / key, ignore_errors=True)
    return answer


@pages.post(f"/club/{NUMBER}/import/<key>/abandon")
def abandon(number: int, key: str) -> ResponseReturnValue:
    """Forget the files."""
    if not _KEY.fullmatch(key):
        abort(404)
    shutil.rmtree(_folder(number) / key, ignore_errors=True)
    flash("Les fichiers sont oubliés. Rien n’a été importé.")
    return redirect(url_for("spreadsheets.index", number=number), 303)


def _columns_page(event: MeetingDay, key: str, faults: Mapping[str, str]) -> ResponseReturnValue:
    files = _columns(event.id, key)
    page = render_template(
        "club/tableur/colonnes.html",
        event=event,
        key=key,
        files=files,
        labels=LABELS,
        faults=faults,
        given=request.form,
    )
    return page, 422 if faults else 200


def _form(event: MeetingDay, faults: Mapping[str, str]) -> tuple[str, int]:
    _forget_old(_folder(event.id))
    page = render_template("club/tableur/import.html", event=event, faults=faults, largest=LARGEST // 2**20)
    return page, 422 if faults else 200


def _trial(event: MeetingDay, key: str, fault: str, status: int) -> ResponseReturnValue:
    try:
        sheets = _sheets(event.id, key)
        if sheets is None:
            abort(404)
        intake = prepare(event, sheets, _catalogue())
    except ColumnsUnknown:
        return redirect(url_for("spreadsheets.columns", number=event.id, key=key), 303)
    except (SourceError, ChangeRefused) as refusal:
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


def _sheets(number: int, key: str) -> list[Spreadsheet] | None:
    if not _KEY.fullmatch(key):
        abort(404)
    folder = _folder(number) / key
    if not folder.is_dir():
        return None
    return [read_spreadsheet(path, SHEETS[name], given) for name, path, given in _files(folder)]


def _files(folder: Path) -> Iterator[tuple[str, Path, dict[str, str]]]:
    """The files of a trial: the field of the form, where each is, and what a person said that its columns hold."""
    said = folder / _GIVEN
    given = json.loads(said.read_text(encoding="utf-8")) if said.exists() else {}
    for name in SHEETS:
        for path in (folder / name).glob("*"):
            yield name, path, given.get(name, {})


def _columns(number: int, key: str) -> dict[str, tuple[str, Columns]]:
    """The columns of each file of a trial as they are understood, by the field of the form; 404 where there is no trial."""
    folder = _folder(number) / key
    if not _KEY.fullmatch(key) or not folder.is_dir():
        abort(404)
    return {name: (path.name, read_columns(path, given)) for name, path, given in _files(folder)}


def _slug(text: str) -> str:
    """What tells a question from the others of its participant, whatever its number has become meanwhile."""
    return sha256(text.encode()).hexdigest()[:8]


def _folder(number: int) -> Path:
    mark = _slug(desk().engine.url.render_as_string())
    return cache_folder() / "club" / f"{mark}-{number}"


def _catalogue() -> Catalogue:
    return Catalogue(desk().engine, desk().shelf())


def _forget_old(folder: Path) -> None:
    """Files that nobody confirmed hold names: they do not stay."""
    for one in folder.glob("*"):
        if time.time() - one.stat().st_mtime > _KEPT_SECONDS:
            shutil.rmtree(one, ignore_errors=True)
