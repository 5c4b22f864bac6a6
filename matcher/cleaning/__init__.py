"""Cleaning functions: each takes one raw string of a file and returns one clean value or None, with a French flag where it was repaired or is doubtful."""

from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")


class Cleaned(NamedTuple, Generic[T]):
    """A clean value, None where the source gives nothing usable, and a French flag, empty where nothing is doubtful."""

    value: T | None
    flag: str = ""


class Spelling(NamedTuple):
    """A passage of a text (start and end), and a value that it may spell. All possible readings of a passage are given; the caller keeps those equal
    to a value it looks for."""

    value: str
    start: int
    end: int
