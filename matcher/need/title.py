"""Title of a need: its own words, or the object of a notice pasted whole, without its heading."""

import re

from matcher.reading.notice import is_object, notice

# What a dossier, a lot or a field of one line holds of it.
LONGEST_TITLE = 120
_HEADING = re.compile(
    r"^[\W\d]*(?:(?:article|section|chapitre|[ivx]+)\b[\W\d]*)*(?:objet|intitulé|description)\b(?:\W*$|[^:.]{0,50}:\s*|(?:\s+\w+){0,4}$)",
    re.IGNORECASE,
)


def object_of(need: str) -> str:
    """Return a need on one line: of a notice pasted whole, its object alone where a sentence says it, else what says the trade."""
    if is_object(need):
        return " ".join(need.split())
    its = notice(need)
    lines = (_HEADING.sub("", line) for line in (its.object or its.need).splitlines())
    return ". ".join(dict.fromkeys(f"{line[0].upper()}{line[1:]}" for line in lines if line))


def title_of(need: str) -> str:
    """Return the same, no longer than a title: its first sentence where that is one, else its first words."""
    told = object_of(need)
    return told if len(told) <= LONGEST_TITLE else cut(told.partition(". ")[0])


def cut(title: str, longest: int = LONGEST_TITLE) -> str:
    """Return a text of at most `longest` signs, cut between two words."""
    return title if len(title) <= longest else f"{title[: longest - 2].rsplit(' ', 1)[0]} …"
