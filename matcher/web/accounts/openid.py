"""The sign-in page, and sign-in by an identity provider (OpenID Connect): the redirect to the provider, and the callback that verifies its answer."""

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, g, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from matcher.accounts.audit import AuditKind
from matcher.accounts.sessions import (
    Departure,
    IdentityRefused,
    ProviderUnreachable,
    SignedIn,
    SignInRefused,
    SignInThrottled,
    sign_in_by,
)
from matcher.web.frame.access import TOKEN, incident, safe_address
from matcher.web.frame.app_state import desk
from matcher.web.frame.visitor import came_last, forget_needs

if TYPE_CHECKING:  # its libraries are imported only where a provider is configured
    from matcher.accounts.identity_provider import IdentityProvider

pages = Blueprint("openid", __name__)

_DEPARTURE = "depart"  # session key of the state, nonce and verifier sent to the provider
# Most time between the departure and the callback.
_PATIENCE = timedelta(minutes=10)
# Characters of the address to return to: the session cookie that holds it has 4 kB.
_LONGEST_BACK = 1_500


@pages.post("/connexion/fournisseur", endpoint="leave")
def leave_for_provider() -> ResponseReturnValue:
    """Send a person to the provider, and store state, nonce and verifier in their session cookie only."""
    back = safe_address(request.form.get("next", "/"))
    try:
        departure = _provider().departure(_address())
    except IdentityRefused as refusal:
        incident(AuditKind.SIGN_IN, f"ne peut pas partir vers le fournisseur d’identité : {refusal.reason}")
        return sign_in_page(back, refusal=refusal)
    forget_needs()  # as sign-in does: the cookie has no room for them and the return address
    secrets = (departure.state, departure.nonce, departure.verifier)
    session[_DEPARTURE] = [*secrets, desk().now().timestamp(), back if len(back) <= _LONGEST_BACK else "/"]
    return provider_page(departure.address)


@pages.get("/connexion/retour")
def comes_back() -> ResponseReturnValue:
    """Callback of the provider: verify its answer against the session cookie, once, and sign the person in."""
    provider, now = _provider(), desk().now()
    state, nonce, verifier, at, back = session.pop(_DEPARTURE, ("", "", "", 0.0, "/"))
    in_time = now.timestamp() - at < _PATIENCE.total_seconds()
    departure = Departure("", state if in_time else "", nonce, verifier)
    try:
        code = provider.code(request.args, departure)
    except IdentityRefused as refusal:
        incident(AuditKind.SIGN_IN, f"revient sans preuve du fournisseur d’identité : {refusal.reason}")
        return sign_in_page(back, refusal=refusal)
    try:
        opened = sign_in_by(
            desk().engine,
            lambda: provider.identity(code, departure, _address(), now=now),
            via=provider.settings.label,
            address=request.remote_addr or "",
            now=now,
        )
    except SignInRefused as refusal:
        return sign_in_page(back, refusal=refusal)
    begin(opened)
    return redirect(back, 303)


def _provider() -> "IdentityProvider":
    provider = desk().identity_provider
    if provider is None or not desk().team():
        abort(404)
    return provider


def _address() -> str:
    """Return the callback URL as registered at the provider, never built from the Host header of the request."""
    return _provider().settings.address + url_for("openid.comes_back")


def begin(opened: SignedIn) -> None:
    """Start a session cookie for a new sign-in; nothing of the former one remains, CSRF token included."""
    session.clear()
    session[TOKEN] = opened.token
    came_last(opened.before)


def close_session() -> None:
    """Clear the session cookie, and the account of this request."""
    session.clear()
    g.account = g.membership = None


def sign_in_page(back: str, login: str = "", refusal: SignInRefused | None = None) -> Response:
    """Return the sign-in page, which leads on to `back`, with the `refusal` of the last attempt."""
    page = render_template("accounts/connexion.html", back=back, typed=[], fault=str(refusal or ""), login=login)
    return refusal_response(page, refusal) if refusal else make_response(page)


def refusal_response(page: str, refusal: SignInRefused) -> Response:
    """Return a page with the status of a sign-in refusal: 401, 429 with Retry-After, or 503."""
    response = make_response(page, 503 if isinstance(refusal, ProviderUnreachable) else 401)
    if isinstance(refusal, SignInThrottled):
        response.status_code = 429
        response.headers["Retry-After"] = str(max(1, refusal.wait // timedelta(seconds=1)))
    return response


def provider_page(address: str) -> str:
    """Return the page that sends the browser to a URL of the identity provider: with an HTTP redirect, the `form-action` of our CSP would have to allow
    its hosts."""
    return render_template("accounts/ailleurs.html", address=address)
