"""Pages of uploaded purchase sheets: « Programme d’achats » (planned), « Historique d’achats » (spent), « Rapprocher » (finds the supplier behind each
name of a list), « Vos fournisseurs passés ».

A study is an uploaded sheet with its analysis by a background job; a person may then answer questions on its lines."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import IO

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from importers.formats.column_tally import SeenHeader
from matcher.cleaning.numbers import whole_number
from matcher.decisions.purchases import reconciliation, spending
from matcher.decisions.purchases.batch import KEPT_DAYS, LARGEST, Result, Studies, result_lines
from matcher.decisions.purchases.families import corrections
from matcher.decisions.purchases.families.compute import FamiliesRefused, NeedFamilies, form_families
from matcher.decisions.purchases.families.corrections import kept_groups
from matcher.decisions.purchases.past_suppliers import keep_past_suppliers, remove_past_suppliers, suppliers_of_spending
from matcher.decisions.purchases.programme_document import (
    ProgrammeAnswer,
    lines_table,
    programme_document,
    programme_object,
)
from matcher.decisions.purchases.reconciliation_document import Reconciled, reconciled_lines, reconciliation_workbook
from matcher.decisions.purchases.sheet_answers import SheetAnswer, SheetAnswers
from matcher.decisions.purchases.spending_document import (
    LIMITS,
    SpendingSnapshot,
    alternatives_table,
    doubts_table,
    spending_document,
    spending_object,
    spending_remarks,
    spending_tables,
)
from matcher.decisions.purchases.study import Study, StudyKind
from matcher.decisions.purchases.verification import MOST_NUMBERS
from matcher.domain.french import count
from matcher.domain.need import BuyerDefaults
from matcher.jobs.files import FileGone
from matcher.jobs.reader_process import ReadRefused
from matcher.jobs.works import WorkState
from matcher.render.table import table_csv
from matcher.web.decisions.row_links import leading
from matcher.web.decisions.settling import settled_from, settling_page, with_answers
from matcher.web.decisions.worksheet import (
    LinesForm,
    answer_of_form,
    answer_shown,
    given_answers,
    questions_of,
    taken_back,
    worksheet_page,
)
from matcher.web.frame.access import abandon_work, may
from matcher.web.frame.app_state import buyer_nature, desk, named_or_back, owner, past, person, profile, signer_of
from matcher.web.frame.columns import SeenSheets, add_columns_page, columns_asked
from matcher.web.frame.file_response import attachment, document_attachment
from matcher.web.frame.forms import take_files
from matcher.web.frame.paging import Paging, page_number
from matcher.web.need.address import query_of

pages = Blueprint("purchases", __name__)

FORM = 100_000  # bytes of a form around its file
_LONGEST_PLACE = 200
PAGE = 100
# Upload page of each kind of sheet.
_HOME = {
    StudyKind.PROGRAMME: "purchases.index",
    StudyKind.HISTORY: "purchases.history",
    StudyKind.RECONCILIATION: "recognition.show",
}
# Kinds of sheet analysed again when the catalogue has changed: it takes seconds, and one result never mixes figures of an old and a new catalogue.
_REANALYSED = (StudyKind.HISTORY, StudyKind.RECONCILIATION)


take_files(pages, lambda: LARGEST + FORM, "drop", "drop_history")


def studies() -> Studies:
    """Return the store of the organisation's uploaded sheets."""
    return Studies(desk().works, owner(), desk().today)


@pages.get("/programme", endpoint="index")
def show_programmes() -> str:
    """Show the upload form of purchase programmes, and the uploaded ones."""
    return home_page(StudyKind.PROGRAMME)


@pages.get("/historique")
def history() -> str:
    """Show the upload form of spending histories, and the uploaded ones."""
    return home_page(StudyKind.HISTORY)


@pages.post("/programme", endpoint="drop")
def drop_programme() -> ResponseReturnValue:
    """Store an uploaded programme, and start its analysis."""
    return drop_sheet(StudyKind.PROGRAMME)


