"""Stop of a work: somebody asks for it, and the work ends at once, or at its next step."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock


class Stopped(Exception):
    """Work that somebody stopped."""


class Stop:
    """Switch that ends one work; asked once, it is asked for good."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._end: Callable[[], object] | None = None
        self.asked = False

    def ask(self) -> None:
        """Stop the work: what `ending` was given is called."""
        with self._lock:
            self.asked = True
            end = self._end
        if end is not None:
            end()

    def check(self) -> None:
        """Raise Stopped where it was asked."""
        if self.asked:
            raise Stopped

    @contextmanager
    def ending(self, end: Callable[[], object]) -> Iterator[None]:
        """Have `end` called as soon as the stop is asked, inside the block."""
        with self._lock:
            self._end = end
            requested = self.asked
        try:
            if requested:
                end()
            yield
        finally:
            with self._lock:
                self._end = None
