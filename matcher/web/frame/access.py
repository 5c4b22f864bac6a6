"""Access to pages by role: one table, checked before each request; a page missing from it is closed to everyone in a team."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import Flask, Response, abort, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import SecurityError

from matcher.accounts import audit
from matcher.accounts.roles import Action, allowed
from matcher.accounts.sessions import session as account_of_session
from matcher.accounts.store import Account, Membership
from matcher.ownership import FIRST_ORGANISATION
from matcher.settings import HOSTS_VARIABLE, PROXY_VARIABLE
from matcher.web.frame.app_state import desk
from matcher.web.frame.organisation import membership
from matcher.web.frame.serve import is_loopback
from matcher.web.frame.signature import account

# What the one-time link opens, while there is no account.
FIRST_ACCOUNT = frozenset({"accounts.first", "accounts.open_first"})
# Files that are the same for everyone, the door itself, whose pages these are, and what a secret link opens: the first account, the
# registration form, a participant's own page, the page where a structure answers.
OPEN = FIRST_ACCOUNT | frozenset(
    {
        "static",
        "accounts.sign_in",
        "accounts.enter",
        "accounts.sign_out",
        "help.accessibility",
        "help.privacy",
        "help.legal",
        "registration_form.form",
        "registration_form.send",
        "own_page.show",
        "own_page.state",
        "own_page.calendar",
        "own_page.act",
        "own_page.mail",
        "own_page.profile",
        "own_page.amend",
        "answering.show",
        "answering.send",
        "answering.withdraw",
    }
)

# What each page asks leave for, by its endpoint.
NEEDS: Mapping[str, Action] = {
    "form.form": Action.READ,
    "form.forget": Action.READ,
    "form.complete": Action.READ,
    "tender.index": Action.READ,
    "tender.drop": Action.KEEP_DOSSIERS,
    "tender.show": Action.READ,
    "tender.verify": Action.KEEP_DOSSIERS,
    "tender.forget": Action.KEEP_DOSSIERS,
    "candidates.show": Action.READ,
    "candidates.refused": Action.READ,
    "candidates.outlines": Action.READ,
    "candidates.download": Action.EXPORT,
    "compare.show": Action.READ,
    "why.show": Action.READ,
    "opinion.show": Action.READ,
    "opinion.download": Action.EXPORT,
    "groupement.show": Action.READ,
    "groupement.download": Action.EXPORT,
    "allotment.show": Action.READ,
    "allotment.start": Action.READ,
    "allotment.told": Action.READ,
    "allotment.abandon": Action.READ,
    "allotment.columns": Action.KEEP_DOSSIERS,
    "allotment.tell_columns": Action.KEEP_DOSSIERS,
    "allotment.download": Action.EXPORT,
    "clause_hours.show": Action.READ,
    "clause_hours.download": Action.EXPORT,
    "calibration.show": Action.READ,
    "calibration.edit": Action.REVIEW,
    "calibration.fill": Action.REVIEW,
    "clause.show": Action.READ,
    "clause.download": Action.EXPORT,
    "coverage.show": Action.READ,
    "coverage.start": Action.READ,
    "coverage.told": Action.READ,
    "coverage.structure": Action.READ,
    "coverage.abandon": Action.READ,
    "coverage.columns": Action.KEEP_DOSSIERS,
    "coverage.tell_columns": Action.KEEP_DOSSIERS,
    "coverage.download": Action.EXPORT,
    "coverage.download_sheet": Action.EXPORT,
    "save_decision.choose": Action.KEEP_DOSSIERS,
    "save_decision.keep": Action.KEEP_DOSSIERS,
    "save_decision.remove": Action.KEEP_DOSSIERS,
    "save_list.choose": Action.KEEP_DOSSIERS,
    "save_list.keep": Action.KEEP_DOSSIERS,
    "save_tender.keep": Action.KEEP_DOSSIERS,
    "dossiers.index": Action.READ,
    "dossiers.show": Action.READ,
    "dossiers.changed": Action.READ,
    "dossiers.printed": Action.READ,
    "dossiers.print_style": Action.READ,
    "dossiers.download": Action.EXPORT,
    "dossiers.download_list": Action.EXPORT,
    "dossiers.new": Action.KEEP_DOSSIERS,
    "dossiers.create": Action.KEEP_DOSSIERS,
    "dossiers.choose_file": Action.KEEP_DOSSIERS,
    "dossiers.bring_file": Action.KEEP_DOSSIERS,
    "dossiers.bringing": Action.KEEP_DOSSIERS,
    "dossiers.abandon_file": Action.KEEP_DOSSIERS,
    "dossiers.edit": Action.KEEP_DOSSIERS,
    "dossiers.describe": Action.KEEP_DOSSIERS,
    "dossiers.note": Action.KEEP_DOSSIERS,
    "dossiers.turn": Action.KEEP_DOSSIERS,
    "contracts.edit": Action.KEEP_DOSSIERS,
    "contracts.record": Action.KEEP_DOSSIERS,
    "contracts.remove": Action.KEEP_DOSSIERS,
    "annual_report.show": Action.READ,
    "annual_report.download": Action.EXPORT,
    "clauses.index": Action.READ,
    "clauses.download": Action.EXPORT,
    "hours.show": Action.READ,
    "hours.promise": Action.KEEP_DOSSIERS,
    "hours.record": Action.KEEP_DOSSIERS,
    "hours.paste": Action.KEEP_DOSSIERS,
    "hours.remove": Action.KEEP_DOSSIERS,
    "follow.write_entry": Action.KEEP_DOSSIERS,
    "follow.find": Action.KEEP_DOSSIERS,
    "follow.add": Action.KEEP_DOSSIERS,
    "follow.remove_lot": Action.KEEP_DOSSIERS,
    "calls.show": Action.READ,
    "calls.record": Action.KEEP_DOSSIERS,
    "calls.learn": Action.CORRECT,
    "messages.prepare": Action.KEEP_DOSSIERS,
    "messages.act": Action.KEEP_DOSSIERS,
    "campaigns.index": Action.READ,
    "campaigns.choose": Action.KEEP_DOSSIERS,
    "campaigns.prepare": Action.KEEP_DOSSIERS,
    "campaign.show": Action.READ,
    "campaign.send_all": Action.KEEP_DOSSIERS,
    "campaign.hand_over": Action.KEEP_DOSSIERS,
    "campaign.turn": Action.KEEP_DOSSIERS,
    "campaign.write_one": Action.KEEP_DOSSIERS,
    "campaign.judge": Action.CORRECT,
    "purchases.index": Action.READ,
    "purchases.history": Action.READ,
    "purchases.show": Action.READ,
    "purchases.download": Action.EXPORT,
    "purchases.drop": Action.KEEP_DOSSIERS,
    "purchases.drop_history": Action.KEEP_DOSSIERS,
    "purchases.columns": Action.KEEP_DOSSIERS,
    "purchases.tell_columns": Action.KEEP_DOSSIERS,
    "purchases.reconcile": Action.READ,
    "purchases.drop_reconciliation": Action.KEEP_DOSSIERS,
    "purchases.settle_name": Action.KEEP_DOSSIERS,
    "families.show": Action.READ,
    "families.download": Action.EXPORT,
    "families.correct": Action.KEEP_DOSSIERS,
    "purchases.tell": Action.KEEP_DOSSIERS,
    "save_programme.keep": Action.KEEP_DOSSIERS,
    "past_suppliers.index": Action.READ,
    "past_suppliers.keep_all": Action.KEEP_DOSSIERS,
    "past_suppliers.drop": Action.KEEP_DOSSIERS,
    "verification.show": Action.READ,
    "verification.check": Action.READ,
    "verification.download": Action.EXPORT,
    "purchases.again": Action.KEEP_DOSSIERS,
    "purchases.forget": Action.KEEP_DOSSIERS,
    "search.index": Action.READ,
    "search.conflicts": Action.READ,
    "search.quality": Action.READ,
    "supplier.show": Action.READ,
    "supplier.correction": Action.CORRECT,
    "supplier.withdrawal": Action.CORRECT,
    "supplier.suggestion": Action.CORRECT,
    "supplier.wrong_number": Action.CORRECT,
    "supplier.new": Action.CORRECT,
    "supplier.create": Action.CORRECT,
    "review.show": Action.REVIEW,
    "review.judge": Action.REVIEW,
    "review.judge_row": Action.REVIEW,
    "review.withdraw": Action.REVIEW,
    "directories.show": Action.IMPORT,
    "directories.take": Action.IMPORT,
    "directories.stop": Action.IMPORT,
    "imports.index": Action.IMPORT,
    "imports.drop": Action.IMPORT,
    "imports.show": Action.IMPORT,
    "imports.columns": Action.IMPORT,
    "imports.tell_columns": Action.IMPORT,
    "imports.again": Action.IMPORT,
    "imports.confirm": Action.IMPORT,
    "imports.abandon": Action.IMPORT,
    "imports.undo": Action.IMPORT,
    "plaquette.show": Action.READ,
    "plaquette.printed": Action.READ,
    "plaquette.print_style": Action.READ,
    "plaquette.download": Action.EXPORT,
    "interlocutors.show": Action.READ,
    "interlocutors.edit": Action.CORRECT,
    "interlocutors.keep": Action.CORRECT,
    "interlocutors.remove": Action.CORRECT,
    "timetable.index": Action.READ,
    "timetable.new": Action.KEEP_EVENTS,
    "timetable.create": Action.KEEP_EVENTS,
    "timetable.show": Action.READ,
    "timetable.plan": Action.KEEP_EVENTS,
    "timetable.try_remedies": Action.KEEP_EVENTS,
    "timetable.edit": Action.KEEP_EVENTS,
    "timetable.describe": Action.KEEP_EVENTS,
    "timetable.turn": Action.KEEP_EVENTS,
    "timetable.download": Action.EXPORT,
    "participants.index": Action.READ,
    "participants.new": Action.KEEP_EVENTS,
    "participants.add": Action.KEEP_EVENTS,
    "participants.edit": Action.KEEP_EVENTS,
    "participants.amend": Action.KEEP_EVENTS,
    "participants.withdraw": Action.KEEP_EVENTS,
    "participants.bind": Action.KEEP_EVENTS,
    "participants.answer": Action.KEEP_EVENTS,
    "spreadsheets.index": Action.KEEP_EVENTS,
    "spreadsheets.drop": Action.KEEP_EVENTS,
    "spreadsheets.show": Action.KEEP_EVENTS,
    "spreadsheets.columns": Action.KEEP_EVENTS,
    "spreadsheets.tell_columns": Action.KEEP_EVENTS,
    "spreadsheets.confirm": Action.KEEP_EVENTS,
    "spreadsheets.abandon": Action.KEEP_EVENTS,
    "sheets.index": Action.READ,
    "sheets.all_sheets": Action.READ,
    "sheets.one_sheet": Action.READ,
    "sheets.calendar": Action.EXPORT,
    "sheets.badges": Action.READ,
    "sheets.tables": Action.READ,
    "day.follow": Action.READ,
    "day.board": Action.READ,
    "day.record": Action.KEEP_EVENTS,
    "day.preview": Action.KEEP_EVENTS,
    "day.confirm": Action.KEEP_EVENTS,
    "day.moved": Action.KEEP_EVENTS,
    "place.preview": Action.KEEP_EVENTS,
    "place.confirm": Action.KEEP_EVENTS,
    "registration_form.show": Action.KEEP_EVENTS,
    "registration_form.turn": Action.KEEP_EVENTS,
    "registration_form.sort_out": Action.KEEP_EVENTS,
    "participant_links.show": Action.KEEP_EVENTS,
    "participant_links.turn": Action.KEEP_EVENTS,
    "report.show": Action.READ,
    "report.tell": Action.KEEP_DOSSIERS,
    "help.index": Action.READ,
    "help.terms": Action.READ,
    "help.articles": Action.READ,
    "help.method": Action.READ,
    "help.sources": Action.READ,
    "accounts.me": Action.READ,
    "accounts.switch": Action.READ,
    "accounts.change_password": Action.READ,
    "accounts.accounts": Action.MANAGE_MEMBERS,
    "accounts.add": Action.MANAGE_MEMBERS,
    "accounts.change": Action.MANAGE_MEMBERS,
    "accounts.log": Action.READ_AUDIT,
    "organisations.mine": Action.READ,
    "organisations.logo": Action.READ,
    "organisations.describe": Action.DESCRIBE_ORGANISATION,
    "organisations.give_logo": Action.DESCRIBE_ORGANISATION,
    "organisations.drop_logo": Action.DESCRIBE_ORGANISATION,
    "organisations.index": Action.ADMINISTER,
    "organisations.create": Action.ADMINISTER,
    "organisations.change": Action.ADMINISTER,
}
# What these do is a line of the audit already, in the transaction that does it.
_SAY_IT_THEMSELVES = frozenset({Action.MANAGE_MEMBERS, Action.ADMINISTER, Action.DESCRIBE_ORGANISATION})
TOKEN = "compte"  # noqa: S105  # the name under which the session holds it
_ORGANISATION = "organisation"
_PORT = re.compile(r":\d+$")
# What a server that passes a request on adds to it, besides X-Forwarded-…
_PASSED_ON = frozenset({"Forwarded", "Via", "X-Real-Ip"})
_NO_ACCOUNT = (
    "Aucun compte n’existe : les pages ne répondent qu’à cet ordinateur, sous son propre nom et sans serveur devant.\n"
    "Pour les ouvrir à d’autres : « entremise account add NOM --role administrateur », ou le lien que « entremise serve » imprime, "
    f"bon une heure, quand {HOSTS_VARIABLE} est donné ({PROXY_VARIABLE} aussi, s’il y a un serveur devant).\n"
)
_SESSION_OVER = "La session est finie : rechargez la page pour vous reconnecter, rien n’est perdu."
# What a form sends beside what a person types.
_NOT_TYPED = frozenset({"csrf_token", "version", "cle"})


def guard(app: Flask) -> None:
    """Have each request to `app` asked who makes it, before anything else, and what it did written down."""
    app.before_request(_admit)
    app.after_request(_written)


def may(endpoint: str) -> bool:
    """Whether the person may open a page: all of them where one is alone. A link that would be refused is not shown."""
    if endpoint in OPEN:
        return True
    person = account()
    if person is None:
        return _alone()
    its = membership()
    return its is not None and NEEDS.get(endpoint) in allowed(its.role, installation=person.installation)


def go_into(its: Membership) -> None:
    """Have the session be in an organisation; forms that were open in another are good no more."""
    if session.get(_ORGANISATION) is not None:
        session.pop("csrf_token", None)
    session[_ORGANISATION] = its.owner


def inside(address: str) -> str:
    """Return an address of these pages as it is, « / » in the place of any that leads elsewhere."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "/"
    ours = not parts.scheme and not parts.netloc and address.startswith("/") and not address.startswith("//")
    return address if ours and "\\" not in address and address.isprintable() else "/"


