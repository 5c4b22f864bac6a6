"""Works that write, killed inside the write lock on each database: the catalogue is that of before or that of after."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.own_postgresql import own_postgresql
from tests.chaos.outcome import Outcome
from tests.chaos.strikes import READY, struck, writer
from tests.engines import POSTGRESQL_VARIABLE, own_catalogue

KILLS = 20


def play() -> Iterator[Outcome]:
    """Kill each work twenty times, on SQLite and on PostgreSQL."""
    with (
        own_postgresql() as server,
        writer() as process,
        tempfile.TemporaryDirectory() as temporary,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv(POSTGRESQL_VARIABLE, server.url)
        patch.setenv("ENTREMISE_CACHE", str(Path(temporary) / "cache"))
        for engine in ("sqlite", "postgresql"):
            for work in READY:
                folder = Path(temporary) / engine / work
                folder.mkdir(parents=True)
                with own_catalogue(engine, folder) as url:
                    its = struck(work, url, folder, process, KILLS)
                said = f"{its.points} instants" + "".join(f" ; {fault}" for fault in its.faults)
                yield Outcome(f"{work}, {engine}", its.kills, 1, len(its.faults), 0, said=said)