@pages.post("/historique")
def drop_history() -> ResponseReturnValue:
    """Store an uploaded history, and start its analysis."""
    return drop_sheet(StudyKind.HISTORY)


@pages.get("/achats/<key>", endpoint="show")
def show_sheet(key: str) -> str:
    """Show the progress of a sheet's analysis, then its result."""
    study = _current_study(key)
    result = studies().result(study, desk().shelf()) if study.state is WorkState.DONE else None
    if isinstance(result, ProgrammeAnswer | SpendingSnapshot):
        return _answered_page(study, result)
    if isinstance(result, Reconciled):
        return settling_page(study, result)
    lacking: SeenSheets | None = None
    headers: list[SeenHeader] = []
    if study.state is WorkState.REFUSED and may("purchases.tell_columns"):
        with suppress(ReadRefused, FileGone):
            headers = [header for header in studies().headers(study) if header.lines]
            # Ask the person which columns to read where none is recognised as a needed one.
            if headers and not any(header.has(study.kind.sheet.needs) for header in headers):
                lacking = SeenSheets(study.kind.sheet, {"colonne": (study.file_name, headers)})
    return render_template(
        "decisions/purchases/attente.html",
        study=study,
        home=_HOME[study.kind],
        has_columns=bool(headers),
        working=study.unfinished,
        kinds=StudyKind,
        **(columns_asked(lacking) if lacking else {}),
    )


@pages.get("/achats/<key>/achats.<any(xlsx, json, csv):form>", endpoint="download")
def download_purchases(key: str, form: str) -> ResponseReturnValue:
    """Send the result as a file."""
    study = _current_study(key)
    if study.state is not WorkState.DONE:
        abort(404)
    result = studies().result(study, desk().shelf())
    name = f"{study.kind}-{study.on}.{form}"
    if isinstance(result, ProgrammeAnswer):
        result = _with_families(study, result)
    if form == "csv":
        return attachment(name, table_csv(lines_table(result))) if isinstance(result, ProgrammeAnswer) else abort(404)
    if isinstance(result, ProgrammeAnswer):
        return document_attachment(name, programme_document(result), lambda: programme_object(result))
    if isinstance(result, Reconciled):
        answered_names = with_answers(result)
        return attachment(
            name,
            reconciliation_workbook(answered_names, desk().today())
            if form == "xlsx"
            else {
                "headline": reconciliation.reconciliation_headline(answered_names.lines),
                "lines": list(reconciled_lines(answered_names)),
            },
        )
    return document_attachment(name, spending_document(result), lambda: spending_object(result))


@pages.post("/achats/<key>/reponse")
def settle_name(key: str) -> ResponseReturnValue:
    """Store which supplier a name of a sheet is, or that it is none, or undo that answer; then show the next name."""
    study = _current_study(key)
    result = studies().result(study, desk().shelf()) if study.state is WorkState.DONE else None
    if not isinstance(result, Reconciled):
        abort(404)
    page = url_for("purchases.show", key=key, nom=request.form.get("nom"), _anchor="trancher")
    author = named_or_back(signer_of(request.form), page)
    following = settled_from(study, result, request.form, author) or abort(400)
    return redirect(following, 303)


@pages.post("/achats/<key>/lignes", endpoint="tell")
def answer_lines(key: str) -> ResponseReturnValue:
    """Store a person's answer on lines of a sheet, or undo one (`retire`), and show the updated page."""
    study = _study(key)
    result = studies().result(study, desk().shelf()) if study.version else None
    if not isinstance(result, ProgrammeAnswer | SpendingSnapshot):
        abort(404)
    form, study_store = LinesForm(request.form), studies()
    answers = study_store.answers(study)
    version = whole_number(request.form.get("version", ""), range(answers.version + 1))
    back = whole_number(request.form.get("retire", ""), range(1, answers.version + 1))
    answer = taken_back(back) if back else None if form.faults else answer_of_form(result, form)
    if version is None or (answer is None and not form.faults):
        flash("Cochez des lignes, et dites quelque chose d’elles.", "refus")
        return redirect(url_for("purchases.show", key=key, _anchor="lignes"), 303)
    if answer is None:
        return _answered_page(study, result, form), 422
    if missed := study_store.tell(study, answer, version, person()):
        return _answered_page(study, study_store.result(study, desk().shelf()), form, missed), 409
    return redirect(url_for("purchases.show", key=key, part=request.form.get("part") or None, _anchor="reste"), 303)


