"""Cache of derived values, kept beside the object they are computed from and as long as it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Remembering:
    """A value that never changes, and what was found about it so far; kept as long as the value itself."""

    _found: dict[Callable[..., Any], Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, compute: Callable[[Self], T]) -> T:
        """Return what `compute` gives for this value, computed the first time it is asked for. Two threads may both compute it."""
        if compute not in self._found:
            self._found[compute] = compute(self)
        found: T = self._found[compute]
        return found
