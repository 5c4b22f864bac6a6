"""Queue of background works (jobs) in the database: pages put works in it, workers of any server take them, pages read progress and result.

A work has one worker at a time, which holds a lease: a counter that each heartbeat increments, so that no clocks are compared. Without the lease a worker
cannot write. The result is written in the transaction of the work's effect, so that a worker killed at any moment loses nothing and repeats nothing.
"""

import secrets
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from time import monotonic, sleep
from typing import IO, Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, delete, func, insert, select, update

from matcher import clock
from matcher.db import reading, writing
from matcher.jobs.files import KeptFile, drop_files, drop_left_over, keep_file, opened_file, safe_name
from matcher.jobs.stop import Stopped
from matcher.jobs.tables import WORKS, drop_steps, has_step, read_steps, write_steps
from matcher.ownership import OrganisationId, owned_by

# Advisory lock on PostgreSQL, separate from the catalogue's: heartbeats go on while an import writes.
_LOCK = "entremise-travaux"
_POLL_S = 0.05
# Most workers that may take a work: after so many deaths, the work itself likely kills them.
MOST_TRIES = 8
_GIVEN_UP = f"Ce travail a été repris {MOST_TRIES} fois sans aller au bout : il est abandonné. Essayez avec un fichier plus petit."


class WorkState(StrEnum):
    """State of a work."""

    WAITING = "en attente"
    WORKING = "en cours"
    DONE = "fait"
    REFUSED = "refusé"


UNFINISHED = (WorkState.WAITING, WorkState.WORKING)


@dataclass(frozen=True, slots=True)
class DroppedFile:
    """An uploaded file for a work: its name, and the stream of its bytes."""

    name: str
    stream: IO[bytes]


@dataclass(frozen=True, slots=True)
class Work:
    """One work of an organisation (`owner`, None for the common catalogue): its request (`asked`) and `files`, by form field; its progress (`step`, `done`
    of `total`, 0 if not known), then its `result`, or in `refusal` why it failed. `before` counts the works ahead of it; `since` is when it was requested,
    in UTC without zone."""

    id: int
    owner: OrganisationId | None
    key: str
    kind: str
    person: str
    asked: Mapping[str, Any]
    files: Mapping[str, KeptFile]
    state: WorkState
    step: str
    done: int
    total: int
    result: Mapping[str, Any]
    refusal: str
    since: datetime
    of_suppliers: bool
    before: int = 0

    @property
    def going(self) -> bool:
        """True if the work waits or runs."""
        return self.state in UNFINISHED


_WORK_FIELDS = frozenset(field.name for field in fields(Work))


