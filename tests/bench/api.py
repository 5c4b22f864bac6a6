"""`python -m tests.bench.api`: twenty programs that each ask the API for one list a second, on loopback alone.

A catalogue of 6,000 invented suppliers on SQLite, or the one that `--db` names. A program waits for the rest of its second, so that a slow answer is not
made up for by fewer of them.
"""

import os
import random
import statistics
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from time import monotonic, perf_counter, sleep

import click
import requests

from matcher.settings import CACHE_VARIABLE
from tests.bench.catalogue import NEEDS
from tests.bench.load import LEVERS, PLACES, SUPPLIERS, filled, p95, served
from tests.bench.rows import write_directory

PROGRAMS, SECONDS, GOAL_MS = 20, 30, 100.0
_TIMEOUT_S = 20


def one_program(number: int, site: str, seconds: int) -> list[float]:
    """Ask for a list each second, and return how long each took, in milliseconds. Raises HTTPError for one that is refused."""
    chance = random.Random(number)  # noqa: S311  # invented, no secret
    took = []
    sleep(chance.random())
    with requests.Session() as session:
        for second in range(seconds):
            lot = {"objet": chance.choice(NEEDS), "lieu": chance.choice(PLACES), "levier": chance.choice(LEVERS)}
            if not second:
                begun = monotonic()
            sleep(max(0.0, begun + second - monotonic()))
            started = perf_counter()
            session.post(f"{site}/api/v1/match", json=lot, timeout=_TIMEOUT_S).raise_for_status()
            took.append(1000 * (perf_counter() - started))
    return took


@click.command()
@click.option("--db", "database", default="", help="Un catalogue qui existe, au lieu de l’inventé.")
@click.option("--secondes", "seconds", default=SECONDS, show_default=True, help="Durée de la mesure.")
def main(database: str, seconds: int) -> None:
    """Mesure `POST /api/v1/match` sous vingt programmes."""
    with ExitStack() as stack:
        if not database:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            os.environ[CACHE_VARIABLE] = str(folder / "cache")
            database = f"sqlite:///{(folder / 'api.sqlite').as_posix()}"
            filled(database, write_directory(folder / "annuaire.csv", SUPPLIERS))
        site, _ = stack.enter_context(served(database))
        one_program(0, site, 2)  # what the first ever costs is another matter
        with ThreadPoolExecutor(PROGRAMS) as threads:
            took = sorted(
                ms for its in threads.map(lambda at: one_program(at, site, seconds), range(PROGRAMS)) for ms in its
            )
        told = f"médiane {statistics.median(took):.0f} ms, p95 {p95(took):.0f} ms (but : {GOAL_MS:.0f})"
        click.echo(
            f"{len(took)} listes en {seconds} s, {PROGRAMS} programmes : {told} ; charge {os.getloadavg()[0]:.1f}"
        )


if __name__ == "__main__":
    main()
