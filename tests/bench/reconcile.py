"""`python -m tests.bench.reconcile`: ten thousand names reconciled over HTTP, batch after batch, on loopback alone.

A catalogue of 6,000 invented suppliers on SQLite, or the one that `--db` names. Names are those of the catalogue as tables write them, in turns: with the town;
with the town, without the last word; alone, two letters swapped; nobody's.
"""

import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

import click
import requests

from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.db import open_database
from matcher.settings import CACHE_VARIABLE
from matcher.web.api.reconcile_batch import MOST_QUERIES
from tests.bench.load import SUPPLIERS, filled, p95, served
from tests.bench.rows import write_directory

NAMES, GOAL_S = 10_000, 60
_TIMEOUT_S = 120


def names(database: str) -> Iterator[dict[str, Any]]:
    """Yield names to reconcile, without end."""
    engine = open_database(database)
    shelf = load_shelf(engine)
    engine.dispose()
    at = 0
    while True:
        its, way = shelf.suppliers[at // 4 * 7 % len(shelf)], at % 4
        town = [{"pid": "commune", "v": its.city}]
        swapped = f"{its.name[:3]}{its.name[4:5]}{its.name[3:4]}{its.name[5:]}"
        yield (
            {"query": its.name, "properties": town},
            {"query": its.name.rpartition(" ")[0] or its.name, "properties": town},
            {"query": swapped},
            {"query": f"Société anonyme {at}"},
        )[way]
        at += 1


def reconciled(site: str, asked: Iterator[dict[str, Any]]) -> tuple[list[float], Counter[str]]:
    """Ask for names a batch at a time, and return how long each batch took, in milliseconds, and what was answered."""
    took, told = [], Counter[str]()
    with requests.Session() as session:
        while batch := {str(at): one for at, one in enumerate(islice(asked, MOST_QUERIES))}:
            started = perf_counter()
            answer = session.post(f"{site}/api/v1/reconcile", data={"queries": json.dumps(batch)}, timeout=_TIMEOUT_S)
            answer.raise_for_status()
            took.append(1000 * (perf_counter() - started))
            for its in answer.json().values():
                told[
                    "sûrs"
                    if its["result"] and its["result"][0]["match"]
                    else "à confirmer"
                    if its["result"]
                    else "inconnus"
                ] += 1
    return took, told


@click.command()
@click.option("--db", "database", default="", help="Un catalogue qui existe, au lieu de l’inventé.")
@click.option("--noms", "count", default=NAMES, show_default=True, help="Combien de noms.")
def main(database: str, count: int) -> None:
    """Mesure le rapprochement de noms par HTTP."""
    with ExitStack() as stack:
        if not database:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            os.environ[CACHE_VARIABLE] = str(folder / "cache")
            database = f"sqlite:///{(folder / 'rapprochement.sqlite').as_posix()}"
            filled(database, write_directory(folder / "annuaire.csv", SUPPLIERS))
        with served(database) as (site, _):
            took, told = reconciled(site, islice(names(database), count))
        server = os.times()
        found = ", ".join(f"{number} {what}" for what, number in told.most_common())
        click.echo(
            f"{count} noms en {sum(took) / 1000:.1f} s (but : {GOAL_S}), p95 d’un lot de {MOST_QUERIES} : {p95(sorted(took)):.0f} ms ; serveur, démarrage compris : "
            f"{server.children_user + server.children_system:.1f} s de processeur ; charge {os.getloadavg()[0]:.1f} ; {found}"
        )


if __name__ == "__main__":
    main()
