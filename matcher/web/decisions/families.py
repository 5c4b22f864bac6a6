"""Page « Familles de besoins »: the lines of a purchase sheet grouped into families of needs (to compare with legal thresholds), corrected by hand."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.cleaning.numbers import whole_number
from matcher.decisions.purchases.families import corrections
from matcher.decisions.purchases.families.compute import FamiliesRefused, correct_family
from matcher.decisions.purchases.families.document import (
    LIMITS,
    FamilySheet,
    families_document,
    families_headline,
    families_object,
    families_remarks,
)
from matcher.decisions.purchases.families.words import law_said, pooled_table, sum_said
from matcher.decisions.purchases.reconciliation_document import Reconciled
from matcher.decisions.purchases.study import Study
from matcher.jobs.works import WorkState
from matcher.journal.change import LONGEST_LINE, one_line
from matcher.web.decisions.purchases import families_of_sheet, studies
from matcher.web.frame.app_state import desk, owner
from matcher.web.frame.file_response import document_attachment
from matcher.web.frame.paging import Paging, page_number

pages = Blueprint("families", __name__)

PAGE = 50
# Most lines of a family shown on the page; the workbook has all.
LINES = 100
CHANGED = "Cette famille a changé entre-temps : rien n’est écrit."
NO_NAME = f"Donnez un nom de famille, de {LONGEST_LINE} signes au plus."
NO_LINE = "Cochez les lignes à ranger sous ce nom."


@pages.get("/achats/<key>/familles", endpoint="show")
def show_families(key: str) -> str:
    """Show the families of a sheet, largest amount first."""
    study = _study(key)
    try:
        group = _families_of(study)
    except FamiliesRefused as refusal:
        return render_template("decisions/purchases/familles.html", study=study, its=None, refusal=str(refusal))
    families = group.grouping
    names = [one.name for one in families.families]
    opened = request.args.get("famille", "")
    to_opened = opened in names and "page" not in request.args
    page_wanted = names.index(opened) // PAGE + 1 if to_opened else page_number(request.args)
    paging = Paging(page_wanted, PAGE, len(names))
    return render_template(
        "decisions/purchases/familles.html",
        study=study,
        its=group,
        headline=families_headline(families),
        remarks=list(families_remarks(families)),
        pooled=pooled_table(families),
        limits=LIMITS,
        names=names,
        shown=paging.of(families.families),
        lines=LINES,
        paging=paging,
        opened=opened,
        sum_said=sum_said,
        law_said=lambda one: law_said(one, group.on),
        longest=LONGEST_LINE,
    )


@pages.get("/achats/<key>/familles/familles.<any(xlsx, json):form>", endpoint="download")
def download_families(key: str, form: str) -> ResponseReturnValue:
    """Send the families as a file."""
    study = _study(key)
    try:
        group = _families_of(study)
    except FamiliesRefused:
        abort(404)
    name = f"familles-{study.on}.{form}"
    return document_attachment(name, families_document(group), lambda: families_object(group))


@pages.post("/achats/<key>/familles", endpoint="correct")
def correct_families(key: str) -> ResponseReturnValue:
    """Move lines of a family, or all of it, to the family of a typed name; or go back to the proposed grouping (`proposer`)."""
    group = _families_of(_study(key))
    family = group.grouping.find(request.form.get("de", ""))
    if family is None:
        flash(CHANGED, "refus")
        return redirect(url_for("families.show", key=key), 303)
    typed = request.form.get("nom", "")
    name = one_line(typed) if len(typed) <= LONGEST_LINE else ""
    if request.form.get("faire") == "proposer":
        written = [group.grouping.lines[rank].written for rank in family.lines]
        corrections.forget_families(desk().engine, owner(), written)
        flash("Ces lignes sont de nouveau rangées par proposition.")
        return redirect(url_for("families.show", key=key), 303)
    some = request.form.get("faire") == "ranger"
    ticked = {whole_number(text) for text in request.form.getlist("ligne")} if some else set()
    ranks = [rank for rank in family.lines if rank in ticked]
    if not name or (some and not ranks):
        flash(NO_LINE if name else NO_NAME, "refus")
        return _back(key, family.name)
    corrections.keep_families(desk().engine, owner(), correct_family(group.grouping, family, ranks, name))
    flash(f"C’est rangé sous « {name} » ; les fichiers suivants le reprendront.")
    return _back(key, name)


def _back(key: str, family: str) -> ResponseReturnValue:
    return redirect(url_for("families.show", key=key, famille=family, _anchor="ouverte"), 303)


def _study(key: str) -> Study:
    """Return a finished study (uploaded sheet with its analysis), or end the request with 404."""
    study = studies().get(key)
    if study is None or study.state is not WorkState.DONE:
        abort(404)
    return study


def _families_of(study: Study) -> FamilySheet:
    """Return the families of a study, with the organisation's corrections. Raises FamiliesRefused."""
    shelf = desk().shelf()
    result = studies().result(study, shelf)
    if isinstance(result, Reconciled):
        abort(404)
    return FamilySheet(result.sheet, families_of_sheet(study, result), desk().today(), shelf.version, len(shelf))
