"""Processes of a batch killed at random: each row of each lot is written once, and none is lost."""

import multiprocessing
import os
import random
import signal
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Event, Thread

from importers import REGISTRY
from importers.importer import Source
from matcher.batch.compute import BatchRequest, compute_rows, partitions
from matcher.batch.folder import BatchFolder
from matcher.batch.local import local_workers
from matcher.batch.pack import open_pack, write_pack
from matcher.batch.run import manifest_head, run_batch
from matcher.catalogue.intake.intake import run_import
from matcher.db import open_database
from matcher.domain.need import Need
from tests.bench.catalogue import TODAY, lots
from tests.bench.rows import write_directory
from tests.chaos.outcome import Outcome

SEED, KILLS, AT_ONCE, SUPPLIERS, LOTS, SIZE = 20261128, 50, 2, 1_000, 400, 5
# Long enough for a process to start and to do a partition before it dies, on a machine that does nothing else.
LEAST_S, MOST_S = 0.5, 3.0


class Killer:
    """Thread that kills one of this process's own children now and then, and counts."""

    def __init__(self) -> None:
        self.strikes = 0
        self._over, self._chance = Event(), random.Random(SEED)  # noqa: S311  # no secret
        self._thread = Thread(target=self._strike, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Kill no more."""
        self._over.set()
        self._thread.join()

    def _strike(self) -> None:
        while self.strikes < KILLS and not self._over.wait(self._chance.uniform(LEAST_S, MOST_S)):
            if alive := [one.pid for one in multiprocessing.active_children() if one.pid]:
                os.kill(self._chance.choice(sorted(alive)), signal.SIGKILL)
                self.strikes += 1


def play() -> Iterator[Outcome]:
    """Kill a process of a batch fifty times, over as many batches as that takes."""
    with tempfile.TemporaryDirectory() as temporary:
        yield _killed(Path(temporary))


def _killed(folder: Path) -> Outcome:
    engine = open_database(f"sqlite:///{(folder / 'catalogue.sqlite').as_posix()}")
    source = Source(write_directory(folder / "annuaire.csv", SUPPLIERS))
    run_import(engine, REGISTRY["tableur"], [source], now=datetime.now(UTC))
    (folder / "copie").mkdir()
    pack = write_pack(engine, folder / "copie")
    engine.dispose()
    open_pack(pack)
    parts = list(partitions((Need(lot) for lot in lots(LOTS)), SIZE))
    asked = BatchRequest(pack.digest, TODAY, 5, False, "jsonl")
    expected = Counter(line for part in parts for line in compute_rows(asked, part).content.splitlines())
    workers, head = partial(local_workers, pack, AT_ONCE), manifest_head(pack, parts, SIZE, asked)
    done = lost = twice = aside = batches = 0
    killer = Killer()
    while killer.strikes < KILLS:
        output = folder / f"rendu-{batches}"
        batches += 1
        while struck := run_batch(BatchFolder.of(output, head), parts, workers).set_aside:
            aside += len(struck)
        found = Counter(line for path in output.glob("partition-*") for line in path.read_bytes().splitlines())
        done, lost, twice = done + found.total(), lost + (expected - found).total(), twice + (found - expected).total()
    killer.end()
    said = f"{batches} calculs ; {aside} partitions mises de côté, puis faites"
    return Outcome("calcul par partitions, kill -9 d’un processus", killer.strikes, done, lost, twice, said=said)