class WorkStore:
    """The works of one database; a work is found by its key and its owner (an organisation, or None). `wake` is called for a new work."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] | None = None) -> None:
        self.engine = engine
        self.wake: Callable[[], None] = lambda: None
        self._now = now or clock.now

    def put(
        self,
        owner: OrganisationId | None,
        kind: str,
        request_sent: Mapping[str, Any],
        person: str = "",
        *,
        files: Mapping[str, DroppedFile] | None = None,
        of_suppliers: bool = False,
        key: str = "",
    ) -> Work:
        """Add a work to the queue, and return it; if the `key` exists, return that work (idempotent). `of_suppliers`: its input may contain data of
        suppliers. Raises DatabaseError, OSError."""
        key = key or secrets.token_hex(8)
        with writing(self.engine, lock=_LOCK) as connection:
            if (known := _read(connection, key, owned_by(WORKS, owner))) is not None:
                return known
            row = {"organisation_id": owner, "key": key, "kind": kind, "person": person, "asked": request_sent}
            row |= _waiting(self._now())
            new = row | {"files": {}, "result": {}, "turn": 0, "lease": 0, "of_suppliers": of_suppliers}
            work_id = connection.execute(insert(WORKS).returning(WORKS.c.id), new).scalar_one()
            files_kept = {}
            for name, file in (files or {}).items():
                own = {"work_id": work_id, "name": name, "of_suppliers": of_suppliers}
                file_name = safe_name(file.name)
                files_kept[name] = {"name": file_name, "size": keep_file(connection, own, key, file_name, file.stream)}
            _set(connection, work_id, files=files_kept)
            made = _read(connection, key)
        self.wake()
        if made is None:
            raise LookupError(f"a work that was not written: {key}")
        return made

    def get(self, owner: OrganisationId | None, key: str, *kinds: str) -> Work | None:
        """Return the current state of a work; None if it does not exist, or is of another kind."""
        with reading(self.engine) as connection:
            work = _read(connection, key, owned_by(WORKS, owner))
        return None if work is None or (kinds and work.kind not in kinds) else work

    def wait_for(self, owner: OrganisationId | None, key: str, seconds: float) -> Work | None:
        """Wait for a work to end, at most so many `seconds`, and return its current state."""
        end = monotonic() + seconds
        while (work := self.get(owner, key)) is not None and work.going and monotonic() < end:
            sleep(_POLL_S)
        return work

    def age(self, work: Work) -> int:
        """Return the time since a work was requested, in whole seconds."""
        return int((self._now() - work.since).total_seconds())

    def of(self, owner: OrganisationId | None, *kinds: str) -> list[Work]:
        """Return the works of some kinds, the most recent first."""
        with reading(self.engine) as connection:
            query = select(WORKS).where(owned_by(WORKS, owner), WORKS.c.kind.in_(kinds))
            rows = connection.execute(query.order_by(WORKS.c.since.desc(), WORKS.c.id.desc())).all()
            line = _line(connection)
        return [_work(row, line) for row in rows]

    def again(
        self,
        owner: OrganisationId | None,
        key: str,
        request_sent: Mapping[str, Any],
        person: str = "",
        *,
        keep: Callable[[str], bool] = lambda _: False,
    ) -> bool:
        """Put a finished work back in the queue with a new request; the steps whose name `keep` accepts stay done. False if it is not finished, or unknown."""
        with writing(self.engine, lock=_LOCK) as connection:
            work = _read(connection, key, owned_by(WORKS, owner))
            if work is None or work.going:
                return False
            _set(connection, work.id, asked=request_sent, person=person, **_waiting(self._now()))
            drop_steps(connection, work.id, keep)
        self.wake()
        return True

    def forget(
        self, owner: OrganisationId | None, key: str, *, unless: Callable[[Work], bool] = lambda _: False
    ) -> bool:
        """Delete a work, its steps and its files, which also stops it, unless `unless` accepts it. Return True if it was deleted."""
        with writing(self.engine, lock=_LOCK) as connection:
            work = _read(connection, key, owned_by(WORKS, owner))
            if work is None or unless(work):
                return False
            _delete(connection, [(work.id, work.key)])
        return True

    def take(self, owner: OrganisationId | None, key: str) -> Work | None:
        """Return the current state of a work, and delete it if it has ended: the caller shows its result."""
        work = self.get(owner, key)
        if work is not None and not work.going:
            self.forget(owner, key)
        return work

    def file(self, work: Work, name: str) -> AbstractContextManager[Path]:
        """Give a file of a work as a path. Raises FileGone if it is no longer stored, DatabaseError, OSError."""
        return opened_file(self.engine, work.id, work.key, name, work.files[name].name)

    def steps(self, work: Work) -> dict[str, Any]:
        """Return the values of a work's finished steps, by name."""
        with reading(self.engine) as connection:
            return read_steps(connection, work.id)

    def add_steps(self, owner: OrganisationId | None, key: str, steps: Mapping[str, Any], *, new: str = "") -> bool:
        """Add finished steps to a work from outside its worker; False, and none are added, if the step `new` is finished or the work unknown."""
        with writing(self.engine, lock=_LOCK) as connection:
            work = _read(connection, key, owned_by(WORKS, owner))
            if work is None or (new and has_step(connection, work.id, new)):
                return False
            write_steps(connection, work.id, steps, of_suppliers=work.of_suppliers)
        return True

    def drop_files(self, work: Work) -> None:
        """Delete the files of a work."""
        with writing(self.engine, lock=_LOCK) as connection:
            drop_files(connection, work.id, work.key)

    def forget_old(self, days: Mapping[str, int]) -> None:
        """Delete works older than the days of their kind, and the files that killed works left on the disk."""
        now = self._now()
        with reading(self.engine) as connection:
            rows = connection.execute(select(WORKS.c.id, WORKS.c.key, WORKS.c.kind, WORKS.c.since)).all()
        old = [(row.id, row.key) for row in rows if row.kind in days and row.since < now - timedelta(days[row.kind])]
        if old:
            with writing(self.engine, lock=_LOCK) as connection:
                _delete(connection, old)
        drop_left_over({row.key for row in rows})

    # The methods below are called by workers.

    def leases(self) -> dict[int, int]:
        """Return the leases of the running works, by work id."""
        with reading(self.engine) as connection:
            query = select(WORKS.c.id, WORKS.c.lease).where(WORKS.c.state == WorkState.WORKING)
            return {row.id: row.lease for row in connection.execute(query)}

    def waits(self) -> bool:
        """Return True if a work waits."""
        with reading(self.engine) as connection:
            query = select(WORKS.c.id).where(WORKS.c.state == WorkState.WAITING).limit(1)
            return connection.execute(query).scalar() is not None

    def claim(
        self, kinds: Collection[str], alone: Collection[str], holder: str, stalled: Mapping[int, int]
    ) -> Work | None:
        """Take the next work of these kinds, or None; of the kinds `alone`, one runs at a time. `stalled` gives, by work id, the leases that have not
        moved for too long: these works may be taken from their worker."""
        with writing(self.engine, lock=_LOCK) as connection:
            for work_id, lease in stalled.items():  # after too many dead workers, the work is refused
                own = (WORKS.c.id == work_id) & (WORKS.c.lease == lease) & (WORKS.c.tries >= MOST_TRIES)
                values = {"state": WorkState.REFUSED.value, "refusal": _GIVEN_UP}
                connection.execute(update(WORKS).where(own, WORKS.c.state == WorkState.WORKING).values(**values))
            line = _line(connection, stalled)
            busy = {work.kind for work in line.going if work.kind in alone}
            for before, work in line.in_turn():
                if before or work.kind not in kinds or work.kind in busy:
                    continue
                started = {"state": WorkState.WORKING.value, "turn": line.rank + 1, "tries": work.tries + 1}
                _set(connection, work.id, holder=holder, lease=work.lease + 1, **started)
                return _read(connection, work.key)
        return None

    def beat(self, work: Work, holder: str, progress: tuple[str, int, int], steps: Mapping[str, Any]) -> bool:
        """Renew the lease of a work, write its progress and its new steps; if the lease is lost, write nothing and return False."""
        values = dict(zip(("step", "done", "total"), progress, strict=True))
        with writing(self.engine, lock=_LOCK) as connection:
            if not _write(connection, work, holder, lease=WORKS.c.lease + 1, **values):
                return False
            write_steps(connection, work.id, steps, of_suppliers=work.of_suppliers)
        return True

    def end(self, work: Work, holder: str, *, result: Mapping[str, Any] | None = None, refusal: str = "") -> None:
        """Write the result or the refusal of a work. Raises Stopped if the lease is lost, DatabaseError."""
        with writing(self.engine, lock=_LOCK) as connection:
            if refusal:
                _end_work(connection, work, holder, state=WorkState.REFUSED.value, refusal=refusal)
            else:
                end_in(connection, work, holder, result or {})

    def release(self, holder: str) -> None:
        """Put the works of a worker that stops back in the queue."""
        with writing(self.engine, lock=_LOCK) as connection:
            own = (WORKS.c.holder == holder) & (WORKS.c.state == WorkState.WORKING)
            values = {"state": WorkState.WAITING.value, "holder": "", "tries": WORKS.c.tries - 1}
            connection.execute(update(WORKS).where(own).values(**values))


