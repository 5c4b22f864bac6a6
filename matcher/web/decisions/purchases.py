"""« Programme d’achats », « Historique d’achats », « Rapprocher », « Vos fournisseurs passés »: a sheet answered line by line, and those it recognised, kept."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import IO

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.cleaning.numbers import whole_number
from matcher.decisions.purchases import reconciliation, spending
from matcher.decisions.purchases.batch import KEPT_DAYS, LARGEST, Result, Studies, result_lines
from matcher.decisions.purchases.families import corrections
from matcher.decisions.purchases.families.compute import FamiliesRefused, NeedFamilies, form_families
from matcher.decisions.purchases.families.corrections import kept_groups
from matcher.decisions.purchases.past_suppliers import keep_past_suppliers, past_suppliers, remove_past_suppliers
from matcher.decisions.purchases.programme_document import (
    Answered,
    lines_table,
    programme_document,
    programme_object,
)
from matcher.decisions.purchases.reconciliation_document import Reconciled, reconciled_lines, reconciliation_workbook
from matcher.decisions.purchases.sheet_answers import SheetAnswer, SheetAnswers
from matcher.decisions.purchases.spending_document import (
    LIMITS,
    Photographed,
    alternatives_table,
    doubts_table,
    spending_document,
    spending_object,
    spending_remarks,
    spending_tables,
)
from matcher.decisions.purchases.study import BatchKind, Study
from matcher.decisions.purchases.verification import MOST_NUMBERS
from matcher.domain.french import count
from matcher.domain.need import BuyerDefaults
from matcher.jobs.files import FileGone
from matcher.jobs.reader_process import ReadRefused
from matcher.jobs.works import WorkState
from matcher.render.workbook import table_csv
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
# The page where a sheet of each kind is dropped.
_HOME = {
    BatchKind.PROGRAMME: "purchases.index",
    BatchKind.HISTORY: "purchases.history",
    BatchKind.RECONCILIATION: "recognition.show",
}
# A photograph of a catalogue that has changed is taken again: it takes seconds, and its figures would be of two catalogues.
_OF_TODAY = (BatchKind.HISTORY, BatchKind.RECONCILIATION)


take_files(pages, lambda: LARGEST + FORM, "drop", "drop_history")


def studies() -> Studies:
    """Return the sheets dropped on this application."""
    return Studies(desk().works, owner(), desk().today)


@pages.get("/programme", endpoint="index")
def show_programmes() -> str:
    """Show where to drop a programme, and those that were."""
    return home_page(BatchKind.PROGRAMME)


@pages.get("/historique")
def history() -> str:
    """Show where to drop what was spent, and what was dropped."""
    return home_page(BatchKind.HISTORY)


@pages.post("/programme", endpoint="drop")
def drop_programme() -> ResponseReturnValue:
    """Keep a programme, and start answering it."""
    return drop_sheet(BatchKind.PROGRAMME)


@pages.post("/historique")
def drop_history() -> ResponseReturnValue:
    """Keep what was spent, and start looking at it."""
    return drop_sheet(BatchKind.HISTORY)


@pages.get("/achats/<key>", endpoint="show")
def show_sheet(key: str) -> str:
    """Show how far a sheet is answered, then its answer."""
    study = _of_today(key)
    result = studies().result(study, desk().shelf()) if study.stand is WorkState.DONE else None
    if isinstance(result, Answered | Photographed):
        return _told_page(study, result)
    if isinstance(result, Reconciled):
        return settling_page(study, result)
    lacking: SeenSheets | None = None
    if study.stand is WorkState.REFUSED and may("purchases.tell_columns"):
        with suppress(ReadRefused, FileGone):
            headers = [header for header in studies().headers(study) if header.lines]
            # None of its columns is known to give what is needed: it is asked.
            if headers and not any(header.has(study.kind.sheet.needs) for header in headers):
                lacking = SeenSheets(study.kind.sheet, {"colonne": (study.file_name, headers)})
    return render_template(
        "decisions/purchases/attente.html",
        study=study,
        home=_HOME[study.kind],
        working=study.going,
        kinds=BatchKind,
        **(columns_asked(lacking) if lacking else {}),
    )


@pages.get("/achats/<key>/achats.<any(xlsx, json, csv):form>", endpoint="download")
def download_purchases(key: str, form: str) -> ResponseReturnValue:
    """Send the answer as a file."""
    study = _of_today(key)
    if study.stand is not WorkState.DONE:
        abort(404)
    result = studies().result(study, desk().shelf())
    name = f"{study.kind}-{study.on}.{form}"
    if isinstance(result, Answered):
        result = _in_families(study, result)
    if form == "csv":
        return attachment(name, table_csv(lines_table(result))) if isinstance(result, Answered) else abort(404)
    if isinstance(result, Answered):
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
    """Keep who one name of a sheet is, nobody, or take the answer back; then show the next."""
    study = _of_today(key)
    result = studies().result(study, desk().shelf()) if study.stand is WorkState.DONE else None
    if not isinstance(result, Reconciled):
        abort(404)
    page = url_for("purchases.show", key=key, nom=request.form.get("nom"), _anchor="trancher")
    author = named_or_back(signer_of(request.form), page)
    following = settled_from(study, result, request.form, author) or abort(400)
    return redirect(following, 303)


@pages.post("/achats/<key>/lignes", endpoint="tell")
def answer_lines(key: str) -> ResponseReturnValue:
    """Keep what a person answers of lines, or take an answer back; the page then shows what it changes."""
    study = _study(key)
    result = studies().result(study, desk().shelf()) if study.version else None
    if not isinstance(result, Answered | Photographed):
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
        return _told_page(study, result, form), 422
    if missed := study_store.tell(study, answer, version, person()):
        return _told_page(study, study_store.result(study, desk().shelf()), form, missed), 409
    return redirect(url_for("purchases.show", key=key, part=request.form.get("part") or None, _anchor="reste"), 303)


@pages.post("/achats/<key>/recalcul", endpoint="again")
def answer_sheet_again(key: str) -> ResponseReturnValue:
    """Answer a sheet anew, on the catalogue of today."""
    _study(key)
    studies().again(key, person())
    return redirect(url_for("purchases.show", key=key), 303)


@pages.post("/achats/<key>/oubli", endpoint="forget")
def forget_sheet(key: str) -> ResponseReturnValue:
    """Delete a sheet and its answer, and stop its reading."""
    study = _study(key)
    abandon_work(key, study.kind.value)
    flash(f"« {study.file_name} » et ses réponses sont effacés.")
    return redirect(url_for(_HOME[study.kind]), 303)


def programme_of(key: str) -> tuple[Study, Answered]:
    """Return a programme and its answer; the request ends where there is none, or where it is still being read."""
    study = _study(key)
    result = studies().result(study, desk().shelf()) if study.version else None
    return (study, result) if isinstance(result, Answered) else abort(404)


def families_of_sheet(study: Study, result: Result) -> NeedFamilies:
    """Return the families of the lines of a sheet, with what the organisation corrected. Raises FamiliesRefused."""
    lines, settled = result_lines(result), corrections.load_families(desk().engine, owner())
    groups = kept_groups(lines, settled, studies().beside(study))
    return form_families(lines, settled, desk().today(), buyer_nature(), groups)


def _in_families(study: Study, answer: Answered) -> Answered:
    """Return a programme with the families of its lines; without where their page gives the reason."""
    with suppress(FamiliesRefused):
        return replace(answer, families=families_of_sheet(study, answer))
    return answer


def home_page(kind: BatchKind, fault: str = "", place: str = "", **column: object) -> str:
    """Return the page where a sheet of a kind is dropped, with those that were; `column` is what was pasted on it, and what was found of it."""
    return render_template(
        "decisions/purchases/depot.html",
        kind=kind,
        kinds=BatchKind,
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


def drop_sheet(kind: BatchKind) -> ResponseReturnValue:
    """Keep the sheet that a form drops, and lead to its answer; the form again where it drops none."""
    file = request.files.get("fichier")
    place = " ".join(request.form.get("lieu", "").split())[:_LONGEST_PLACE]
    if file is None or not file.filename:
        return home_page(kind, "Choisissez un fichier.", place), 422
    return keep_sheet(kind, file.filename, file.stream, place)


def keep_sheet(kind: BatchKind, file_name: str, stream: IO[bytes], place: str = "") -> ResponseReturnValue:
    """Keep a sheet, start answering it, and lead to its answer."""
    buyer = BuyerDefaults(profile().siret, place)
    study = studies().drop(kind, file_name, stream, buyer, person(), signer_of(request.form))
    return redirect(url_for("purchases.show", key=study.key), 303)


def _seen(key: str) -> SeenSheets | None:
    """The columns of a sheet, None while it is being answered."""
    study = _study(key)
    if study.going:
        return None
    return SeenSheets(study.kind.sheet, {"colonne": (study.file_name, studies().headers(study))})


add_columns_page(pages, "/achats/<key>", _seen, lambda key: studies().again(key, person(), reread=True), shown="show")


def _told_page(study: Study, result: Result, form: LinesForm | None = None, missed: Sequence[SheetAnswer] = ()) -> str:
    """Return the page of a sheet whose lines persons answer for, with a form that was not kept and what others answered of the same."""
    answers = studies().answers(study)
    if isinstance(result, Answered):
        return worksheet_page(study, _in_families(study, result), answers, form, missed)
    return _history(study, result, answers, missed) if isinstance(result, Photographed) else abort(404)


def _history(study: Study, snapshot: Photographed, answers: SheetAnswers, missed: Sequence[SheetAnswer]) -> str:
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
        sure=(sure := {one.id for one in past_suppliers(snapshot.spending)}),
        kept=sure & past().keys(),
    )


def _study(key: str) -> Study:
    return studies().get(key) or abort(404)


def _of_today(key: str) -> Study:
    """A study, of the catalogue of today where its kind asks for it."""
    study = _study(key)
    if study.kind in _OF_TODAY and study.stand is WorkState.DONE and study.version != desk().shelf().version:
        studies().again(key, person())
        return _study(key)
    return study


@pages.get("/mes-fournisseurs")
def all_past_suppliers() -> str:
    """List the past suppliers of the organisation, by name; those that have left the catalogue come last."""
    shelf, known_suppliers = desk().shelf(), past()
    rows = {key: shelf.find(key) for key in known_suppliers}
    names = {key: "" if row is None else shelf.suppliers[row].name for key, row in rows.items()}
    past_suppliers = sorted(known_suppliers.values(), key=lambda its: (not names[its.id], names[its.id], its.id))
    paging = Paging(page_number(request.args), PAGE, len(past_suppliers))
    return render_template(
        "decisions/purchases/fournisseurs.html", found=paging.of(past_suppliers), names=names, paging=paging
    )


@pages.post("/achats/<key>/fournisseurs")
def keep_all(key: str) -> ResponseReturnValue:
    """Keep those that a history surely recognises as suppliers of the organisation."""
    study = studies().get(key)
    result = studies().result(study, desk().shelf()) if study and study.stand is WorkState.DONE else None
    if not isinstance(result, Photographed):
        abort(404)
    known_suppliers = past_suppliers(result.spending)
    keep_past_suppliers(desk().engine, owner(), known_suppliers)
    flash(f"{count(len(known_suppliers), 'fournisseur gardé', 'fournisseurs gardés')} : vos listes le diront.")
    return redirect(url_for("purchases.show", key=key), 303)


@pages.post("/mes-fournisseurs")
def drop_past_suppliers() -> ResponseReturnValue:
    """Keep one of them no more, or none."""
    ids = list(past()) if request.form.get("faire") == "tout" else request.form.getlist("fournisseur")
    remove_past_suppliers(desk().engine, owner(), set(ids))
    flash("C’est retiré : vos listes ne le diront plus.")
    return redirect(url_for("purchases.all_past_suppliers"), 303)
