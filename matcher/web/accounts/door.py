"""Door of the pages: where one signs in, why not, and the way to the identity provider and back."""

from datetime import timedelta

from flask import Response, g, make_response, render_template, session

from matcher.accounts.proven_identity import ProviderUnreachable
from matcher.accounts.sessions import SignedIn, SignInRefused, SignInThrottled
from matcher.web.frame.access import TOKEN
from matcher.web.frame.visitor import came_last


def begin(opened: SignedIn) -> None:
    """Begin anew: nothing of the session before signing in goes on, its token of forms included."""
    session.clear()
    session[TOKEN] = opened.token
    came_last(opened.before)


def close() -> None:
    """End the session here: nobody is signed in for the rest of the request either."""
    session.clear()
    g.account = g.membership = None


def door(back: str, login: str = "", refusal: SignInRefused | None = None) -> Response:
    """Return the page where one signs in, to go on to `back`, which says why the last attempt was refused."""
    page = render_template("accounts/connexion.html", back=back, typed=[], fault=str(refusal or ""), login=login)
    return refused(page, refusal) if refusal else make_response(page)


def refused(page: str, refusal: SignInRefused) -> Response:
    """Return a page that says a refusal, under the status that tells it to a program."""
    response = make_response(page, 503 if isinstance(refusal, ProviderUnreachable) else 401)
    if isinstance(refusal, SignInThrottled):
        response.status_code = 429
        response.headers["Retry-After"] = str(max(1, refusal.wait // timedelta(seconds=1)))
    return response


def elsewhere(address: str) -> str:
    """Return the page that leads to an address of the identity provider: a redirect would make its hosts, and those behind it, places where our forms
    may send what is typed."""
    return render_template("accounts/ailleurs.html", address=address)
