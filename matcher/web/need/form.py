"""« Décrire le besoin »: the first page. One field; the rest is optional, and completed as one types."""

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from matcher.need.completion import Suggestion, complete_activity, complete_cpv, complete_place
from matcher.need.fields import ASKED_LEVERS
from matcher.reference.levers import lever
from matcher.reference.trades.activities import taxonomy
from matcher.web.frame.app_state import late_line
from matcher.web.frame.organisation import buyer_defaults, profile
from matcher.web.need.address import NONE, Query
from matcher.web.need.understood import places_said

pages = Blueprint("form", __name__)

COMPLETIONS = {"lieux": complete_place, "cpv": complete_cpv, "activites": complete_activity}


@pages.get("/")
def form() -> ResponseReturnValue:
    """Show the form, empty, or as the address fills it."""
    return need_form(Query.of(request.args, buyer_defaults()), {})


@pages.get("/completion/<any(lieux, cpv, activites):what>")
def complete(what: str) -> ResponseReturnValue:
    """Return what begins as the text `q` does, as JSON: value, label and one line that tells it from its homonyms."""
    found = COMPLETIONS[what](request.args.get("q", ""))
    return jsonify([_line(suggestion) for suggestion in found])


def need_form(query: Query, faults: dict[str, str]) -> ResponseReturnValue:
    """Return the form as it was filled, with what cannot be used said under its field."""
    names = taxonomy()
    choices = [(code, lever(code).label) for code in ASKED_LEVERS]
    kept = [(code, names.label(code)) for code in query.several("activite") if code in names.index]
    page = render_template(
        "need/formulaire.html",
        query=query,
        faults=faults,
        levers=[("", "Laisser Entremise proposer"), (NONE, "Ni réservé, ni clause"), *choices],
        kept=kept,
        late=late_line(),
        usual=[(names.label(code), query.but(activite=code)) for code in profile().families if code in names.index],
        places=" ; ".join(places_said(query)) if query.several("ou") else query.joined("lieu"),
    )
    return page, 422 if faults else 200


def _line(suggestion: Suggestion) -> dict[str, str]:
    return {"value": suggestion.value, "label": suggestion.label, "what": suggestion.what}
