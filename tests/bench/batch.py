"""`python -m tests.bench.batch [CATALOGUE [LOTS]]`: 10,000 invented lots against 5,820 suppliers, by one process, then by two, in one run.

The suppliers are invented, or those of a catalogue that is named (its address). Seconds of the processor are those of all processes.
"""

import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import click

from importers import REGISTRY
from importers.importer import Source
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.db import open_database
from matcher.settings import CACHE_VARIABLE
from tests.bench.catalogue import lots
from tests.bench.rows import write_directory

LOTS, SUPPLIERS, GOAL_S, GOAL_RATIO = 10_000, 5_820, 30, 1.7


class Spent(NamedTuple):
    """Seconds of a batch: by the clock, and of the processor."""

    clock: float
    processor: float


def written(path: Path, count: int) -> Path:
    """Write invented lots as JSON lines."""
    told = (
        {"lot_id": lot.lot_id, "objet": lot.objet, "lieu": lot.lieux[0].code, "date": str(lot.date)}
        for lot in lots(count)
    )
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in told), encoding="utf-8")
    return path


def batch(url: str, given: Path, processes: int, output: Path) -> Spent:
    """Run a whole `entremise batch` and return what it spent."""
    command = [sys.executable, "-c", "from matcher.cli import main; main()", "batch", "--db", url, "--lots", str(given)]
    command += ["--processus", str(processes), "-o", str(output)]
    started, before = perf_counter(), os.times()
    subprocess.run(command, check=True)
    after = os.times()
    spent = after.children_user - before.children_user + after.children_system - before.children_system
    return Spent(perf_counter() - started, spent)


def main(url: str = "", count: str = str(LOTS)) -> None:
    """Print what one process and two spend, and how much sooner two have done."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        os.environ[CACHE_VARIABLE] = str(folder / "cache")
        if not url:
            url = f"sqlite:///{(folder / 'catalogue.sqlite').as_posix()}"
            engine = open_database(url)
            directory = write_directory(folder / "annuaire.csv", SUPPLIERS)
            run_import(engine, REGISTRY["tableur"], [Source(directory)], now=datetime.now(UTC))
            engine.dispose()
        load_shelf(open_database(url))  # laid out once for each state of a catalogue, by whoever asks first
        given = written(folder / "lots.jsonl", int(count))
        one, two = (batch(url, given, processes, folder / str(processes)) for processes in (1, 2))
    per_ten_thousand = one.processor * LOTS / int(count)
    click.echo(f"{count} lots : {one.processor:.1f} s de processeur ({per_ten_thousand:.1f} pour {LOTS}, but {GOAL_S})")
    click.echo(
        f"un processus {one.clock:.1f} s, deux {two.clock:.1f} s : {one.clock / two.clock:.2f} fois (but {GOAL_RATIO}, deux cœurs libres)"
    )
    click.echo(f"charge de la machine : {os.getloadavg()[0]:.1f} sur {os.cpu_count()} cœurs")


if __name__ == "__main__":
    main(*sys.argv[1:])
