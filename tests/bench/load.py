"""`make load`: twenty people at once on the pages for a minute, then a crowd, on loopback alone; bounded loops that stop by themselves.

`python -m tests.bench.load --personnes 50 --secondes 30`: so many people on SQLite alone.

A catalogue of 6,000 invented suppliers, on SQLite, and on PostgreSQL where ENTREMISE_TEST_POSTGRESQL names a server; the crowds are a hundred
people before one process, and two hundred before four behind nginx, on a PostgreSQL of the bench's own. Each person
reads the form, sends a need, opens a later page of the list, a reason, a supplier, and completes a place, about one a second.
"""

import os
import random
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, perf_counter, process_time, sleep
from urllib.parse import urlencode

import click
import requests

from importers import REGISTRY
from importers.importer import Source
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.db import open_database
from tests.bench.catalogue import NEEDS
from tests.bench.fleet import Fleet, await_site, fleet, processor_s
from tests.bench.own_postgresql import free_port, own_postgresql
from tests.bench.rows import write_directory
from tests.engines import POSTGRESQL_VARIABLE, own_schema

PEOPLE, SECONDS, SUPPLIERS = 20, 60, 6_000
# A person looks at a page before asking for the next: a second on average, far less than one reads.
LOOKS_S = (0.5, 1.5)
# At most: of twenty people, and of more.
GOAL_MS, GOAL_OF_MORE_MS = 500.0, 1_000.0
# People, and processes that serve them.
CROWDS = ((100, 1), (200, 4))
GOAL_LONGEST_S = 10.0
PLACES = ("Lille", "Nantes", "dep:62", "Toulouse", "Amiens", "Rennes", "dep:38", "Maubeuge", "Bordeaux", "reg:32")
LEVERS = ("", "12", "13", "14", "clause")
_TIMEOUT_S = 60

Measure = tuple[str, int, float]


def requests_of(person: int, ids: list[str]) -> Iterator[tuple[str, str]]:
    """Yield what one person asks for, without end: (what it is, address)."""
    chance = random.Random(person)  # noqa: S311  # invented, no secret
    while True:
        need = {"besoin": chance.choice(NEEDS), "lieu": chance.choice(PLACES), "levier": chance.choice(LEVERS)}
        supplier = chance.choice(ids)
        yield "formulaire", "/"
        yield "liste", f"/candidats?{urlencode(need)}"
        yield "page 2", f"/candidats?{urlencode(need | {'page': '2'})}"
        yield "pourquoi", f"/pourquoi?{urlencode(need | {'id': supplier})}"
        yield "fiche", f"/fournisseurs/{supplier}"
        yield "complétion", f"/completion/lieux?{urlencode({'q': need['lieu'][:3]})}"


def one_person(person: int, site: str, ids: list[str], until: float) -> list[Measure]:
    """Ask one thing after the other until the time is over; a failure is a measure too."""
    measures: list[Measure] = []
    pause = random.Random(-person - 1)  # noqa: S311  # invented, no secret
    with requests.Session() as session:
        for what, address in requests_of(person, ids):
            if monotonic() >= until:
                return measures
            started = perf_counter()
            try:
                status = session.get(site + address, timeout=_TIMEOUT_S).status_code
            except requests.RequestException:
                status = 0
            measures.append((what, status, 1000 * (perf_counter() - started)))
            sleep(pause.uniform(*LOOKS_S))
    return measures


def people(count: int, site: str, ids: list[str], seconds: float) -> list[Measure]:
    """Have so many ask for some time, and return what was measured."""
    until = monotonic() + seconds
    with ThreadPoolExecutor(count) as threads:
        done = threads.map(lambda person: one_person(person, site, ids, until), range(count))
        return [measure for its in done for measure in its]


@contextmanager
def served(url: str, **environment: str) -> Iterator[tuple[str, int]]:
    """The address of the pages of a catalogue, and the number of the process that serves them, stopped at the end."""
    port = free_port()
    command = [sys.executable, "-c", "from matcher.cli import main; main()", "serve", "--db", url, "--port", str(port)]
    site = f"http://127.0.0.1:{port}"
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=os.environ | environment) as server:
        try:
            await_site(site, server)
            yield site, server.pid
        finally:
            server.terminate()


