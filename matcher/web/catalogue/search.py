"""Pages « Le catalogue »: search of suppliers as one types, data quality of each source, and fields on which sources disagree."""

from collections import Counter
from datetime import date
from functools import lru_cache

from flask import Blueprint, render_template, request
from sqlalchemy import Engine

from matcher.catalogue.identity.conflicts import FieldConflict
from matcher.catalogue.identity.trust import source_title
from matcher.catalogue.intake.clean_record import REPORTED
from matcher.catalogue.steward.privacy import kept_since
from matcher.catalogue.steward.quality import STALE_MONTHS, Quality
from matcher.catalogue.steward.readings import read_conflicts, read_quality
from matcher.catalogue.steward.rows_without_kind import count_waiting
from matcher.catalogue.store.read import catalogue_version
from matcher.catalogue.store.search import LONGEST, activities_shown, search
from matcher.domain.kinds import SupplierKind
from matcher.reference.trades.activities import taxonomy
from matcher.web.frame.app_state import desk
from matcher.web.frame.paging import Paging, page_number

pages = Blueprint("search", __name__)

_ROWS = 25
# Field of a disagreement → form of the supplier page that corrects it.
_SETTLED_BY = {
    "nom": "nom",
    "commune": "lieu",
    "type": "type",
    "NAF": "naf",
    "téléphone": "telephone",
    "courriel": "courriel",
    "site": "site",
    "effectif": "effectif",
    "métier": "activite",
    "convention": "actif",
}


@pages.get("/catalogue", endpoint="index")
def search_catalogue() -> str:
    """Show the suppliers that match the typed text; all of them by name without text."""
    text = request.args.get("q", "").strip()[:LONGEST]
    kinds = [SupplierKind(kind) for kind in request.args.getlist("type") if kind in SupplierKind.__members__]
    shelf = desk().shelf()
    suppliers = search(desk().engine, shelf, text, kinds)
    paging = Paging(page_number(request.args), _ROWS, len(suppliers.rows))
    cards = [shelf.suppliers[row] for row in suppliers.page(paging.number, _ROWS)]
    return render_template(
        "catalogue/recherche.html",
        text=text,
        found=suppliers,
        kinds=kinds,
        paging=paging,
        suppliers=[(card, activities_shown(card)) for card in cards],
        size=len(shelf),
        waiting=count_waiting(desk().engine),
    )


@pages.get("/catalogue/qualite", endpoint="quality")
def show_quality() -> str:
    """Show the quality of each source, field by field, and what to request from whom."""
    engine, stale_before = desk().engine, kept_since(desk().today(), STALE_MONTHS)
    quality = _quality(engine, catalogue_version(engine), stale_before, desk().contacts_since())
    return render_template(
        "catalogue/qualite.html", found=quality, fields=REPORTED, months=STALE_MONTHS, label=taxonomy().label
    )


@pages.get("/catalogue/desaccords", endpoint="conflicts")
def show_conflicts() -> str:
    """Show where two sources disagree beyond spelling, on all fields or the chosen one."""
    every = _conflicts(desk().engine, catalogue_version(desk().engine), desk().contacts_since())
    fields = Counter(conflict.field for conflict in every)
    chosen = request.args.get("champ", "")
    field_conflicts = [conflict for conflict in every if conflict.field == chosen] if chosen in fields else list(every)
    paging = Paging(page_number(request.args), _ROWS, len(field_conflicts))
    return render_template(
        "catalogue/desaccords.html",
        conflicts=paging.of(field_conflicts),
        fields=fields.most_common(),
        chosen=chosen if chosen in fields else "",
        paging=paging,
        title=source_title,
        edits=_SETTLED_BY,
        every=len(every),
    )


# Both read the whole catalogue: cached until its version, or the retention day, changes.
@lru_cache(maxsize=2)
def _quality(engine: Engine, _version: int, stale_before: date, contacts_since: date) -> Quality:
    return read_quality(engine, stale_before=stale_before, contacts_since=contacts_since)


@lru_cache(maxsize=2)
def _conflicts(engine: Engine, _version: int, contacts_since: date) -> tuple[FieldConflict, ...]:
    return tuple(read_conflicts(engine, contacts_since=contacts_since))
