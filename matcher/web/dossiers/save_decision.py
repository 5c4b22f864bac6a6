"""Page « Garder dans un dossier »: freezes the result of a decision page (opinion, clause plan, lots…) in a dossier, with the suppliers to call."""

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import parse_qsl

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from matcher.dossiers.changes import KeepDecision, RemoveDecision, SetCourse, plan_lists
from matcher.dossiers.dossier import Course, DossierChange
from matcher.dossiers.planned_part import plan_persona
from matcher.dossiers.store import catalogue_date
from matcher.journal.change import ChangeRefused
from matcher.journal.store import JournalUnknown
from matcher.need.title import cut_title
from matcher.reference.wordings import set_persona
from matcher.render.document import Document, DocumentKind
from matcher.web.decisions import allotment, clause_hours, coverage, groupement, opinion
from matcher.web.decisions import clause as clause_plan
from matcher.web.dossiers.choose import GoalForm, form_context, own_buyer, put
from matcher.web.dossiers.dossier_page import dossier_page
from matcher.web.dossiers.write import NUMBER, form_not_written, write_dossier
from matcher.web.frame.app_state import desk, profile
from matcher.web.frame.forms import Yes, render_answer

pages = Blueprint("save_decision", __name__)

# Decisions that can be saved: name of the page, then the function that computes the document again from the arguments.
DECIDED: Mapping[str, Callable[[MultiDict[str, str]], Document | None]] = {
    "avis": opinion.opinion_decision,
    "calibrage": clause_hours.calibration_decision,
    "plan-clause": clause_plan.clause_decision,
    "groupement": groupement.groupement_decision,
    "allotissement": allotment.allotment_decision,
    "couverture": coverage.coverage_decision,
}
# A plan of twenty contracts has as many fields, its cells included.
_LONGEST, _MOST_FIELDS = 40_000, 600


class KeepForm(GoalForm):
    """Form that saves a decision; `listes` also saves the structures to call, one list for each contract."""

    listes = Yes("Ajouter les structures à appeler, une liste par contrat", default=True)


@pages.get("/decisions/garder", endpoint="choose")
def choose_dossier_of_decision() -> ResponseReturnValue:
    """Show the form: the decision to save, and the choice of dossier."""
    decision, query_string = _decision(request.args.get("quoi", ""), request.query_string.decode("ascii", "replace"))
    _set_persona(decision)
    return _page(decision, query_string, KeepForm(**own_buyer(), title=cut_title(decision.title)))


@pages.post("/decisions/garder", endpoint="keep")
def save_decision() -> ResponseReturnValue:
    """Save the decision in a new or chosen dossier, once even if the form is sent twice."""
    decision, query_string = _decision(request.form.get("quoi", ""), request.form.get("demande", ""))
    _set_persona(decision)
    into = KeepForm.of(request.form)
    if into.faults:
        return _page(decision, query_string, into)
    try:
        number = put(into, KeepDecision(decision), *_companion_changes(decision, query_string, into))
    except (ChangeRefused, JournalUnknown) as refusal:
        into.faults["dossier"] = str(refusal)
        return _page(decision, query_string, into)
    return redirect(url_for("dossiers.show", number=number, _anchor="decisions"), 303)


@pages.post(f"/dossiers/{NUMBER}/decisions/<int(max=100000):decision>/retirer", endpoint="remove")
def remove_decision(number: int, decision: int) -> ResponseReturnValue:
    """Remove a decision from a dossier."""
    return write_dossier(
        number,
        lambda _: [RemoveDecision(decision, request.form.get("motif", ""))],
        lambda dossier, fault: dossier_page(dossier, form_not_written(fault, f"decision-{decision}"), 422),
        then="decisions",
    )


def _set_persona(decision: Document) -> None:
    """Set the persona (type of user, which words the page) to that of the dossier that the decision would create."""
    if decision.kind is DocumentKind.PLAN:
        set_persona(plan_persona(profile().persona))


def _companion_changes(decision: Document, query_string: str, into: KeepForm) -> Sequence[DossierChange]:
    """Return the changes saved with a decision: for a plan, a list for each contract; in a new dossier, the first next step."""
    added: list[DossierChange] = []
    if decision.steps and not into.chosen:
        added.append(SetCourse(Course(next_step=decision.steps[0].rstrip("."))))
    if decision.kind is DocumentKind.PLAN and into.listes.data:
        plan = clause_plan.whole_plan(_pairs(query_string))
        added += plan_lists(plan, desk().sources_of, catalogue_date(desk().engine), desk().sources()) if plan else ()
    return added


def _pairs(query_string: str) -> MultiDict[str, str]:
    """Parse the query string of a decision. Raises ValueError for too many fields."""
    return MultiDict(parse_qsl(query_string, keep_blank_values=True, max_num_fields=_MOST_FIELDS))


def _decision(what: str, query_string: str) -> tuple[Document, str]:
    """Compute the decision of a page (`what`) and a query string; return both, or end the request with 400."""
    if what not in DECIDED or len(query_string) > _LONGEST:
        abort(400)
    try:
        pairs = _pairs(query_string)
    except ValueError:
        abort(400)
    document = DECIDED[what](pairs) or abort(400)
    return document.as_shown(), query_string


def _page(decision: Document, query_string: str, form: KeepForm) -> tuple[str, int]:
    return render_answer(
        form.faults,
        "dossiers/garder.html",
        decision=decision,
        what=request.values.get("quoi", ""),
        asked=query_string,
        lists=decision.kind is DocumentKind.PLAN,
        **form_context(form),
    )
