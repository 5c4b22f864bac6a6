"""Worker: threads that do the works of a catalogue, in a server or in a process of their own, and take over those of a worker that is gone."""

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

# Works at once, each with a reader process for what it reads: two processors, and memory for so many.
AT_ONCE = 2
BEAT_S = 0.5
# A lease that has not moved for so long is of a worker that is gone; an import may keep heartbeats of an SQLite file waiting.
LEASE_S = 60.0
LOOK_S = 2.0
_FORGET_S = 3600.0
_ENDING_TRIES = 4
_LOG = logging.getLogger(__name__)
DEFECT = "Une erreur s’est produite de notre côté ; rien n’a été écrit."


class Hold:
    """Hold of a worker on one work: its request, its progress and its steps, as long as the lease lasts."""

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
        """Organisation whose the work is. Raises LookupError where it is on the common catalogue."""
        if self.work.owner is None:
            raise LookupError(f"a work that no organisation owns: {self.work.kind}")
        return self.work.owner

    def tell(self, step: str, done: int, total: int) -> None:
        """Set how far the work is, written at the next heartbeat. Raises Stopped where the work is no longer ours."""
        self.stop.check()
        self._told = (step, done, total)

    def steps(self) -> dict[str, Any]:
        """Return what the steps that are done gave, those of earlier workers included."""
        return self._works.steps(self.work)

    def keep(self, name: str, value: Any) -> None:
        """Keep what a step gave, as JSON; it is written at the next heartbeat, and a step that is not is done again."""
        with self._lock:
            self._kept[name] = value

    def file(self, name: str) -> AbstractContextManager[Path]:
        """Give a file of the work as a path. Raises FileGone."""
        return self._works.file(self.work, name)

    def end(self, connection: Connection, result: Mapping[str, Any]) -> None:
        """Write the result in the transaction of the work's effect. Raises Stopped, which undoes it, where the work is no longer ours."""
        end_in(connection, self.work, self._holder, result)
        self.ended = True

    def drop_files(self) -> None:
        """Delete the files of the work, of use no more."""
        self._works.drop_files(self.work)

    def beat(self) -> None:
        """Move the lease, and write the progress and the steps; a lease that is lost stops the work. Raises DatabaseError."""
        with self._lock:
            steps = dict(self._kept)
        if not self._works.beat(self.work, self._holder, self._told, steps):
            self.stop.ask()
        with self._lock:
            for name in steps:
                del self._kept[name]

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Beat all along the block."""
        over = Event()

        def beat() -> None:
            while not over.wait(BEAT_S) and not self.stop.asked:
                with suppress(DatabaseError):  # someone writes, or the server is away: at the next one
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
    """Kind of work. `do` returns its result, as JSON; `refusals` are the exceptions whose message is for the person who asked, `defect` the
    message of any other. One that ended is kept for so many `days`. Those that are `alone` are done one at a time, on all servers."""

    name: str
    do: Callable[[Hold], Mapping[str, Any]]
    refusals: tuple[type[Exception], ...] = (FileGone,)
    days: int = 1
    alone: bool = False
    defect: str = DEFECT


class Worker:
    """Threads that do works of some kinds, `at_once` together; they end where none is left. `lease_s` is how long a lease may stand still;
    `forget` is called now and then, beside old works being forgotten."""

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
        self._wakes = 0
        self._closed = False
        self._seen: dict[int, tuple[int, float]] = {}  # by work, its lease and since when it is that

    def wake(self) -> None:
        """Have what waits done, as soon as there is a hand for it."""
        with self._lock:
            self._wakes += 1
            if len(self._threads) < self._at_once and not self._closed:
                self._threads.append(Thread(target=self._run, name="entremise-work", daemon=True))
                self._threads[-1].start()

    def watch(self, over: Event) -> None:
        """Look for works that other servers were asked for, or have left, until it is over."""
        forgot = -_FORGET_S
        while not over.wait(LOOK_S):
            with suppress(DatabaseError):  # at the next look
                if self._stalled() or self.works.waits():
                    self.wake()
                if monotonic() - forgot > _FORGET_S:
                    self.works.forget_old({name: kind.days for name, kind in self._kinds.items()})
                    self._forget()
                    forgot = monotonic()

    def wait(self, seconds: float) -> None:
        """Wait until nothing is left that may be done here, or one thing has taken longer than `seconds`."""
        while thread := next(iter(self._threads), None):
            thread.join(seconds)
            if thread.is_alive():
                return

    def close(self) -> None:
        """Take nothing more, and put what is being done back in line, for whoever comes next."""
        self._closed = True
        with suppress(DatabaseError):  # then its lease stands still
            self.works.release(self._holder)

    def _run(self) -> None:
        try:
            while not self._closed:
                seen = self._wakes
                try:
                    work = self.works.claim(self._kinds, self._alone, self._holder, self._stalled())
                except DatabaseError:  # the server is away: the next look begins again
                    work, seen = None, self._wakes
                if work is not None:
                    self._do(work)
                    self.wake()  # its end may let more than one begin
                    continue
                with self._lock:
                    if seen == self._wakes:  # nothing new since
                        self._threads.remove(current_thread())
                        return
        finally:
            if current_thread() in self._threads:  # a defect ends this thread, and not the others' works
                with self._lock:
                    self._threads.remove(current_thread())
                self.wake()

    def _stalled(self) -> dict[int, int]:
        """The leases that have stood still for too long, by work, as this worker has seen them."""
        now, leases = monotonic(), self.works.leases()
        with self._lock:
            self._seen = {
                work: before if (before := self._seen.get(work, (lease, now)))[0] == lease else (lease, now)
                for work, lease in leases.items()
            }
            return {work: lease for work, (lease, since) in self._seen.items() if now - since > self._lease_s}

    def _do(self, work: Work) -> None:
        kind, hold = self._kinds[work.kind], Hold(self.works, work, self._holder)
        result, refusal = None, kind.defect  # a defect must not leave the page waiting for ever
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
        """Write how a work ended, even where someone writes meanwhile."""
        with suppress(Stopped):
            for left in reversed(range(_ENDING_TRIES)):
                try:
                    hold.beat()
                    self.works.end(hold.work, self._holder, result=result, refusal=refusal)
                except DatabaseError:
                    if not left:
                        raise
                else:
                    return
