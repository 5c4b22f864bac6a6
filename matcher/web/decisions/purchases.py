"""« Programme d’achats », « Historique d’achats », « Rapprocher »: a sheet dropped, answered line by line, shown, carried away, forgotten."""

from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.decisions.purchases import line as purchases
from matcher.decisions.purchases import programme, reconciliation, spending
from matcher.decisions.purchases.batch import KEPT_DAYS, LARGEST, BatchKind, Studies, Study
from matcher.decisions.purchases.programme_document import (
    Answered,
    lever_of,
    line_of,
    named,
    programme_document,
    programme_object,
    totals_table,
    verdict_of,
    who,
)
from matcher.decisions.purchases.reconciliation_document import Reconciled, reconciled_lines, reconciliation_workbook
from matcher.decisions.purchases.spending_document import (
    LIMITS,
    Photographed,
    names_of,
    remarks,
    spending_document,
    spending_object,
    spending_tables,
)
from matcher.jobs.works import WorkState
from matcher.web.decisions.settling import settled_from, settling_page, with_answers
from matcher.web.frame.app_state import desk
from matcher.web.frame.columns import SeenSheets, add_columns_page
from matcher.web.frame.file_response import sent, sent_document
from matcher.web.frame.paging import Paging, page_number
from matcher.web.frame.signature import NO_NAME, person, signed
from matcher.web.need.address import query_of

pages = Blueprint("purchases", __name__)

_FORM = 100_000  # bytes of a form around its file
_LONGEST_PLACE = 200
PAGE = 100
# Of the suppliers that a programme counts, how many are shown, and of each how many lines.
SUPPLIERS, LINES = 20, 12
MOST_LINES = {
    BatchKind.PROGRAMME: purchases.MOST_LINES,
    BatchKind.HISTORY: reconciliation.MOST_LINES,
    BatchKind.RECONCILIATION: reconciliation.MOST_LINES,
}
# The page where a sheet of each kind is dropped.
_HOME = {
    BatchKind.PROGRAMME: "purchases.index",
    BatchKind.HISTORY: "purchases.history",
    BatchKind.RECONCILIATION: "purchases.reconcile",
}
# A photograph of a catalogue that has changed is taken again: it takes seconds, and its figures would be of two catalogues.
_OF_TODAY = (BatchKind.HISTORY, BatchKind.RECONCILIATION)


@pages.url_value_preprocessor
def _allow_files(endpoint: str | None, _values: dict[str, object] | None) -> None:
    """Only the pages that take files take them: before the form is read, and its token checked."""
    if endpoint in ("purchases.drop", "purchases.drop_history", "purchases.drop_reconciliation"):
        request.max_content_length = LARGEST + _FORM


def studies() -> Studies:
    """Return the sheets dropped on this application."""
    return Studies(desk().works, desk().today)


@pages.get("/programme")
def index() -> str:
    """Show where to drop a programme, and those that were."""
    return _index(BatchKind.PROGRAMME)


@pages.get("/historique")
def history() -> str:
    """Show where to drop what was spent, and what was dropped."""
    return _index(BatchKind.HISTORY)


@pages.get("/rapprocher")
def reconcile() -> str:
    """Show where to drop a sheet of suppliers, and those that were."""
    return _index(BatchKind.RECONCILIATION)


@pages.post("/programme")
def drop() -> ResponseReturnValue:
    """Keep a programme, and start answering it."""
    return _drop(BatchKind.PROGRAMME)


@pages.post("/historique")
def drop_history() -> ResponseReturnValue:
    """Keep what was spent, and start looking at it."""
    return _drop(BatchKind.HISTORY)


@pages.post("/rapprocher")
def drop_reconciliation() -> ResponseReturnValue:
    """Keep a sheet of suppliers, and start saying who each is."""
    return _drop(BatchKind.RECONCILIATION)


@pages.get("/achats/<key>")
def show(key: str) -> str:
    """Show how far a sheet is answered, then its answer."""
    study = _of_today(key)
    result = studies().result(study, desk().shelf()) if study.stand is WorkState.DONE else None
    if isinstance(result, Answered):
        return _programme(study, result)
    if isinstance(result, Photographed):
        return _history(study, result)
    if isinstance(result, Reconciled):
        return settling_page(study, result)
    return render_template(
        "decisions/purchases/attente.html",
        study=study,
        home=_HOME[study.kind],
        working=study.going,
        kinds=BatchKind,
    )


@pages.get("/achats/<key>/achats.<any(xlsx, json):form>")
def download(key: str, form: str) -> ResponseReturnValue:
    """Send the answer as a file."""
    study = _of_today(key)
    if study.stand is not WorkState.DONE:
        abort(404)
    result = studies().result(study, desk().shelf())
    name = f"{study.kind}-{study.on}.{form}"
    if isinstance(result, Answered):
        return sent_document(name, programme_document(result), lambda: programme_object(result))
    if isinstance(result, Reconciled):
        its = with_answers(result)
        return sent(
            name,
            reconciliation_workbook(its, desk().today())
            if form == "xlsx"
            else {"headline": reconciliation.headline(its.lines), "lines": list(reconciled_lines(its))},
        )
    return sent_document(name, spending_document(result), lambda: spending_object(result))


