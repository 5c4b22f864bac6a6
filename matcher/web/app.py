"""`create_app`: the pages put together. A new page is a blueprint in its own file, and one line of `BLUEPRINTS`."""

import secrets
from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING

from flask import Flask, g, request
from flask_wtf import CSRFProtect
from sqlalchemy import Engine

from matcher.catalogue.intake.deposits import import_work
from matcher.catalogue.intake.online_sources import TAKE
from matcher.catalogue.steward.own_reader import follow_reader
from matcher.catalogue.store.sample import OPEN_OWN, SAMPLE_AREA
from matcher.clock import local_now
from matcher.club.registration.sheets_read import READ
from matcher.club.results.learned import LEARN
from matcher.club.results.mailing import TELL
from matcher.club.timetable.planning import PLAN
from matcher.club.timetable.remedies import REMEDIES
from matcher.decisions.lots_work import COVER, CUT
from matcher.decisions.purchases.batch import STUDIES
from matcher.domain.persona import Persona
from matcher.dossiers.asking.sending import SEND
from matcher.dossiers.files.transfer import BRING
from matcher.need.listing import WORDS, band_words
from matcher.need.sentences import lacks_sentence, share_in_short
from matcher.need.title import title_of
from matcher.notices.dropped_files import DROPPED
from matcher.paths import as_called, shipped_path
from matcher.pools import one_connection
from matcher.ranking.reasons import against, bar, listed_evidence, strengths, unknowns
from matcher.reference.glossary import meaning
from matcher.reference.old_labels import old_label
from matcher.reference.wordings import persona_wording, set_persona
from matcher.render.head_notice import head_notice, set_head_notice
from matcher.settings import WebSettings
from matcher.tender.work import TENDER
from matcher.web import help as help_pages
from matcher.web.accounts import accounts, audit, openid, organisations
from matcher.web.api import app as machines
from matcher.web.catalogue import directories, imports, review, search, supplier
from matcher.web.club import (
    day,
    elected_sheet,
    entrance,
    own_page,
    participant_links,
    participants,
    place,
    registration_form,
    sequels,
    sheets,
    spreadsheets,
    timetable,
    who_comes,
)
from matcher.web.decisions import (
    allotment,
    clause,
    clause_hours,
    coverage,
    families,
    groupement,
    interlocutors,
    opinion,
    plaquette,
    purchases,
    recognition,
)
from matcher.web.dossiers import (
    annual_report,
    answering,
    calls,
    campaign,
    campaigns,
    dossiers,
    follow,
    hours,
    save_decision,
    save_list,
)
from matcher.web.frame import access, errors, request_log, security
from matcher.web.frame.access import may_abandon
from matcher.web.frame.app_state import EXTENSION, Desk, account, desk, membership, profile, signature
from matcher.web.frame.security import asset
from matcher.web.frame.typography import FILTERS, FrenchSpaces, said_on_a_page
from matcher.web.need import candidates, form, tender, why
from matcher.web.notices import lists, lots, own_watch, published_lot, supplier_lots

if TYPE_CHECKING:  # its libraries are loaded where a provider is configured
    from matcher.accounts.identity_provider import IdentityProvider

# In the order of the menu; a link of the menu shows as soon as its page exists.
BLUEPRINTS = (
    form.pages,
    tender.pages,
    candidates.pages,
    why.pages,
    opinion.pages,
    groupement.pages,
    allotment.pages,
    clause_hours.pages,
    clause.pages,
    coverage.pages,
    save_list.pages,
    save_decision.pages,
    dossiers.pages,
    annual_report.pages,
    follow.pages,
    hours.pages,
    calls.pages,
    campaigns.pages,
    campaign.pages,
    answering.pages,
    purchases.pages,
    families.pages,
    recognition.pages,
    search.pages,
    supplier.pages,
    imports.pages,
    directories.pages,
    review.pages,
    lots.pages,
    supplier_lots.pages,
    own_watch.pages,
    lists.pages,
    published_lot.pages,
    plaquette.pages,
    interlocutors.pages,
    timetable.pages,
    participants.pages,
    spreadsheets.pages,
    sheets.pages,
    day.pages,
    entrance.pages,
    place.pages,
    registration_form.pages,
    participant_links.pages,
    own_page.pages,
    who_comes.pages,
    sequels.pages,
    elected_sheet.pages,
    help_pages.pages,
    accounts.pages,
    openid.pages,
    audit.pages,
    organisations.pages,
)
# What pages have done in the background: a new kind of work is a line here.
WORKS = (import_work(DROPPED), TAKE, *STUDIES, CUT, COVER, BRING, SEND, TELL, READ, PLAN, REMEDIES, LEARN, TENDER)
# label, first page, blueprints that stand under it
MENU = (
    ("Besoin", "form.form", ("form", "tender", "candidates", "why", "opinion", "save_list")),
    (
        "Lots et clauses",
        "groupement.show",
        ("groupement", "allotment", "clause_hours", "clause", "coverage", "save_decision"),
    ),
    ("Dossiers", "dossiers.index", ("dossiers", "annual_report", "follow", "hours", "calls")),
    ("Avis publiés", "lots.index", ("lots", "published_lot", "lists")),
    ("Programme", "purchases.index", ("purchases", "families", "recognition")),
    (
        "Catalogue",
        "search.index",
        (
            *("search", "supplier", "supplier_lots", "imports", "directories", "review", "campaigns", "campaign"),
            *("plaquette", "interlocutors"),
        ),
    ),
    (
        "Club Busin’ESS",
        "timetable.index",
        (
            *("timetable", "participants", "spreadsheets", "sheets", "day", "entrance", "place"),
            *("registration_form", "participant_links", "sequels", "elected_sheet"),
        ),
    ),
    ("Aide", "help.index", ("help",)),
)
# A need of a whole CCTP pasted in a form weighs far less; a page that takes files raises it for itself.
LARGEST_BODY = 1_000_000


