"""« Renouvellements à venir » and « Un territoire »: the contracts that end soon and who holds them; what the buyers of a territory publish."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Engine
from werkzeug.datastructures import MultiDict

from matcher.catalogue.store.read import catalogue_version
from matcher.decisions.asked import DecisionRefused
from matcher.domain.reading import Lot
from matcher.need.completion import activity_written
from matcher.notices.renewals.answer import MONTHS, MOST_MONTHS, Renewals, RenewalsAsked, buyer_number, renewals
from matcher.notices.renewals.document import HOLDER_AT, renewals_csv, renewals_document, renewals_object
from matcher.notices.territory.answer import TerritoryView, territory_view, year_before
from matcher.notices.territory.document import article_at, territory_csv, territory_document, territory_object
from matcher.reference.trades.activities import taxonomy
from matcher.render.document import DocumentRow, DocumentTable
from matcher.web.frame.app_state import buyer_defaults, desk
from matcher.web.frame.file_response import sent, sent_document
from matcher.web.frame.forms import Line, PageForm, answered, day, whole
from matcher.web.need.address import query_of

pages = Blueprint("renewals", __name__)

# Lines of each table that a page shows; the files have them all.
SHOWN = 100


class RenewalsForm(PageForm):
    """Form of a choice of contracts that end soon."""

    mois = whole("Mois à venir", 1, MOST_MONTHS, empty=MONTHS)
    lieu = Line(
        "Où est l’acheteur",
        lambda typed: tuple(filter(None, map(str.strip, typed.split(";")))),
        empty=(),
        shown=" ; ".join,
        most=2000,
    )
    metier = Line(
        "Métier",
        lambda typed: activity_written(typed) or None,
        "« {} » n’est pas un métier connu : « Nettoyage », « Espaces verts »…",
        shown=lambda code: taxonomy().label(code) if code else "",
    )
    acheteur = Line(
        "SIRET ou SIREN de l’acheteur",
        buyer_number,
        "« {} » n’est ni un SIREN (9 chiffres), ni un SIRET (14 chiffres).",
    )

    @property
    def asked(self) -> RenewalsAsked:
        """What it asks for, once it has no faults."""
        return RenewalsAsked(self.mois.data, self.lieu.data, self.metier.data, self.acheteur.data)

    @property
    def pairs(self) -> Mapping[str, Any]:
        """The arguments of the address of the same list."""
        return {its.name: its.written for its in (self.mois, self.lieu, self.metier, self.acheteur) if its.written}


@pages.get("/annonces/renouvellements")
def show() -> ResponseReturnValue:
    """Show the contracts that end soon, and the form that chooses some."""
    form = _asked()
    its = _found(form)
    told = renewals_document(its, most=SHOWN) if its else None
    return answered(
        form.faults,
        "notices/renouvellements.html",
        form=form,
        told=told,
        link=_links(told.tables, its) if told and its else None,
    )


@pages.get("/annonces/renouvellements/renouvellements.<any(csv, xlsx, json):form>")
def download(form: str) -> ResponseReturnValue:
    """Send all of them as a file."""
    its = _found(_asked()) or abort(400)
    name = f"renouvellements-{its.on}.{form}"
    return (
        sent(name, renewals_csv(its))
        if form == "csv"
        else sent_document(name, renewals_document(its), lambda: renewals_object(its))
    )


def _asked() -> RenewalsForm:
    """The form that is sent, else that of the organisation's own territory."""
    place = buyer_defaults().place
    return RenewalsForm(request.args or MultiDict({"lieu": place} if place else {}))


def _found(form: RenewalsForm) -> Renewals | None:
    if form.faults:
        return None
    its = desk()
    try:
        return _made(its.engine, catalogue_version(its.engine), form.asked, its.today())
    except DecisionRefused as refusal:
        form.faults["lieu"] = str(refusal)
        return None


# The files ask for what the page has just shown, and each object has to be read.
@lru_cache(maxsize=8)
def _made(engine: Engine, _version: int, asked: RenewalsAsked, on: date) -> Renewals:
    return renewals(engine, asked, on)


def _links(tables: Sequence[DocumentTable], its: Renewals) -> Callable[[DocumentRow, int], str]:
    """What gives the addresses of a line: who could answer the same need, the supplier that holds the contract."""
    found = {
        row: one
        for table, listed in zip(tables, (its.coming, its.unknown), strict=True)
        for row, one in zip(table.as_shown().rows, listed, strict=False)
    }

    def link(row: DocumentRow, at: int) -> str:
        if at == 0:
            award = found[row].award
            return query_of(
                Lot(
                    award.objet,
                    cpv=(award.cpv,) if award.cpv else (),
                    acheteur_siret=award.buyer,
                    duree=award.months,
                    montant=award.amount,
                )
            ).url()
        return url_for("supplier.show", supplier_id=row.about) if row.about and at == HOLDER_AT else ""

    return link


# Lines of each table that a page shows; the files have them all.
SHOWN_LINES = 60


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
def show_territory() -> ResponseReturnValue:
    """Show the view of a territory, and the form that asks for another."""
    form = _asked_territory()
    its = _found_territory(form)
    told = territory_document(its, most=SHOWN_LINES).as_shown() if its else None
    return answered(form.faults, "notices/territoire.html", form=form, its=its, told=told, link=_link)


@pages.get("/annonces/territoire/territoire.<any(csv, xlsx, json):form>")
def download_territory(form: str) -> ResponseReturnValue:
    """Send the view as a file; the CSV holds the lots that could have been reserved."""
    its = _found_territory(_asked_territory()) or abort(400)
    name = f"territoire-{its.until}.{form}"
    return (
        sent(name, territory_csv(its))
        if form == "csv"
        else sent_document(name, territory_document(its), lambda: territory_object(its))
    )


def _asked_territory() -> TerritoryForm:
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


def _found_territory(form: TerritoryForm) -> TerritoryView | None:
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
