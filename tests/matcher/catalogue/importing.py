"""A process that imports on demand, for tests that kill it or run two at once: `python -m tests.matcher.catalogue.importing`.

It loads everything once, then forks at each line of its input (a JSON object: url, path, timeout_s, and work, one of `WORKS`), so that a test can start
and kill many real processes. It prints `lancé` and the child's number at once; the child, when done, `fini` or `refusé` and why.
At a line {"wait": number} it buries that child and prints `arrêté`: until then its number is no other process's.
"""

import gc
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

import matcher.cli.frame.every_table  # noqa: F401  # names every table
from importers import REGISTRY
from importers.importer import Source
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.steward.backup import copy_catalogue, restore
from matcher.db import DatabaseError, open_database
from tests.factories import lookups


def say(*words: object) -> None:
    """Write one line, whole, even where another process writes too."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def take(engine: Engine, path: Path) -> None:
    """`entremise import tableur`."""
    run_import(engine, REGISTRY["tableur"], [Source(path)], now=datetime.now(UTC), lookups=lookups())


def put_back(engine: Engine, path: Path) -> None:
    """`entremise db restore --remplacer`; its temporary copy stays in the folder of the backup where it is killed."""
    tempfile.tempdir = str(path.parent)
    restore(engine, path, replace=True)


def copy(engine: Engine, path: Path) -> None:
    """`entremise db copy --remplacer`, from an SQLite catalogue."""
    copy_catalogue(open_database(f"sqlite:///{path.as_posix()}"), engine, replace=True)


WORKS = {"import": take, "restore": put_back, "copy": copy}


def run(order: dict[str, object]) -> None:
    """Do one work and say how it ended."""
    try:
        engine = open_database(str(order["url"]), busy_timeout_s=float(str(order["timeout_s"])))
        WORKS[str(order["work"])](engine, Path(str(order["path"])))
    except DatabaseError as error:
        say("refusé", os.getpid(), error)
    else:
        say("fini", os.getpid())


def orders() -> Iterator[dict[str, object]]:
    """What the test asks, until it closes the pipe."""
    for line in sys.stdin:
        yield json.loads(line)


if __name__ == "__main__":
    say("prêt")
    gc.freeze()
    for order in orders():
        if "wait" in order:
            os.waitpid(int(str(order["wait"])), 0)
            say("arrêté")
        elif child := os.fork():
            say("lancé", child)
        else:
            run(order)
            os._exit(0)
