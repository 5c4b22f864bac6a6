"""Texts typed into a journal: tidied, bounded; and the refusal of a change."""

import re
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

T = TypeVar("T")

LONGEST_TEXT = 20_000  # characters: a message to suppliers fits ten times


LONGEST_LINE = 300


# What no text of a person holds: controls, halves of characters, and the marks that turn the direction of what follows.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


class ChangeRefused(Exception):
    """A change that this dossier cannot take. Nothing is written; the message is French."""


def tidied(text: str) -> str:
    """Return a person's text without what cannot be seen, on its own lines. Raises ChangeRefused where it is too long."""
    if len(text) > LONGEST_TEXT:
        raise ChangeRefused(f"Ce texte est trop long : {LONGEST_TEXT} caractères au plus.")
    return "\n".join(_UNSEEN.sub("", line).rstrip() for line in text.splitlines()).strip()


def one_line(value: T) -> T:
    """Return a text, or a dataclass and the tuples of it with each of their texts, tidied and on one line."""
    found: Any = value
    if type(found) is str:  # and no enumeration of texts
        found = " ".join(tidied(found).split())
    elif isinstance(found, tuple):
        found = tuple(map(one_line, found))
    elif is_dataclass(found) and not isinstance(found, type):
        found = replace(found, **{one.name: one_line(getattr(found, one.name)) for one in fields(found)})
    return found  # type: ignore[no-any-return]  # of the type given, whatever it holds


def without_unseen(value: Any) -> Any:
    """Return JSON from elsewhere with its texts freed of what cannot be seen, which databases and sheets refuse."""
    if isinstance(value, str):
        return _UNSEEN.sub("", value)
    if isinstance(value, list):
        return [without_unseen(item) for item in value]
    if isinstance(value, dict):
        return {without_unseen(key): without_unseen(item) for key, item in value.items()}
    return value
