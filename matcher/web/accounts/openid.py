"""Signing in by an identity provider (OpenID Connect): leaving for it, and coming back with what proves who one is."""

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, abort, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from matcher.accounts.audit import AuditKind
from matcher.accounts.identities import sign_in_by
from matcher.accounts.proven_identity import Departure, IdentityRefused
from matcher.accounts.sessions import SignInRefused
from matcher.web.accounts.door import begin, door, elsewhere
from matcher.web.frame.access import incident, inside
from matcher.web.frame.app_state import desk
from matcher.web.frame.visitor import forget_needs

if TYPE_CHECKING:  # its libraries are loaded where a provider is configured
    from matcher.accounts.identity_provider import IdentityProvider

pages = Blueprint("openid", __name__)

_LEFT = "depart"
# How long a person may take at the provider.
_PATIENCE = timedelta(minutes=10)
# Of the address that one was going to: the cookie that holds it has four kilobytes.
_LONGEST_BACK = 1_500


@pages.post("/connexion/fournisseur")
def leave() -> ResponseReturnValue:
    """Send a person to the provider, and remember in their browser alone what must come back."""
    back = inside(request.form.get("next", "/"))
    try:
        departure = _provider().departure(_address())
    except IdentityRefused as refusal:
        incident(AuditKind.SIGN_IN, f"ne peut pas partir vers le fournisseur d’identité : {refusal.reason}")
        return door(back, refusal=refusal)
    forget_needs()  # as signing in does: the cookie has no room for them and for the way back
    secrets = (departure.state, departure.nonce, departure.verifier)
    session[_LEFT] = [*secrets, desk().now().timestamp(), back if len(back) <= _LONGEST_BACK else "/"]
    return elsewhere(departure.address)


@pages.get("/connexion/retour")
def comes_back() -> ResponseReturnValue:
    """Sign in whoever comes back from the provider, once, with what this browser left with."""
    provider, now = _provider(), desk().now()
    state, nonce, verifier, at, back = session.pop(_LEFT, ("", "", "", 0.0, "/"))
    in_time = now.timestamp() - at < _PATIENCE.total_seconds()
    departure = Departure("", state if in_time else "", nonce, verifier)
    try:
        code = provider.code(request.args, departure)
    except IdentityRefused as refusal:
        incident(AuditKind.SIGN_IN, f"revient sans preuve du fournisseur d’identité : {refusal.reason}")
        return door(back, refusal=refusal)
    try:
        opened = sign_in_by(
            desk().engine,
            lambda: provider.identity(code, departure, _address(), now=now),
            via=provider.settings.label,
            address=request.remote_addr or "",
            now=now,
        )
    except SignInRefused as refusal:
        return door(back, refusal=refusal)
    begin(opened)
    return redirect(back, 303)


def _provider() -> "IdentityProvider":
    provider = desk().identity_provider
    if provider is None or not desk().team():
        abort(404)
    return provider


def _address() -> str:
    """The address where one comes back, as the provider has it registered: never the name that this request came by."""
    return _provider().settings.address + url_for("openid.comes_back")
