"""Order of trust in sources: the team, the establishment itself (of two of its answers, wherever given, the latest), then the directories in the order of their registry."""

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
# Sources that are persons who write of one supplier, and how each is named; what they say is kept as corrections, numbered as they come.
STATED: Mapping[str, str] = {
    TEAM: "l’équipe",
    STRUCTURE: "la structure elle-même",
    SHARED: "la structure, à une autre installation",
}

TRUST: tuple[str, ...] = (*STATED, *REGISTRY)
# Directories, then notices, which tell of no supplier but of what was won; a key of both is the directory's.
OF_NOTICES: Mapping[str, NoticeImporter] = {key: its for key, its in NOTICES.items() if key not in REGISTRY}
PUBLISHERS: Mapping[str, Publication] = {**REGISTRY, **OF_NOTICES}
SOURCES: tuple[str, ...] = (*STATED, *PUBLISHERS)


def short_title(source: str) -> str:
    """Return a source's name as a margin holds it: « FINESS », « l’équipe »."""
    return _FIRST_PART.split(source_title(source))[0]


def brief_title(source: str) -> str:
    """Return a source's name as a list of several holds it: « DECP », « eForms », « BOAMP »."""
    initials = _INITIALS.search(source_title(source))
    return initials[1] if initials else short_title(source)


def source_title(source: str) -> str:
    """Return the French name of a source, its key where nobody publishes it."""
    if source in STATED:
        return STATED[source]
    return PUBLISHERS[source].title if source in PUBLISHERS else source