def count_works(engine: Engine) -> Counter[WorkState]:
    """Return the number of works in each state, of all owners. Raises DatabaseError."""
    with reading(engine) as connection:
        query = select(WORKS.c.state, func.count()).group_by(WORKS.c.state)
        return Counter({WorkState(state): number for state, number in connection.execute(query)})


def end_in(connection: Connection, work: Work, holder: str, result: Mapping[str, Any]) -> None:
    """Write the result of a work in the transaction of its effect. Raises Stopped if the lease is lost, which rolls the effect back."""
    _end_work(connection, work, holder, state=WorkState.DONE.value, result=dict(result))


@dataclass(frozen=True, slots=True)
class _Waiting:
    id: int
    key: str
    kind: str
    person: str
    lease: int
    tries: int


@dataclass(frozen=True, slots=True)
class _Line:
    """The running and the waiting works, in the order of their requests; and by person, the start rank of the person's last started work."""

    going: Sequence[_Waiting]
    waiting: Sequence[_Waiting]
    last: Mapping[str, int]

    @property
    def rank(self) -> int:
        """Start rank of the last started work."""
        return max(self.last.values(), default=0)

    def in_turn(self) -> list[tuple[int, _Waiting]]:
        """Return the waiting works in the order of their turn, each with the number of its person's works ahead of it (fair round-robin by person). Of
        the first works of each person, the one whose person started a work longest ago comes first."""
        ahead = Counter(work.person for work in self.going)
        rounds: list[tuple[int, _Waiting]] = []
        for work in self.waiting:
            rounds.append((ahead[work.person], work))
            ahead[work.person] += 1
        return sorted(rounds, key=lambda turn: (turn[0], 0 if turn[0] else self.last.get(turn[1].person, 0)))

    def before(self, work_id: int) -> int:
        """Return the number of works running or ahead of a waiting work; 0 if it has started."""
        ids = [work.id for _, work in self.in_turn()]
        return len(self.going) + ids.index(work_id) if work_id in ids else 0


