"""Cleaning: one raw string in, one clean value out, with a French flag where something was repaired or is doubtful."""

from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")


class Cleaned(NamedTuple, Generic[T]):
    """A value, None where the source gives nothing usable, and a French flag, empty where nothing was doubtful."""

    value: T | None
    flag: str = ""


class Spelling(NamedTuple):
    """A passage of a text, and one cleaned value that it may be the spelling of.

    It is a guess: every reading of a passage is given, and whoever looks for a value keeps those that are it.
    """

    value: str
    start: int
    end: int
