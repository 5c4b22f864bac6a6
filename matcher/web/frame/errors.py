"""Error handlers of the application: a page in French (or a problem as JSON for the API) that states what to do and a reference, no internal detail."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from flask import Flask, g, render_template
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError

from matcher.accounts.audit import AuditKind
from matcher.db import DatabaseError
from matcher.settings import HOSTS_VARIABLE
from matcher.web.frame.access import incident
from matcher.web.frame.app_state import DATABASE_AWAY
from matcher.web.frame.problem import KEPT_HEADERS, ProblemDetails, asked_by_machine, problem_of
from matcher.web.frame.request_log import request_id

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ErrorMessage:
    """Text of an error page: its title, and what to do."""

    title: str
    advice: str


# By status; any other status has the message of 400 or 500.
MESSAGES = {
    400: ErrorMessage("Cette demande est incomplète ou mal formée.", "Revenez à la page d’avant et recommencez."),
    403: ErrorMessage("Cette page ne vous est pas ouverte.", "Demandez-en l’accès à la personne qui administre Entremise."),
    404: ErrorMessage("Cette page n’existe pas, ou n’existe plus.", "Le lien est peut-être ancien. Repartez du besoin."),
    405: ErrorMessage("Cette page ne s’ouvre pas de cette façon.", "Repartez du besoin."),
    413: ErrorMessage("Ce qui a été envoyé est trop gros.", "Rien n’a été enregistré. Envoyez moins de texte, ou un fichier plus petit."),
    414: ErrorMessage("Ce lien est trop long.", "Raccourcissez le texte du besoin, puis recommencez."),
    429: ErrorMessage("Trop de demandes en peu de temps.", "Attendez une minute, puis recommencez."),
    500: ErrorMessage("Une erreur s’est produite de notre côté.", "Rien n’a été enregistré. Réessayez ; si cela se répète, donnez cette référence."),
    503: ErrorMessage("Le catalogue ne répond pas pour l’instant.", "Rien n’est perdu. Réessayez dans un instant."),
}  # fmt: skip
_EXPIRED = ErrorMessage(
    "Ce formulaire a expiré.",
    "Rien n’a été enregistré. Revenez à la page d’avant, rechargez-la, puis renvoyez le formulaire.",
)
# A restarted PostgreSQL answers again in a few seconds.
_RETRY_AFTER_S = 5
# Plain text for a wrong Host header: no URL of a page may be built from it.
_WRONG_NAME = f"Entremise ne répond pas à ce nom. Ajoutez-le à {HOSTS_VARIABLE} si c’est le vôtre.\n"


def register_error_pages(app: Flask) -> None:
    """Register on `app` the handlers that answer errors by pages in French, or by problems for the API."""

    @app.errorhandler(CSRFError)
    def refuse_forgery(_error: CSRFError) -> ResponseReturnValue:
        incident(AuditKind.FORM_REFUSAL, "envoie un formulaire forgé, ou d’une session finie")
        return _page(400, _EXPIRED)

    @app.errorhandler(SecurityError)
    def refuse_name(_error: SecurityError) -> ResponseReturnValue:
        return _WRONG_NAME, 400, {"Content-Type": "text/plain; charset=utf-8"}

    @app.errorhandler(HTTPException)
    def show_http_error(error: HTTPException) -> ResponseReturnValue:
        if isinstance(error, ProblemDetails):
            return error.get_response()
        status = error.code or 500
        return _page(
            status, MESSAGES.get(status) or MESSAGES[400 if status < 500 else 500], headers=dict(error.get_headers())
        )

    @app.errorhandler(DatabaseError)
    def show_outage(error: DatabaseError) -> ResponseReturnValue:
        setattr(g, DATABASE_AWAY, True)  # the error page then makes no query
        return _defect(503, error, {"Retry-After": str(_RETRY_AFTER_S)})

    @app.errorhandler(Exception)
    def show_defect(error: Exception) -> ResponseReturnValue:
        return _defect(500, error)


def _defect(status: int, error: Exception, headers: Mapping[str, str] = MappingProxyType({})) -> ResponseReturnValue:
    """Log an exception under the reference of the request, and show only that reference."""
    _LOG.error("erreur", exc_info=error, extra={"request_id": request_id()})
    return _page(status, MESSAGES[status], request_id(), headers)


def _page(
    status: int, error_message: ErrorMessage, reference: str = "", headers: Mapping[str, str] = MappingProxyType({})
) -> ResponseReturnValue:
    """Return the page of an error; for the API, its problem."""
    if asked_by_machine():
        return problem_of(status, reference, headers).get_response()
    headers_kept = {name: value for name, value in headers.items() if name in KEPT_HEADERS}
    return (
        render_template("frame/erreur.html", told=error_message, status=status, reference=reference),
        status,
        headers_kept,
    )