def _line(connection: Connection, stalled: Mapping[int, int] | None = None) -> _Line:
    names = ("id", "key", "kind", "person", "lease", "tries", "state")
    query = select(*(WORKS.c[name] for name in names)).where(WORKS.c.state.in_(UNFINISHED)).order_by(WORKS.c.id)
    going: list[_Waiting] = []
    waiting: list[_Waiting] = []
    for *cells, state in connection.execute(query):
        work = _Waiting(*cells)
        is_running = state == WorkState.WORKING and (stalled or {}).get(work.id) != work.lease
        (going if is_running else waiting).append(work)
    last = connection.execute(select(WORKS.c.person, func.max(WORKS.c.turn)).group_by(WORKS.c.person)).all()
    return _Line(going, waiting, {person: rank for person, rank in last if rank})


def _read(connection: Connection, key: str, *own: ColumnElement[bool]) -> Work | None:
    row = connection.execute(select(WORKS).where(WORKS.c.key == key, *own)).one_or_none()
    return None if row is None else _work(row, _line(connection) if row.state == WorkState.WAITING else None)


def _work(row: Row[Any], line: _Line | None) -> Work:
    values = {name: value for name, value in row._mapping.items() if name in _WORK_FIELDS}
    files = {name: KeptFile(**columns) for name, columns in row.files.items()}
    work = Work(**values | {"owner": row.organisation_id, "files": files, "state": WorkState(row.state)})
    return work if line is None else replace(work, before=line.before(work.id))


def _waiting(now: datetime) -> dict[str, Any]:
    progress = {"step": "", "done": 0, "total": 0, "refusal": "", "holder": "", "tries": 0}
    return {"state": WorkState.WAITING.value, "since": now, **progress}


def _set(connection: Connection, work_id: int, **values: Any) -> None:
    connection.execute(update(WORKS).where(WORKS.c.id == work_id).values(**values))


def _write(connection: Connection, work: Work, holder: str, **values: Any) -> bool:
    own = (WORKS.c.id == work.id) & (WORKS.c.holder == holder) & (WORKS.c.state == WorkState.WORKING)
    return connection.execute(update(WORKS).where(own).values(**values)).rowcount == 1


def _end_work(connection: Connection, work: Work, holder: str, **values: Any) -> None:
    if not _write(connection, work, holder, **values):
        raise Stopped


def _delete(connection: Connection, works: Collection[tuple[int, str]]) -> None:
    for work_id, key in works:
        drop_files(connection, work_id, key)
        drop_steps(connection, work_id)
        connection.execute(delete(WORKS).where(WORKS.c.id == work_id))
