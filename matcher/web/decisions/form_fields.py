"""Text fields of the decisions' forms: trimmed, without invisible characters, cut to the length that is read."""

from matcher.journal.texts import without_unseen
from matcher.need.title import cut, object_of
from matcher.web.need.address import Arguments

_LONGEST = 300


def one(arguments: Arguments, name: str) -> str:
    """Return the text of a field, on one line; empty where there is none."""
    return _tidy(next(iter(arguments.getlist(name)), ""))


def several(arguments: Arguments, name: str, most: int) -> tuple[str, ...]:
    """Return the values of a field that may be given several times, or written one a line, each once."""
    lines = (line for value in arguments.getlist(name) for line in value[: _LONGEST * most].splitlines())
    return tuple(dict.fromkeys(filter(None, map(_tidy, lines))))[:most]


def column(arguments: Arguments, name: str, most: int) -> tuple[str, ...]:
    """Return the values of a field that stands once a row, in order, the empty ones too."""
    return tuple(_tidy(value) for value in arguments.getlist(name)[:most])


def activity_of(need: str) -> str:
    """Return what a field of one line holds of a need that comes from the other pages: of a notice pasted whole, its object."""
    return cut(object_of(need), _LONGEST)


def _tidy(text: str) -> str:
    seen: str = without_unseen(text)
    return " ".join(seen.split())[:_LONGEST]
