"""Access control of the pages: a hook before each request finds its account and organisation and checks its role (`page_actions.NEEDS`); a hook
after it writes the audit line and counts refusals as security incidents. « Alone »: one person, on this computer, without accounts."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from flask import Flask, Response, abort, g, message_flashed, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import SecurityError

from matcher.accounts import audit
from matcher.accounts.audit import AuditKind
from matcher.accounts.incidents import Incident, network_of
from matcher.accounts.roles import Action, allowed_actions
from matcher.accounts.sessions import session as account_of_session
from matcher.accounts.store import Account, Membership
from matcher.ownership import FIRST_ORGANISATION, OrganisationId
from matcher.settings import HOSTS_VARIABLE, PROXY_VARIABLE
from matcher.web.frame.app_state import account, desk, membership, name_act, owner, person
from matcher.web.frame.file_response import attachment_words
from matcher.web.frame.page_actions import FIRST_ACCOUNT, NEEDS, OPEN
from matcher.web.frame.problem import MACHINES, asked_by_machine
from matcher.web.frame.serve import is_loopback

# Their rooms write the audit line themselves, in the transaction of the act.
_SELF_AUDITED = frozenset({Action.MANAGE_MEMBERS, Action.ADMINISTER, Action.DESCRIBE_ORGANISATION})
TOKEN = "compte"  # noqa: S105  # the session key of the sign-in token
_ORGANISATION = "organisation"
_PORT = re.compile(r":\d+$")
_NO_ACCOUNT = (
    "Aucun compte n’existe : les pages ne répondent qu’à cet ordinateur, sous son propre nom et sans serveur devant.\n"
    "Pour les ouvrir à d’autres : « entremise account add NOM --role administrateur », ou le lien que « entremise serve » imprime, "
    f"bon une heure, quand {HOSTS_VARIABLE} est donné ({PROXY_VARIABLE} aussi, s’il y a un serveur devant).\n"
)
_SESSION_OVER = "La session est finie : rechargez la page pour vous reconnecter, rien n’est perdu."
_TEMPORARY = "Choisissez d’abord votre mot de passe : ouvrez la page « Mon compte »."
# Pages open to a person whose password somebody else chose; signing out is open to everyone.
_PASSWORD_PAGES = frozenset({"accounts.me", "accounts.change_password"})
# Form fields never shown back to a person: technical ones, and passwords.
_HIDDEN_FIELDS = frozenset({"csrf_token", "version", "cle", "former", "password", "again"})
# Words of the journal by status; a refused sign-in is counted by the sign-in itself, under its account.
_REFUSALS: Mapping[int, str] = {
    401: "demande sans être connecté",
    403: "demande ce qui ne lui est pas ouvert",
    404: "demande ce qui n’existe pas, ou est d’une autre organisation",
    429: "demande trop souvent",
}
_PLACE = re.compile(r"<[^<>]*>")
_SIGN_IN = frozenset({"accounts.enter", "accounts.change_password", "openid.comes_back"})


def guard(app: Flask) -> None:
    """Register on `app` the hooks that check the access of each request, write its audit line, and count its refusal."""
    app.before_request(_check_access)
    app.after_request(_write_audit_line)
    message_flashed.connect(_note_refusal, app)

    @app.after_request
    def count_refusal(response: Response) -> Response:
        """Count a refusal as an incident, unless it is counted already. An unknown address is a mistake, not an incident."""
        action, endpoint = _REFUSALS.get(response.status_code), request.endpoint
        if action and not g.get("incident_counted") and endpoint not in {None, "static", *_SIGN_IN} and not alone():
            if asked_by_machine():
                incident(AuditKind.API, f"reçoit « {(response.get_json(silent=True) or {}).get('code', '')} »")
            else:
                incident(AuditKind.REFUSAL, action)
        return response


def may(endpoint: str) -> bool:
    """Return whether the person may open the page of an endpoint: any page for a person alone. Pages hide the links that it refuses."""
    if endpoint in OPEN:
        return True
    person = account()
    if person is None:
        return alone()
    member = membership()
    return member is not None and NEEDS.get(endpoint) in allowed_actions(member.role, installation=person.installation)


def go_into(membership: Membership) -> None:
    """Switch the session to another organisation; forms opened in the former one become invalid (new CSRF token)."""
    if session.get(_ORGANISATION) is not None:
        session.pop("csrf_token", None)
    session[_ORGANISATION] = membership.owner


def incident(kind: AuditKind, action: str, author: str = "", owner: OrganisationId | None = None) -> None:
    """Count a security incident of this request, by default under the person signed in and their organisation.

    Its address is the rule of the route, without numbers or the secret of a link."""
    person = account()
    author = author or (person.login if person else "")
    target = _PLACE.sub("…", request.url_rule.rule) if request.url_rule else ""
    owner = owner or (g.get("owner") if person else None)
    g.incident_counted = True
    seen = Incident(kind, action, author, target, network_of(request.remote_addr or ""), owner)
    desk().incidents.count(seen, desk().now())


def safe_address(address: str) -> str:
    """Return an address if it is one of these pages, else « / »: guards redirects against other sites."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "/"
    ours = not parts.scheme and not parts.netloc and address.startswith("/") and not address.startswith("//")
    return address if ours and "\\" not in address and address.isprintable() else "/"


