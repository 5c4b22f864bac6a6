"""Pages « Importer un tableur »: participants of an event of buyer-supplier meetings uploaded as spreadsheets, dry run by a background job, import."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from os import SEEK_END

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.club.meeting_day.meeting_day import DayChange, MeetingDay
from matcher.club.registration.answering import answer_changes
from matcher.club.registration.import_plan import Intake, plan_registrations
from matcher.club.registration.remarks import in_groups_of_a_kind
from matcher.club.registration.sheets_read import READ, SHEETS, ReadFiles, read_files
from matcher.club.registration.who_is_it import Catalogue
from matcher.club.registration.workbook import PARTICIPANTS
from matcher.domain.french import count
from matcher.jobs.works import DroppedFile, Work
from matcher.journal.change import ChangeRefused, try_changes
from matcher.web.club.meeting_day import NUMBER, event_of, write_event
from matcher.web.frame.access import abandon_work
from matcher.web.frame.app_state import desk, owner, person
from matcher.web.frame.columns import SeenSheets, add_columns_page
from matcher.web.frame.forms import render_answer, take_files

pages = Blueprint("spreadsheets", __name__)

LARGEST = 5 * 2**20  # bytes of one spreadsheet: a thousand participants weigh a tenth of it
_FORM = 100_000


take_files(pages, lambda: len(SHEETS) * LARGEST + _FORM, "drop")


@pages.get(f"/club/{NUMBER}/import", endpoint="index")
def show_spreadsheet_form(number: int) -> ResponseReturnValue:
    """Show the upload form, and the columns that the spreadsheets may have."""
    return _form(event_of(number), {})


@pages.post(f"/club/{NUMBER}/import", endpoint="drop")
def drop_spreadsheets(number: int) -> ResponseReturnValue:
    """Store the files and start the job that reads them; the event is unchanged."""
    event = event_of(number)
    uploads = {name: file for name in SHEETS if (file := request.files.get(name)) is not None and file.filename}
    faults = {
        name: f"Ce fichier est trop gros : {LARGEST // 2**20} Mio au plus."
        for name, file in uploads.items()
        if file.seek(0, SEEK_END) > LARGEST
    }
    if not uploads:
        faults["acheteurs"] = "Choisissez un fichier au moins."
    if faults:
        return _form(event, faults)
    for file in uploads.values():
        file.seek(0)
    files = {name: DroppedFile(file.filename or "", file.stream) for name, file in uploads.items()}
    work = desk().works.put(owner(), READ.name, {"event": number}, person(), files=files, of_suppliers=True)
    return redirect(url_for("spreadsheets.show", number=number, key=work.key), 303)


@pages.get(f"/club/{NUMBER}/import/<key>", endpoint="show")
def show_spreadsheets(number: int, key: str) -> ResponseReturnValue:
    """Show the dry run: what the files would change, the faulty lines, and the questions to answer."""
    return _dry_run_page(event_of(number), key, "", 200)


@pages.post(f"/club/{NUMBER}/import/<key>/confirmation", endpoint="confirm")
def import_spreadsheets(number: int, key: str) -> ResponseReturnValue:
    """Import the files with the answers given; open questions wait on the page of participants."""
    event_of(number)
    if _work(number, key) is None:
        flash("Ces fichiers ont déjà été importés, ou oubliés.", "refus")
        return redirect(url_for("participants.index", number=number), 303)
    files = _read_files(number, key)
    if files is None or files.sheets.keys() != files.headers.keys():
        return redirect(url_for("spreadsheets.show", number=number, key=key), 303)
    sheets = [sheet for several in files.sheets.values() for sheet in several]
    taken: list[Intake] = []

    def list_changes(event: MeetingDay) -> Sequence[DayChange]:
        intake = plan_registrations(event, sheets, _catalogue())
        taken.append(intake)
        answers = [
            (one.number, code)
            for one in intake.questions
            if (code := request.form.get(f"reponse_{one.about}_{_slug(one.text)}"))
        ]
        return [*intake.changes, *answer_changes(try_changes(event, *intake.changes), answers, _catalogue())]

    answer = write_event(
        number,
        list_changes,
        lambda event, refusal: _dry_run_page(event, key, refusal.message, refusal.status),
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
        desk().works.forget(owner(), key)
    return answer


@pages.post(f"/club/{NUMBER}/import/<key>/abandon", endpoint="abandon")
def abandon_spreadsheets(number: int, key: str) -> ResponseReturnValue:
    """Delete the files, and stop the job that reads them."""
    if _work(number, key) is not None:
        abandon_work(key, READ.name)
    flash("Les fichiers sont oubliés. Rien n’a été importé.")
    return redirect(url_for("spreadsheets.index", number=number), 303)


add_columns_page(
    pages,
    f"/club/{NUMBER}/import/<key>",
    lambda number, key: (
        None  # until the files are read
        if (files := _read_files(event_of(number).id, key)) is None
        else SeenSheets(PARTICIPANTS, files.headers)
    ),
    lambda number, key: desk().works.again(owner(), key, {"event": number}, person()),
    shown="show",
    # The trial leads here while it lacks columns.
    back=lambda number, key: url_for("spreadsheets.index", number=number),
)


def _form(event: MeetingDay, faults: Mapping[str, str]) -> tuple[str, int]:
    return render_answer(faults, "club/tableur/import.html", event=event, faults=faults, largest=LARGEST // 2**20)


def _dry_run_page(event: MeetingDay, key: str, fault: str, status: int) -> ResponseReturnValue:
    work = _work(event.id, key) or abort(404)
    if work.going:
        here, abandon = (
            url_for(endpoint, number=event.id, key=key) for endpoint in ("spreadsheets.show", "spreadsheets.abandon")
        )
        file_names = [work.files[name].name for name in SHEETS if name in work.files]
        page = render_template("frame/lecture.html", file_names=file_names, work=work, here=here, abandon=abandon)
        return page, status
    if work.refusal:
        return _form(event, {"acheteurs": work.refusal})
    files = read_files(work.result)
    if files.faults:
        return _form(event, files.faults)
    if files.sheets.keys() != files.headers.keys():
        return redirect(url_for("spreadsheets.columns", number=event.id, key=key), 303)
    sheets = [sheet for several in files.sheets.values() for sheet in several]
    try:
        intake = plan_registrations(event, sheets, _catalogue())
    except ChangeRefused as refusal:
        return _form(event, {"acheteurs": str(refusal)})
    questions = [(one, f"reponse_{one.about}_{_slug(one.text)}") for one in intake.questions]
    page = render_template(
        "club/tableur/essai.html",
        event=event,
        key=key,
        asked_by=work.person,
        intake=intake,
        asked=questions,
        noted=in_groups_of_a_kind(intake.noted),
        left=in_groups_of_a_kind(intake.left),
        names=[one.name for one in sheets],
        fault=fault,
    )
    return page, status


def _work(number: int, key: str) -> Work | None:
    """Return the job that read the uploaded files, None where it was deleted."""
    work = desk().works.get(owner(), key, READ.name)
    return work if work is not None and work.asked["event"] == number else None


def _read_files(number: int, key: str) -> ReadFiles | None:
    """Return the content of the uploaded files, None until all are read; end the request with 404 where they were deleted."""
    work = _work(number, key) or abort(404)
    if work.going or work.refusal:
        return None
    files = read_files(work.result)
    return None if files.faults else files


def _slug(text: str) -> str:
    """Return a short hash that identifies a question among its participant's, as its number may change between two requests."""
    return sha256(text.encode()).hexdigest()[:8]


def _catalogue() -> Catalogue:
    return Catalogue(desk().engine, desk().shelf())
