"""« Retenir »: from the candidates to a dossier. The list is frozen as it is seen, and some of it is kept."""

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.decisions.opinion.document import usual_opinion
from matcher.domain.match import Match
from matcher.dossiers.changes import AddLot
from matcher.dossiers.frozen_list import freeze
from matcher.dossiers.store import catalogue_date
from matcher.journal.store import JournalUnknown
from matcher.journal.texts import ChangeRefused
from matcher.need.answer import answer_from
from matcher.need.title import cut, title_of
from matcher.web.dossiers.choose import GoalForm, form_context, put
from matcher.web.dossiers.header_form import own_buyer
from matcher.web.frame.app_state import desk
from matcher.web.need.address import Query, usable_query
from matcher.web.need.answer import AnsweredQuery, answer

pages = Blueprint("save_list", __name__)

# What a dossier freezes of a list: what a team reads, and more. Beyond, nobody calls.
FROZEN = 60


@pages.get("/dossiers/retenir")
def choose() -> ResponseReturnValue:
    """Show which candidates of a list are kept, and in which dossier: those ticked in it (`retenu`), else its first ones."""
    query = usable_query(request.args)
    found = answer(desk(), query)
    matches = _frozen(found)
    wanted = query.several("retenu") or found.first_ids
    kept = [match.id for match in matches if match.id in wanted]
    return _page(query, matches, kept, GoalForm(**own_buyer(), title=cut(title_of(query.text("besoin")))))


@pages.post("/dossiers/retenir")
def keep() -> ResponseReturnValue:
    """Freeze the list in a dossier, new or chosen; once however many times the form is sent."""
    query = usable_query(request.form)
    found = answer(desk(), query)
    matches = _frozen(found)
    known = {match.id for match in matches}
    kept = tuple(key for key in dict.fromkeys(request.form.getlist("retenu")) if key in known)
    into = GoalForm.of(request.form)
    if not kept:
        into.faults["retenu"] = "Cochez au moins une structure ; les autres restent dans la liste figée."
    if into.faults:
        return _page(query, matches, kept, into)
    try:
        number = put(into, list_frozen(found, matches, kept, into.lot.data))
    except (ChangeRefused, JournalUnknown) as refusal:
        into.faults["dossier"] = str(refusal)
        return _page(query, matches, kept, into)
    return redirect(url_for("dossiers.show", number=number), 303)


def list_frozen(found: AnsweredQuery, matches: tuple[Match, ...], kept: tuple[str, ...], title: str) -> AddLot:
    """Return what adds a list to a dossier, frozen as it is, with the opinion of today; `kept` of it are followed."""
    frozen = freeze(answer_from(found.listing.found, found.sourced(matches)))
    opinion = usual_opinion(desk().engine, found.listing.found.ranking.ask)
    return AddLot(title, frozen, kept, catalogue_date(desk().engine), desk().sources(), opinion)


def _frozen(found: AnsweredQuery) -> tuple[Match, ...]:
    """The list as it is narrowed, one band after the other: what was seen, and no more than is read; then those ticked further on."""
    first = found.listing.first(FROZEN)
    seen = {match.id for match in first}
    ticked = found.named([key for key in found.query.several("retenu") if key not in seen])
    return (*first, *(match for match in ticked if match.rank))


def _page(query: Query, matches: Sequence[Match], kept: Sequence[str], form: GoalForm) -> tuple[str, int]:
    page = render_template(
        "dossiers/retenir.html",
        query=query,
        matches=matches,
        kept=set(kept),
        **form_context(form),
    )
    return page, 422 if form.faults else 200