def _check_access() -> ResponseReturnValue | None:
    if _PORT.sub("", request.host).lower() not in desk().settings.hosts:
        raise SecurityError
    endpoint = request.endpoint
    if endpoint == "static" or request.blueprint == MACHINES:  # the API checks its token itself
        return None
    if not desk().team():
        if alone() or (endpoint in FIRST_ACCOUNT and not passed_on()):
            g.owner = FIRST_ORGANISATION
            return None
        return _NO_ACCOUNT, 403, {"Content-Type": "text/plain; charset=utf-8"}
    token = session.get(TOKEN)  # phones that poll the page of a Club event have none
    g.account = account_of_session(desk().engine, str(token), now=desk().now()) if token else None
    refused = _set_organisation(g.account) if g.account else None
    if endpoint is None or endpoint in OPEN:
        return None
    if g.account is None:
        return _sign_in_first()
    return refused or _check_role(g.account, endpoint)


def _check_role(person: Account, endpoint: str) -> ResponseReturnValue | None:
    """Check that the role of a person allows a page; a person whose password somebody else chose is first sent to change it."""
    if person.temporary and endpoint not in _PASSWORD_PAGES:
        return _choose_password_first()
    if not may(endpoint):
        abort(403)
    g.role_checked = True
    return None


def _set_organisation(person: Account) -> ResponseReturnValue | None:
    """Set the organisation of the request: the session's, else the person's first. Where they are no longer a member, a POST is refused, and its
    texts are shown to be copied, since they are saved nowhere."""
    wanted = session.get(_ORGANISATION)
    membership = None if wanted is None else person.member_of(wanted)
    removed = wanted is not None and membership is None
    if membership is None and person.memberships:
        membership = person.memberships[0]
        go_into(membership)
    g.membership, g.owner = membership, membership.owner if membership else None
    if membership is None or (removed and request.method == "POST"):
        return render_template("frame/plus_membre.html", typed=_typed_texts(), now_in=membership), 403
    return None


def _typed_texts() -> list[str]:
    return [text for name, text in request.form.items() if name not in _HIDDEN_FIELDS and len(text) > 2]


def _sign_in_first() -> ResponseReturnValue:
    """Return the redirect to the sign-in page and back. The texts of a form sent too late are shown, to be copied."""
    if request.accept_mimetypes.best == "application/json":
        # No page: its form would set a CSRF cookie, which could end a session just opened in another tab while a script retries.
        return {"refus": _SESSION_OVER}, 401
    if request.method == "POST":
        return render_template("accounts/connexion.html", back="/", typed=_typed_texts(), fault="", login=""), 401
    door = url_for("accounts.sign_in", next=request.full_path if request.query_string else request.path)
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": door})
    return redirect(door, 303)


def _choose_password_first() -> ResponseReturnValue:
    """Return the redirect to the page where a person changes the password that somebody else chose. The texts of a form are shown, to be copied."""
    if request.accept_mimetypes.best == "application/json":
        return {"refus": _TEMPORARY}, 403
    if request.method == "POST":
        return render_template("accounts/choisir.html", typed=_typed_texts()), 403
    own = url_for("accounts.me")
    if request.headers.get("HX-Request"):
        return Response(status=403, headers={"HX-Redirect": own})
    return redirect(own, 303)


def _note_refusal(_app: Flask, category: str, **_: object) -> None:
    """Leave out of the audit journal a request that its page refuses by a flashed message: nothing was done."""
    if category == "refus" and "act" not in g:
        name_act("")


def _write_audit_line(response: Response) -> Response:
    """Write the audit line of a page that wrote something or sent a file, for a person of a team; none for a refusal or a form that only reads."""
    person, action = account(), NEEDS.get(request.endpoint or "")
    succeeded = g.get("role_checked") and response.status_code < 400
    if person is None or action is None or action in _SELF_AUDITED or not succeeded:
        return response
    exports = action is Action.EXPORT or response.headers.get("Content-Disposition", "").startswith("attachment")
    words, detail = (Action.EXPORT.value, attachment_words(response)) if exports else g.get("act", (action.value, ""))
    if words and (exports or (request.method == "POST" and action is not Action.READ)):
        audit.commit_audit_line(
            desk().engine,
            at=desk().now(),
            author=person.login,
            action=words,
            target=request.path,
            detail=detail,
            owner=g.owner,
            kind=AuditKind.EXPORT if exports else AuditKind.ACTION,
        )
    return response


# Headers that a reverse proxy adds to a request, besides X-Forwarded-…
_PROXY_HEADERS = frozenset({"Forwarded", "Via", "X-Real-Ip"})


def alone() -> bool:
    """Return whether no account exists and the request comes from this computer, not through a proxy."""
    if desk().settings.shared or desk().team():
        return False
    if "from_here" not in g:  # looked at once: a page may ask for each of its links
        g.from_here = not passed_on() and is_loopback(request.remote_addr or "")
    return bool(g.from_here)


def passed_on() -> bool:
    """Return whether an undeclared reverse proxy passed the request on; waitress has removed the headers that a declared one does not vouch for."""
    return not desk().settings.proxy and any(
        name in _PROXY_HEADERS or name.startswith("X-Forwarded-") for name, _ in request.headers
    )


def may_abandon(asked_by: str) -> bool:
    """Return whether the person may stop and delete a work (background job) that `asked_by` started (`Work.person`); anyone may without accounts."""
    own_account, own_membership = account(), membership()
    if own_account is None or own_membership is None:
        return own_account is None
    may = allowed_actions(own_membership.role, installation=own_account.installation)
    return Action.STOP_WORKS in may or (Action.KEEP_DOSSIERS in may and asked_by == person())


def abandon_work(key: str, *kinds: str, going: bool = False) -> bool:
    """Stop a work (background job) of these kinds and delete it with its files; return whether it existed. With `going`, only one still running.
    Aborts with 403 where the person may not stop it."""
    work = desk().works.get(owner(), key, *kinds)
    if work is None or (going and not work.going):
        return False
    if not may_abandon(work.person):
        abort(403)
    return desk().works.forget(owner(), key, unless=lambda now: going and not now.going)
