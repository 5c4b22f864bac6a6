"""« Garder dans un dossier »: a decision that a page shows, frozen in a dossier as it was shown, with the structures to call for it."""

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

# What can be kept, by the name of its page, and who works it out again from what was asked.
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
    """Form that keeps a decision; `listes` where the structures that it has called are kept too, one list a contract."""

    listes = Yes("Ajouter les structures à appeler, une liste par contrat", default=True)


@pages.get("/decisions/garder", endpoint="choose")
def choose_dossier_of_decision() -> ResponseReturnValue:
    """Show what would be kept, and in which dossier."""
    decision, wanted = _decision(request.args.get("quoi", ""), request.query_string.decode("ascii", "replace"))
    _set_persona(decision)
    return _page(decision, wanted, KeepForm(**own_buyer(), title=cut_title(decision.title)))


@pages.post("/decisions/garder", endpoint="keep")
def save_decision() -> ResponseReturnValue:
    """Freeze the decision in a dossier, new or chosen; once however many times the form is sent."""
    decision, wanted = _decision(request.form.get("quoi", ""), request.form.get("demande", ""))
    _set_persona(decision)
    into = KeepForm.of(request.form)
    if into.faults:
        return _page(decision, wanted, into)
    try:
        number = put(into, KeepDecision(decision), *_beside(decision, wanted, into))
    except (ChangeRefused, JournalUnknown) as refusal:
        into.faults["dossier"] = str(refusal)
        return _page(decision, wanted, into)
    return redirect(url_for("dossiers.show", number=number, _anchor="decisions"), 303)


@pages.post(f"/dossiers/{NUMBER}/decisions/<int(max=100000):decision>/retirer", endpoint="remove")
def remove_decision(number: int, decision: int) -> ResponseReturnValue:
    """Take a decision out of a dossier."""
    return write_dossier(
        number,
        lambda _: [RemoveDecision(decision, request.form.get("motif", ""))],
        lambda dossier, said: dossier_page(dossier, form_not_written(said, f"decision-{decision}"), 422),
        then="decisions",
    )


def _set_persona(decision: Document) -> None:
    """Set the persona of the request to that of the dossier that would keep a decision."""
    if decision.kind is DocumentKind.PLAN:
        set_persona(plan_persona(profile().persona))


def _beside(decision: Document, wanted: str, into: KeepForm) -> Sequence[DossierChange]:
    """Return what goes with a decision: a list a contract of a plan; in a new dossier, the first of its next steps."""
    added: list[DossierChange] = []
    if decision.steps and not into.chosen:
        added.append(SetCourse(Course(next_step=decision.steps[0].rstrip("."))))
    if decision.kind is DocumentKind.PLAN and into.listes.data:
        plan = clause_plan.whole_plan(_pairs(wanted))
        added += plan_lists(plan, desk().sources_of, catalogue_date(desk().engine), desk().sources()) if plan else ()
    return added


def _pairs(wanted: str) -> MultiDict[str, str]:
    """Return the fields that ask for a decision. Raises ValueError for too many fields."""
    return MultiDict(parse_qsl(wanted, keep_blank_values=True, max_num_fields=_MOST_FIELDS))


def _decision(what: str, wanted: str) -> tuple[Document, str]:
    """The decision that an address asks for, and what asks for it again."""
    if what not in DECIDED or len(wanted) > _LONGEST:
        abort(400)
    try:
        pairs = _pairs(wanted)
    except ValueError:
        abort(400)
    document = DECIDED[what](pairs) or abort(400)
    return document.as_shown(), wanted


def _page(decision: Document, wanted: str, form: KeepForm) -> tuple[str, int]:
    return render_answer(
        form.faults,
        "dossiers/garder.html",
        decision=decision,
        what=request.values.get("quoi", ""),
        asked=wanted,
        lists=decision.kind is DocumentKind.PLAN,
        **form_context(form),
    )
