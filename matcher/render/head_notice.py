"""Notice at the head of what leaves: of every file, and of JSON as its first key. Empty for a catalogue of real suppliers."""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import TypeVar, cast

T = TypeVar("T")
# Under which JSON bears the notice.
NOTICE_KEY = "exemple"
_NOTICE: ContextVar[str] = ContextVar("notice", default="")


def head_notice() -> str:
    """Return the notice of the catalogue that this thread answers from, empty where it has none."""
    return _NOTICE.get()


def set_head_notice(notice: str) -> None:
    """Have what this thread writes from now on begin with a notice, or with none."""
    _NOTICE.set(notice)


def with_notice(value: T, notice: str | None = None) -> T:
    """Return a JSON object with a notice, by default this thread's, as its first key; anything else, and an object without a notice, as it is."""
    text = head_notice() if notice is None else notice
    return cast(T, {NOTICE_KEY: text, **value}) if text and isinstance(value, Mapping) else value
