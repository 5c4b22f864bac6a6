"""Works of a catalogue, in its database: asked for by a page, done by a worker of any server, kept until they are read or too old.

A work is taken by one worker at a time, whose lease moves at each heartbeat: no clock is compared with another's. What it writes counts
only while it holds the lease; its result is written in the transaction of its effect, so that a worker killed at any byte loses nothing and
does nothing twice.
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

# On PostgreSQL, apart from that of the catalogue: heartbeats go on while an import writes.
_LOCK = "entremise-travaux"
_AWAITED_S = 0.05
# Workers that a work may have had before it is given up: it is likely what kills them.
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
    """A file given to a work: its own name, and its bytes."""

    name: str
    stream: IO[bytes]


@dataclass(frozen=True, slots=True)
class Work:
    """One work of an organisation (`owner`, None where it is on the common catalogue), on what was `asked` and its `files`, by field: where it
    is (`step`, `done` of `total`, 0 where not known), then its `result`, or in `refusal` why it has none. `before` is how many go before it;
    `since` when it was asked, in UTC without zone."""

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
        """Return whether it is still to be done."""
        return self.state in UNFINISHED


_TOLD = frozenset(field.name for field in fields(Work))


class WorkStore:
    """The works of one catalogue, each of an organisation, or common to all: a key is given with its owner. `wake` is called when there is a new
    one."""

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
        """Have a work done, in its turn; under a `key` that is known, it is the one that is. `of_suppliers`: what it is given may speak of a
        supplier that leaves. Raises DatabaseError, OSError."""
        key = key or secrets.token_hex(8)
        with writing(self.engine, lock=_LOCK) as connection:
            if (known := _read(connection, key, owned_by(WORKS, owner))) is not None:
                return known
            row = {
                "organisation_id": owner,
                "key": key,
                "kind": kind,
                "person": person,
                "asked": request_sent,
                **_waiting(self._now()),
            }
            new = row | {"files": {}, "result": {}, "turn": 0, "lease": 0, "of_suppliers": of_suppliers}
            work_id = connection.execute(insert(WORKS).returning(WORKS.c.id), new).scalar_one()
            files_kept = {}
            for name, file in (files or {}).items():
                own = {"work_id": work_id, "name": name, "of_suppliers": of_suppliers}
                file_name = safe_name(file.name, "fichier")
                files_kept[name] = {"name": file_name, "size": keep_file(connection, own, key, file_name, file.stream)}
            _set(connection, work_id, files=files_kept)
            made = _read(connection, key)
        self.wake()
        if made is None:
            raise LookupError(f"a work that was not written: {key}")
        return made

    def get(self, owner: OrganisationId | None, key: str, *kinds: str) -> Work | None:
        """Return a work as it stands, None where there is none, no longer, or of another kind."""
        with reading(self.engine) as connection:
            work = _read(connection, key, owned_by(WORKS, owner))
        return None if work is None or (kinds and work.kind not in kinds) else work

    def wait_for(self, owner: OrganisationId | None, key: str, seconds: float) -> Work | None:
        """Wait for a work to end, so long at most, and return it as it then stands."""
        end = monotonic() + seconds
        while (work := self.get(owner, key)) is not None and work.going and monotonic() < end:
            sleep(_AWAITED_S)
        return work

    def age(self, work: Work) -> int:
        """Return for how long a work has been asked, in whole seconds."""
        return int((self._now() - work.since).total_seconds())

    def of(self, owner: OrganisationId | None, *kinds: str) -> list[Work]:
        """Return the works of some kinds, the last asked first."""
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
        """Have a work that has ended done anew, on what is asked now; of its steps those whose name is to `keep` stay done. False where it goes on, or is not."""
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
        """Delete a work, its steps and its files, and so stop it. Return whether it was there; one that is `unless` stays."""
        with writing(self.engine, lock=_LOCK) as connection:
            work = _read(connection, key, owned_by(WORKS, owner))
            if work is None or unless(work):
                return False
            _delete(connection, [(work.id, work.key)])
        return True

    def take(self, owner: OrganisationId | None, key: str) -> Work | None:
        """Return a work as it stands, and forget one that has ended: whoever takes it shows it."""
        work = self.get(owner, key)
        if work is not None and not work.going:
            self.forget(owner, key)
        return work

    def file(self, work: Work, name: str) -> AbstractContextManager[Path]:
        """Give a file of a work as a path. Raises FileGone where it is no longer there, DatabaseError, OSError."""
        return opened_file(self.engine, work.id, work.key, name, work.files[name].name)

    def steps(self, work: Work) -> dict[str, Any]:
        """Return what the steps of a work that are done gave, by name."""
        with reading(self.engine) as connection:
            return read_steps(connection, work.id)

    def add_steps(self, owner: OrganisationId | None, key: str, steps: Mapping[str, Any], *, new: str = "") -> bool:
        """Keep steps beside a work; none, and False, where the step `new` is done already, or there is no such work."""
        with writing(self.engine, lock=_LOCK) as connection:
            work = _read(connection, key, owned_by(WORKS, owner))
            if work is None or (new and has_step(connection, work.id, new)):
                return False
            write_steps(connection, work.id, steps, of_suppliers=work.of_suppliers)
        return True

    def drop_files(self, work: Work) -> None:
        """Delete the files of a work, of use no more."""
        with writing(self.engine, lock=_LOCK) as connection:
            drop_files(connection, work.id, work.key)

    def forget_old(self, days: Mapping[str, int]) -> None:
        """Delete the works that are older than the days of their kind, and what those that were killed have left on the disk."""
        now = self._now()
        with reading(self.engine) as connection:
            rows = connection.execute(select(WORKS.c.id, WORKS.c.key, WORKS.c.kind, WORKS.c.since)).all()
        old = [(row.id, row.key) for row in rows if row.kind in days and row.since < now - timedelta(days[row.kind])]
        if old:
            with writing(self.engine, lock=_LOCK) as connection:
                _delete(connection, old)
        drop_left_over({row.key for row in rows})

    # What follows is for workers.

    def leases(self) -> dict[int, int]:
        """Return the leases of the works that go on, by work."""
        with reading(self.engine) as connection:
            query = select(WORKS.c.id, WORKS.c.lease).where(WORKS.c.state == WorkState.WORKING)
            return {row.id: row.lease for row in connection.execute(query)}

    def waits(self) -> bool:
        """Return whether a work waits."""
        with reading(self.engine) as connection:
            query = select(WORKS.c.id).where(WORKS.c.state == WorkState.WAITING).limit(1)
            return connection.execute(query).scalar() is not None

    def claim(
        self, kinds: Collection[str], alone: Collection[str], holder: str, stalled: Mapping[int, int]
    ) -> Work | None:
        """Take the work of these kinds whose turn it is, None where none may begin; those `alone` go one at a time. `stalled` gives, by work,
        the leases that have not moved for too long: their works are taken from whoever had them."""
        with writing(self.engine, lock=_LOCK) as connection:
            for work_id, lease in stalled.items():  # those that have stood still too many times are refused
                own = (WORKS.c.id == work_id) & (WORKS.c.lease == lease) & (WORKS.c.tries >= MOST_TRIES)
                values = {"state": WorkState.REFUSED.value, "refusal": _GIVEN_UP}
                connection.execute(update(WORKS).where(own, WORKS.c.state == WorkState.WORKING).values(**values))
            line = _line(connection, stalled)
            busy = {each.kind for each in line.going if each.kind in alone}
            for before, each in line.in_turn():
                if before or each.kind not in kinds or each.kind in busy:
                    continue
                begun = {"state": WorkState.WORKING.value, "turn": line.rank + 1, "tries": each.tries + 1}
                _set(connection, each.id, holder=holder, lease=each.lease + 1, **begun)
                return _read(connection, each.key)
        return None

    def beat(self, work: Work, holder: str, progress: tuple[str, int, int], steps: Mapping[str, Any]) -> bool:
        """Move the lease of a work, write how far it is and the steps that are done; False where the lease is lost, and nothing is written."""
        values = dict(zip(("step", "done", "total"), progress, strict=True))
        with writing(self.engine, lock=_LOCK) as connection:
            if not _write(connection, work, holder, lease=WORKS.c.lease + 1, **values):
                return False
            write_steps(connection, work.id, steps, of_suppliers=work.of_suppliers)
        return True

    def end(self, work: Work, holder: str, *, result: Mapping[str, Any] | None = None, refusal: str = "") -> None:
        """Write how a work ended. Raises Stopped where the lease is lost, DatabaseError."""
        with writing(self.engine, lock=_LOCK) as connection:
            if refusal:
                _ended(connection, work, holder, state=WorkState.REFUSED.value, refusal=refusal)
            else:
                end_in(connection, work, holder, result or {})

    def release(self, holder: str) -> None:
        """Put the works that a worker holds back in line: it stops."""
        with writing(self.engine, lock=_LOCK) as connection:
            own = (WORKS.c.holder == holder) & (WORKS.c.state == WorkState.WORKING)
            values = {"state": WorkState.WAITING.value, "holder": "", "tries": WORKS.c.tries - 1}
            connection.execute(update(WORKS).where(own).values(**values))


def count_works(engine: Engine) -> Counter[WorkState]:
    """Return how many works there are in each state, whoever owns them. Raises DatabaseError."""
    with reading(engine) as connection:
        query = select(WORKS.c.state, func.count()).group_by(WORKS.c.state)
        return Counter({WorkState(state): number for state, number in connection.execute(query)})


def end_in(connection: Connection, work: Work, holder: str, result: Mapping[str, Any]) -> None:
    """Write the result of a work in the transaction of its effect, which raises Stopped, and so is undone, where the lease is lost."""
    _ended(connection, work, holder, state=WorkState.DONE.value, result=dict(result))


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A work that is not ended, as its turn is decided."""

    id: int
    key: str
    kind: str
    person: str
    lease: int
    tries: int


