"""Authentication of each request to the API by its bearer token, which gives its person, organisation and permissions; then CORS, rate-limit and
ETag headers, and the audit line of its answer. On a single computer without accounts no token is asked. Cookies are never read."""

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
from matcher.web.api.frame.endpoint import ENDPOINTS, api
from matcher.web.frame.access import alone, incident
from matcher.web.frame.app_state import account, desk
from matcher.web.frame.problem import ProblemDetails

# Open without a token: the OpenAPI description and the page that shows it.
OPEN = frozenset({"api.page", "api.description"})
_HEALTH = "api.health"  # asked by the probe of a container, before the first account too
_SCHEME = "Bearer"


@api.before_request
def _admit() -> None:
    if not _from_allowed_origin():  # browsers send these headers for the page of another site; programs need not
        origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site", "none")
        if site not in ("none", "same-origin") or origin not in (None, request.host_url.rstrip("/")):
            raise ProblemDetails("origine-refusee")
    endpoint = ENDPOINTS.get(request.endpoint or "")
    if alone():
        g.owner = FIRST_ORGANISATION
    elif not desk().team() and request.endpoint != _HEALTH:
        raise ProblemDetails("compte-absent")
    elif request.endpoint not in OPEN and (endpoint is None or endpoint.action is not None):
        _authenticate(endpoint.action if endpoint else None)


def require(action: Action) -> None:
    """Raise ProblemDetails unless the token of the request allows an action that its endpoint does not ask of every request."""
    if not alone():
        _authenticate(action)


def _authenticate(action: Action | None) -> None:
    """Set the account and the organisation of the request from its token. Raises ProblemDetails unless the token allows `action` (None: nobody)."""
    holder = _token_holder(desk().now())
    g.account, g.membership, g.owner = holder.account, holder.membership, holder.membership.owner
    if action not in holder.may:
        raise ProblemDetails("portee-insuffisante")


def _token_holder(now: datetime) -> TokenHolder:
    """Return the holder of the token of a request, counted in its rate limit. Raises ProblemDetails."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != _SCHEME.lower() or not token:
        raise _unauthorized("jeton-absent")
    try:
        holder = bearer(desk().engine, token.strip(), now=now)
    except TokenUnknown as refusal:
        if delay := knock(desk().engine, "api", request.remote_addr or "", now=now):
            raise ProblemDetails(
                "trop-de-demandes", headers={"Retry-After": str(ceil(delay.total_seconds()))}
            ) from refusal
        if not isinstance(refusal, TokenExpired):
            raise _unauthorized("jeton-inconnu") from refusal
        incident(AuditKind.TOKEN, "emploie un jeton expiré", refusal.login, refusal.owner)
        raise _unauthorized("jeton-expire") from refusal
    g.quota = desk().calls.take(holder.token, now)
    if g.quota.refused:
        raise ProblemDetails("trop-de-demandes")
    return holder


def _unauthorized(kind: str) -> ProblemDetails:
    return ProblemDetails(kind, headers={"WWW-Authenticate": _SCHEME})


def _from_allowed_origin() -> bool:
    """Return whether a page of the origin that the settings allow calls an endpoint open to it; a frame gives that page as its referrer."""
    endpoint, allowed = ENDPOINTS.get(request.endpoint or ""), desk().settings.openrefine
    page = urlsplit(request.referrer or "")
    origin = request.headers.get("Origin", f"{page.scheme}://{page.netloc}")
    return endpoint is not None and endpoint.cross_origin and bool(allowed) and origin == allowed


@api.after_request
def _add_quota_headers(response: Response) -> Response:
    if "quota" in g:
        response.headers.update(g.quota.headers())
    return response


@api.after_request
def _allow_cross_origin(response: Response) -> Response:
    """Add the CORS header that lets a page of the allowed origin read the answer."""
    endpoint, allowed = ENDPOINTS.get(request.endpoint or ""), desk().settings.openrefine
    if endpoint and endpoint.cross_origin and allowed:
        response.headers["Access-Control-Allow-Origin"] = allowed
    return response


@api.after_request
def _record_in_audit(response: Response) -> Response:
    """Add to the audit journal what a program wrote or exported for a person: not for a replayed request, a dry run, a HEAD or an answer 304.
    Where the line cannot be written the answer is an error."""
    endpoint, person = ENDPOINTS.get(request.endpoint or ""), account()
    made = request.method != "HEAD" and response.status_code < 300 and not (g.get("replayed") or g.get("trial"))
    if not (person and endpoint and endpoint.action not in (None, Action.READ) and made):
        return response
    kind = AuditKind.EXPORT if endpoint.action is Action.EXPORT else AuditKind.ACTION
    now, what = desk().now(), str(endpoint.action)
    try:
        audit.commit_audit_line(
            desk().engine, at=now, author=person.login, action=what, target=request.path, owner=g.owner, kind=kind
        )
    except DatabaseError as error:  # Flask would answer 500 to any exception of `after_request`
        response.close()
        return current_app.make_response(current_app.handle_user_exception(error))
    return response


@api.after_request
def _add_etag(response: Response) -> Response:
    """Add an ETag to what was read, and answer 304 where the caller has it already."""
    if request.method in ("GET", "HEAD") and response.status_code == 200:
        response.vary.add("Authorization")
        response.add_etag()
        response.make_conditional(request)
    return response
