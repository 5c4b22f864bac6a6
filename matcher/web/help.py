"""Pages « Aide »: glossary, levers (the legal means to reserve a lot or ask for insertion hours), scoring method, data sources; and the footer's pages:
accessibility statement, personal data, legal notice."""

from flask import Blueprint, render_template

from matcher.catalogue.identity.trust import PUBLISHERS
from matcher.catalogue.store.read import last_imports
from matcher.cleaning.names import name_key
from matcher.ranking.gates import GATES
from matcher.ranking.profiles import DEFAULT
from matcher.ranking.signals import SIGNALS
from matcher.reference.glossary import credits_of_tables, glossary
from matcher.reference.levers import eligible_kinds, levers
from matcher.reference.source_rules import source_rules
from matcher.settings import (
    CONTACT_VARIABLE,
    CONTROLLER_ADDRESS_VARIABLE,
    CONTROLLER_CONTACT_VARIABLE,
    CONTROLLER_NAME_VARIABLE,
    HOSTING_VARIABLE,
    PUBLISHER_VARIABLE,
    PublicNotice,
    retention_months,
)
from matcher.web.frame.app_state import desk

pages = Blueprint("help", __name__)

# JavaScript libraries shipped with the pages: name, home page, licence.
LIBRARIES = (("htmx", "https://htmx.org", "0BSD"), ("Leaflet", "https://leafletjs.com", "BSD-2-Clause"))

# Where to complain, as the notices give it.
_COMPLAINTS = {
    "cnil": "https://www.cnil.fr/fr/plaintes",
    "defenseur": "https://formulaire.defenseurdesdroits.fr/",
    "delegues": "https://www.defenseurdesdroits.fr/carte-des-delegues",
}
# Environment variables that fill each part of the notices, shown while the part is missing.
_SET_BY = {
    "publisher": (PUBLISHER_VARIABLE,),
    "hosting": (HOSTING_VARIABLE,),
    "contact": (CONTACT_VARIABLE, CONTROLLER_CONTACT_VARIABLE),
    "controller": (CONTROLLER_NAME_VARIABLE, CONTROLLER_ADDRESS_VARIABLE),
}


@pages.get("/aide", endpoint="index")
def show_help() -> str:
    """Show the index of the help."""
    return render_template("help/aide.html")


@pages.get("/aide/glossaire")
def terms() -> str:
    """Show the glossary, in alphabetical order."""
    return render_template(
        "help/glossaire.html", terms=sorted(glossary().values(), key=lambda term: name_key(term.word))
    )


@pages.get("/aide/leviers")
def articles() -> str:
    """Show each lever: its article, the kinds of supplier that may answer, the sentence to paste in a tender notice."""
    return render_template(
        "help/leviers.html",
        levers=[(lever, sorted(eligible_kinds(lever.code), key=lambda kind: kind.value)) for lever in levers()],
    )


@pages.get("/aide/methode")
def method() -> str:
    """Show how the score of a supplier is computed: the gates (exclusion rules), then each signal with its weight."""
    return render_template(
        "help/methode.html", gates=GATES, signals=[(signal, DEFAULT[signal.key]) for signal in SIGNALS]
    )


@pages.get("/aide/sources", endpoint="sources")
def show_sources() -> str:
    """Show the data sources, their licences, and when each directory was last imported."""
    return render_template(
        "help/sources.html",
        importers=PUBLISHERS.values(),
        imported=last_imports(desk().engine),
        rules=source_rules(),
        tables=credits_of_tables(),
        libraries=LIBRARIES,
    )


@pages.get("/aide/accessibilite")
def accessibility() -> str:
    """Show the accessibility statement required by French law."""
    return _notice("accessibilite")


@pages.get("/aide/donnees-personnelles")
def privacy() -> str:
    """Show the privacy notice: personal data kept, why, for how long, and how to object."""
    return _notice("donnees")


@pages.get("/aide/mentions-legales")
def legal() -> str:
    """Show the legal notice: publisher, host, contact."""
    return _notice("mentions")


def _notice(name: str) -> str:
    settings = desk().settings
    return render_template(
        f"help/{name}.html",
        notice=settings.notice,
        # Without account or host name the pages answer only this computer: its reader is the operator.
        alone=settings.notice == PublicNotice() and not (settings.shared or desk().team()),
        tiles=settings.tiles,
        set_by=_SET_BY,
        months=retention_months(),
        complaints=_COMPLAINTS,
    )