@dataclass(frozen=True, slots=True)
class _Line:
    """The works that go on and those that wait, in the order in which they were asked; by person, the rank of the last that began."""

    going: Sequence[_Waiting]
    waiting: Sequence[_Waiting]
    last: Mapping[str, int]

    @property
    def rank(self) -> int:
        """Rank of the last work that began."""
        return max(self.last.values(), default=0)

    def in_turn(self) -> list[tuple[int, _Waiting]]:
        """Those that wait in the order in which they are done, each with how many of its person go before it. Of those that may
        begin, first the person who has waited longest since a work of theirs began."""
        own = Counter(each.person for each in self.going)
        rounds: list[tuple[int, _Waiting]] = []
        for each in self.waiting:
            rounds.append((own[each.person], each))
            own[each.person] += 1
        return sorted(rounds, key=lambda one: (one[0], 0 if one[0] else self.last.get(one[1].person, 0)))

    def before(self, work_id: int) -> int:
        """Return how many are to be done or ended before this one begins, 0 where it has begun."""
        ids = [each.id for _, each in self.in_turn()]
        return len(self.going) + ids.index(work_id) if work_id in ids else 0


def _line(connection: Connection, stalled: Mapping[int, int] | None = None) -> _Line:
    names = ("id", "key", "kind", "person", "lease", "tries", "state")
    query = select(*(WORKS.c[name] for name in names)).where(WORKS.c.state.in_(UNFINISHED)).order_by(WORKS.c.id)
    going: list[_Waiting] = []
    waiting: list[_Waiting] = []
    for *cells, state in connection.execute(query):
        each = _Waiting(*cells)
        is_held = state == WorkState.WORKING and (stalled or {}).get(each.id) != each.lease
        (going if is_held else waiting).append(each)
    last = connection.execute(select(WORKS.c.person, func.max(WORKS.c.turn)).group_by(WORKS.c.person)).all()
    return _Line(going, waiting, {person: rank for person, rank in last if rank})


