"""The shelf of a catalogue: built once per state of the catalogue, kept in memory and in the user's cache folder.

The command line and the pages ask here. A kept shelf serves as long as the catalogue's state, the reference tables and the code
that reads suppliers and lays them out are the same; otherwise it is built again. docs/decisions/0007 says why.
"""

import hashlib
import logging
from collections.abc import Iterator
from functools import lru_cache, partial
from pathlib import Path
from threading import Lock

from sqlalchemy import Connection, Engine

from matcher.catalogue.store.calibration import follow_team
from matcher.catalogue.store.read import each_supplier, read_state, read_version
from matcher.db import HEAD, reading, sqlite_file
from matcher.erasure import FOLDERS
from matcher.mapped import digest_of, kept
from matcher.paths import shipped
from matcher.ranking.lay_out import lay_out
from matcher.ranking.shelf.shelf import Shelf
from matcher.reference.calibration import WorkFamily, follow

# What a shelf is made by: what reads suppliers, and the rooms of the core that lay them out. A change in any of them makes it anew.
_ROOMS = ("catalogue/store", "cleaning", "domain", "ranking", "reading", "reference")

# A process serves one catalogue, or copies one to another; a mapped shelf holds a file open.
_MOST_KEPT = 4
_LOG = logging.getLogger(__name__)
_lock = Lock()
_kept: dict[str, tuple[str, Shelf, tuple[WorkFamily, ...]]] = {}


def load_shelf(engine: Engine) -> Shelf:
    """Return the shelf of the catalogue as it is now: the one in memory, else the one on the disk, else built and kept. What work costs is
    read from then on with the lines of its team.

    Threads may call it together: one builds, the others wait. A cache folder that cannot be written is done without.
    Raises DatabaseError.
    """
    with reading(engine) as connection:
        state = read_state(connection)
        if not state:  # nor has a team filled any line: that changes the catalogue
            follow(())
            return _built(connection)
        name, key = _name(engine), f"{HEAD} {state} {_made_by()}"
        with _lock:
            known, shelf, team = _kept.get(name, ("", None, ()))
            if shelf is None or known != key:
                team = follow_team(connection)
                shelf = kept(Shelf, shelf_path(engine), key, partial(_built, connection))
                _kept.pop(name, None)
                _kept[name] = key, shelf, team
                _LOG.debug("rayon lu : %d fournisseurs", len(shelf))
                while len(_kept) > _MOST_KEPT:
                    del _kept[next(iter(_kept))]
    follow(team)
    return shelf


def drop_shelf(engine: Engine) -> None:
    """Forget the shelf of a catalogue, in memory and on the disk: it holds what has just been erased. Raises OSError."""
    with _lock:
        _kept.pop(_name(engine), None)
        shelf_path(engine).unlink(missing_ok=True)


def shelf_path(engine: Engine) -> Path:
    """Return where the shelf of this catalogue is kept. It may not exist yet."""
    return FOLDERS["rayons"].path / f"{hashlib.sha256(_name(engine).encode()).hexdigest()[:16]}.rayon"


def _built(connection: Connection) -> Shelf:
    return lay_out(each_supplier(connection), read_version(connection))


def _name(engine: Engine) -> str:
    """What tells this catalogue from another: the file, or the server's address without its password."""
    path = sqlite_file(engine.url)
    return str(path.resolve()) if path else engine.url.set(password=None).render_as_string()


@lru_cache(maxsize=1)
def _made_by() -> str:
    """A digest of the reference tables and of the code that reads suppliers and lays them out."""
    return digest_of(_makers())


def _makers() -> Iterator[Path]:
    yield from sorted(shipped("data/reference").glob("*.csv"))
    for room in _ROOMS:
        yield from sorted(shipped(f"{room}/__init__.py").parent.rglob("*.py"))
    yield shipped("mapped.py")
