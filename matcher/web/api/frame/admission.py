"""Admission to the API: which organisation a request is of, by its token; on a computer alone, nobody is asked. Cookies are never read."""

from flask import Response, g, request

from matcher.ownership import FIRST_ORGANISATION
from matcher.web.api.frame.door import DOORS, api
from matcher.web.frame.alone import alone
from matcher.web.frame.app_state import desk
from matcher.web.frame.problem import ProblemDetails

# What tells nothing of anybody: the description, and the page that shows it.
OPEN = frozenset({"api.page", "api.description"})


@api.before_request
def _admit() -> None:
    if _from_elsewhere():
        raise ProblemDetails("origine-refusee")
    its = DOORS.get(request.endpoint or "")
    if alone():
        g.owner = FIRST_ORGANISATION
    elif not desk().team():
        raise ProblemDetails("compte-absent")
    elif request.endpoint not in OPEN and (its is None or its.leave is not None):
        raise ProblemDetails("jeton-absent", headers={"WWW-Authenticate": "Bearer"})


def _from_elsewhere() -> bool:
    """Whether a page of another site sends the request: a browser says so, and no program has to."""
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site", "none")
    return site not in ("none", "same-origin") or origin not in (None, request.host_url.rstrip("/"))


@api.after_request
def _marked(response: Response) -> Response:
    """Give what was read the mark by which one asks whether it has changed."""
    if request.method == "GET" and response.status_code == 200:
        response.headers["Cache-Control"] = "private, no-cache"
        response.vary.add("Authorization")
        response.add_etag()
        response.make_conditional(request)
    return response