@pages.post("/achats/<key>/reponse")
def settle_name(key: str) -> ResponseReturnValue:
    """Keep who one name of a sheet is, nobody, or take the answer back; then show the next."""
    study = _of_today(key)
    result = studies().result(study, desk().shelf()) if study.stand is WorkState.DONE else None
    if not isinstance(result, Reconciled):
        abort(404)
    if not (who := signed(request.form)):
        flash(NO_NAME, "refus")
        return redirect(url_for("purchases.show", key=key, nom=request.form.get("nom"), _anchor="trancher"), 303)
    following = settled_from(study, result, request.form, who)
    if following is None:
        abort(400)
    return redirect(following, 303)


@pages.post("/achats/<key>/recalcul")
def again(key: str) -> ResponseReturnValue:
    """Answer a sheet anew, on the catalogue of today."""
    _study(key)
    studies().again(key, person())
    return redirect(url_for("purchases.show", key=key), 303)


@pages.post("/achats/<key>/oubli")
def forget(key: str) -> ResponseReturnValue:
    """Delete a sheet and its answer, and stop its reading."""
    study = _study(key)
    studies().forget(key)
    flash(f"« {study.file_name} » et ses réponses sont effacés.")
    return redirect(url_for(_HOME[study.kind]), 303)


def _index(kind: BatchKind, fault: str = "", place: str = "") -> str:
    return render_template(
        "decisions/purchases/depot.html",
        kind=kind,
        kinds=BatchKind,
        home=_HOME[kind],
        fault=fault,
        place=place,
        largest=LARGEST // 2**20,
        most=MOST_LINES[kind],
        days=KEPT_DAYS,
        known=studies().all(kind),
        stands=WorkState,
        day_of=date.fromisoformat,
    )


def _drop(kind: BatchKind) -> ResponseReturnValue:
    file = request.files.get("fichier")
    place = " ".join(request.form.get("lieu", "").split())[:_LONGEST_PLACE]
    if file is None or not file.filename:
        return _index(kind, "Choisissez un fichier.", place), 422
    study = studies().drop(kind, file.filename, file.stream, place, person(), signed(request.form))
    return redirect(url_for("purchases.show", key=study.key), 303)


def _seen(key: str) -> SeenSheets | None:
    """The columns of a sheet, None while it is being answered."""
    study = _study(key)
    return (
        None if study.going else SeenSheets(study.kind.sheet, {"colonne": (study.file_name, studies().headers(study))})
    )


add_columns_page(pages, "/achats/<key>", _seen, lambda key: studies().again(key, person(), reread=True), shown="show")


def _programme(study: Study, its: Answered) -> str:
    lines = its.programme.counted
    if in_order := request.args.get("ordre") == "fichier":
        shown = lines
    else:
        settled = its.programme.to_settle
        shown = [*settled, *(both for both in lines if not both[1].doubts)]
    paging = Paging(page_number(request.args), PAGE, len(shown))
    suppliers = programme.reached(its.programme)
    return render_template(
        "decisions/purchases/programme.html",
        suppliers=suppliers[:SUPPLIERS],
        reached=len(suppliers),
        shown=LINES,
        who=lambda one: who(its, one),
        line_of=lambda rank: line_of(its, rank),
        study=study,
        its=its,
        by=programme.verdicts(its.programme),
        paging=paging,
        lines=paging.of(shown),
        in_order=in_order,
        skipped=len(its.programme.purchases) - len(lines),
        stale=study.version != its.shelf.version,
        named=lambda one: named(its.shelf, one),
        verdict_of=verdict_of,
        lever_of=lever_of,
        totals=totals_table(its.programme),
        address=query_of,
    )


def _history(study: Study, its: Photographed) -> str:
    paging = Paging(page_number(request.args), PAGE, len(its.spending.alternatives))
    doubted = [line for line in its.spending.lines if line.doubts]
    return render_template(
        "decisions/purchases/historique.html",
        study=study,
        its=its,
        found=its.spending,
        headline=spending.headline(its.spending),
        paging=paging,
        alternatives=paging.of(its.spending.alternatives),
        doubted=doubted,
        remarks=remarks(its),
        need_of_line=lambda line: spending.need_of_line(line, study.place),
        address=query_of,
        names_of=lambda similar: names_of(its, similar),
        limits=LIMITS,
        tables=spending_tables(its.spending),
    )


def _study(key: str) -> Study:
    found = studies().get(key)
    if found is None:
        abort(404)
    return found


def _of_today(key: str) -> Study:
    """A study, of the catalogue of today where its kind asks for it."""
    study = _study(key)
    if study.kind in _OF_TODAY and study.stand is WorkState.DONE and study.version != desk().shelf().version:
        studies().again(key, person())
        return _study(key)
    return study
