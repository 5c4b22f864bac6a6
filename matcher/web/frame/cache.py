"""Cache of slow results, per application, by key; keeps the last 64 of each kind."""

from collections.abc import Callable, Hashable
from typing import TypeVar

from flask import current_app

_MOST = 64

T = TypeVar("T")


def remembered(what: str, key: Hashable, make: Callable[[], T]) -> T:
    """Return what was made of this kind under this key, making it the first time; the oldest are forgotten."""
    kept: dict[Hashable, T] = current_app.extensions.setdefault(f"entremise.{what}", {})
    if key not in kept:
        kept[key] = make()
        for old in list(kept)[:-_MOST]:
            kept.pop(old, None)
    return kept[key]