@pages.post("/achats/<key>/recalcul", endpoint="again")
def answer_sheet_again(key: str) -> ResponseReturnValue:
    """Analyse a sheet again with the current catalogue."""
    _study(key)
    studies().again(key, person())
    return redirect(url_for("purchases.show", key=key), 303)


@pages.post("/achats/<key>/oubli", endpoint="forget")
def forget_sheet(key: str) -> ResponseReturnValue:
    """Delete a sheet and its result, and stop its job."""
    study = _study(key)
    abandon_work(key, study.kind.value)
    flash(f"« {study.file_name} » et ses réponses sont effacés.")
    return redirect(url_for(_HOME[study.kind]), 303)


def programme_of(key: str) -> tuple[Study, ProgrammeAnswer]:
    """Return a programme and its result, or end the request with 404 where it is unknown or still being read."""
    study = _study(key)
    result = studies().result(study, desk().shelf()) if study.version else None
    return (study, result) if isinstance(result, ProgrammeAnswer) else abort(404)


def families_of_sheet(study: Study, result: Result) -> NeedFamilies:
    """Group the lines of a sheet into families of needs, with the organisation's corrections. Raises FamiliesRefused."""
    lines, settled = result_lines(result), corrections.load_families(desk().engine, owner())
    groups = kept_groups(lines, settled, studies().beside(study))
    return form_families(lines, settled, desk().today(), buyer_nature(), groups)


def _with_families(study: Study, answer: ProgrammeAnswer) -> ProgrammeAnswer:
    """Return a programme with the families of its lines, or without where they are refused (their page shows why)."""
    with suppress(FamiliesRefused):
        return replace(answer, families=families_of_sheet(study, answer))
    return answer


def home_page(kind: StudyKind, fault: str = "", place: str = "", **column: object) -> str:
    """Render the upload page of a kind of sheet, with the uploaded ones; `column` is template context for a pasted column and its result."""
    return render_template(
        "decisions/purchases/depot.html",
        kind=kind,
        kinds=StudyKind,
        home=_HOME[kind],
        fault=fault,
        place=place or profile().place,
        largest=LARGEST // 2**20,
        most=kind.most_lines,
        days=KEPT_DAYS,
        known=studies().all(kind),
        stands=WorkState,
        day_of=date.fromisoformat,
        most_numbers=MOST_NUMBERS,
        **column,
    )


def drop_sheet(kind: StudyKind) -> ResponseReturnValue:
    """Store the sheet that a form uploads and redirect to its page; show the form again where no file was chosen."""
    file = request.files.get("fichier")
    place = " ".join(request.form.get("lieu", "").split())[:_LONGEST_PLACE]
    if file is None or not file.filename:
        return home_page(kind, "Choisissez un fichier.", place), 422
    return keep_sheet(kind, file.filename, file.stream, place)


def keep_sheet(kind: StudyKind, file_name: str, stream: IO[bytes], place: str = "") -> ResponseReturnValue:
    """Store a sheet, start its analysis, and redirect to its page."""
    buyer = BuyerDefaults(profile().siret, place)
    study = studies().drop(kind, file_name, stream, buyer, person(), signer_of(request.form))
    return redirect(url_for("purchases.show", key=study.key), 303)


add_columns_page(
    pages,
    "/achats/<key>",
    lambda key: (
        None
        if (study := _study(key)).unfinished
        else SeenSheets(study.kind.sheet, {"colonne": (study.file_name, studies().headers(study))})
    ),
    lambda key: studies().again(key, person(), reread=True),
    shown="show",
)


