"""Page « Retenir »: freezes ranked lists of candidates in dossiers: one list, each lot of a DCE (tender documents), or each line of a purchase programme."""

from collections.abc import Sequence
from dataclasses import replace

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from matcher.cleaning.siret import clean_siret
from matcher.decisions.opinion.document import usual_opinion
from matcher.decisions.opinion.law import ProcedureLots, lots_of_procedure
from matcher.decisions.purchases.lever_shares import SOCIAL, share_label
from matcher.decisions.purchases.programme import Programme
from matcher.domain.french import count, number
from matcher.domain.match import Band, Match
from matcher.dossiers.changes import AddLot, SetCourse
from matcher.dossiers.dossier import Course, DossierHeader
from matcher.dossiers.frozen_list import freeze
from matcher.dossiers.store import catalogue_date
from matcher.journal.change import ChangeRefused
from matcher.journal.store import JournalUnknown
from matcher.need.title import cut_title, title_of
from matcher.web.decisions.procedure import procedure_of
from matcher.web.decisions.purchases import programme_of
from matcher.web.decisions.worksheet import query_of_line
from matcher.web.dossiers.choose import GoalForm, form_context, open_with, own_buyer, put
from matcher.web.dossiers.write import once_per_form
from matcher.web.frame.app_state import NO_NAME, desk, named_or_fault, signer_of
from matcher.web.frame.forms import render_answer
from matcher.web.need.address import Query, usable_query
from matcher.web.need.answer import AnsweredQuery, answer_query
from matcher.web.need.tender import (
    buyer_proposed,
    keep_verified,
    sent_deadline,
    sent_lots,
    tender_page,
    tender_read,
    tender_work,
)

pages = Blueprint("save_list", __name__)

# Most candidates of a list that a dossier freezes: more than a team ever calls.
FROZEN = 60


@pages.get("/dossiers/retenir", endpoint="choose")
def choose_dossier_of_list() -> ResponseReturnValue:
    """Show the form: the candidates to follow (those ticked as `retenu`, else the first ones), and the choice of dossier."""
    query = usable_query(request.args)
    response = answer_query(desk(), query)
    matches = _matches_to_freeze(response)
    wanted = query.several("retenu") or response.first_ids
    remaining = [match.id for match in matches if match.id in wanted]
    return _page(query, matches, remaining, GoalForm(**own_buyer(), title=cut_title(title_of(query.text("besoin")))))


@pages.post("/dossiers/retenir", endpoint="keep")
def save_list() -> ResponseReturnValue:
    """Save the list in a new or chosen dossier, once even if the form is sent twice."""
    query = usable_query(request.form)
    response = answer_query(desk(), query)
    matches = _matches_to_freeze(response)
    known = {match.id for match in matches}
    remaining = tuple(key for key in dict.fromkeys(request.form.getlist("retenu")) if key in known)
    into = GoalForm.of(request.form)
    if not remaining:
        into.faults["retenu"] = "Cochez au moins une structure ; les autres restent dans la liste figée."
    if into.faults:
        return _page(query, matches, remaining, into)
    try:
        number = put(into, list_frozen(response, matches, remaining, into.lot.data, procedure_of(query)))
    except (ChangeRefused, JournalUnknown) as refusal:
        into.faults["dossier"] = str(refusal)
        return _page(query, matches, remaining, into)
    return redirect(url_for("dossiers.show", number=number), 303)


def list_frozen(
    answer: AnsweredQuery,
    matches: tuple[Match, ...],
    remaining: tuple[str, ...],
    title: str,
    procedure: ProcedureLots | None = None,
) -> AddLot:
    """Return the change that adds a frozen list to a dossier, with the opinion of today on a lot of this procedure; `remaining` are the ids of the suppliers
    to follow."""
    frozen = freeze(answer.answer_with(answer.with_sources(matches)))
    opinion = usual_opinion(desk().engine, answer.listing.found.ranking.ask, procedure)
    return AddLot(title, frozen, remaining, catalogue_date(desk().engine), desk().sources(), opinion)


def _matches_to_freeze(answer: AnsweredQuery) -> tuple[Match, ...]:
    """Return the first candidates of the filtered list, band after band, then the ticked ones further down."""
    first = answer.listing.first(FROZEN)
    seen = {match.id for match in first}
    ticked = answer.matches_of([key for key in answer.query.several("retenu") if key not in seen])
    return (*first, *(match for match in ticked if match.rank))


