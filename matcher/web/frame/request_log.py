"""Line of the log that each request leaves, and what it adds to the metrics: the rule of its route, never its address."""

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
    """Have each answer of `app` logged, and observed. To be called first: what is registered after it is then in its time."""
    app.logger = logging.getLogger("flask.app")  # its words are a library's, though it takes the name of our package

    @app.before_request
    def begin() -> None:
        request_id()

    @app.after_request
    def end(response: Response) -> Response:
        fields = {
            "request_id": request_id(),
            "method": request.method if request.method in _METHODS else "?",  # any word may be sent there
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
    """Return what names this request in the log, drawn here; an error shows it to be quoted."""
    if "request_id" not in g:
        g.request_id, g.began = secrets.token_hex(6).upper(), perf_counter()
    identifier: str = g.request_id
    return identifier