def create_app(
    engine: Engine,
    settings: WebSettings | None = None,
    *,
    today: Callable[[], date] | None = None,
    clock: Callable[[], datetime] | None = None,
    observe: request_log.Observer | None = None,
    identity_provider: "IdentityProvider | None" = None,
) -> Flask:
    """Return the application of the pages and of the API over one catalogue.

    `clock` is the wall clock of meeting days and of links that end, by default this computer's; `today` the day of undated needs, by default
    that of `clock`. `observe` is called after each answer; `identity_provider` signs people in beside passwords."""
    follow_reader(engine.url)
    chosen = settings or WebSettings()
    app = Flask("matcher.web", template_folder=str(shipped_path("templates")), static_folder="static")
    app.config.update(
        SECRET_KEY=chosen.secret_key or secrets.token_bytes(32),
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=LARGEST_BODY,
        # The prefix has a browser refuse the cookie from any other host, or without HTTPS.
        SESSION_COOKIE_NAME="__Host-entremise" if chosen.https else "entremise",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=chosen.https,
        SESSION_REFRESH_EACH_REQUEST=False,  # the cookie is written when something of it changes, not with each file
        WTF_CSRF_TIME_LIMIT=None,  # a buyer who comes back from lunch loses nothing: the token lives as long as the session
        WTF_CSRF_SSL_STRICT=chosen.https,
    )
    wall = clock or local_now
    app.extensions[EXTENSION] = Desk(engine, today or (lambda: wall().date()), wall, chosen, identity_provider, WORKS)
    app.jinja_options = {
        "extensions": [FrenchSpaces],
        "finalize": said_on_a_page,
        "trim_blocks": True,
        "lstrip_blocks": True,
    }
    app.jinja_env.filters.update(FILTERS, title_of=title_of)
    app.jinja_env.globals.update(
        asset=asset,
        bar=bar,
        evidence=listed_evidence,
        strengths=strengths,
        against=against,
        unknowns=unknowns,
        lacks_said=lacks_sentence,
        old_label=old_label,
        words_of=band_words,
        words_of_parts=WORDS,
        share_in_short=share_in_short,
        meaning=meaning,
        page_exists=app.view_functions.__contains__,
        may=access.may,
        say=persona_wording,
        may_abandon=may_abandon,
    )
    request_log.log_requests(app, observe)
    access.guard(app)
    _add_frame(app)
    csrf = CSRFProtect(app)
    security.protect(app)
    errors.register_error_pages(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    machines.register_api(app, csrf)
    app.wsgi_app = one_connection(engine)(app.wsgi_app)  # type: ignore[method-assign]  # as Flask asks it to be wrapped
    return app


def _add_frame(app: Flask) -> None:
    """Have every request of `app` bear the notice of its catalogue and the words of its organisation, and every page the menu and the foot."""

    @app.before_request
    def set_notice() -> None:
        set_head_notice("" if request.endpoint == "static" else desk().notice())

    @app.before_request
    def set_request_persona() -> None:
        set_persona(Persona.BUYER if request.endpoint == "static" or g.get("owner") is None else profile().spoken_to)

    app.teardown_request(lambda _: set_persona(Persona.BUYER))

    @app.context_processor
    def frame() -> dict[str, object]:
        menu = [
            (label, endpoint, request.blueprint in inside)
            for label, endpoint, inside in MENU
            if endpoint in app.view_functions and access.may(endpoint)
        ]
        provider = desk().identity_provider
        return {
            "menu": menu,
            "head_notice": head_notice(),
            "open_own": as_called(OPEN_OWN) if head_notice() else "",
            "sample_area": as_called(SAMPLE_AREA) if head_notice() else "",
            "catalogue_line": lambda: desk().catalogue_line() if access.may("form.form") else "",
            "person": account(),
            "membership": membership(),
            "signature": signature(),
            "provider": provider.settings.label if provider else "",
            "provider_explained_at": provider.settings.explained_at if provider else "",
        }