def _page(query: Query, matches: Sequence[Match], remaining: Sequence[str], form: GoalForm) -> tuple[str, int]:
    return render_answer(
        form.faults,
        "dossiers/retenir.html",
        query=query,
        bands=[
            (band, band_matches)
            for band in Band
            if (band_matches := [match for match in matches if match.band is band])
        ],
        kept=set(remaining),
        **form_context(form),
    )


@pages.post("/dce/<key>/dossier")
def keep_tender(key: str) -> ResponseReturnValue:
    """Store the verified lots of a DCE, and create a dossier with their lists, once even if the form is sent twice."""
    work = tender_work(key)
    tender = tender_read(work)
    lots, faults = sent_lots(work, tender)
    author, due = named_or_fault(signer_of(request.form), faults), sent_deadline(faults)
    if faults:
        return tender_page(work, tender, lots, faults)
    keep_verified(work, lots)
    procedure = lots_of_procedure([lot.query.reading for lot in lots], tender.proposal.more)
    added = [
        list_of_today(
            lot.query,
            cut_title(" : ".join(filter(None, (f"Lot {lot.number}" if lot.number else "", lot.title)))),
            procedure,
        )
        for lot in lots
    ]
    # Each lot follows its first candidates (see `list_of_today`).
    title = cut_title(" ; ".join(lot.title or title_of(lot.query.text("besoin")) for lot in lots))
    course = [SetCourse(Course(offers_by=due))] if due else []
    own, name = _own_header(title), buyer_proposed(tender)
    # the organisation's own SIRET goes with its own name alone
    siret = own.buyer_siret if name == own.buyer else clean_siret(tender.proposal.buyer).value
    header = replace(own, buyer=name, buyer_siret=siret or "")
    number = once_per_form(lambda: open_with(header, [*course, *added], author))
    return redirect(url_for("dossiers.show", number=number), 303)


# Most dossiers created at once: each ranks and freezes a list, which takes time.
MOST = 40


@pages.post("/achats/<key>/dossiers")
def keep_programme(key: str) -> ResponseReturnValue:
    """Create a dossier for each ticked line, or for each line with a social lever (`tous`), once even if the form is sent twice."""
    study, result = programme_of(key)
    chosen = _chosen_queries(result.programme)
    author = signer_of(request.form)
    refusal = "" if author else NO_NAME
    if author and not chosen:
        refusal = "Cochez au moins une ligne dont le besoin se lit."
    elif author and len(chosen) > MOST:
        refusal = f"{number(len(chosen))} dossiers, c’est trop d’un coup : cochez {number(MOST)} lignes au plus."
    if refusal:
        flash(refusal, "refus")
        return redirect(url_for("purchases.show", key=study.key, _anchor="lignes"), 303)
    # Computed before the single transaction that writes all dossiers.
    lots = [
        list_of_today(query, cut_title(title_of(query.text("besoin") or query.joined_values("cpv"))))
        for query in chosen
    ]
    created = once_per_form(lambda: sum(1 for lot in lots if open_with(_own_header(lot.title), [lot], author)))
    flash(f"{count(created, 'dossier créé', 'dossiers créés')} de « {study.file_name} ».")
    return redirect(url_for("dossiers.index"), 303)


def _chosen_queries(programme: Programme) -> list[Query]:
    ticked = set(request.form.getlist("ligne"))
    every = request.form.get("dossiers") == "tous"
    lines = (
        (line, answer)
        for line, answer in programme.counted_lines
        if (share_label(answer) in SOCIAL if every else line.entry.key in ticked)
    )
    return [query for query in (query_of_line(line, answer) for line, answer in lines) if query is not None]


def list_of_today(query: Query, title: str, procedure: ProcedureLots | None = None) -> AddLot:
    """Rank a need today and return the change that adds its list to a dossier; the first candidates are followed."""
    response = answer_query(desk(), query)
    return list_frozen(response, response.listing.first(FROZEN), tuple(response.first_ids), title, procedure)


def _own_header(title: str) -> DossierHeader:
    """Return a dossier header with the organisation's own defaults."""
    return DossierHeader(**{**own_buyer(), "title": title})
