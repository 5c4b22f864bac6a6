"""Page « Décrire le besoin », which is also the home page: the form of a need and its autocompletion; `home.py` computes the rest of the home page."""

from collections.abc import Callable, Mapping

from flask import Blueprint, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from matcher.domain.persona import Persona
from matcher.need.completion import Suggestion, complete_activity, complete_cpv, complete_place
from matcher.need.fields import offered_levers
from matcher.reference.levers import lever
from matcher.reference.trades.activities import taxonomy
from matcher.reference.wordings import persona_wording, wordings
from matcher.web.frame.app_state import buyer_defaults, late_line, profile
from matcher.web.frame.forms import render_answer
from matcher.web.frame.visitor import forget_needs
from matcher.web.need.address import NONE, Query
from matcher.web.need.home import Home, home_content
from matcher.web.need.understood import places_said

pages = Blueprint("form", __name__)

COMPLETIONS: Mapping[str, Callable[[str], tuple[Suggestion, ...]]] = {
    "lieux": complete_place,
    "cpv": complete_cpv,
    "activites": lambda text: complete_activity(text, profile().families),
}
# Optional fields, folded on the page until one of them is filled or faulty.
_MORE = ("cpv", "montant", "duree", "levier", "debut", "acheteur", "activite")


@pages.get("/", endpoint="form")
def show_need_form() -> ResponseReturnValue:
    """Show the form: filled from the address, else empty with the home page's content."""
    query = Query.of(request.args, buyer_defaults())
    return need_form(query, {}, None if query.values else home_content())


@pages.post("/besoins-recents/oubli", endpoint="forget")
def forget_recent_needs() -> ResponseReturnValue:
    """Forget the last needs of this browser."""
    forget_needs()
    flash("Vos besoins récents sont oubliés.")
    return redirect(url_for("form.form"), 303)


@pages.get("/completion/<any(lieux, cpv, activites):what>")
def complete(what: str) -> ResponseReturnValue:
    """Return as JSON the suggestions for the text `q`: value, label and one line that distinguishes homonyms."""
    suggestions = COMPLETIONS[what](request.args.get("q", ""))
    return jsonify([{"value": one.value, "label": one.label, "what": one.what} for one in suggestions])


def need_form(query: Query, faults: dict[str, str], content: Home | None = None) -> ResponseReturnValue:
    """Render the form with the values of a query, each fault under its field, and the `content` of the home page around it, if any."""
    names = taxonomy()
    choices = [(code, lever(code).label) for code in offered_levers(query.text("levier"))]
    activities = [(code, names.label(code)) for code in query.several("activite") if code in names.index]
    return render_answer(
        faults,
        "need/formulaire.html",
        query=query,
        faults=faults,
        levers=[("", "Laisser Entremise proposer"), (NONE, persona_wording("besoin_levier_aucun")), *choices],
        kept=activities,
        more=any(query.several(name) or name in faults for name in _MORE),
        home=content,
        ask_persona=[(one.value, wordings(one)["qui"]) for one in Persona] if content and not profile().persona else [],
        late=late_line(),
        usual=[(names.label(code), query.but(activite=code)) for code in profile().families if code in names.index],
        places=" ; ".join(places_said(query)) if query.several("ou") else query.joined_values("lieu"),
    )
