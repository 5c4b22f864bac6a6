"""`python -m tests.bench.notices CATALOGUE DECP [NUMBER…]`: contracts of a DECP file read as calls, kept and compared with a catalogue, in seconds of the processor.

By default 10,000, then a day's 400. Each measure is a process of its own, on a copy of the catalogue (an SQLite file), so that its peak memory is its own.
"""

import json
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

import click

from importers.notices import NOTICES
from importers.notices.importer import NoticeItem, NoticeRecord
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.db import open_database
from matcher.notices.intake import take_notice_files

SIZES = (10_000, 400)
GOALS = {10_000: "90 s sur deux cœurs, 600 Mio", 400: "6 s"}
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC).replace(tzinfo=None)
DEADLINE, PUBLISHED = "2026-12-15T12:00:00+01:00", "2026-11-20"
_KIB_IN_MIB = 1024


def calls(path: Path, most: int) -> Iterator[NoticeItem]:
    """Yield the first contracts of a file as if each were open: all that an award asks is asked again, of all suppliers."""
    count = 0
    for item in NOTICES["decp"].read(path):
        if isinstance(item, NoticeRecord):
            lots = tuple(replace(lot, winners=()) for lot in item.lots)
            yield replace(item, nature="APPEL_OFFRE", deadline=DEADLINE, published=PUBLISHED, folder="", lots=lots)
            if (count := count + 1) == most:
                return


def measure(catalogue: Path, path: Path, most: int) -> dict[str, float]:
    """Return seconds of the processor to take so many notices in with a shelf that is laid out already, peak memory in MiB, and how many lots."""
    with tempfile.TemporaryDirectory() as folder:
        own = Path(folder) / "catalogue.sqlite"
        shutil.copy(catalogue, own)
        engine = open_database(f"sqlite:///{own.as_posix()}")
        load_shelf(engine)
        started = process_time()
        importer = replace(NOTICES["decp"], read=lambda given: calls(given, most))
        report = take_notice_files(engine, importer, [path], now=NOW)
        seconds = process_time() - started
        engine.dispose()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIB_IN_MIB
    return {"seconds": seconds, "peak_mib": peak, "lots": report.matched}


def main(catalogue: str, path: str, *sizes: str) -> None:
    """Print a line a size; of one size alone, the measure as JSON for the parent."""
    if len(sizes) == 1:
        click.echo(json.dumps(measure(Path(catalogue), Path(path), int(sizes[0]))))
        return
    click.echo("avis      processeur (s)  mémoire (Mio)   lots  but")
    for size in map(int, sizes or map(str, SIZES)):
        command = [sys.executable, "-m", "tests.bench.notices", catalogue, path, str(size)]
        done = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        click.echo(
            f"{size:<10}{done['seconds']:>14.1f}{done['peak_mib']:>15.0f}{done['lots']:>7.0f}  {GOALS.get(size, '')}"
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