def filled(url: str, directory: Path) -> list[str]:
    """Import a directory, and return the ids of some suppliers."""
    engine = open_database(url)
    run_import(engine, REGISTRY["tableur"], [Source(directory)], now=datetime.now(UTC))
    shelf = load_shelf(engine)
    ids = [shelf.ids[row] for row in range(0, len(shelf), 7)]
    engine.dispose()
    return ids


def load(name: str, url: str, directory: Path, count: int, seconds: float) -> None:
    """Import, serve, ask as `count` people, and print what was measured."""
    ids = filled(url, directory)
    with served(url) as (site, server):
        before = processor_s(server)
        measures = people(count, site, ids, seconds)
        used = processor_s(server) - before
    wrong = Counter(status for _, status, _ in measures if status != requests.codes.ok)
    every, goal = sorted(ms for _, _, ms in measures), GOAL_MS if count <= PEOPLE else GOAL_OF_MORE_MS
    click.echo(
        f"{name} : {len(measures)} pages en {seconds:.0f} s, {count} personnes, {sum(wrong.values())} erreurs{f' {dict(wrong)}' if wrong else ''} ; "
        f"{1000 * used / len(measures):.1f} ms de processeur par page, charge {os.getloadavg()[0]:.1f}"
    )
    click.echo(f"{'':<14}{'pages':>8}{'médiane (ms)':>14}{'p95 (ms)':>10}")
    for what in sorted({what for what, _, _ in measures}):
        own = sorted(ms for its, _, ms in measures if its == what)
        click.echo(f"{what:<14}{len(own):>8}{statistics.median(own):>14.0f}{p95(own):>10.0f}")
    click.echo(
        f"{'toutes':<14}{len(every):>8}{statistics.median(every):>14.0f}{p95(every):>10.0f}   but : p95 ≤ {goal:.0f}"
    )


def crowd(count: int, servers: Fleet, ids: list[str], seconds: float) -> None:
    """Ask as a crowd, and print how long it waited and what that took of the processors."""
    before, own_before, started = servers.processor_s(), process_time(), perf_counter()
    measures = people(count, servers.site, ids, seconds)
    took, used, own = perf_counter() - started, servers.processor_s() - before, process_time() - own_before
    every = sorted(ms / 1000 for _, _, ms in measures)
    wrong = Counter(status for _, status, _ in measures if status != requests.codes.ok)
    click.echo(
        f"{count:>9}{len(servers.ports):>11}{len(every) / took:>10.0f}{sum(wrong.values()):>9}{statistics.median(every):>13.2f}"
        f"{p95(every):>9.2f}{every[-1]:>13.2f}   processeurs : serveurs {used / took:.2f}, personnes {own / took:.2f} {dict(wrong) or ''}"
    )


def crowds(directory: Path, seconds: float) -> None:
    """Measure each crowd on a PostgreSQL of its own."""
    click.echo(
        f"\nfoules, derrière nginx, sur PostgreSQL ; but : aucune erreur, personne n’attend plus de {GOAL_LONGEST_S:.0f} s"
    )
    click.echo("personnes  processus   pages/s  erreurs  médiane (s)  p95 (s)  la pire (s)")
    with own_postgresql() as database:
        ids = filled(database.url, directory)
        for count, processes in CROWDS:
            with fleet(database.url, processes) as servers:
                crowd(count, servers, ids, seconds)
    click.echo(f"charge de la machine : {os.getloadavg()[0]:.1f} sur {os.cpu_count()} cœurs")


def p95(values: list[float]) -> float:
    return values[min(len(values) - 1, int(0.95 * len(values)))]


@click.command()
@click.option("--secondes", "seconds", default=float(SECONDS), show_default=True, help="Durée de chaque mesure.")
@click.option(
    "--personnes",
    "count",
    type=click.IntRange(1),
    help=f"Tant de personnes, sur SQLite seulement ; sinon {PEOPLE}, puis une foule.",
)
def main(seconds: float, count: int | None) -> None:
    """Mesure les pages sous vingt personnes à la fois, sur chaque base, puis sous une foule."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        os.environ["ENTREMISE_CACHE"] = str(folder / "cache")
        directory = write_directory(folder / "annuaire.csv", SUPPLIERS)
        load("sqlite", f"sqlite:///{(folder / 'charge.sqlite').as_posix()}", directory, count or PEOPLE, seconds)
        if count:
            return
        if server := os.environ.get(POSTGRESQL_VARIABLE):
            with own_schema(server) as url:
                load("postgresql", url, directory, PEOPLE, seconds)
        crowds(directory, seconds)


if __name__ == "__main__":
    main()
