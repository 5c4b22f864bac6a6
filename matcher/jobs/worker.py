"""Worker threads that run the background works (jobs) of a catalogue's queue, with heartbeats, and take over the works of a worker that died."""

import logging
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock, Thread, current_thread
from time import monotonic
from typing import Any

from sqlalchemy import Connection, Engine

from matcher.db import DatabaseError
from matcher.jobs.files import FileGone
from matcher.jobs.stop import Stop, Stopped
from matcher.jobs.works import Work, WorkStore, end_in
from matcher.ownership import OrganisationId

# Works at the same time: two processors, and memory for as many reader processes.
AT_ONCE = 2
BEAT_S = 0.5
# A worker whose lease has not moved for so long is taken as dead; an import may delay heartbeats in an SQLite file.
LEASE_S = 60.0
LOOK_S = 2.0
_FORGET_S = 3600.0
_ENDING_TRIES = 4
_LOG = logging.getLogger(__name__)
DEFECT = "Une erreur s’est produite de notre côté ; rien n’a été écrit."


class Hold:
    """A work in progress, as its function sees it: request, progress, steps, files and result, valid as long as the worker has the lease."""

    def __init__(self, works: WorkStore, work: Work, holder: str) -> None:
        self.work = work
        self.engine: Engine = works.engine
        self.stop = Stop()
        self.ended = False
        self._works, self._holder = works, holder
        self._lock = Lock()
        self._told = ("", 0, 0)
        self._kept: dict[str, Any] = {}

    @property
    def owner(self) -> OrganisationId:
        """The organisation that owns the work. Raises LookupError if the work is on the common catalogue."""
        if self.work.owner is None:
            raise LookupError(f"a work that no organisation owns: {self.work.kind}")
        return self.work.owner

    def tell(self, step: str, done: int, total: int) -> None:
        """Set the progress, written at the next heartbeat. Raises Stopped if the work was stopped or the lease lost."""
        self.stop.check()
        self._told = (step, done, total)

    def steps(self) -> dict[str, Any]:
        """Return the values of the finished steps, by name, those of earlier workers included."""
        return self._works.steps(self.work)

    def keep(self, name: str, value: Any) -> None:
        """Store the value of a finished step, as JSON; it is written at the next heartbeat, and lost if the worker dies before."""
        with self._lock:
            self._kept[name] = value

    def file(self, name: str) -> AbstractContextManager[Path]:
        """Give a file of the work as a path. Raises FileGone."""
        return self._works.file(self.work, name)

    def end(self, connection: Connection, result: Mapping[str, Any]) -> None:
        """Write the result in the transaction of the work's effect. Raises Stopped if the lease is lost, which rolls the effect back."""
        end_in(connection, self.work, self._holder, result)
        self.ended = True

    def drop_files(self) -> None:
        """Delete the files of the work."""
        self._works.drop_files(self.work)

    def beat(self) -> None:
        """Send a heartbeat: renew the lease, write the progress and the new steps; a lost lease stops the work. Raises DatabaseError."""
        with self._lock:
            steps = dict(self._kept)
        if not self._works.beat(self.work, self._holder, self._told, steps):
            self.stop.ask()
        with self._lock:
            for name in steps:
                del self._kept[name]

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Send heartbeats from a thread for the duration of the block."""
        over = Event()

        def beat() -> None:
            while not over.wait(BEAT_S) and not self.stop.asked:
                with suppress(DatabaseError):  # database locked or away: the next heartbeat tries again
                    self.beat()

        thread = Thread(target=beat, name="entremise-beat", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


@dataclass(frozen=True, slots=True)
class WorkKind:
    """Kind of work. `do` runs it and returns its result, as JSON; the messages of `refusals` are shown to the person, `defect` is shown for other
    exceptions. A finished work is deleted after `days`. Of an `alone` kind, one work runs at a time on all servers."""

    name: str
    do: Callable[[Hold], Mapping[str, Any]]
    refusals: tuple[type[Exception], ...] = (FileGone,)
    days: int = 1
    alone: bool = False
    defect: str = DEFECT


class Worker:
    """Pool of at most `at_once` threads that run the works of some kinds, and end when the queue is empty. `lease_s` is the longest time without a
    heartbeat; `forget` is called every hour, when old works are deleted."""

    def __init__(
        self,
        works: WorkStore,
        kinds: Iterable[WorkKind],
        *,
        at_once: int = AT_ONCE,
        lease_s: float = LEASE_S,
        forget: Callable[[], object] = lambda: None,
    ) -> None:
        self.works, self._forget = works, forget
        self._kinds = {kind.name: kind for kind in kinds}
        self._alone = {name for name, kind in self._kinds.items() if kind.alone}
        works.wake = self.wake
        self._holder = secrets.token_hex(8)
        self._at_once, self._lease_s = at_once, lease_s
        self._lock = Lock()
        self._threads: list[Thread] = []
        self._dying: list[Thread] = []  # ended by an unexpected exception, which they still report
        self._wakes = 0
        self._closed = False
        self._seen: dict[int, tuple[int, float]] = {}  # by work id: its lease, and when it was first seen

    def wake(self) -> None:
        """Start a thread for the waiting works, unless `at_once` already run."""
        with self._lock:
            self._wakes += 1
            if len(self._threads) < self._at_once and not self._closed:
                self._threads.append(Thread(target=self._run, name="entremise-work", daemon=True))
                self._threads[-1].start()

    def watch(self, over: Event) -> None:
        """Poll the queue for works of other servers, waiting or abandoned, until the event `over` is set."""
        forgot = -_FORGET_S
        while not over.wait(LOOK_S):
            with suppress(DatabaseError):  # the next poll tries again
                if self._stalled() or self.works.waits():
                    self.wake()
                if monotonic() - forgot > _FORGET_S:
                    self.works.forget_old({name: kind.days for name, kind in self._kinds.items()})
                    self._forget()
                    forgot = monotonic()

    def wait(self, seconds: float) -> None:
        """Wait until all threads have ended, or one takes longer than `seconds`."""
        while running := self._list_running():
            running[0].join(seconds)
            if running[0].is_alive():
                return

    def _list_running(self) -> list[Thread]:
        """The threads that take works, then those that report the exception that ended them."""
        with self._lock:
            self._dying = [thread for thread in self._dying if thread.is_alive()]
            return [*self._threads, *self._dying]

    def close(self) -> None:
        """Take no more work, and put the running works back in the queue, for another worker."""
        self._closed = True
        with suppress(DatabaseError):  # another worker will then see that the lease no longer moves
            self.works.release(self._holder)

    def _run(self) -> None:
        try:
            while not self._closed:
                seen = self._wakes
                try:
                    work = self.works.claim(self._kinds, self._alone, self._holder, self._stalled())
                except DatabaseError:  # the next poll tries again
                    work, seen = None, self._wakes
                if work is not None:
                    self._do(work)
                    self.wake()  # its end may allow several works to start
                    continue
                with self._lock:
                    if seen == self._wakes:  # nothing new since
                        self._threads.remove(current_thread())
                        return
        finally:
            if current_thread() in self._threads:  # an unexpected exception ends this thread: start another
                with self._lock:
                    self._threads.remove(current_thread())
                    self._dying.append(current_thread())
                self.wake()

    def _stalled(self) -> dict[int, int]:
        """Return, by work id, the leases that this worker has seen unchanged for too long; no clocks of different machines are compared."""
        now, leases = monotonic(), self.works.leases()
        with self._lock:
            self._seen = {
                work: before if (before := self._seen.get(work, (lease, now)))[0] == lease else (lease, now)
                for work, lease in leases.items()
            }
            return {work: lease for work, (lease, since) in self._seen.items() if now - since > self._lease_s}

    def _do(self, work: Work) -> None:
        kind, hold = self._kinds[work.kind], Hold(self.works, work, self._holder)
        result, refusal = None, kind.defect  # written even for an unexpected exception: the page must not wait for ever
        began, ending = monotonic(), "défaut"
        try:
            with hold.beating():
                result, refusal = kind.do(hold), ""
            ending = "fait"
        except Stopped:
            ending = "arrêté"
        except kind.refusals as refused:
            refusal, ending = str(refused), "refusé"
        finally:
            fields = {"kind": work.kind, "work": work.id, "ms": round((monotonic() - began) * 1000), "ending": ending}
            _LOG.info("travail", extra=fields)
            if not (hold.ended or hold.stop.asked):
                self._end(hold, result, refusal)

    def _end(self, hold: Hold, result: Mapping[str, Any] | None, refusal: str) -> None:
        """Write the end of a work, with retries if the database is locked."""
        with suppress(Stopped):
            for tries_left in reversed(range(_ENDING_TRIES)):
                try:
                    hold.beat()
                    self.works.end(hold.work, self._holder, result=result, refusal=refusal)
                except DatabaseError:
                    if not tries_left:
                        raise
                else:
                    return
