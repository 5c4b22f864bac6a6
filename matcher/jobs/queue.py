"""Queue of background jobs in threads of the server: a `Line` runs them, `Works` keep their progress for the pages.

Nothing of it is written down: a server that stops forgets it. A file dropped must survive that: `batch` and `deposits` write down
where each stands, refuse or resume it in their own way, and share the line only.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Lock, Thread
from time import monotonic
from typing import Any, Generic, TypeVar

T = TypeVar("T")
A = TypeVar("A")

Tell = Callable[[str, int, int], None]

# How many works in line are kept; beyond, the oldest that are done go first.
MOST = 24
DEFECT = "Une erreur s’est produite de notre côté ; rien n’a été écrit."


class WorkQueue:
    """Queue that runs jobs one after the other, each in a thread that ends with it, or with the server."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._asked: deque[Callable[[], object]] = deque()
        self._thread: Thread | None = None

    def put(self, do: Callable[[], object]) -> None:
        """Have something done, after what was asked before. What it raises is told by the thread, as it ends."""
        with self._lock:
            self._asked.append(do)
            if len(self._asked) == 1:
                self._start()

    def wait(self, seconds: float) -> None:
        """Wait until nothing is left to do, or one thing has taken longer than `seconds`."""
        while (thread := self._thread) is not None:
            thread.join(seconds)
            if thread is self._thread:
                return

    def _start(self) -> None:
        thread = Thread(target=self._do, name="entremise-work", daemon=True)
        thread.start()
        self._thread = thread  # once started: who waits may join it

    def _do(self) -> None:
        try:
            self._asked[0]()
        finally:  # a defect in one must not keep the others waiting
            with self._lock:
                self._asked.popleft()
                if self._asked:
                    self._start()


@dataclass(frozen=True, slots=True)
class Job(Generic[T, A]):
    """One work on what was `asked`: where it is (`step`, `done` of `total`, 0 where not known), then its `result`, or in `message` why it has none.

    `before` is how many works wait before it in its `line`.
    """

    asked: A
    line: WorkQueue
    step: str = ""
    done: int = 0
    total: int = 0
    result: T | None = None
    message: str = ""
    before: int = 0
    started: float = field(default_factory=monotonic)

    @property
    def going(self) -> bool:
        """Whether it is still to be done."""
        return self.result is None and not self.message

    @property
    def seconds(self) -> int:
        """Age of the request, in whole seconds."""
        return int(monotonic() - self.started)


@dataclass
class Works(Generic[T, A]):
    """Works of one kind, each under a key. `refusals` are the exceptions whose message is for the person who asked; any other tells `defect`.

    They are done one after the other, and the last ones kept; `apart`, they are done side by side, each kept until it is taken.
    """

    refusals: tuple[type[Exception], ...]
    defect: str = DEFECT
    apart: bool = False
    _lock: Lock = field(default_factory=Lock)
    _known: dict[str, Job[T, A]] = field(default_factory=dict)
    _line: WorkQueue = field(default_factory=WorkQueue)

    def start(self, key: str, make: Callable[[Tell], T], asked: A) -> Job[T, A]:
        """Start a work on what was asked, unless the one of this key is going on; return the one that goes."""
        with self._lock:
            if not self._going(key):
                if not self.apart:
                    self._forget_oldest()
                self._known[key] = Job(asked, WorkQueue() if self.apart else self._line)
                self._known[key].line.put(lambda: self._do(key, make))
            return self._known[key]

    def get(self, key: str) -> Job[T, A] | None:
        """Return a work as it stands, None where there is none of this key, or no longer."""
        with self._lock:
            work = self._known.get(key)
            if work is None or not work.going or work.step:
                return work
            older = list(self._known)[: list(self._known).index(key)]
            return replace(work, before=sum(self._going(other) for other in older))

    def take(self, key: str) -> Job[T, A] | None:
        """Return a work as it stands, and forget one that has ended: whoever takes it says it."""
        with self._lock:
            return self._known.get(key) if self._going(key) else self._known.pop(key, None)

    def _do(self, key: str, make: Callable[[Tell], T]) -> None:
        ended: dict[str, Any] = {"message": self.defect}  # a defect must not leave the page waiting for ever
        try:
            ended = {"result": make(lambda step, done, total: self._put(key, step=step, done=done, total=total))}
        except self.refusals as refusal:
            ended = {"message": str(refusal)}
        finally:
            self._put(key, **ended)

    def _put(self, key: str, **now: Any) -> None:
        with self._lock:
            self._known[key] = replace(self._known[key], **now)

    def _going(self, key: str) -> bool:
        work = self._known.get(key)
        return work is not None and work.going

    def _forget_oldest(self) -> None:
        ended = [key for key, work in self._known.items() if not work.going]
        for key in ended[: max(0, len(self._known) - MOST + 1)]:
            del self._known[key]
