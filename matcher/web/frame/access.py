"""Access to pages by role: one table, checked before each request; a page missing from it is closed to everyone in a team."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from flask import Flask, Response, abort, g, redirect, render_template, request, session, url_for
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
from matcher.web.frame.app_state import account, desk, membership, owner, person
from matcher.web.frame.file_response import attachment_words
from matcher.web.frame.page_actions import FIRST_ACCOUNT, NEEDS, OPEN
from matcher.web.frame.problem import MACHINES, asked_by_machine
from matcher.web.frame.serve import is_loopback

# What these do is a line of the audit already, in the transaction that does it.
_SAY_IT_THEMSELVES = frozenset({Action.MANAGE_MEMBERS, Action.ADMINISTER, Action.DESCRIBE_ORGANISATION})
TOKEN = "compte"  # noqa: S105  # the name under which the session holds it
_ORGANISATION = "organisation"
_PORT = re.compile(r":\d+$")
_NO_ACCOUNT = (
    "Aucun compte n’existe : les pages ne répondent qu’à cet ordinateur, sous son propre nom et sans serveur devant.\n"
    "Pour les ouvrir à d’autres : « entremise account add NOM --role administrateur », ou le lien que « entremise serve » imprime, "
    f"bon une heure, quand {HOSTS_VARIABLE} est donné ({PROXY_VARIABLE} aussi, s’il y a un serveur devant).\n"
)
_SESSION_OVER = "La session est finie : rechargez la page pour vous reconnecter, rien n’est perdu."
_TEMPORARY = "Choisissez d’abord votre mot de passe : ouvrez la page « Mon compte »."
# What is open to a person whose password somebody else chose; signing out is open to all.
_CHOOSING = frozenset({"accounts.me", "accounts.change_password"})
# What a form sends beside what a person types, and what no page shows: passwords.
_NOT_SHOWN = frozenset({"csrf_token", "version", "cle", "former", "password", "again"})
# By status; what is refused at the door of sign-in is counted there, under the account that it is about.
_REFUSED: Mapping[int, str] = {
    401: "demande sans être connecté",
    403: "demande ce qui ne lui est pas ouvert",
    404: "demande ce qui n’existe pas, ou est d’une autre organisation",
    429: "demande trop souvent",
}
_PLACE = re.compile(r"<[^<>]*>")
_SIGN_IN = frozenset({"accounts.enter", "accounts.change_password", "openid.comes_back"})


def guard(app: Flask) -> None:
    """Have `app` admit each request by its account first of all, add what it did to the audit, and count what it was refused."""
    app.before_request(_admit)
    app.after_request(_written)

    @app.after_request
    def count_refusal(response: Response) -> Response:
        """Count an answer that refuses, unless its incident is counted already. An address that leads nowhere is a mistake, no incident."""
        action, endpoint = _REFUSED.get(response.status_code), request.endpoint
        if action and not g.get("incident_told") and endpoint not in {None, "static", *_SIGN_IN} and not alone():
            if asked_by_machine():
                incident(AuditKind.API, f"reçoit « {(response.get_json(silent=True) or {}).get('code', '')} »")
            else:
                incident(AuditKind.REFUSAL, action)
        return response


def may(endpoint: str) -> bool:
    """Return whether the person may open a page: all of them where one is alone. A link that would be refused is not shown."""
    if endpoint in OPEN:
        return True
    person = account()
    if person is None:
        return alone()
    member = membership()
    return member is not None and NEEDS.get(endpoint) in allowed_actions(member.role, installation=person.installation)


def go_into(membership: Membership) -> None:
    """Have the session be in an organisation; forms that were open in another are good no more."""
    if session.get(_ORGANISATION) is not None:
        session.pop("csrf_token", None)
    session[_ORGANISATION] = membership.owner


def incident(kind: AuditKind, action: str, author: str = "", owner: OrganisationId | None = None) -> None:
    """Count an incident of this request, by `author` in the organisation `owner`, by default whoever is signed in and theirs.

    The address is that of its route: without what is of one thing, a number or the secret of a link."""
    person = account()
    author = author or (person.login if person else "")
    target = _PLACE.sub("…", request.url_rule.rule) if request.url_rule else ""
    owner = owner or (g.get("owner") if person else None)
    g.incident_told = True
    seen = Incident(kind, action, author, target, network_of(request.remote_addr or ""), owner)
    desk().incidents.see(seen, desk().now())


def safe_address(address: str) -> str:
    """Return an address of these pages as it is, « / » in the place of any that leads elsewhere."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "/"
    ours = not parts.scheme and not parts.netloc and address.startswith("/") and not address.startswith("//")
    return address if ours and "\\" not in address and address.isprintable() else "/"


def _admit() -> ResponseReturnValue | None:
    if _PORT.sub("", request.host).lower() not in desk().settings.hosts:
        raise SecurityError
    endpoint = request.endpoint
    if endpoint == "static" or request.blueprint == MACHINES:  # which asks for a token itself
        return None
    if not desk().team():
        if alone() or (endpoint in FIRST_ACCOUNT and not passed_on()):
            g.owner = FIRST_ORGANISATION
            return None
        return _NO_ACCOUNT, 403, {"Content-Type": "text/plain; charset=utf-8"}
    token = session.get(TOKEN)  # none on the telephones of a hall, which ask often
    g.account = account_of_session(desk().engine, str(token), now=desk().now()) if token else None
    refused = _into_organisation(g.account) if g.account else None
    if endpoint is None or endpoint in OPEN:
        return None
    if g.account is None:
        return _sign_in_first()
    return refused or _let_in(g.account, endpoint)


