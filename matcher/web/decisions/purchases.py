"""« Programme d’achats », « Historique d’achats », « Rapprocher »: a sheet dropped, answered line by line, shown, carried away, forgotten."""

from dataclasses import replace
from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.decisions.purchases import line as purchases
from matcher.decisions.purchases import programme, reconciliation, spending
from matcher.decisions.purchases.batch import KEPT_DAYS, LARGEST, BatchKind, Studies, Study
from matcher.decisions.purchases.past_suppliers import past_suppliers
from matcher.decisions.purchases.programme_document import (
    Answered,
    lines_table,
    programme_document,
    programme_object,
    structures_table,
    totals_table,
)
from matcher.decisions.purchases.reconciliation_document import Reconciled, reconciled_lines, reconciliation_workbook
from matcher.decisions.purchases.spending_document import (
    LIMITS,
    Photographed,
    alternatives_table,
    doubts_table,
    remarks,
    spending_document,
    spending_object,
    spending_tables,
)
from matcher.jobs.works import WorkState
from matcher.web.decisions.row_links import leading
from matcher.web.decisions.settling import settled_from, settling_page, with_answers
from matcher.web.frame.app_state import desk
from matcher.web.frame.columns import SeenSheets, add_columns_page
from matcher.web.frame.file_response import sent, sent_document
from matcher.web.frame.organisation import owner, past, profile
from matcher.web.frame.paging import Paging, page_number
from matcher.web.frame.signature import NO_NAME, person, signed
from matcher.web.need.address import query_of

pages = Blueprint("purchases", __name__)

_FORM = 100_000  # bytes of a form around its file
_LONGEST_PLACE = 200
PAGE = 100
# Of the suppliers that a programme counts, how many are shown.
SUPPLIERS = 20
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
    return Studies(desk().works, owner(), desk().today)


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
        place=place or profile().place,
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
    table, structures = lines_table(its).as_shown(), structures_table(its)
    rows = {line.entry.where: row for line, row in zip(its.programme.purchases, table.rows, strict=True)}
    of_page = [(line, rows[line.entry.where], answer) for line, answer in paging.of(shown)]
    counted = [column.label for column in table.columns].index("Candidats crédibles")
    links = {(row, at): _address(line, answer, at) for line, row, answer in of_page for at in (0, counted)}
    return render_template(
        "decisions/purchases/programme.html",
        study=study,
        its=its,
        by=programme.verdicts(its.programme),
        totals=totals_table(its.programme),
        lines=replace(table, title="Ligne par ligne", rows=tuple(row for _, row, _ in of_page)),
        link=lambda row, at: links.get((row, at), ""),
        structures=replace(structures, title="Qui revient le plus", rows=structures.rows[:SUPPLIERS]),
        reached=len(structures.rows),
        to_supplier=leading(),
        paging=paging,
        in_order=in_order,
        skipped=len(its.programme.purchases) - len(lines),
        stale=study.version != its.shelf.version,
    )


def _address(line: purchases.Purchase, answer: programme.LineAnswer, at: int) -> str:
    """Where a cell of a line leads: its name to its opinion, or to the form of the need where it is not understood; its number of
    candidates to them; empty where there is nothing."""
    query = query_of(line.need.lot) if line.need else None
    if query is None or not (query.lot.objet or query.lot.cpv):
        return ""
    if at:
        return query.url("candidates.show") if answer.sure and answer.credible else ""
    return query.url("opinion.show" if answer.sure else "form.form")


def _history(study: Study, its: Photographed) -> str:
    found = its.spending.alternatives
    paging, table = Paging(page_number(request.args), PAGE, len(found)), alternatives_table(its)
    asked = ((line.entry.where, spending.need_of_line(line, study.place)) for line, _ in paging.of(found))
    return render_template(
        "decisions/purchases/historique.html",
        study=study,
        its=its,
        found=its.spending,
        headline=spending.headline(its.spending),
        paging=paging,
        alternatives=replace(
            table, title="Où un fournisseur inclusif semblable existe", rows=tuple(paging.of(table.rows))
        ),
        link=leading({where: query_of(lot).url("candidates.show") for where, lot in asked if lot}),
        doubts=doubts_table(its),
        remarks=remarks(its),
        limits=LIMITS,
        tables=spending_tables(its.spending),
        sure=(sure := {one.id for one in past_suppliers(its.spending)}),
        kept=sure & past().keys(),
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
