"""The shelf of a catalogue: built once per state of the catalogue on a machine, kept in memory and in the user's cache folder.

The command line and the pages ask here; the pages go on from the former while the next is laid out. A kept shelf serves as long as the
catalogue's state, the reference tables and the code that reads suppliers and lays them out are the same; otherwise it is built again.
docs/decisions/0007 gives the reasons.
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

# What a shelf is made by: what reads suppliers, and the rooms of the core that lay them out. A change in any of them makes it anew.
_ROOMS = ("catalogue/store", "cleaning", "domain", "ranking", "reading", "reference")

# A process serves one catalogue, or copies one to another; a mapped shelf holds a file open.
_MOST_KEPT = 4
# For how long pages wait for the shelf of a catalogue that has just changed: that of a small one is laid out by then.
PATIENCE_S = 1.0
_LOOK_S = 2.0
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Known:
    """The shelf in memory of one catalogue: its key, the last erasure before it, and what work costs by the team of that catalogue."""

    key: str
    erasure: str
    shelf: Shelf
    team: tuple[WorkFamily, ...]


@dataclass(frozen=True, slots=True)
class ReadyShelf:
    """The shelf that a page answers from. `behind`: the catalogue has changed since, and the next one is being laid out."""

    shelf: Shelf
    behind: bool


class _Renewal(Thread):
    """Thread that loads the shelf of a catalogue as it has become, while pages answer from the one before."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(name="entremise-shelf", daemon=True)
        self._engine = engine
        self._until = monotonic() + PATIENCE_S

    def run(self) -> None:
        try:
            load_shelf(self._engine)
        except DatabaseError as error:  # the next page to ask begins another
            _LOG.warning("le rayon d’un catalogue qui a changé n’est pas lu", exc_info=error)

    def wait(self) -> None:
        """Wait for the end, as long as pages wait for it: all of them together."""
        self.join(max(0.0, self._until - monotonic()))


_lock = Lock()
_kept: dict[str, _Known] = {}
_renewing = Lock()
_renewals: dict[str, _Renewal] = {}


def load_shelf(engine: Engine) -> Shelf:
    """Return the shelf of the catalogue as it is now: the one in memory, else the one on the disk, else built and kept. What work costs is
    read from then on with the lines of its team.

    Threads may call it together: one builds, the others wait. A cache folder that cannot be written is done without.
    Raises DatabaseError.
    """
    with reading(engine) as connection:
        state, erasure = read_state(connection)
        if not state:  # nor has a team filled any line: that changes the catalogue
            follow_lines(())
            return _built(connection)
        key = _key(state)
        with _lock:
            known = _kept.get(_name(engine))
            if laid_out_now := known is None or known.key != key:
                team = follow_team(connection)
                known = _Known(
                    key, erasure, load_or_build(Shelf, shelf_path(engine), key, partial(_built, connection)), team
                )
                _kept.pop(_name(engine), None)
                _kept[_name(engine)] = known
                _LOG.debug("rayon lu : %d fournisseurs", len(known.shelf))
                while len(_kept) > _MOST_KEPT:
                    del _kept[next(iter(_kept))]
    if laid_out_now:
        _drop_if_erased(engine, erasure)
    follow_lines(known.team)
    return known.shelf


def ready_shelf(engine: Engine) -> ReadyShelf:
    """Return the shelf that a page answers from: that of the catalogue as it is, or the one before where the next is not laid out in a moment.

    What work costs is read with the lines of the team of that time. Raises DatabaseError.
    """
    name = _name(engine)
    if name not in _kept:  # an empty catalogue is never kept: its pages would ask its state twice
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
    if not state or known is None or known.erasure != erasure:  # nothing of what has been erased may be shown
        return ReadyShelf(load_shelf(engine), behind=False)
    follow_lines(known.team)
    return ReadyShelf(known.shelf, behind=known.key != key)


def keep_ready(engine: Engine, over: Event) -> None:
    """Load the shelf of a catalogue as soon as it changes, before anybody asks for a page, until it is over."""
    while not over.is_set():
        with suppress(DatabaseError):
            for _ in _looks(engine, over):
                ready_shelf(engine)
        over.wait(_LOOK_S)


def _looks(engine: Engine, over: Event) -> Iterator[None]:
    """Yield when PostgreSQL notifies a change of its catalogue, and from time to time. Raises DatabaseError."""
    if engine.dialect.name != "postgresql":
        while not over.wait(_LOOK_S):
            yield
        return
    with errors_in_french(engine), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.detach()  # it is of no other use, and the pool is for those who ask
        connection.exec_driver_sql(f"LISTEN {CHANGED}")
        driver: Any = connection.connection.dbapi_connection
        while not over.is_set():
            yield
            for _ in driver.notifies(timeout=_LOOK_S, stop_after=1):
                pass


def drop_shelf(engine: Engine) -> None:
    """Forget the shelf of a catalogue, in memory and on the disk: it holds what has just been erased. Raises OSError."""
    with _lock:
        _kept.pop(_name(engine), None)
        shelf_path(engine).unlink(missing_ok=True)


def _drop_if_erased(engine: Engine, erasure: str) -> None:
    """Forget a shelf that was laid out while something was erased: whoever erased may have dropped the former one before this was kept."""
    with reading(engine) as connection:
        _, last = read_state(connection)
    if last != erasure:
        with suppress(OSError):  # where nothing can be taken away, nothing was written
            drop_shelf(engine)


def shelf_path(engine: Engine) -> Path:
    """Return where the shelf of this catalogue is kept. It may not exist yet."""
    return FOLDERS["rayons"].path / f"{hashlib.sha256(_name(engine).encode()).hexdigest()[:16]}.rayon"


def _built(connection: Connection) -> Shelf:
    return lay_out(each_supplier(connection), read_version(connection))


def _key(state: str) -> str:
    return f"{HEAD} {state} {made_by()}"


def _name(engine: Engine) -> str:
    """Return the name of a catalogue among others: the file, or the server's address without its password."""
    path = sqlite_file(engine.url)
    return str(path.resolve()) if path else engine.url.set(password=None).render_as_string()


@lru_cache(maxsize=2)
def made_by(*rooms: str) -> str:
    """Return a digest of the reference tables, of the code that reads suppliers and lays them out, and of that of other rooms."""
    return digest_of(_makers(rooms))


def _makers(rooms: Iterable[str]) -> Iterator[Path]:
    yield from sorted(shipped_path("data/reference").glob("*.csv"))
    for room in (*_ROOMS, *rooms):
        yield from sorted(shipped_path(f"{room}/__init__.py").parent.rglob("*.py"))
    yield shipped_path("mapped.py")