def _read(connection: Connection, key: str, *own: ColumnElement[bool]) -> Work | None:
    row = connection.execute(select(WORKS).where(WORKS.c.key == key, *own)).one_or_none()
    return None if row is None else _work(row, _line(connection) if row.state == WorkState.WAITING else None)


def _work(row: Row[Any], line: _Line | None) -> Work:
    values = {name: value for name, value in row._mapping.items() if name in _TOLD}
    files = {name: KeptFile(**each) for name, each in row.files.items()}
    work = Work(**values | {"owner": row.organisation_id, "files": files, "state": WorkState(row.state)})
    return work if line is None else replace(work, before=line.before(work.id))


def _waiting(now: datetime) -> dict[str, Any]:
    """The columns of a work that waits."""
    passing = {"step": "", "done": 0, "total": 0, "refusal": "", "holder": "", "tries": 0}
    return {"state": WorkState.WAITING.value, "since": now, **passing}


def _set(connection: Connection, work_id: int, **values: Any) -> None:
    connection.execute(update(WORKS).where(WORKS.c.id == work_id).values(**values))


def _write(connection: Connection, work: Work, holder: str, **values: Any) -> bool:
    own = (WORKS.c.id == work.id) & (WORKS.c.holder == holder) & (WORKS.c.state == WorkState.WORKING)
    return connection.execute(update(WORKS).where(own).values(**values)).rowcount == 1


def _ended(connection: Connection, work: Work, holder: str, **values: Any) -> None:
    if not _write(connection, work, holder, **values):
        raise Stopped


def _delete(connection: Connection, works: Collection[tuple[int, str]]) -> None:
    for work_id, key in works:
        drop_files(connection, work_id, key)
        drop_steps(connection, work_id)
        connection.execute(delete(WORKS).where(WORKS.c.id == work_id))
