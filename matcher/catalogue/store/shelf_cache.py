"""Cache of the shelf (a catalogue's suppliers loaded as arrays, which rankings compare with a lot): built once per state of the catalogue, kept in
memory and in a file of the user's cache folder, and rebuilt in a background thread while pages use the former one.

A cached shelf is valid while the catalogue's state, the reference tables and the code that builds it are unchanged. See docs/decisions/0007.
"""

import hashlib
import logging
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any

from sqlalchemy import Connection, Engine

from matcher.catalogue.store.calibration import follow_team
from matcher.catalogue.store.read import CHANGED, each_supplier, read_state, read_version
from matcher.db import HEAD, DatabaseError, errors_in_french, reading, sqlite_file
from matcher.erasure import FOLDERS
from matcher.mapped import digest_of, load_or_build
from matcher.paths import shipped_path
from matcher.ranking.lay_out import lay_out
from matcher.ranking.shelf.shelf import Shelf
from matcher.reference.calibration import WorkFamily, follow_lines

# Packages whose code builds a shelf: a change in any of them invalidates the cached ones.
_ROOMS = ("catalogue/store", "cleaning", "domain", "ranking", "reading", "reference")

# Most shelves in memory: a process serves one catalogue, or copies one to another, and each mapped shelf holds a file open.
_MOST_KEPT = 4
# Seconds that pages wait for the new shelf of a catalogue that changed: enough for a small one.
PATIENCE_S = 1.0
_LOOK_S = 2.0
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _KeptShelf:
    """The shelf in memory of one catalogue: its cache key, the last erasure before it, and the team's work costs."""

    key: str
    erasure: str
    shelf: Shelf
    team: tuple[WorkFamily, ...]


@dataclass(frozen=True, slots=True)
class ReadyShelf:
    """A shelf to answer a page with. `behind`: the catalogue has changed since, and the next shelf is being built."""

    shelf: Shelf
    behind: bool


class _Renewal(Thread):
    """Thread that builds the shelf of a changed catalogue, while pages use the former one."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(name="entremise-shelf", daemon=True)
        self._engine = engine
        self._until = monotonic() + PATIENCE_S

    def run(self) -> None:
        try:
            load_shelf(self._engine)
        except DatabaseError as error:  # the next page starts another thread
            _LOG.warning("le rayon d’un catalogue qui a changé n’est pas lu", exc_info=error)

    def wait(self) -> None:
        """Wait for the thread, at most `PATIENCE_S` seconds after its start."""
        self.join(max(0.0, self._until - monotonic()))


_lock = Lock()
_kept: dict[str, _KeptShelf] = {}
_renewing = Lock()
_renewals: dict[str, _Renewal] = {}


def load_shelf(engine: Engine) -> Shelf:
    """Return the shelf of the present catalogue: from memory, else from disk, else built and cached. Work costs are those of its team for the rest of this
    thread or task.

    Thread-safe: one thread builds, the others wait. Works without a writable cache folder. Raises DatabaseError.
    """
    with reading(engine) as connection:
        state, erasure = read_state(connection)
        if not state:  # never changed, so without a team's calibration either
            follow_lines(())
            return _build_shelf(connection)
        key = _key(state)
        with _lock:
            known = _kept.get(_name(engine))
            if is_new := known is None or known.key != key:
                team = follow_team(connection)
                known = _KeptShelf(
                    key, erasure, load_or_build(Shelf, shelf_path(engine), key, partial(_build_shelf, connection)), team
                )
                _kept.pop(_name(engine), None)
                _kept[_name(engine)] = known
                _LOG.debug("rayon lu : %d fournisseurs", len(known.shelf))
                while len(_kept) > _MOST_KEPT:
                    del _kept[next(iter(_kept))]
    if is_new:
        with reading(engine) as connection:
            _, last_erasure = read_state(connection)
        # An erasure while this shelf was built may have dropped the cache before the shelf was stored.
        if last_erasure != erasure:
            with suppress(OSError):  # a folder that cannot be written holds no shelf
                drop_shelf(engine)
    follow_lines(known.team)
    return known.shelf


def ready_shelf(engine: Engine) -> ReadyShelf:
    """Return a shelf for a page without a long wait: the present one, or the former one while the new one is being built.

    Work costs are, for the rest of this thread or task, those of its team when that shelf was read. Raises DatabaseError.
    """
    name = _name(engine)
    if name not in _kept:  # not loaded yet, or an empty catalogue, which is never cached
        return ReadyShelf(load_shelf(engine), behind=False)
    with reading(engine) as connection:
        state, erasure = read_state(connection)
    known, key = _kept.get(name), _key(state)
    if state and known is not None and known.erasure == erasure and known.key != key:
        with _renewing:
            if (renewal := _renewals.get(name)) is None or not renewal.is_alive():
                renewal = _renewals[name] = _Renewal(engine)
                renewal.start()
        renewal.wait()
        known = _kept.get(name)
    if not state or known is None or known.erasure != erasure:  # a shelf from before an erasure must not be shown
        return ReadyShelf(load_shelf(engine), behind=False)
    follow_lines(known.team)
    return ReadyShelf(known.shelf, behind=known.key != key)


def keep_ready(engine: Engine, over: Event) -> None:
    """Until `over` is set, build the shelf of a catalogue as soon as it changes, before a page needs it."""
    while not over.is_set():
        with suppress(DatabaseError):
            for _ in _changes(engine, over):
                ready_shelf(engine)
        over.wait(_LOOK_S)


def _changes(engine: Engine, over: Event) -> Iterator[None]:
    """Yield at each change that PostgreSQL notifies, and at intervals. Raises DatabaseError."""
    if engine.dialect.name != "postgresql":
        while not over.wait(_LOOK_S):
            yield
        return
    with errors_in_french(engine), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.detach()  # kept for listening only, so taken out of the pool
        connection.exec_driver_sql(f"LISTEN {CHANGED}")
        driver: Any = connection.connection.dbapi_connection
        while not over.is_set():
            yield
            for _ in driver.notifies(timeout=_LOOK_S, stop_after=1):
                pass


def drop_shelf(engine: Engine) -> None:
    """Delete the shelf of a catalogue from memory and disk, since it contains what was just erased. Raises OSError."""
    with _lock:
        _kept.pop(_name(engine), None)
        shelf_path(engine).unlink(missing_ok=True)


def shelf_path(engine: Engine) -> Path:
    """Return the cache file of this catalogue's shelf. It may not exist yet."""
    return FOLDERS["rayons"].path / f"{hashlib.sha256(_name(engine).encode()).hexdigest()[:16]}.rayon"


def _build_shelf(connection: Connection) -> Shelf:
    return lay_out(each_supplier(connection), read_version(connection))


def _key(state: str) -> str:
    return f"{HEAD} {state} {builder_digest()}"


def _name(engine: Engine) -> str:
    """Return a key for a catalogue: the file's path, or the server's URL without its password."""
    path = sqlite_file(engine.url)
    return str(path.resolve()) if path else engine.url.set(password=None).render_as_string()


@lru_cache(maxsize=2)
def builder_digest(*rooms: str) -> str:
    """Return a digest of the reference tables and of the code that builds shelves, and of other packages `rooms`."""
    return digest_of(_makers(rooms))


def _makers(rooms: Iterable[str]) -> Iterator[Path]:
    yield from sorted(shipped_path("data/reference").glob("*.csv"))
    for room in (*_ROOMS, *rooms):
        yield from sorted(shipped_path(f"{room}/__init__.py").parent.rglob("*.py"))
    yield shipped_path("mapped.py")
