"""« Vos fournisseurs passés »: those that a ledger of the organisation recognised and that it keeps, shown, kept and removed."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.decisions.purchases.past_suppliers import keep, past_suppliers, remove
from matcher.decisions.purchases.spending_document import Photographed
from matcher.domain.french import count
from matcher.jobs.works import WorkState
from matcher.web.decisions.purchases import PAGE, studies
from matcher.web.frame.app_state import desk, owner, past
from matcher.web.frame.paging import Paging, page_number

pages = Blueprint("past_suppliers", __name__)


@pages.get("/mes-fournisseurs")
def index() -> str:
    """List the past suppliers of the organisation, by name; those that have left the catalogue come last."""
    shelf, held = desk().shelf(), past()
    rows = {key: shelf.find(key) for key in held}
    names = {key: "" if row is None else shelf.suppliers[row].name for key, row in rows.items()}
    found = sorted(held.values(), key=lambda its: (not names[its.id], names[its.id], its.id))
    paging = Paging(page_number(request.args), PAGE, len(found))
    return render_template("decisions/purchases/fournisseurs.html", found=paging.of(found), names=names, paging=paging)


@pages.post("/achats/<key>/fournisseurs")
def keep_all(key: str) -> ResponseReturnValue:
    """Keep those that a history surely recognises as suppliers of the organisation."""
    study = studies().get(key)
    result = studies().result(study, desk().shelf()) if study and study.stand is WorkState.DONE else None
    if not isinstance(result, Photographed):
        abort(404)
    found = past_suppliers(result.spending)
    keep(desk().engine, owner(), found)
    flash(f"{count(len(found), 'fournisseur gardé', 'fournisseurs gardés')} : vos listes le diront.")
    return redirect(url_for("purchases.show", key=key), 303)


@pages.post("/mes-fournisseurs")
def drop() -> ResponseReturnValue:
    """Keep one of them no more, or none."""
    ids = list(past()) if request.form.get("faire") == "tout" else request.form.getlist("fournisseur")
    remove(desk().engine, owner(), set(ids))
    flash("C’est retiré : vos listes ne le diront plus.")
    return redirect(url_for("past_suppliers.index"), 303)
