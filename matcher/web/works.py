"""Work that takes longer than a page may: done one at a time in a thread of the server, told as it goes, kept for a while.

Nothing of it is written down: a server that stops forgets it, and the page then says what to send again.
"""

import logging
import secrets
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")
A = TypeVar("A")

Tell = Callable[[str, int, int], None]

_LOG = logging.getLogger(__name__)
# How many are kept; beyond, the oldest that are done go first.
MOST = 24
DEFECT = (
    "Une erreur s’est produite de notre côté ; rien n’est perdu de ce que vous avez envoyé, que vous pouvez renvoyer."
)


@dataclass(frozen=True, slots=True)
class Work(Generic[T, A]):
    """One work on what was `asked`: where it is (`step`, `done` of `total`, 0 where not known), then its `result`, or in `message` why it has none.

    `before` is how many works wait before it.
    """

    asked: A
    step: str = ""
    done: int = 0
    total: int = 0
    result: T | None = None
    message: str = ""
    before: int = 0

    @property
    def going(self) -> bool:
        """Whether it is still to be done."""
        return self.result is None and not self.message


@dataclass
class Works(Generic[T, A]):
    """Works of one kind. `refusals` are the exceptions whose message is for the person who asked."""

    refusals: tuple[type[Exception], ...]
    _lock: Lock = field(default_factory=Lock)
    _known: dict[str, Work[T, A]] = field(default_factory=dict)
    _pool: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="entremise-works")
    )

    def start(self, make: Callable[[Tell], T], asked: A) -> str:
        """Start a work on what was asked, after those that wait; return the key under which it is found."""
        key = secrets.token_hex(8)
        with self._lock:
            for old in [old for old, work in self._known.items() if not work.going][
                : max(0, len(self._known) - MOST + 1)
            ]:
                del self._known[old]
            self._known[key] = Work(asked)

        def tell(step: str, done: int, total: int) -> None:
            self._put(key, Work(asked, step, done, total))

        def ended(future: "Future[T]") -> None:
            trouble = future.exception()
            if trouble is None:
                self._put(key, Work(asked, result=future.result()))
            else:
                known = isinstance(trouble, self.refusals)
                if not known:
                    _LOG.error("a work has failed", exc_info=trouble)
                self._put(key, Work(asked, message=str(trouble) if known else DEFECT))

        self._pool.submit(make, tell).add_done_callback(ended)
        return key

    def get(self, key: str) -> Work[T, A] | None:
        """Return a work as it stands, None where there is none of this key, or no longer."""
        with self._lock:
            work = self._known.get(key)
            if work is None or not work.going or work.step:
                return work
            older = list(self._known)[: list(self._known).index(key)]
            return replace(work, before=sum(self._known[other].going for other in older))

    def _put(self, key: str, work: Work[T, A]) -> None:
        with self._lock:
            if key in self._known:
                self._known[key] = work