def _admit() -> ResponseReturnValue | None:
    if _PORT.sub("", request.host).lower() not in desk().settings.hosts:
        raise SecurityError
    endpoint = request.endpoint
    if endpoint == "static":
        return None
    if not desk().team():
        if _alone() or (endpoint in FIRST_ACCOUNT and not _passed_on()):
            g.owner = FIRST_ORGANISATION
            return None
        return _NO_ACCOUNT, 403, {"Content-Type": "text/plain; charset=utf-8"}
    g.account = account_of_session(desk().engine, str(session.get(TOKEN, "")), now=datetime.now(UTC))
    refused = _into_organisation(g.account) if g.account else None
    if endpoint is None or endpoint in OPEN:
        return None
    if g.account is None:
        return _sign_in_first()
    if refused:
        return refused
    if not may(endpoint):
        abort(403)
    return None


def _into_organisation(person: Account) -> ResponseReturnValue | None:
    """Have the request be of the organisation that the session is in, else of the person's first. Where they are of it no more, what they
    were writing is refused, and shown to be copied: it is written nowhere else."""
    wanted = session.get(_ORGANISATION)
    its = None if wanted is None else person.member_of(wanted)
    removed = wanted is not None and its is None
    if its is None and person.memberships:
        its = person.memberships[0]
        go_into(its)
    g.membership, g.owner = its, its.owner if its else None
    if its is None or (removed and request.method == "POST"):
        return render_template("frame/plus_membre.html", typed=_typed(), now_in=its), 403
    return None


