"""« Décrire le besoin »: the first page. One field; the rest is optional, and completed as one types."""

from collections.abc import Callable, Mapping

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.need.completion import Suggestion, complete_activity, complete_cpv, complete_place
from matcher.need.fields import ASKED_LEVERS
from matcher.reference.levers import lever
from matcher.reference.trades.activities import taxonomy
from matcher.web.frame.app_state import buyer_defaults, late_line, profile
from matcher.web.frame.visitor import forget_needs
from matcher.web.need.address import NONE, Query
from matcher.web.need.home import Home, home
from matcher.web.need.understood import places_said

pages = Blueprint("form", __name__)

COMPLETIONS: Mapping[str, Callable[[str], tuple[Suggestion, ...]]] = {
    "lieux": complete_place,
    "cpv": complete_cpv,
    "activites": lambda text: complete_activity(text, profile().families),
}


# Fields of the need that stay folded until one of them says something.
_MORE = ("cpv", "montant", "duree", "levier", "debut", "acheteur", "activite")


@pages.get("/")
def form() -> ResponseReturnValue:
    """Show the form: empty, with what is worth knowing today beside it, or as the address fills it."""
    query = Query.of(request.args, buyer_defaults())
    return need_form(query, {}, None if query.values else home())


@pages.post("/besoins-recents/oubli")
def forget() -> ResponseReturnValue:
    """Forget the last needs of this browser."""
    forget_needs()
    flash("Vos besoins récents sont oubliés.")
    return redirect(url_for("form.form"), 303)


@pages.get("/completion/<any(lieux, cpv, activites):what>")
def complete(what: str) -> ResponseReturnValue:
    """Return what begins as the text `q` does, as JSON: value, label and one line that tells it from its homonyms."""
    found = COMPLETIONS[what](request.args.get("q", ""))
    return jsonify([_line(suggestion) for suggestion in found])


def need_form(query: Query, faults: dict[str, str], home: Home | None = None) -> ResponseReturnValue:
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
        more=any(query.several(name) or name in faults for name in _MORE),
        home=home,
        late=late_line(),
        usual=[(names.label(code), query.but(activite=code)) for code in profile().families if code in names.index],
        places=" ; ".join(places_said(query)) if query.several("ou") else query.joined("lieu"),
    )
    return page, 422 if faults else 200


def _line(suggestion: Suggestion) -> dict[str, str]:
    return {"value": suggestion.value, "label": suggestion.label, "what": suggestion.what}
