"""A process that writes on demand, for tests that kill it or run two at once: `python -m tests.chaos.striking`.

It loads everything once, then forks at each line of its input (a JSON object: url, path, timeout_s, and work, one of `WORKS`), so that a test can start
and kill many real processes. It prints `lancé` and the child's number at once; the child, when done, `fini` or `refusé` and why.
At a line {"wait": number} it buries that child and prints `arrêté`: until then its number is no other process's.

With a `strike`, the child kills itself inside the write lock: before its statement of that rank, else before it commits, having printed `instants` and
how many statements there were; or, at `AFTER`, once it has committed, before it says anything.
"""

import gc
import json
import os
import signal
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event

from importers import REGISTRY
from importers.importer import Source
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.intake.undo import undo_import
from matcher.catalogue.steward.backup import copy_catalogue, restore
from matcher.db import DatabaseError, open_database
from matcher.dossiers.asking.answering import accept_waiting
from matcher.dossiers.changes import AddLot, NoteDossier
from matcher.dossiers.frozen_list import freeze
from matcher.dossiers.store import change_dossier
from matcher.ownership import FIRST_ORGANISATION
from matcher.rows import declared_tables
from tests.factories import lookups, siret
from tests.matcher.dossiers.kept import IDS, SHORTLIST

declared_tables()  # a child does not import them again
AFTER, AT_COMMIT = "après", "validation"
_NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)


def say(*words: object) -> None:
    """Write one line, whole, even where another process writes too."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def take(engine: Engine, path: Path) -> None:
    """`entremise import tableur`."""
    run_import(engine, REGISTRY["tableur"], [Source(path)], now=datetime.now(UTC), lookups=lookups())


def take_back(engine: Engine, _path: Path) -> None:
    """`entremise undo` of the second import."""
    undo_import(engine, 2, now=_NOW)


def put_back(engine: Engine, path: Path) -> None:
    """`entremise db restore --remplacer`."""
    restore(engine, path, replace=True)


def copy(engine: Engine, path: Path) -> None:
    """`entremise db copy --remplacer`, from an SQLite catalogue."""
    copy_catalogue(open_database(f"sqlite:///{path.as_posix()}"), engine, replace=True)


def follow(engine: Engine, _path: Path) -> None:
    """Two changes of the first dossier at once."""
    changes = [AddLot("Berges", freeze(SHORTLIST), IDS[:2]), NoteDossier("Deux noms sont retenus.")]
    change_dossier(engine, FIRST_ORGANISATION, 1, changes, version=None, author="essai", now=_NOW)


def take_answer(engine: Engine, _path: Path) -> None:
    """The answer of a structure, taken into the catalogue by the team."""
    accept_waiting(engine, FIRST_ORGANISATION, 1, siret(1), author="essai", now=_NOW)


def nothing(_engine: Engine, _path: Path) -> None:
    """Nothing more than to open the catalogue, which upgrades it."""


WORKS = {
    "import": take,
    "undo": take_back,
    "restore": put_back,
    "copy": copy,
    "dossier": follow,
    "answer": take_answer,
    "migration": nothing,
}


def strike_at(rank: int | None, url: str) -> None:
    """Have this process kill itself before the statement of this rank that writes to a catalogue, or before it is committed."""
    sent = 0

    def writes(connection: Connection) -> bool:
        given = connection.get_execution_options()
        return "entremise_writes" in given and connection.engine.url.render_as_string(hide_password=False) == url

    def before(connection: Connection, *_: Any) -> None:
        nonlocal sent
        if writes(connection):
            if sent == rank:
                os.kill(os.getpid(), signal.SIGKILL)
            sent += 1

    def committing(connection: Connection) -> None:
        if writes(connection):
            say("instants", os.getpid(), sent)
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", before)
    event.listen(Engine, "commit", committing)


def run(order: dict[str, Any]) -> None:
    """Do one work and say how it ended."""
    url, strike = str(order["url"]), order.get("strike")
    if strike is not None and strike != AFTER:
        strike_at(None if strike == AT_COMMIT else int(strike), url)
    try:
        engine = open_database(url, busy_timeout_s=float(order["timeout_s"]))
        WORKS[order["work"]](engine, Path(order["path"]))
    except DatabaseError as error:
        say("refusé", os.getpid(), error)
        return
    if strike == AFTER:
        os.kill(os.getpid(), signal.SIGKILL)
    say("fini", os.getpid())


def orders() -> Iterator[dict[str, Any]]:
    """What the test asks, until it closes the pipe."""
    for line in sys.stdin:
        yield json.loads(line)


if __name__ == "__main__":
    say("prêt")
    gc.freeze()
    for order in orders():
        if "wait" in order:
            os.waitpid(int(order["wait"]), 0)
            say("arrêté")
        elif child := os.fork():
            say("lancé", child)
        else:
            run(order)
            os._exit(0)
