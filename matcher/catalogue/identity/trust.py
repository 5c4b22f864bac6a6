"""Order of trust (precedence) of sources, which decides whose value wins in a merge: the team, then the establishment itself, then the directories in the order
of the importers' registry; and the names of sources to show."""

import re
from collections.abc import Mapping

from importers import REGISTRY
from importers.importer import Publication
from importers.notices import NOTICES
from importers.notices.importer import NoticeImporter
from matcher.domain.supplier import ELSEWHERE, ITSELF

_FIRST_PART = re.compile(r",| \(")
_INITIALS = re.compile(r"\((\w+)\)$")

TEAM = "equipe"
STRUCTURE = ITSELF
SHARED = ELSEWHERE
# Sources that are persons writing about one supplier → name shown; their statements are stored as numbered corrections.
STATED: Mapping[str, str] = {
    TEAM: "l’équipe",
    STRUCTURE: "la structure elle-même",
    SHARED: "la structure, à une autre installation",
}

TRUST: tuple[str, ...] = (*STATED, *REGISTRY)
# Directories, then sources of notices (contracts won); a key in both is the directory's.
OF_NOTICES: Mapping[str, NoticeImporter] = {key: importer for key, importer in NOTICES.items() if key not in REGISTRY}
PUBLISHERS: Mapping[str, Publication] = {**REGISTRY, **OF_NOTICES}
SOURCES: tuple[str, ...] = (*STATED, *PUBLISHERS)


def short_title(source: str) -> str:
    """Return a source's short name: « FINESS », « l’équipe »."""
    return _FIRST_PART.split(source_title(source))[0]


def brief_title(source: str) -> str:
    """Return a source's shortest name, its initials if any: « DECP », « eForms », « BOAMP »."""
    initials = _INITIALS.search(source_title(source))
    return initials[1] if initials else short_title(source)


def source_title(source: str) -> str:
    """Return the French name of a source, its key where nobody publishes it."""
    if source in STATED:
        return STATED[source]
    return PUBLISHERS[source].title if source in PUBLISHERS else source
