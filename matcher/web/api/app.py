"""Assembly of the API: imports every module of endpoints, and serves `/health`, the OpenAPI description and its page. A new module is an import."""

from functools import partial
from typing import Any, TypedDict

from flask import Flask, render_template, request
from flask_wtf import CSRFProtect

from matcher.answers.keys import KeyRefused
from matcher.db import check_revision
from matcher.journal.change import ChangeRefused
from matcher.journal.store import JournalUnknown
from matcher.render.described_file import json_text
from matcher.web.api import answers, catalogue, club, decisions, dossiers, mirror, need, notices, purchases, reconcile
from matcher.web.api.frame import admission
from matcher.web.api.frame.endpoint import api, endpoint
from matcher.web.api.frame.openapi import body_fields, curl, openapi
from matcher.web.frame.app_state import desk
from matcher.web.frame.problem import KINDS, refusal_problem

ROOMS = (need, decisions, purchases, answers, catalogue, mirror, notices, reconcile, dossiers, club, admission)


class HealthShape(TypedDict):
    """Que l’API répond, et son catalogue avec elle."""

    status: str


@endpoint("/health", action=None, returns=HealthShape, tag="Service")
def health() -> Any:
    """Dit que l’API et son catalogue répondent, et que la base est au format de cette version. Aucun jeton n’est demandé."""
    check_revision(desk().engine)
    return {"status": "ok"}


@api.get("/openapi.json")
def description() -> Any:
    """Return the OpenAPI description as JSON, with the URL of this server and the contact address."""
    values, contact = openapi(), desk().settings.notice.contact
    info = values["info"] | ({"contact": {"email": contact}} if contact else {})
    servers = [{"url": request.host_url.rstrip("/")}]
    return json_text(values | {"info": info, "servers": servers}), {"Content-Type": "application/json"}


@api.get("/")
def page() -> str:
    """Show the documentation page of the API."""
    values = {"fields_of": body_fields, "curl": curl, "base": request.host_url.rstrip("/")}
    return render_template("api/page.html", its=openapi(), problems=KINDS, **values)


_REFUSALS = ((JournalUnknown, "introuvable"), (ChangeRefused, "ecriture-refusee"), (KeyRefused, "ecriture-refusee"))
for refusal, kind in _REFUSALS:
    api.register_error_handler(refusal, partial(refusal_problem, kind))


def register_api(app: Flask, csrf: CSRFProtect) -> None:
    """Add the API to `app`, exempt from CSRF tokens: programs send no cookie that a page of another site could misuse."""
    csrf.exempt(api)
    app.register_blueprint(api)
