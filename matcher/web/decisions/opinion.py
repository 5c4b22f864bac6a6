"""« L’avis »: reserve the lot or not, under which article, at what size; what it rests on, and what each threshold changes."""

from collections.abc import Callable

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from matcher.decisions.assumptions import THRESHOLDS
from matcher.decisions.opinion import law_words, words
from matcher.decisions.opinion.answer import Advice, advise
from matcher.decisions.opinion.compute import Opinion
from matcher.decisions.opinion.document import advice_document, advice_object, advice_tables
from matcher.decisions.workload import NeedRefused
from matcher.need.answer import dated, laid
from matcher.need.title import title_of
from matcher.render.document import Document, DocumentRow
from matcher.web.decisions.assumptions_form import SIZES, SupposedForm
from matcher.web.decisions.row_links import leading
from matcher.web.decisions.size_curve import size_curve
from matcher.web.frame.app_state import buyer_defaults, desk, logo_address
from matcher.web.frame.file_response import sent_document
from matcher.web.need.address import Query, usable_query
from matcher.web.need.form import need_form

pages = Blueprint("opinion", __name__)

# The words of the trade that the page says, each explained at its end.
WORDS = (
    "achat direct",
    "seuils européens",
    "lot réservé",
    "L2113-12",
    "L2113-13",
    "clause sociale",
    "sourcing",
    "ETP",
    "PMSMP",
    "CCAP",
)


@pages.get("/avis")
def show() -> ResponseReturnValue:
    """Show the opinion on what a query asks; the form of the need again where something of it cannot be used."""
    query = Query.of(request.args, buyer_defaults())
    if faults := query.faults():
        return need_form(query, faults)
    supposed = SupposedForm(request.args)
    advice = _advice(query, supposed)
    its = advice.opinion if advice else None
    page = render_template(
        "decisions/opinion/avis.html",
        query=query,
        supposed=supposed,
        advice=advice,
        its=its,
        logo=logo_address(),
        curve=size_curve(advice.opinion) if advice else None,
        words=words,
        told=advice_document(advice, _title(query)) if advice else None,
        tables=advice_tables(advice) if advice else {},
        to_why=lambda row, at: query.but(levier=its.told.lever).url("why.show", id=row.about) if its and not at else "",
        to_lever=_to_lever(advice.opinion, query, supposed) if advice else None,
        law=list(law_words.sentences(advice.opinion.law)) if advice else [],
        terms=WORDS,
        sizes=SIZES,
        thresholds=THRESHOLDS,
    )
    return page, 422 if supposed.faults else 200


@pages.get("/avis/avis.<any(json, xlsx):form>")
def download(form: str) -> ResponseReturnValue:
    """Send the opinion as a file."""
    query = usable_query(request.args)
    advice = _advice(query, SupposedForm(request.args)) or abort(400)
    return sent_document(
        f"avis-{advice.on}.{form}", advice_document(advice, _title(query)), lambda: advice_object(advice)
    )


def decided(arguments: MultiDict[str, str]) -> Document | None:
    """Return the opinion that these arguments ask for, as a dossier keeps it; None where they ask for none."""
    query, supposed = Query.of(arguments, buyer_defaults()), SupposedForm(arguments)
    if query.faults():
        return None
    advice = _advice(query, supposed)
    if advice is None:
        return None
    return advice_document(advice, _title(query), query.url("opinion.show", **supposed.values))


def _title(query: Query) -> str:
    return title_of(query.text("besoin"))


def _advice(query: Query, supposed: SupposedForm) -> Advice | None:
    """The opinion; None where the form has faults, which a refused size is one of."""
    ask = laid(dated(query.reading, desk().today()), desk().shelf(), desk().today())
    try:
        need = supposed.need(ask.reading)
    except NeedRefused as refusal:
        supposed.refuse(refusal)
    if supposed.faults:
        return None
    return advise(desk().engine, ask, need, supposed.assumed, supposed.told)


def _to_lever(its: Opinion, query: Query, supposed: SupposedForm) -> Callable[[DocumentRow, int], str]:
    """What leads from a line of the other ways to the opinion under its lever."""
    codes = [one.lever for one in its.levers if one.lever != its.told.lever]
    addresses = [query.but(levier=code).url("opinion.show", **supposed.values) for code in codes]
    return leading({label: address for (label, _, _), address in zip(words.others(its), addresses, strict=True)})
