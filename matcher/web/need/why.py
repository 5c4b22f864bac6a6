"""Pages « Pourquoi ? » (how one supplier's score adds up), « Pourquoi pas … ? » (what refuses it) and « Comparer » (candidates side by side)."""

from dataclasses import dataclass

import numpy as np
from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from matcher.catalogue.store.search import LONGEST, suppliers_meant
from matcher.domain.match import Contribution
from matcher.need.comparison import LEAST, MOST, compare_candidates, leads
from matcher.need.criteria import distance_weight
from matcher.need.fields import ASKED_LEVERS
from matcher.need.sourced import sourced_reasons
from matcher.ranking.reasons import bar, explanation
from matcher.reference.levers import lever
from matcher.web.frame.app_state import desk, past_said
from matcher.web.need.address import NONE, Query, usable_query
from matcher.web.need.answer import AnsweredQuery, answer_query

pages = Blueprint("why", __name__)


@dataclass(frozen=True, slots=True)
class WaterfallStep:
    """One row of the waterfall chart of a score: the contribution, and where its bar starts (points out of 100)."""

    part: Contribution
    start: float


@dataclass(frozen=True, slots=True)
class OtherLever:
    """Effect of an article on the supplier: its rank, None where refused, and the number of suppliers known for the trade. `now`: the chosen one."""

    label: str
    query: Query
    now: bool
    rank: int | None
    known: int


@pages.get("/pourquoi", endpoint="show")
def explain_supplier() -> ResponseReturnValue:
    """Explain one supplier, given by `id` or by `qui`: the name or SIRET that the buyer expected."""
    query = usable_query(request.args)
    response = answer_query(desk(), query)
    typed_name = (request.args.get("id") or request.args.get("qui") or "").strip()[:LONGEST]
    shelf = response.ranking.ask.shelf
    rows = suppliers_meant(desk().engine, shelf, typed_name) if typed_name else ()
    if request.args.get("id") and (not rows or shelf.ids[rows[0]] != typed_name):
        abort(404)
    if len(rows) != 1:
        named = [(card.id, card.name, card.city, card.kinds) for card in (shelf.suppliers[row] for row in rows)]
        return render_template("need/lequel.html", answer=response, query=query, asked=typed_name, named=named)
    return _explanation_page(response, rows[0])


def _explanation_page(answer: AnsweredQuery, row: int) -> ResponseReturnValue:
    ranking = answer.ranking
    (match,) = answer.with_sources(answer.listing.found.matches(np.array([row])))
    reasons = [gate.says(ranking.ask, row) for gate, refused_rows in ranking.refused if refused_rows[row]]
    refused = sourced_reasons(reasons, match.id, answer.sources_of)
    steps, start = [], 0.0
    for part in match.contributions:
        steps.append(WaterfallStep(part, round(start, 2)))
        start += part.points
    choices, now = [], answer.reading.lever or NONE
    # The chosen article, each other one, and none, without repeats.
    for code in dict.fromkeys((now, *ASKED_LEVERS, NONE)) if refused else ():
        query = answer.query.but(levier=code)
        other = answer.of(query)
        label = "sans réserver" if code == NONE else lever(code).label
        rank = int(other.listing.found.ranks[row]) or None
        choices.append(OtherLever(label, query, code == now, rank, other.known_count))
    return render_template(
        "need/pourquoi.html",
        answer=answer,
        query=answer.query,
        match=match,
        parts=bar(match),
        steps=steps,
        refused=refused,
        listed=bool(answer.listing.found.kept[row]),
        choices=choices,
        sentences=explanation(match),
        distance=distance_weight((match,)),
    )


@pages.get("/comparer", endpoint="compare")
def show_comparison() -> ResponseReturnValue:
    """Compare the suppliers ticked for it, else those ticked to be kept; `tout` also shows the lines that do not differ."""
    query = usable_query(request.args)
    response = answer_query(desk(), query)
    wanted_ids = query.several("compare") or query.several("retenu")
    matches = response.matches_of(wanted_ids)
    named = matches[:MOST]
    contacts = desk().contacts_of({match.id for match in named})
    lines = compare_candidates(named, response.reading, contacts) if len(named) >= LEAST else ()
    page = render_template(
        "need/comparer.html",
        answer=response,
        query=query,
        asked=wanted_ids,
        matches=named,
        too_many=len(wanted_ids) > MOST,
        gone=len(wanted_ids) - len(matches),
        lines=lines,
        leads=leads(named, lines),
        same=sum(not line.differs for line in lines),
        whole=bool(request.args.get("tout")),
        contacts=contacts,
        past=past_said(match.id for match in named),
    )
    return page, 200 if lines else 422
