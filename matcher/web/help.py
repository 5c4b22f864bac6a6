"""« Aide »: the words of the trade, the levers and their sentences, how the score is made, where the data come from."""

from flask import Blueprint, render_template

from importers import REGISTRY
from matcher.catalogue.store.read import last_imports
from matcher.cleaning.names import name_key
from matcher.ranking.gates import GATES
from matcher.ranking.profiles import DEFAULT
from matcher.ranking.signals import SIGNALS
from matcher.reference.credits import credits_of_tables
from matcher.reference.glossary import glossary, meaning
from matcher.reference.levers import eligible_kinds, levers
from matcher.reference.source_rules import source_rules
from matcher.web.frame.app_state import desk

pages = Blueprint("help", __name__)

# What is vendored with the pages: name, version's home, licence.
LIBRARIES = (
    ("htmx", "https://htmx.org", "0BSD"),
    ("Leaflet", "https://leafletjs.com", "BSD-2-Clause"),
)


@pages.get("/aide")
def index() -> str:
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
        "help/methode.html",
        gates=GATES,
        meaning=meaning,
        signals=[(signal, DEFAULT[signal.key]) for signal in SIGNALS],
    )


@pages.get("/aide/sources")
def sources() -> str:
    """Show where the data come from, under which licence, and when each directory was last imported."""
    return render_template(
        "help/sources.html",
        importers=REGISTRY.values(),
        imported=last_imports(desk().engine),
        rules=source_rules(),
        tables=credits_of_tables(),
        libraries=LIBRARIES,
    )
