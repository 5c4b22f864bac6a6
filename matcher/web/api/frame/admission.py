"""Admission to the API: which organisation a request is of, by its token; on a computer alone, nobody is asked. Cookies are never read."""

from datetime import datetime
from math import ceil
from urllib.parse import urlsplit

from flask import Response, current_app, g, request

from matcher.accounts import audit
from matcher.accounts.api_tokens import TokenExpired, TokenHolder, TokenUnknown, bearer
from matcher.accounts.audit import AuditKind
from matcher.accounts.roles import Action
from matcher.accounts.throttle import knock
from matcher.db import DatabaseError
from matcher.ownership import FIRST_ORGANISATION
from matcher.web.api.frame.door import DOORS, api
from matcher.web.frame.access import alone, incident
from matcher.web.frame.app_state import account, desk
from matcher.web.frame.problem import ProblemDetails

# What tells nothing of anybody: the description, and the page that shows it.
OPEN = frozenset({"api.page", "api.description"})
_HEALTH = "api.health"  # asked by the probe of a container, before the first account too
_SCHEME = "Bearer"


@api.before_request
def _admit() -> None:
    if not _invited():  # a browser says so where the page of another site sends the request, and no program has to
        origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site", "none")
        if site not in ("none", "same-origin") or origin not in (None, request.host_url.rstrip("/")):
            raise ProblemDetails("origine-refusee")
    door = DOORS.get(request.endpoint or "")
    if alone():
        g.owner = FIRST_ORGANISATION
    elif not desk().team() and request.endpoint != _HEALTH:
        raise ProblemDetails("compte-absent")
    elif request.endpoint not in OPEN and (door is None or door.leave is not None):
        _enter(door.leave if door else None)


def require(leave: Action) -> None:
    """Raise ProblemDetails unless the request has a leave that its door does not ask of all."""
    if not alone():
        _enter(leave)


def _enter(leave: Action | None) -> None:
    """Have the request be of the person for whom its token acts, who has this leave; nobody has that of a door unknown."""
    holder = _bearer(desk().now())
    g.account, g.membership, g.owner = holder.account, holder.membership, holder.membership.owner
    if leave not in holder.may:
        raise ProblemDetails("portee-insuffisante")


def _bearer(now: datetime) -> TokenHolder:
    """Return who the token of a request acts for. Raises ProblemDetails."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != _SCHEME.lower() or not token:
        raise _unknown("jeton-absent")
    try:
        holder = bearer(desk().engine, token.strip(), now=now)
    except TokenUnknown as refusal:
        if wait := knock(desk().engine, "api", request.remote_addr or "", now=now):
            raise ProblemDetails(
                "trop-de-demandes", headers={"Retry-After": str(ceil(wait.total_seconds()))}
            ) from refusal
        if not isinstance(refusal, TokenExpired):
            raise _unknown("jeton-inconnu") from refusal
        incident(AuditKind.TOKEN, "emploie un jeton expiré", refusal.login, refusal.owner)
        raise _unknown("jeton-expire") from refusal
    g.quota = desk().calls.take(holder.token, now)
    if g.quota.refused:
        raise ProblemDetails("trop-de-demandes")
    return holder


def _unknown(kind: str) -> ProblemDetails:
    return ProblemDetails(kind, headers={"WWW-Authenticate": _SCHEME})


def _invited() -> bool:
    """Return whether the page is one of the origin that the settings allow, at a door that is open to it: a frame names it as its referrer."""
    door, allowed = DOORS.get(request.endpoint or ""), desk().settings.openrefine
    page = urlsplit(request.referrer or "")
    origin = request.headers.get("Origin", f"{page.scheme}://{page.netloc}")
    return door is not None and door.abroad and bool(allowed) and origin == allowed


@api.after_request
def _counted(response: Response) -> Response:
    """Give a program what is left of the calls of its token."""
    if "quota" in g:
        response.headers.update(g.quota.headers())
    return response


@api.after_request
def _shared(response: Response) -> Response:
    """Let the page of the origin that the settings allow read what it asked for."""
    door, allowed = DOORS.get(request.endpoint or ""), desk().settings.openrefine
    if door and door.abroad and allowed:
        response.headers["Access-Control-Allow-Origin"] = allowed
    return response


@api.after_request
def _written(response: Response) -> Response:
    """Add to the audit what a program wrote or took away for a person: once for a request sent several times, never for a trial, for a
    HEAD, nor where nothing changed. Where the line cannot be written the answer is an error."""
    door, person = DOORS.get(request.endpoint or ""), account()
    made = request.method != "HEAD" and response.status_code < 300 and not (g.get("replayed") or g.get("trial"))
    if not (person and door and door.leave not in (None, Action.READ) and made):
        return response
    kind = AuditKind.EXPORT if door.leave is Action.EXPORT else AuditKind.ACTION
    now, what = desk().now(), str(door.leave)
    try:
        audit.record_act(
            desk().engine, at=now, author=person.login, action=what, target=request.path, owner=g.owner, kind=kind
        )
    except DatabaseError as error:  # Flask would tell of any fault of what comes after an answer as a defect
        response.close()
        return current_app.make_response(current_app.handle_user_exception(error))
    return response


@api.after_request
def _marked(response: Response) -> Response:
    """Give what was read the mark by which one asks whether it has changed."""
    if request.method in ("GET", "HEAD") and response.status_code == 200:
        response.vary.add("Authorization")
        response.add_etag()
        response.make_conditional(request)
    return response