def _answered_page(
    study: Study, result: Result, form: LinesForm | None = None, missed: Sequence[SheetAnswer] = ()
) -> str:
    """Render the page of a programme or history, with a refused `form` and the answers by others (`missed`) that conflict with it."""
    answers = studies().answers(study)
    if isinstance(result, ProgrammeAnswer):
        return worksheet_page(study, _with_families(study, result), answers, form, missed)
    return _history(study, result, answers, missed) if isinstance(result, SpendingSnapshot) else abort(404)


def _history(study: Study, snapshot: SpendingSnapshot, answers: SheetAnswers, missed: Sequence[SheetAnswer]) -> str:
    pairs = snapshot.spending.alternatives
    paging, table = Paging(page_number(request.args), PAGE, len(pairs)), alternatives_table(snapshot)
    needs = ((line.entry.where, spending.need_of_line(line, study.place)) for line, _ in paging.of(pairs))
    return render_template(
        "decisions/purchases/historique.html",
        study=study,
        its=snapshot,
        found=snapshot.spending,
        headline=spending.spending_headline(snapshot.spending),
        paging=paging,
        alternatives=replace(
            table, title="Où un fournisseur inclusif semblable existe", rows=tuple(paging.of(table.rows))
        ),
        link=leading({where: query_of(lot).url("candidates.show") for where, lot in needs if lot}),
        doubts=doubts_table(snapshot),
        remarks=spending_remarks(snapshot),
        limits=LIMITS,
        questions=questions_of(snapshot)[1],
        given=given_answers(answers),
        missed=[answer_shown(0, one) for one in missed],
        version=answers.version,
        part="",
        tables=spending_tables(snapshot.spending),
        sure=(sure := {one.id for one in suppliers_of_spending(snapshot.spending)}),
        kept=sure & past().keys(),
    )


def _study(key: str) -> Study:
    return studies().get(key) or abort(404)


def _current_study(key: str) -> Study:
    """Return a study, started again where its kind requires the current catalogue."""
    study = _study(key)
    if study.kind in _REANALYSED and study.state is WorkState.DONE and study.version != desk().shelf().version:
        studies().again(key, person())
        return _study(key)
    return study


@pages.get("/mes-fournisseurs")
def all_past_suppliers() -> str:
    """List the organisation's past suppliers by name; those no longer in the catalogue come last."""
    shelf, known_suppliers = desk().shelf(), past()
    rows = {key: shelf.find(key) for key in known_suppliers}
    names = {key: "" if row is None else shelf.suppliers[row].name for key, row in rows.items()}
    past_suppliers = sorted(
        known_suppliers.values(), key=lambda supplier: (not names[supplier.id], names[supplier.id], supplier.id)
    )
    paging = Paging(page_number(request.args), PAGE, len(past_suppliers))
    return render_template(
        "decisions/purchases/fournisseurs.html", found=paging.of(past_suppliers), names=names, paging=paging
    )


@pages.post("/achats/<key>/fournisseurs")
def keep_all(key: str) -> ResponseReturnValue:
    """Store the suppliers that a history surely recognises as past suppliers of the organisation."""
    study = studies().get(key)
    result = studies().result(study, desk().shelf()) if study and study.state is WorkState.DONE else None
    if not isinstance(result, SpendingSnapshot):
        abort(404)
    known_suppliers = suppliers_of_spending(result.spending)
    keep_past_suppliers(desk().engine, owner(), known_suppliers)
    flash(f"{count(len(known_suppliers), 'fournisseur gardé', 'fournisseurs gardés')} : vos listes le diront.")
    return redirect(url_for("purchases.show", key=key), 303)


@pages.post("/mes-fournisseurs")
def drop_past_suppliers() -> ResponseReturnValue:
    """Remove the chosen past suppliers, or all (`tout`)."""
    ids = list(past()) if request.form.get("faire") == "tout" else request.form.getlist("fournisseur")
    remove_past_suppliers(desk().engine, owner(), set(ids))
    flash("C’est retiré : vos listes ne le diront plus.")
    return redirect(url_for("purchases.all_past_suppliers"), 303)
