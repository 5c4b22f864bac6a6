"""Lets a person stop a background job: the job ends at its next check of a cancellation token, or at once by a callback."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock


class Stopped(Exception):
    """The work was stopped by a person, or lost to another worker."""


class Stop:
    """Cancellation token of one work; it cannot be reset."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._end: Callable[[], object] | None = None
        self.asked = False

    def ask(self) -> None:
        """Request the stop, and call the callback of `ending`, if any."""
        with self._lock:
            self.asked = True
            end = self._end
        if end is not None:
            end()

    def check(self) -> None:
        """Raise Stopped if the stop was requested."""
        if self.asked:
            raise Stopped

    @contextmanager
    def ending(self, end: Callable[[], object]) -> Iterator[None]:
        """Call `end` when the stop is requested inside the block, or at once if it was before."""
        with self._lock:
            self._end = end
            already_asked = self.asked
        try:
            if already_asked:
                end()
            yield
        finally:
            with self._lock:
                self._end = None