def _typed() -> list[str]:
    """What a person typed in the form of this request."""
    return [text for name, text in request.form.items() if name not in _NOT_TYPED and len(text) > 2]


def _alone() -> bool:
    """Whether nobody signs in, and the request is one of this computer to itself."""
    return not (desk().settings.shared or desk().team() or _passed_on()) and is_loopback(request.remote_addr or "")


def _passed_on() -> bool:
    """Whether a server that is not declared passed the request on; what a declared one does not vouch for is gone before it comes here."""
    return not desk().settings.proxy and any(
        name in _PASSED_ON or name.startswith("X-Forwarded-") for name, _ in request.headers
    )


def _sign_in_first() -> ResponseReturnValue:
    """The way to the door and back. What was typed in a form sent too late is shown, to be copied."""
    if request.accept_mimetypes.best == "application/json":
        # No form, so no token: the cookie that comes with one could end the session of who has just signed in beside a script that tries again.
        return {"refus": _SESSION_OVER}, 401
    if request.method == "POST":
        return render_template("accounts/connexion.html", back="/", typed=_typed(), fault="", login=""), 401
    door = url_for("accounts.sign_in", next=request.full_path if request.query_string else request.path)
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
        audit.record(desk().engine, at=now, who=person.login, action=action.value, target=request.path, owner=g.owner)
    return response
