"""Access log: one line for each request (method, route rule, status, duration) and the call of the metrics observer. Never its full address."""

import logging
import secrets
from collections.abc import Callable
from http import HTTPMethod
from time import perf_counter

from flask import Flask, Response, g, request

from matcher.monitoring.logs import milliseconds

# Method, rule of the route, status, seconds.
Observer = Callable[[str, str, int, float], None]
_LOG = logging.getLogger(__name__)
_METHODS = frozenset(HTTPMethod)


def log_requests(app: Flask, observe: Observer | None = None) -> None:
    """Log and observe each answer of `app`. Call it before other hooks are registered, so that the duration includes them."""
    app.logger = logging.getLogger("flask.app")  # else it would have the name of our package

    @app.before_request
    def begin() -> None:
        request_id()

    @app.after_request
    def end(response: Response) -> Response:
        fields = {
            "request_id": request_id(),
            "method": request.method if request.method in _METHODS else "?",  # a client may send any word
            "route": request.url_rule.rule if request.url_rule else "",
            "status": response.status_code,
            "organisation": g.get("owner"),
            "ms": milliseconds(g.began),
        }
        _LOG.info("requête", extra=fields)
        if observe is not None:
            observe(fields["method"], fields["route"], response.status_code, perf_counter() - g.began)
        return response


def request_id() -> str:
    """Return the random id of this request in the log, which error pages show as the reference to quote."""
    if "request_id" not in g:
        g.request_id, g.began = secrets.token_hex(6).upper(), perf_counter()
    identifier: str = g.request_id
    return identifier
