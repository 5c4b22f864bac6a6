"""Flask application factory `create_app`: registers the blueprints of all pages, the API, the hooks, the menu and the background jobs."""

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
from matcher.reference.own_needs import old_label
from matcher.reference.wordings import persona_wording, set_persona
from matcher.render.described_file import head_notice, set_head_notice
from matcher.settings import WebSettings
from matcher.tender.work import TENDER
from matcher.web import help as help_pages
from matcher.web.accounts import accounts, audit, openid, organisations
from matcher.web.api import app as api_app
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
    messages,
    save_decision,
    save_list,
)
from matcher.web.frame import access, errors, request_log, security
from matcher.web.frame.access import may_abandon
from matcher.web.frame.app_state import EXTENSION, Desk, account, desk, membership, profile, signature
from matcher.web.frame.security import asset
from matcher.web.frame.typography import FILTERS, FrenchSpaces, without_terminal_hints
from matcher.web.need import candidates, form, tender, why
from matcher.web.notices import lists, lots, own_watch, published_lot, supplier_lots

if TYPE_CHECKING:  # its libraries are imported only where a provider is configured
    from matcher.accounts.identity_provider import IdentityProvider

# Blueprints of the pages, in the order of the menu.
BLUEPRINTS = (
    *(form.pages, tender.pages, candidates.pages, why.pages),
    *(opinion.pages, groupement.pages, allotment.pages, clause_hours.pages, clause.pages, coverage.pages),
    *(save_list.pages, save_decision.pages, dossiers.pages, annual_report.pages, follow.pages, hours.pages),
    *(calls.pages, messages.pages, campaigns.pages, campaign.pages, answering.pages),
    *(purchases.pages, families.pages, recognition.pages),
    *(search.pages, supplier.pages, imports.pages, directories.pages, review.pages),
    *(lots.pages, supplier_lots.pages, own_watch.pages, lists.pages, published_lot.pages),
    *(plaquette.pages, interlocutors.pages),
    *(timetable.pages, participants.pages, spreadsheets.pages, sheets.pages, day.pages, entrance.pages, place.pages),
    *(registration_form.pages, participant_links.pages, own_page.pages, who_comes.pages),
    *(sequels.pages, elected_sheet.pages),
    *(help_pages.pages, accounts.pages, openid.pages, audit.pages, organisations.pages),
)
IMPORT = import_work(DROPPED, imports.record_import)
# Kinds of background jobs (« works ») that pages start: imports, studies, messages, timetables…
WORKS = (IMPORT, TAKE, *STUDIES, CUT, COVER, BRING, SEND, TELL, READ, PLAN, REMEDIES, LEARN, TENDER)
# Menu entries: label, endpoint of the first page, blueprints of the entry.
MENU = (
    ("Besoin", "form.form", ("form", "tender", "candidates", "why", "opinion", "save_list")),
    (
        "Lots et clauses",
        "groupement.show",
        ("groupement", "allotment", "clause_hours", "clause", "coverage", "save_decision"),
    ),
    ("Dossiers", "dossiers.index", ("dossiers", "annual_report", "follow", "hours", "calls", "messages")),
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
# Bytes of a request: far more than a whole tender document pasted in a form; pages that take files raise it (`take_files`).
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
    """Return the Flask application of the pages and of the API over the database of `engine`.

    `clock` returns the current time, by default this computer's; `today` the current day, by default that of `clock`. `observe` is called after each
    answer, for metrics; `identity_provider` signs people in besides passwords."""
    follow_reader(engine.url)
    settings = settings or WebSettings()
    app = Flask("matcher.web", template_folder=str(shipped_path("templates")), static_folder="static")
    app.config.update(
        SECRET_KEY=settings.secret_key or secrets.token_bytes(32),
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=LARGEST_BODY,
        # With the prefix __Host-, browsers refuse the cookie from another host or without HTTPS.
        SESSION_COOKIE_NAME="__Host-entremise" if settings.https else "entremise",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_REFRESH_EACH_REQUEST=False,  # the cookie is sent only when the session changes
        WTF_CSRF_TIME_LIMIT=None,  # the token lasts as long as the session: a form left open for lunch can be sent
        WTF_CSRF_SSL_STRICT=settings.https,
    )
    now = clock or local_now
    app.extensions[EXTENSION] = Desk(engine, today or (lambda: now().date()), now, settings, identity_provider, WORKS)
    app.jinja_options = {
        "extensions": [FrenchSpaces],
        "finalize": without_terminal_hints,
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
    api_app.register_api(app, csrf)
    app.wsgi_app = one_connection(engine)(app.wsgi_app)  # type: ignore[method-assign]  # the way Flask documents
    return app


def _add_frame(app: Flask) -> None:
    """Register on `app` the hooks that set the head notice and the wording (persona) of each request, and the template variables of menu and footer."""

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
            (label, endpoint, request.blueprint in blueprints)
            for label, endpoint, blueprints in MENU
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