def _let_in(person: Account, endpoint: str) -> ResponseReturnValue | None:
    """Refuse what is not open to a person, who first goes to their own page where somebody else chose their password."""
    if person.temporary and endpoint not in _CHOOSING:
        return _choose_password_first()
    if not may(endpoint):
        abort(403)
    g.let_in = True
    return None


def _into_organisation(person: Account) -> ResponseReturnValue | None:
    """Have the request be of the organisation that the session is in, else of the person's first. Where they are of it no more, what they
    were writing is refused, and shown to be copied: it is written nowhere else."""
    wanted = session.get(_ORGANISATION)
    membership = None if wanted is None else person.member_of(wanted)
    removed = wanted is not None and membership is None
    if membership is None and person.memberships:
        membership = person.memberships[0]
        go_into(membership)
    g.membership, g.owner = membership, membership.owner if membership else None
    if membership is None or (removed and request.method == "POST"):
        return render_template("frame/plus_membre.html", typed=_typed(), now_in=membership), 403
    return None


def _typed() -> list[str]:
    """Return what a person typed in the form of this request."""
    return [text for name, text in request.form.items() if name not in _NOT_SHOWN and len(text) > 2]


def _sign_in_first() -> ResponseReturnValue:
    """The way to the door and back. What was typed in a form sent too late is shown, to be copied."""
    if request.accept_mimetypes.best == "application/json":
        # No form, so no token: the cookie that comes with one could end the session of who has just signed in beside a script that tries again.
        return {"refus": _SESSION_OVER}, 401
    if request.method == "POST":
        return render_template("accounts/connexion.html", back="/", typed=_typed(), fault="", login=""), 401
    door = url_for("accounts.sign_in", next=request.full_path if request.query_string else request.path)
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": door})
    return redirect(door, 303)


def _choose_password_first() -> ResponseReturnValue:
    """The way to one's own page, where a password that somebody else chose is changed before anything else. What was typed in a form is shown,
    to be copied."""
    if request.accept_mimetypes.best == "application/json":
        return {"refus": _TEMPORARY}, 403
    if request.method == "POST":
        return render_template("accounts/choisir.html", typed=_typed()), 403
    own = url_for("accounts.me")
    if request.headers.get("HX-Request"):
        return Response(status=403, headers={"HX-Redirect": own})
    return redirect(own, 303)


def _written(response: Response) -> Response:
    """Add to the audit each thing that a person of a team wrote or took away, none that was refused, nor what a form only reads."""
    person, action = account(), NEEDS.get(request.endpoint or "")
    done = g.get("let_in") and response.status_code < 400
    if person is None or action is None or action in _SAY_IT_THEMSELVES or not done:
        return response
    leaves = action is Action.EXPORT or response.headers.get("Content-Disposition", "").startswith("attachment")
    if leaves or (request.method == "POST" and action is not Action.READ):
        audit.record_act(
            desk().engine,
            at=desk().now(),
            author=person.login,
            action=Action.EXPORT.value if leaves else action.value,
            target=request.path,
            detail=attachment_words(response) if leaves else "",
            owner=g.owner,
            kind=AuditKind.EXPORT if leaves else AuditKind.ACTION,
        )
    return response


# What a server that passes a request on adds to it, besides X-Forwarded-…
_PASSED_ON = frozenset({"Forwarded", "Via", "X-Real-Ip"})


def alone() -> bool:
    """Return whether nobody signs in, and the request is one of this computer to itself."""
    return not (desk().settings.shared or desk().team() or passed_on()) and is_loopback(request.remote_addr or "")


def passed_on() -> bool:
    """Return whether a server that is not declared passed the request on; what a declared one does not vouch for is gone before it comes here."""
    return not desk().settings.proxy and any(
        name in _PASSED_ON or name.startswith("X-Forwarded-") for name, _ in request.headers
    )


def may_abandon(asked_by: str) -> bool:
    """Return whether the person may stop, and so forget, a work that `asked_by` asked for (`Work.person`); each may where nobody signs in."""
    own_account, its_role = account(), membership()
    if own_account is None or its_role is None:
        return own_account is None
    may = allowed_actions(its_role.role, installation=own_account.installation)
    return Action.STOP_WORKS in may or (Action.KEEP_DOSSIERS in may and asked_by == person())


def abandon_work(key: str, *kinds: str, going: bool = False) -> bool:
    """Stop a work of these kinds and forget it with its files, one that has ended only where `going` does not spare it; return whether it was
    there. The request ends where it is not the person's to stop."""
    work = desk().works.get(owner(), key, *kinds)
    if work is None or (going and not work.going):
        return False
    if not may_abandon(work.person):
        abort(403)
    return desk().works.forget(owner(), key, unless=lambda now: going and not now.going)
