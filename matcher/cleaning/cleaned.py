"""Return type of the cleaners: a value and a flag."""

from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")


class Cleaned(NamedTuple, Generic[T]):
    """A value, None where the source says nothing usable, and a French flag, empty where nothing was doubtful."""

    value: T | None
    flag: str = ""
