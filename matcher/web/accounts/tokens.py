"""Tokens by which programs act for a person, as that person gives and revokes them."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.accounts import api_tokens
from matcher.accounts.roles import PERMISSIONS, Role
from matcher.accounts.store import AccountRefused
from matcher.cleaning.numbers import whole
from matcher.web.accounts.accounts import own_account
from matcher.web.frame.app_state import desk, membership, owner
from matcher.web.frame.forms import Line, OneOf, PageForm

pages = Blueprint("tokens", __name__)


class TokenForm(PageForm):
    """Form of a new token: what it is for, what it may do, how long it opens."""

    name = Line("À quoi il sert", most=api_tokens.LONGEST_NAME, needed="Dites à quoi sert ce jeton.")
    role = OneOf("Ce qu’il permet", [(role.value, role.value) for role in Role], default=Role.READER.value)
    days = Line(
        "Durée",
        lambda text: whole(text, range(1, api_tokens.MOST_DAYS + 1)),
        f"« {{}} » n’est pas un nombre de jours, de 1 à {api_tokens.MOST_DAYS}.",
        needed="Dites pour combien de jours.",
        unit="jours",
        default=api_tokens.USUAL_DAYS,
    )


@pages.get("/mon-compte/jetons")
def index() -> str:
    """Show the tokens by which programs act for one, and the form that gives another."""
    return _tokens(TokenForm())


@pages.post("/mon-compte/jetons")
def give() -> ResponseReturnValue:
    """Give a token in the organisation one is in, and show it, this once."""
    form = TokenForm(request.form)
    if form.faults:
        return _tokens(form), 422
    own = own_account().login
    try:
        token = api_tokens.give(
            desk().engine,
            own,
            owner(),
            Role(form.role.data),
            name=form.name.data,
            days=form.days.data,
            who=own,
            now=desk().now(),
        )
    except AccountRefused as refusal:
        form.faults["name"] = str(refusal)
        return _tokens(form), 422
    return _tokens(TokenForm(), token)


@pages.post("/mon-compte/jetons/<int(max=2147483647):number>/revocation")
def revoke(number: int) -> ResponseReturnValue:
    """End one of one's tokens."""
    own = own_account().login
    try:
        api_tokens.revoke(desk().engine, own, number, who=own, now=desk().now())
    except AccountRefused:
        abort(404)
    flash("Ce jeton n’ouvre plus rien.")
    return redirect(url_for("tokens.index"), 303)


def _tokens(form: TokenForm, given: str = "") -> str:
    """The page of one's tokens; `given` is the one just given."""
    its, now = membership(), desk().now().replace(tzinfo=None)
    within = [role.value for role in Role if its and PERMISSIONS[role] <= PERMISSIONS[its.role]]
    form.role.choices = [(value, value) for value in within]
    held = api_tokens.listed(desk().engine, own_account().login)
    return render_template("accounts/jetons.html", form=form, tokens=held, given=given, now=now, here=its)
