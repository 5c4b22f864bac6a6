"""Incidents that requests meet, told to the journal of security: by the status of the answer, and by whoever refuses for a reason of its own."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from flask import Response, g, request

from matcher.accounts.audit import AuditKind
from matcher.accounts.incidents import Incident, network_of
from matcher.web.frame.alone import alone
from matcher.web.frame.app_state import desk
from matcher.web.frame.problem import asked_by_machine
from matcher.web.frame.signature import account

# By status; what is refused at the door of sign-in is counted there, under the account that it is about.
_REFUSED: Mapping[int, str] = {
    401: "demande sans être connecté",
    403: "demande ce qui ne lui est pas ouvert",
    404: "demande ce qui n’existe pas, ou est d’une autre organisation",
    429: "demande trop souvent",
}
_PLACE = re.compile(r"<[^<>]*>")
_SIGN_IN = frozenset({"accounts.enter", "accounts.change_password", "openid.comes_back"})


def incident(kind: AuditKind, action: str, who: str = "") -> None:
    """Count an incident of this request: of whoever is signed in where it does not say `who`, on its address without what is of one thing: a
    number, the secret of a link."""
    person = account()
    who = who or (person.login if person else "")
    target = _PLACE.sub("…", request.url_rule.rule) if request.url_rule else ""
    owner = g.get("owner") if person else None
    seen = Incident(kind, action, who, target, network_of(request.remote_addr or ""), owner)
    desk().incidents.see(seen, datetime.now(UTC))


def watched(response: Response) -> Response:
    """Count an answer that refuses, and write what former ones left to write. An address that leads nowhere is a mistake, no incident."""
    action = _REFUSED.get(response.status_code)
    if action and request.endpoint not in {None, "static", *_SIGN_IN} and not alone():
        if asked_by_machine():
            incident(AuditKind.API, f"reçoit « {(response.get_json(silent=True) or {}).get('code', '')} »")
        else:
            incident(AuditKind.REFUSAL, action)
    desk().incidents.write(datetime.now(UTC))
    return response
