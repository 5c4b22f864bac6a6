"""In-memory cache of slow results of pages, per application: the 64 newest of each kind, computed once for concurrent requests."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import RLock
from typing import Any, TypeVar

from flask import current_app

from matcher.reading.trade.model import current_model

_MOST = 64

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _KeptResults:
    """Results of one kind by key, and the lock held to compute one."""

    made: dict[Hashable, Any] = field(default_factory=dict)
    making: RLock = field(default_factory=RLock)


def cached_result(what: str, key: Hashable, make: Callable[[], T]) -> T:
    """Return the cached result of the kind `what` for a key, computed by `make` where missing; a lock prevents computing it twice. The current trade
    classifier is part of the key."""
    key = (current_model().corpus, key)
    kept_results: _KeptResults = current_app.extensions.setdefault(f"entremise.{what}", _KeptResults())
    if key not in kept_results.made:
        with kept_results.making:
            if key not in kept_results.made:
                kept_results.made[key] = make()
                for old in list(kept_results.made)[:-_MOST]:
                    kept_results.made.pop(old, None)
    result: T = kept_results.made[key]
    return result
