"""« Un territoire »: what its buyers publish, and the lots that could have been reserved, as a page, a paper and files."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.decisions.asked import DecisionRefused
from matcher.notices.territory.answer import TerritoryView, territory_view, year_before
from matcher.notices.territory.document import article_at, territory_csv, territory_document, territory_object
from matcher.render.document import DocumentRow
from matcher.web.frame.app_state import buyer_defaults, desk
from matcher.web.frame.file_response import sent, sent_document
from matcher.web.frame.forms import Line, PageForm, day

pages = Blueprint("territory", __name__)

# Lines of each table that a page shows; the files have them all.
SHOWN = 60


class TerritoryForm(PageForm):
    """Form of a territory and of a period."""

    lieu = Line(
        "Territoire",
        lambda typed: tuple(filter(None, map(str.strip, typed.split(";")))),
        needed="Dites le territoire : un EPCI, un département ou une région.",
        empty=(),
        shown=" ; ".join,
        most=2000,
    )
    depuis = day("Publiés du")
    jusqu = day("au")

    @property
    def pairs(self) -> Mapping[str, Any]:
        """The arguments of the address of the same view."""
        return {its.name: its.written for its in (self.lieu, self.depuis, self.jusqu) if its.written}


@pages.get("/annonces/territoire")
def show() -> ResponseReturnValue:
    """Show the view of a territory, and the form that asks for another."""
    form = _asked()
    its = _found(form)
    told = territory_document(its, most=SHOWN).as_shown() if its else None
    page = render_template("notices/territoire.html", form=form, its=its, told=told, link=_link)
    return page, 422 if form.faults else 200


@pages.get("/annonces/territoire/territoire.<any(csv, xlsx, json):form>")
def download(form: str) -> ResponseReturnValue:
    """Send the view as a file; the CSV holds the lots that could have been reserved."""
    its = _found(_asked()) or abort(400)
    name = f"territoire-{its.until}.{form}"
    return (
        sent(name, territory_csv(its))
        if form == "csv"
        else sent_document(name, territory_document(its), lambda: territory_object(its))
    )


def _asked() -> TerritoryForm:
    """The form that is sent, else that of the organisation's own territory over the year that ends today."""
    form = (
        TerritoryForm(request.args)
        if request.args
        else TerritoryForm(lieu=tuple(filter(None, [buyer_defaults().place])))
    )
    if not form.faults:
        form.jusqu.data = form.jusqu.data or desk().today()
        form.depuis.data = form.depuis.data or year_before(form.jusqu.data)
    return form


def _found(form: TerritoryForm) -> TerritoryView | None:
    if form.faults or not form.lieu.data:
        return None
    try:
        return territory_view(desk().engine, form.lieu.data, form.depuis.data, form.jusqu.data, desk().today())
    except DecisionRefused as refusal:
        form.faults[refusal.field or "lieu"] = str(refusal)
        return None


def _link(row: DocumentRow, at: int) -> str:
    """The address of a lot, from its title; that of who could answer it under an article, from how many they are."""
    if at == 0:
        return url_for("published_lot.show", number=row.cells[1])
    article = article_at(at)
    return url_for("published_lot.candidates", number=row.cells[1], levier=article) if article and row.cells[at] else ""
