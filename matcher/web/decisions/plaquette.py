"""Page « Plaquette »: brochure of the inclusive structures of a territory, by trade, on a page, for A4 printing, and as XLSX or CSV."""

from datetime import date
from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Engine

from matcher.catalogue.store.read import catalogue_version
from matcher.decisions.asked import DecisionRefused
from matcher.decisions.interlocutors import NOBODY
from matcher.decisions.plaquette.answer import Plaquette, build_plaquette, people_table
from matcher.decisions.plaquette.compute import by_group
from matcher.decisions.plaquette.document import (
    TITLE,
    TO_CONFIRM,
    USES,
    cover_said,
    dates_line,
    kinds_table,
    left_out_said,
    plaquette_csv,
    plaquette_document,
    unreachable_said,
)
from matcher.domain.kinds import SupplierKind
from matcher.reference.source_rules import Use
from matcher.reference.trades.activities import taxonomy
from matcher.render.document import DocumentTable
from matcher.render.table import document_workbook
from matcher.web.frame.app_state import buyer_defaults, desk, logo_address, profile
from matcher.web.frame.file_response import attachment
from matcher.web.frame.forms import Lines, OneOf, PageForm, places_field, render_answer
from matcher.web.frame.typography import css_text

pages = Blueprint("plaquette", __name__)

_LONGEST_PLACES = 2000
_HEAD = 90  # most characters of a territory in the header of a printed page


class PlaquetteForm(PageForm):
    """Form of a brochure: places, kinds and trade families to print (all where none is ticked), and its use (published or internal)."""

    lieu = places_field(
        "Territoire",
        most=_LONGEST_PLACES,
        needed="Dites le territoire : une commune, un EPCI, un département ou une région.",
    )
    type = Lines("Types", most=len(SupplierKind))
    metier = Lines("Métiers", most=len(taxonomy().codes))
    usage = OneOf(
        "Usage", [(use.value, said[:1].upper() + said[1:]) for use, said in USES.items()], default=Use.PUBLISH.value
    )

    @property
    def arguments(self) -> dict[str, Any]:
        """The URL arguments of the same brochure."""
        usage = self.usage.data if self.usage.data != Use.PUBLISH.value else None
        values = {"lieu": self.lieu.shown_text, "type": self.type.data, "metier": self.metier.data, "usage": usage}
        return {name: value for name, value in values.items() if value}


@pages.get("/plaquette", endpoint="show")
def show_plaquette() -> ResponseReturnValue:
    """Show the form, and the content of the brochure once a territory is given."""
    started = "lieu" in request.args
    form = PlaquetteForm(request.args) if started else PlaquetteForm(lieu=tuple(filter(None, [buyer_defaults().place])))
    plaquette = _plaquette_of_form(form) if started else None
    return render_answer(
        form.faults,
        "decisions/plaquette/plaquette.html",
        form=form,
        told=plaquette_document(plaquette, _people(plaquette)).as_shown() if plaquette else None,
        its=plaquette,
        kinds=SupplierKind,
        groups=sorted(taxonomy().groups, key=lambda group: group.label),
    )


@pages.get("/plaquette/imprimer", endpoint="printed")
def print_plaquette() -> ResponseReturnValue:
    """Show the brochure for printing on A4."""
    form = PlaquetteForm(request.args)
    plaquette = _plaquette_of_form(form)
    if plaquette is None:
        return show_plaquette()
    people = _people(plaquette)
    return render_template(
        "decisions/plaquette/impression.html",
        form=form,
        its=plaquette,
        title=TITLE,
        groups=by_group(plaquette.its.sections),
        kinds=kinds_table(plaquette),
        people=people,
        known_people=[row for row in people.rows if row.cells[2] != NOBODY],
        missing=tuple(cover_said(plaquette)),
        unreachable=tuple(unreachable_said(plaquette)),
        left_out=tuple(left_out_said(plaquette)),
        use=USES[plaquette.use],
        dated=dates_line(plaquette),
        to_confirm=TO_CONFIRM,
        label=taxonomy().label,
        logo=logo_address(),
        by=profile().own_name,
    )


@pages.get("/plaquette/impression.css", endpoint="print_style")
def plaquette_print_style() -> ResponseReturnValue:
    """Send the stylesheet that sets the header and footer of printed pages; pages may not hold inline CSS."""
    plaquette = _plaquette_of_form(PlaquetteForm(request.args)) or abort(400)
    territory = (
        plaquette.territory
        if len(plaquette.territory) <= _HEAD
        else f"{plaquette.territory[:_HEAD].rsplit(' ', 1)[0]}…"
    )
    foot = " · ".join(
        filter(
            None, (profile().own_name, dates_line(plaquette), "" if plaquette.use is Use.PUBLISH else "ne pas publier")
        )
    )
    rules = (
        f"@top-left {{ content: {css_text(f'{TITLE} : {territory}')}; }} @bottom-left {{ content: {css_text(foot)}; }}"
    )
    return Response(f"@page {{ {rules} }}\n", content_type="text/css; charset=utf-8")


@pages.get("/plaquette/plaquette.<any(xlsx, csv):form>", endpoint="download")
def download_plaquette(form: str) -> ResponseReturnValue:
    """Send the brochure as a file."""
    plaquette = _plaquette_of_form(PlaquetteForm(request.args)) or abort(400)
    content = (
        plaquette_csv(plaquette)
        if form == "csv"
        else document_workbook(plaquette_document(plaquette, _people(plaquette)))
    )
    return attachment(f"plaquette-{plaquette.on}.{form}", content)


def _plaquette_of_form(form: PlaquetteForm) -> Plaquette | None:
    """Compute the brochure of a form; None where a field has a fault, which is then in the form."""
    kinds = [SupplierKind(kind) for kind in form.type.data if kind in SupplierKind.__members__]
    trades = [code for code in form.metier.data if code in taxonomy().index]
    if form.faults:
        return None
    current_desk = desk()
    try:
        return _cached_plaquette(
            current_desk.engine,
            catalogue_version(current_desk.engine),
            form.lieu.data,
            current_desk.today(),
            current_desk.contacts_since(),
            Use(form.usage.data),
            tuple(kinds),
            tuple(trades),
        )
    except DecisionRefused as refusal:
        form.faults["lieu"] = str(refusal)
        return None


# Cached by catalogue version: the print page, its stylesheet and the files need the brochure that the page has just shown.
@lru_cache(maxsize=8)
def _cached_plaquette(
    engine: Engine,
    _version: int,
    typed: tuple[str, ...],
    on: date,
    since: date,
    use: Use,
    kinds: tuple[SupplierKind, ...],
    trades: tuple[str, ...],
) -> Plaquette:
    return build_plaquette(engine, typed, on=on, since=since, use=use, kinds=kinds, trades=trades)


def _people(plaquette: Plaquette) -> DocumentTable:
    return people_table(desk().engine, plaquette.places, since=desk().contacts_since(), use=plaquette.use)
