"""« Aide »: the words of the trade, the levers and their sentences, how the score is made, where the data come from; and what the foot of
every page leads to: accessibility, personal data, legal notice."""

from flask import Blueprint, render_template

from matcher.catalogue.identity.trust import PUBLISHERS
from matcher.catalogue.store.read import last_imports
from matcher.cleaning.names import name_key
from matcher.ranking.gates import GATES
from matcher.ranking.profiles import DEFAULT
from matcher.ranking.signals import SIGNALS
from matcher.reference.credits import credits_of_tables
from matcher.reference.glossary import glossary
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

# What is vendored with the pages: name, version's home, licence.
LIBRARIES = (("htmx", "https://htmx.org", "0BSD"), ("Leaflet", "https://leafletjs.com", "BSD-2-Clause"))

# Addresses that the notices give: of who receives complaints.
_COMPLAINTS = {
    "cnil": "https://www.cnil.fr/fr/plaintes",
    "defenseur": "https://formulaire.defenseurdesdroits.fr/",
    "delegues": "https://www.defenseurdesdroits.fr/carte-des-delegues",
}
# What a notice leaves to say, and where it is set: told to who may set it.
_SET_BY = {
    "publisher": (PUBLISHER_VARIABLE,),
    "hosting": (HOSTING_VARIABLE,),
    "contact": (CONTACT_VARIABLE, CONTROLLER_CONTACT_VARIABLE),
    "controller": (CONTROLLER_NAME_VARIABLE, CONTROLLER_ADDRESS_VARIABLE),
}


@pages.get("/aide", endpoint="index")
def show_help() -> str:
    """Show the ways in to the help."""
    return render_template("help/aide.html")


@pages.get("/aide/glossaire")
def terms() -> str:
    """Show every word of the trade with its meaning, in the order of the alphabet."""
    return render_template(
        "help/glossaire.html", terms=sorted(glossary().values(), key=lambda term: name_key(term.word))
    )


@pages.get("/aide/leviers")
def articles() -> str:
    """Show each lever: its article, who may answer, the sentence to paste in the notice."""
    return render_template(
        "help/leviers.html",
        levers=[(lever, sorted(eligible_kinds(lever.code), key=lambda kind: kind.value)) for lever in levers()],
    )


@pages.get("/aide/methode")
def method() -> str:
    """Show how the score is made: the gates, then each signal with its weight, as they document themselves."""
    return render_template(
        "help/methode.html", gates=GATES, signals=[(signal, DEFAULT[signal.key]) for signal in SIGNALS]
    )


@pages.get("/aide/sources", endpoint="sources")
def show_sources() -> str:
    """Show where the data come from, under which licence, and when each directory was last imported."""
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
    """Show the accessibility statement, after the form that French law gives it."""
    return _notice("accessibilite")


@pages.get("/aide/donnees-personnelles")
def privacy() -> str:
    """Show what is kept of persons, why, for how long, and how to leave."""
    return _notice("donnees")


@pages.get("/aide/mentions-legales")
def legal() -> str:
    """Show who publishes and hosts the pages, and where to write to them."""
    return _notice("mentions")


def _notice(name: str) -> str:
    settings = desk().settings
    return render_template(
        f"help/{name}.html",
        notice=settings.notice,
        # Without an account nor a name, the pages answer this computer alone: whoever reads them runs them.
        alone=settings.notice == PublicNotice() and not (settings.shared or desk().team()),
        tiles=settings.tiles,
        set_by=_SET_BY,
        months=retention_months(),
        complaints=_COMPLAINTS,
    )
