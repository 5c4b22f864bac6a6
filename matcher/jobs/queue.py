"""Queue of background jobs in threads of the server: a `WorkQueue` runs them, `Works` keep their progress for the pages.

Nothing of it is written down: a server that stops forgets it. A file dropped must survive that: `batch` and `deposits` write down
where each stands, refuse or resume it in their own way, and share the queue only.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from threading import Lock, Thread
from time import monotonic
from typing import Any, Generic, TypeVar

from matcher.jobs.stop import Stop, Stopped

T = TypeVar("T")
A = TypeVar("A")

Tell = Callable[[str, int, int], None]

# How many works in line are kept; beyond, the oldest that are done go first.
MOST = 24
DEFECT = "Une erreur s’est produite de notre côté ; rien n’a été écrit."


class Turn:
    """Turn of one work in a queue. Its `stop` may be asked before it comes."""

    def __init__(self, do: Callable[[Stop], object], person: str) -> None:
        self.do, self.person = do, person
        self.stop = Stop()


class WorkQueue:
    """Queue that runs jobs in order, `at_once` together and one at a time of each person, each in a thread that ends with it, or with the
    server. Persons take turns: who asks for ten is served once before each of the others is, not ten times.
    """

    def __init__(self, at_once: int = 1) -> None:
        self._at_once = at_once
        self._lock = Lock()
        self._waiting: list[Turn] = []
        self._going: list[Turn] = []
        self._last: dict[str, int] = {}  # by person, the rank of the last work that began
        self._threads: list[Thread] = []

    def put(self, do: Callable[[Stop], object], person: str = "") -> Turn:
        """Have something done for a person. What it raises is told by its thread, as it ends; Stopped is not."""
        turn = Turn(do, person)
        with self._lock:
            self._waiting.append(turn)
            self._start()
        return turn

    def stop(self, turn: Turn) -> None:
        """Stop a work; one whose turn has not come is not begun."""
        with self._lock:
            if turn in self._waiting:
                self._waiting.remove(turn)
        turn.stop.ask()

    def before(self, turn: Turn) -> int:
        """Return how many are to be done or ended before this one begins, 0 where it has begun."""
        with self._lock:
            if turn not in self._waiting:
                return 0
            return len(self._going) + [each for _, each in self._in_turn()].index(turn)

    def wait(self, seconds: float) -> None:
        """Wait until nothing is left to do, or one thing has taken longer than `seconds`."""
        while thread := next((each for each in self._threads if each.is_alive()), None):
            thread.join(seconds)
            if thread.is_alive():
                return

    def _in_turn(self) -> list[tuple[int, Turn]]:
        """Those that wait in the order in which they are done, each with how many of its person go before it. Of those that may
        begin, first the person who has waited longest since a work of theirs began."""
        own = Counter(turn.person for turn in self._going)
        rounds: list[tuple[int, Turn]] = []
        for turn in self._waiting:
            rounds.append((own[turn.person], turn))
            own[turn.person] += 1
        return sorted(rounds, key=lambda one: (one[0], 0 if one[0] else self._last.get(one[1].person, 0)))

    def _start(self) -> None:
        while self._waiting and len(self._going) < self._at_once:
            before, turn = self._in_turn()[0]
            if before:
                return  # whoever waits has something going on
            self._waiting.remove(turn)
            self._going.append(turn)
            self._last[turn.person] = max(self._last.values(), default=0) + 1
            thread = Thread(target=self._do, args=(turn,), name="entremise-work", daemon=True)
            thread.start()
            self._threads = [*filter(Thread.is_alive, self._threads), thread]

    def _do(self, turn: Turn) -> None:
        try:
            with suppress(Stopped):
                turn.do(turn.stop)
        finally:  # a defect in one must not keep the others waiting
            with self._lock:
                self._going.remove(turn)
                self._start()


@dataclass(frozen=True, slots=True)
class Job(Generic[T, A]):
    """One work on what was `asked`: where it is (`step`, `done` of `total`, 0 where not known), then its `result`, or in `message` why it has none: in the words of its `refusal`, None for a defect.

    `before` is how many works go before its `turn` in its `line`.
    """

    asked: A
    line: WorkQueue
    turn: Turn
    step: str = ""
    done: int = 0
    total: int = 0
    result: T | None = None
    message: str = ""
    refusal: Exception | None = None
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

    They are done in their turn in `line`, which other kinds may share, and the last ones kept; `apart`, they are done side by side,
    each kept until it is taken.
    """

    refusals: tuple[type[Exception], ...]
    defect: str = DEFECT
    apart: bool = False
    line: WorkQueue = field(default_factory=WorkQueue)
    _lock: Lock = field(default_factory=Lock)
    _known: dict[str, Job[T, A]] = field(default_factory=dict)

    def start(self, key: str, make: Callable[[Tell, Stop], T], asked: A, person: str = "") -> Job[T, A]:
        """Start a work on what a person asked, unless the one of this key is going on; return the one that goes."""
        with self._lock:
            if not self._going(key):
                if not self.apart:
                    self._forget_oldest()
                line = WorkQueue() if self.apart else self.line
                turn = line.put(lambda stop: self._do(key, make, stop), person)
                self._known[key] = Job(asked, line, turn)
            return self._known[key]

    def get(self, key: str) -> Job[T, A] | None:
        """Return a work as it stands, None where there is none of this key, or no longer."""
        with self._lock:
            work = self._known.get(key)
        return None if work is None else replace(work, before=work.line.before(work.turn))

    def take(self, key: str) -> Job[T, A] | None:
        """Return a work as it stands, and forget one that has ended: whoever takes it says it."""
        with self._lock:
            return self._known.get(key) if self._going(key) else self._known.pop(key, None)

    def stop(self, key: str) -> bool:
        """Stop a work and forget it. Return whether there was one."""
        with self._lock:
            work = self._known.pop(key, None)
        if work is not None:
            work.line.stop(work.turn)
        return work is not None

    def _do(self, key: str, make: Callable[[Tell, Stop], T], stop: Stop) -> None:
        def tell(step: str, done: int, total: int) -> None:
            stop.check()
            self._put(key, step=step, done=done, total=total)

        ended: dict[str, Any] = {"message": self.defect}  # a defect must not leave the page waiting for ever
        try:
            ended = {"result": make(tell, stop)}
        except self.refusals as refusal:
            ended = {"message": str(refusal), "refusal": refusal}
        finally:
            self._put(key, **ended)

    def _put(self, key: str, **now: Any) -> None:
        with self._lock:
            if key in self._known:  # else it was stopped
                self._known[key] = replace(self._known[key], **now)

    def _going(self, key: str) -> bool:
        work = self._known.get(key)
        return work is not None and work.going

    def _forget_oldest(self) -> None:
        ended = [key for key, work in self._known.items() if not work.going]
        for key in ended[: max(0, len(self._known) - MOST + 1)]:
            del self._known[key]
