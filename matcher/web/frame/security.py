"""Security headers (CSP, HSTS…) and cache headers of every answer, gzip of static files, and their URLs: with a hash of the content, so that
browsers may cache them for a year."""

import gzip
import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, request, url_for

from matcher.web.frame.app_state import desk
from matcher.web.frame.page_actions import OPEN
from matcher.web.frame.problem import asked_by_machine

_YEAR = 31_536_000
# Endpoints of public text, the only ones compressed: compressing a page would expose its CSRF token (BREACH attack).
_FIXED = ("static", "candidates.outlines")
# The one script allowed to be a service worker for the whole site.
_RELAY = "hors-ligne-relais.js"
_COMPRESSED = ("text/css", "text/javascript", "application/geo+json", "image/svg+xml")


def content_policy(tiles: str = "") -> str:
    """Return the Content-Security-Policy of every page: our own files only, and images of the map tile server where one is set."""
    scheme, _, address = tiles.partition("://")
    host = address.partition("/")[0].replace("{s}", "*")  # {s} is any subdomain
    images = f"'self' data: {scheme}://{host}" if host else "'self' data:"
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src {images}; connect-src 'self'; font-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
    )


def protect(app: Flask) -> None:
    """Register on `app` the hooks that add security headers, and that compress and cache static files."""
    app.after_request(_add_security_headers)
    app.after_request(_serve_static)


def _add_security_headers(response: Response) -> Response:
    settings = desk().settings
    # A response with its own policy keeps it, stricter: an uploaded image.
    response.headers.setdefault("Content-Security-Policy", content_policy(settings.tiles))
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
    # Pages are private: no search engine may index them.
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    if settings.https:
        response.headers["Strict-Transport-Security"] = f"max-age={_YEAR}; includeSubDomains"
    if request.endpoint not in _FIXED:
        # No cache for a team's pages, which the next user of a browser could read, nor for a secret link or the API.
        alone = not (settings.shared or desk().team())
        is_cached = alone and request.method == "GET" and request.endpoint not in OPEN and not asked_by_machine()
        response.headers["Cache-Control"] = "private, no-cache" if is_cached else "no-store"
    return response


def _serve_static(response: Response) -> Response:
    if request.endpoint not in _FIXED or response.status_code != 200:
        return response
    if "v" in request.args:
        response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    if request.view_args and request.view_args.get("filename") == _RELAY:
        response.headers["Service-Worker-Allowed"] = "/"
    response.vary.add("Accept-Encoding")
    if response.mimetype in _COMPRESSED and request.accept_encodings["gzip"]:
        response.direct_passthrough = False
        data = response.get_data()
        response.close()  # the file it was read from
        response.set_data(_compress(data))
        response.headers["Content-Encoding"] = "gzip"
        response.headers.pop("ETag", None)
    return response


@lru_cache(maxsize=32)
def _compress(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def asset(name: str) -> str:
    """Return the URL of a static file, with a hash of its content. Raises FileNotFoundError."""
    return url_for("static", filename=name, v=_content_hash(current_app.static_folder or "", name))


@lru_cache(maxsize=64)
def _content_hash(folder: str, name: str) -> str:
    return hashlib.sha256((Path(folder) / name).read_bytes()).hexdigest()[:10]
