"""Warning written at the top of every exported file (in JSON, as the first key) when the catalogue is a sample of invented suppliers; empty otherwise."""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import TypeVar, cast

T = TypeVar("T")
# Key of the notice in a JSON object.
NOTICE_KEY = "exemple"
_NOTICE: ContextVar[str] = ContextVar("notice", default="")


def head_notice() -> str:
    """Return the notice of the current context (thread or task), empty if none was set."""
    return _NOTICE.get()


def set_head_notice(notice: str) -> None:
    """Set the notice that the current context writes at the top of its files; empty for none."""
    _NOTICE.set(notice)


def with_notice(value: T, notice: str | None = None) -> T:
    """Return a JSON object with a notice, by default this thread's, as its first key; anything else, and an object without a notice, as it is."""
    text = head_notice() if notice is None else notice
    return cast(T, {NOTICE_KEY: text, **value}) if text and isinstance(value, Mapping) else value
