"""Pages « Renouvellements à venir » (contracts that end soon) and « Un territoire » (lots that its buyers publish): filter form, tables, CSV, XLSX, JSON."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from typing import ClassVar

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Engine
from werkzeug.datastructures import MultiDict

from matcher.catalogue.store.awarded import end_of
from matcher.catalogue.store.read import catalogue_version
from matcher.decisions.asked import DecisionRefused
from matcher.domain.reading import Lot
from matcher.notices.listing import ARTICLES
from matcher.notices.lists.answer import (
    MONTHS,
    MOST_MONTHS,
    HeldContract,
    ListedContracts,
    ListedLots,
    list_contracts,
    list_lots,
)
from matcher.notices.lists.as_json import list_object
from matcher.notices.lists.asked import ListAsked, buyer_number, trade_code, year_before
from matcher.notices.lists.document import list_csv, list_document
from matcher.notices.store import KeptLot
from matcher.reference.trades.activities import taxonomy
from matcher.render.document import Document, DocumentRow
from matcher.web.frame.app_state import buyer_defaults, desk
from matcher.web.frame.file_response import attachment, document_attachment
from matcher.web.frame.forms import Line, PageForm, calendar_date, integer_field, places_field, render_answer
from matcher.web.need.address import query_of

pages = Blueprint("lists", __name__)

# Lines of each table that a page shows; the files have them all.
SHOWN = 100


class ListForm(PageForm):
    """Filter form of a list: the title of its page, the label of its CSV, its specific fields (`own`), and the fields common to all lists."""

    title: ClassVar[str]
    csv = "CSV"
    own: ClassVar[tuple[str, ...]]

    lieu = places_field("Territoire", most=2000)
    metier = Line("Métier", trade_code, shown=lambda code: taxonomy().label(code) if code else "")
    acheteur = Line("SIRET ou SIREN de l’acheteur", buyer_number)

    def request_over(self, since: date, until: date) -> ListAsked:
        """Return the request for a period; the form must have no faults."""
        return ListAsked(since, until, self.lieu.data, self.metier.data, self.acheteur.data)


class TerritoryForm(ListForm):
    """Form of the lots of a territory, published in a period."""

    title = "Les avis publiés d’un territoire"
    csv = "CSV des lots à réserver"
    own = ("depuis", "jusqu")

    depuis = calendar_date("Publiés du")
    jusqu = calendar_date("au")

    def listing(self, today: date) -> ListedLots | None:
        """Return the lots of the period, by default the year that ends `today`; None before the form is sent. Raises DecisionRefused."""
        self.jusqu.data = self.jusqu.data or today
        self.depuis.data = self.depuis.data or year_before(self.jusqu.data)
        if not (self.lieu.data or request.args):
            return None
        return list_lots(desk().engine, self.request_over(self.depuis.data, self.jusqu.data), today)


class RenewalsForm(ListForm):
    """Form of the contracts that end soon."""

    title = "Renouvellements à venir"
    own = ("mois",)

    lieu = places_field("Où est l’acheteur", most=2000)
    mois = integer_field("Mois à venir", 1, MOST_MONTHS, empty=MONTHS)

    def listing(self, today: date) -> ListedContracts:
        """Return the contracts that end within the chosen months. Raises DecisionRefused."""
        list_request, engine = self.request_over(today, end_of(today, self.mois.data) or today), desk().engine
        return _contracts(engine, catalogue_version(engine), list_request, today)


# Cached: a download repeats the list of the page, and reading each contract's object is slow.
@lru_cache(maxsize=8)
def _contracts(engine: Engine, _version: int, list_request: ListAsked, on: date) -> ListedContracts:
    return list_contracts(engine, list_request, on)


@pages.get("/annonces/territoire", endpoint="territory")
def show_territory() -> ResponseReturnValue:
    """Show what the buyers of a territory publish, and the form that asks for another."""
    return _page(TerritoryForm)


@pages.get("/annonces/renouvellements")
def renewals() -> ResponseReturnValue:
    """Show the contracts that end soon, and the form that chooses some."""
    return _page(RenewalsForm)


@pages.get("/annonces/territoire/territoire.<any(csv, xlsx, json):form>")
def download_territory(form: str) -> ResponseReturnValue:
    """Send the lots of a territory as a file; the CSV holds those that could have been reserved."""
    listing = _listing_of(_form(TerritoryForm)) or abort(400)
    return _file(listing, f"territoire-{listing.asked.until}.{form}")


@pages.get("/annonces/renouvellements/renouvellements.<any(csv, xlsx, json):form>")
def download_renewals(form: str) -> ResponseReturnValue:
    """Send the contracts that end soon as a file."""
    listing = _listing_of(_form(RenewalsForm)) or abort(400)
    return _file(listing, f"renouvellements-{listing.on}.{form}")


def _file(listing: ListedLots | ListedContracts, name: str) -> ResponseReturnValue:
    if name.endswith(".csv"):
        return attachment(name, list_csv(listing))
    return document_attachment(name, list_document(listing), lambda: list_object(listing))


def _page(kind: type[TerritoryForm | RenewalsForm]) -> ResponseReturnValue:
    form = _form(kind)
    listing = _listing_of(form)
    document = list_document(listing, most=SHOWN) if listing else None
    return render_answer(
        form.faults,
        "notices/liste.html",
        form=form,
        pairs={field.name: field.shown_text for field in form if isinstance(field, Line) and field.shown_text},
        document=document,
        link=_links(listing, document) if listing and document else None,
    )


def _form(kind: type[TerritoryForm | RenewalsForm]) -> TerritoryForm | RenewalsForm:
    """Return the form as sent, else filled with the organisation's own territory."""
    place = buyer_defaults().place
    return kind(request.args or MultiDict({"lieu": place} if place else {}))


def _listing_of(form: TerritoryForm | RenewalsForm) -> ListedLots | ListedContracts | None:
    """Return the requested list; None where a field has a fault, which is then in `form.faults`."""
    if form.faults:
        return None
    try:
        return form.listing(desk().today())
    except DecisionRefused as refusal:
        form.faults[refusal.field or "lieu"] = str(refusal)
        return None


def _links(lots: ListedLots | ListedContracts, document: Document) -> Callable[[DocumentRow, int], str]:
    """Return a function that gives the link of a table cell: for a lot, its page or its candidates under an article; for a contract, the
    candidates for the same need or the page of its holder."""
    listed: Sequence[Sequence[KeptLot | HeldContract]] = (
        (lots.counts.reservable,) if isinstance(lots, ListedLots) else (lots.coming, lots.unknown)
    )
    tables = [table.as_shown() for table in document.tables]
    lines = {
        row: line
        for table, own in zip(tables, listed, strict=False)
        for row, line in zip(table.rows, own, strict=False)
    }

    def link(row: DocumentRow, at: int) -> str:
        line = lines.get(row)
        label = tables[0].columns[at].label
        if isinstance(line, HeldContract):
            if at == 0:
                award, cpv = line.award, (line.award.cpv,) if line.award.cpv else ()
                need = Lot(award.objet, cpv=cpv, acheteur_siret=award.buyer, duree=award.months, montant=award.amount)
                return query_of(need).url()
            return url_for("supplier.show", supplier_id=row.about) if row.about and label == "Titulaire" else ""
        if line is None:
            return ""
        if at == 0:
            return url_for("published_lot.show", number=line.id)
        article = ARTICLES.get(label)
        return url_for("published_lot.candidates", number=line.id, levier=article) if article and row.cells[at] else ""

    return link
