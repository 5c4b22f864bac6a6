"""`make bench`: how long and how much memory an import of 10,000 and of 100,000 invented rows takes, on each database; and ratios.

Each import runs in a process of its own, so that its peak memory is its own. PostgreSQL is measured where
ENTREMISE_TEST_POSTGRESQL names a server.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import click

from importers import REGISTRY
from importers.importer import Source
from matcher.catalogue.intake.intake import run_import
from matcher.db import open_database
from tests.bench.rows import write_directory
from tests.engines import POSTGRESQL_VARIABLE, own_schema

SIZES = (10_000, 100_000)
GOALS_S = {10_000: 10.0, 100_000: 110.0}
_KIB_IN_MIB, _BYTES_IN_MIB = 1024, 2**20


def measure(url: str, path: Path) -> dict[str, float]:
    """Import `path` twice in this process: seconds of the first and of the second time; peak memory after each, in MiB."""
    engine = open_database(url)
    seconds, peaks = [], []
    for _ in range(2):
        started = perf_counter()
        run_import(engine, REGISTRY["tableur"], [Source(path)], now=datetime.now(UTC))
        seconds.append(perf_counter() - started)
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIB_IN_MIB)
    engine.dispose()
    return {"first": seconds[0], "again": seconds[1], "peak_mib": peaks[0], "peak_again_mib": peaks[1]}


def apart(url: str, path: Path) -> dict[str, float]:
    """Return what `measure` gives, in a process of its own."""
    command = [sys.executable, "-m", "tests.bench", url, str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    result: dict[str, float] = json.loads(done.stdout)
    return result


def compare(folder: Path) -> None:
    """Print a line for each database and size, and the ratios between sizes and between databases."""
    files = {size: write_directory(folder / f"{size}.csv", size) for size in SIZES}
    server = os.environ.get(POSTGRESQL_VARIABLE)
    click.echo("base        lignes  import (s)  but (s)  réimport (s)  mémoire (Mio)  au réimport (Mio)")
    found: dict[tuple[str, int], dict[str, float]] = {}
    for name in ("sqlite", *(["postgresql"] if server else [])):
        for size, path in files.items():
            with own_schema(server) if server and name == "postgresql" else nullcontext(_file(folder, size)) as url:
                done = found[name, size] = apart(url, path)
            click.echo(
                f"{name:<10}{size:>8}{done['first']:>12.1f}{GOALS_S[size]:>9.0f}{done['again']:>14.1f}"
                f"{done['peak_mib']:>15.0f}{done['peak_again_mib']:>19.0f}"
            )
        small, large = (found[name, size] for size in SIZES)
        rows = SIZES[1] - SIZES[0]
        click.echo(
            f"{name} : {large['first'] / small['first']:.1f} fois la durée, {large['peak_mib'] / small['peak_mib']:.2f} fois "
            f"la mémoire, {(large['peak_mib'] - small['peak_mib']) * _BYTES_IN_MIB / rows:.0f} octets par ligne"
        )
    if server:
        ratios = [found["postgresql", size]["first"] / found["sqlite", size]["first"] for size in SIZES]
        click.echo(f"postgresql / sqlite : {' et '.join(f'{ratio:.2f}' for ratio in ratios)} fois la durée (but : 2)")


def _file(folder: Path, size: int) -> str:
    return f"sqlite:///{(folder / f'{size}.sqlite').as_posix()}"


if __name__ == "__main__":
    if len(sys.argv) == 3:  # a URL and a file: one measure, for the parent
        click.echo(json.dumps(measure(sys.argv[1], Path(sys.argv[2]))))
    else:
        with tempfile.TemporaryDirectory() as temporary:
            compare(Path(temporary))
