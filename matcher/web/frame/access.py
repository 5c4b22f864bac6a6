"""Who may open what: one table of the pages, read before each request; a page that is not in it opens to nobody of a team."""

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import Flask, Response, abort, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from matcher.accounts import audit
from matcher.accounts.roles import Action, allows
from matcher.accounts.sessions import session as account_of_session
from matcher.web.frame.app_state import desk
from matcher.web.frame.serve import is_loopback
from matcher.web.frame.signature import account

# Files that are the same for everyone, the door itself, and the registration form, which its secret link opens.
OPEN = frozenset({"static", "team.sign_in", "team.enter", "team.sign_out", "club_door.form", "club_door.send"})

# What each page asks leave for, by its endpoint.
NEEDS: Mapping[str, Action] = {
    "need.form": Action.READ,
    "need.complete": Action.READ,
    "candidates.show": Action.READ,
    "candidates.refused": Action.READ,
    "candidates.outlines": Action.READ,
    "candidates.download": Action.EXPORT,
    "why.show": Action.READ,
    "advice.show": Action.READ,
    "advice.download": Action.EXPORT,
    "groupement.show": Action.READ,
    "groupement.download": Action.EXPORT,
    "allotment.show": Action.READ,
    "allotment.start": Action.READ,
    "allotment.told": Action.READ,
    "allotment.download": Action.EXPORT,
    "clause_plan.show": Action.READ,
    "clause_plan.download": Action.EXPORT,
    "keeping.choose": Action.KEEP_DOSSIERS,
    "keeping.keep": Action.KEEP_DOSSIERS,
    "keeping.remove": Action.KEEP_DOSSIERS,
    "retain.choose": Action.KEEP_DOSSIERS,
    "retain.keep": Action.KEEP_DOSSIERS,
    "dossiers.index": Action.READ,
    "dossiers.show": Action.READ,
    "dossiers.changed": Action.READ,
    "dossiers.printed": Action.READ,
    "dossiers.print_style": Action.READ,
    "dossiers.download": Action.EXPORT,
    "dossiers.new": Action.KEEP_DOSSIERS,
    "dossiers.create": Action.KEEP_DOSSIERS,
    "dossiers.choose_file": Action.KEEP_DOSSIERS,
    "dossiers.bring_file": Action.KEEP_DOSSIERS,
    "dossiers.edit": Action.KEEP_DOSSIERS,
    "dossiers.describe": Action.KEEP_DOSSIERS,
    "dossiers.note": Action.KEEP_DOSSIERS,
    "dossiers.turn": Action.KEEP_DOSSIERS,
    "follow.write_entry": Action.KEEP_DOSSIERS,
    "follow.find": Action.KEEP_DOSSIERS,
    "follow.add": Action.KEEP_DOSSIERS,
    "follow.remove_lot": Action.KEEP_DOSSIERS,
    "messages.prepare": Action.KEEP_DOSSIERS,
    "messages.act": Action.KEEP_DOSSIERS,
    "program.index": Action.READ,
    "program.history": Action.READ,
    "program.show": Action.READ,
    "program.download": Action.EXPORT,
    "program.drop": Action.KEEP_DOSSIERS,
    "program.drop_history": Action.KEEP_DOSSIERS,
    "program.again": Action.KEEP_DOSSIERS,
    "program.forget": Action.KEEP_DOSSIERS,
    "catalogue.index": Action.READ,
    "catalogue.conflicts": Action.READ,
    "catalogue.quality": Action.READ,
    "suppliers.show": Action.READ,
    "suppliers.correction": Action.CORRECT,
    "suppliers.withdrawal": Action.CORRECT,
    "suppliers.new": Action.CORRECT,
    "suppliers.create": Action.CORRECT,
    "review.show": Action.REVIEW,
    "review.judge": Action.REVIEW,
    "review.withdraw": Action.REVIEW,
    "imports.index": Action.IMPORT,
    "imports.drop": Action.IMPORT,
    "imports.show": Action.IMPORT,
    "imports.again": Action.IMPORT,
    "imports.confirm": Action.IMPORT,
    "imports.abandon": Action.IMPORT,
    "imports.undo": Action.IMPORT,
    "club.index": Action.READ,
    "club.new": Action.KEEP_EVENTS,
    "club.create": Action.KEEP_EVENTS,
    "club.show": Action.READ,
    "club.plan": Action.KEEP_EVENTS,
    "club.edit": Action.KEEP_EVENTS,
    "club.describe": Action.KEEP_EVENTS,
    "club.turn": Action.KEEP_EVENTS,
    "club.download": Action.EXPORT,
    "club_participants.index": Action.READ,
    "club_participants.new": Action.KEEP_EVENTS,
    "club_participants.add": Action.KEEP_EVENTS,
    "club_participants.edit": Action.KEEP_EVENTS,
    "club_participants.amend": Action.KEEP_EVENTS,
    "club_participants.withdraw": Action.KEEP_EVENTS,
    "club_participants.bind": Action.KEEP_EVENTS,
    "club_participants.answer": Action.KEEP_EVENTS,
    "club_import.index": Action.KEEP_EVENTS,
    "club_import.drop": Action.KEEP_EVENTS,
    "club_import.show": Action.KEEP_EVENTS,
    "club_import.confirm": Action.KEEP_EVENTS,
    "club_import.abandon": Action.KEEP_EVENTS,
    "club_sheets.index": Action.READ,
    "club_sheets.all_sheets": Action.READ,
    "club_sheets.one_sheet": Action.READ,
    "club_sheets.calendar": Action.EXPORT,
    "club_sheets.badges": Action.READ,
    "club_sheets.tables": Action.READ,
    "club_day.follow": Action.READ,
    "club_day.board": Action.READ,
    "club_day.record": Action.KEEP_EVENTS,
    "club_day.preview": Action.KEEP_EVENTS,
    "club_day.confirm": Action.KEEP_EVENTS,
    "club_day.moved": Action.KEEP_EVENTS,
    "club_place.preview": Action.KEEP_EVENTS,
    "club_place.confirm": Action.KEEP_EVENTS,
    "club_door.show": Action.KEEP_EVENTS,
    "club_door.turn": Action.KEEP_EVENTS,
    "club_door.sort_out": Action.KEEP_EVENTS,
    "club_report.show": Action.READ,
    "club_report.tell": Action.KEEP_DOSSIERS,
    "help.index": Action.READ,
    "help.terms": Action.READ,
    "help.articles": Action.READ,
    "help.method": Action.READ,
    "help.sources": Action.READ,
    "team.me": Action.READ,
    "team.change_password": Action.READ,
    "team.accounts": Action.MANAGE_ACCOUNTS,
    "team.add": Action.MANAGE_ACCOUNTS,
    "team.change": Action.MANAGE_ACCOUNTS,
    "team.log": Action.READ_AUDIT,
}
# What these do is a line of the audit already, in the transaction that does it.
_SAY_IT_THEMSELVES = frozenset({Action.MANAGE_ACCOUNTS, Action.READ_AUDIT})
TOKEN = "compte"  # noqa: S105  # the name under which the session holds it
# What a form sends beside what a person types.
_NOT_TYPED = frozenset({"csrf_token", "version", "cle"})


