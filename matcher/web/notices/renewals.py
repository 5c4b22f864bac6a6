"""« Renouvellements à venir »: the contracts that end soon, by trade, territory and buyer, with those who hold them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Engine
from werkzeug.datastructures import MultiDict

from matcher.catalogue.store.read import catalogue_version
from matcher.decisions.asked import DecisionRefused
from matcher.domain.lot import Lot
from matcher.need.completion import activity_written
from matcher.notices.renewals.answer import MONTHS, MOST_MONTHS, Renewals, RenewalsAsked, buyer_number, renewals
from matcher.notices.renewals.document import HOLDER_AT, renewals_csv, renewals_document, renewals_object
from matcher.reference.trades.activities import taxonomy
from matcher.render.document import DocumentRow, DocumentTable
from matcher.web.frame.app_state import buyer_defaults, desk
from matcher.web.frame.file_response import sent, sent_document
from matcher.web.frame.forms import Line, PageForm, whole
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
    page = render_template(
        "notices/renouvellements.html", form=form, told=told, link=_links(told.tables, its) if told and its else None
    )
    return page, 422 if form.faults else 200


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
