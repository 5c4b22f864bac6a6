"""`make bench`: how long and how much memory an import of 10,000 and of 100,000 invented rows takes, on each database.

Each import runs in a process of its own, so that its peak memory is its own. PostgreSQL is measured where
ENTREMISE_TEST_POSTGRESQL names a server.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import click

from importers import REGISTRY
from importers.importer import Source
from matcher.catalogue.intake import run_import
from matcher.db import open_database
from tests.bench.rows import write_directory
from tests.engines import POSTGRESQL_VARIABLE, own_schema

SIZES = (10_000, 100_000)
GOALS_S = {10_000: 10.0, 100_000: 110.0}
_KIB_IN_MIB = 1024


def measure(url: str, path: Path) -> dict[str, float]:
    """Import `path` twice in this process: seconds of the first and of the second time; peak memory of the first, in MiB."""
    engine = open_database(url)
    seconds, peaks = [], []
    for _ in range(2):
        started = perf_counter()
        run_import(engine, REGISTRY["tableur"], [Source(path)], now=datetime.now(UTC))
        seconds.append(perf_counter() - started)
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIB_IN_MIB)
    engine.dispose()
    return {"first": seconds[0], "again": seconds[1], "peak_mib": peaks[0]}


def _apart(url: str, path: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench", url, str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    result: dict[str, float] = json.loads(done.stdout)
    return result


def compare(folder: Path) -> None:
    """Print a line for each database and size, and the ratio between the two sizes."""
    files = {size: write_directory(folder / f"{size}.csv", size) for size in SIZES}
    server = os.environ.get(POSTGRESQL_VARIABLE)
    click.echo(f"{'base':<12}{'lignes':>9}{'import (s)':>12}{'but (s)':>9}{'réimport (s)':>14}{'mémoire (Mio)':>15}")
    for name in ("sqlite", *(["postgresql"] if server else [])):
        seconds = {}
        for size, path in files.items():
            if server and name == "postgresql":
                with own_schema(server) as url:
                    done = _apart(url, path)
            else:
                done = _apart(f"sqlite:///{(folder / f'{size}.sqlite').as_posix()}", path)
            seconds[size] = done["first"]
            click.echo(
                f"{name:<12}{size:>9}{done['first']:>12.1f}{GOALS_S[size]:>9.0f}{done['again']:>14.1f}{done['peak_mib']:>15.0f}"
            )
        click.echo(f"{name:<12}  100 000 / 10 000 : {seconds[100_000] / seconds[10_000]:.1f} fois")


if __name__ == "__main__":
    if len(sys.argv) == 3:  # a URL and a file: one measure, for the parent
        click.echo(json.dumps(measure(sys.argv[1], Path(sys.argv[2]))))
    else:
        with tempfile.TemporaryDirectory() as temporary:
            compare(Path(temporary))