def guard(app: Flask) -> None:
    """Have each request to `app` asked who makes it, before anything else, and what it did written down."""
    app.before_request(_admit)
    app.after_request(_written)


def may(endpoint: str) -> bool:
    """Whether the person may open a page: all of them where nobody signs in. A link that would be refused is not shown."""
    if endpoint in OPEN:
        return True
    person = account()
    if person is None:
        return not desk().team()
    return endpoint in NEEDS and allows(person.role, NEEDS[endpoint])


def inside(address: str) -> str:
    """Return an address of these pages as it is, « / » in the place of any that leads elsewhere."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "/"
    ours = not parts.scheme and not parts.netloc and address.startswith("/") and not address.startswith("//")
    return address if ours and "\\" not in address and address.isprintable() else "/"


def _admit() -> ResponseReturnValue | None:
    endpoint = request.endpoint
    if endpoint == "static":
        return None
    if not desk().team():
        # A name asked of nobody is good on this computer alone, whatever the address that was opened.
        if desk().settings.proxy or not is_loopback(request.remote_addr or ""):
            abort(403)
        return None
    g.account = account_of_session(desk().engine, str(session.get(TOKEN, "")), now=datetime.now(UTC))
    if endpoint is None or endpoint in OPEN:
        return None
    if g.account is None:
        return _sign_in_first()
    if not may(endpoint):
        abort(403)
    return None


def _sign_in_first() -> ResponseReturnValue:
    """The way to the door and back. What was typed in a form sent too late is shown, to be copied."""
    if request.method == "POST":
        typed = [text for name, text in request.form.items() if name not in _NOT_TYPED and len(text) > 2]
        return render_template("accounts/connexion.html", back="/", typed=typed, fault="", login=""), 401
    door = url_for("team.sign_in", next=request.full_path if request.query_string else request.path)
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": door})
    return redirect(door, 303)


def _written(response: Response) -> Response:
    """Add to the audit each thing that a person of a team wrote or took away."""
    person, action = account(), NEEDS.get(request.endpoint or "")
    if person is None or action is None or action in _SAY_IT_THEMSELVES or response.status_code >= 400:
        return response
    if request.method == "POST" or action is Action.EXPORT:
        now = datetime.now(UTC)
        audit.record(desk().engine, at=now, who=person.login, action=action.value, target=request.path)
    return response
