"""`python -m tests.bench.ranking`: the speed table of ranking, against a plain SQL filter and SQLite's own search of words.

All run in one go on the same invented catalogue; each measure in a process of its own, so that its peak memory is its own.
The SQL filter answers yes or no, as the national platform does: who declares the sector, in the perimeter, of these kinds.
"""

import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import click

from importers import REGISTRY
from importers.importer import Source
from matcher.catalogue.intake.intake import run_import
from matcher.cleaning.words import words
from matcher.db import open_database
from matcher.domain.reading import Reading
from matcher.domain.supplier import Supplier
from matcher.mapped import read_mapped_table, write_mapped_table
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.engine import rank
from matcher.ranking.lay_out import lay_out
from matcher.ranking.shelf.shelf import Shelf
from matcher.reading.reader import read
from matcher.reference.geography.communes import commune
from matcher.settings import CACHE_VARIABLE, DATABASE_VARIABLE
from tests.bench.catalogue import TODAY, lots, suppliers
from tests.bench.load import p95
from tests.bench.rows import write_directory

ONE, BATCH, FRESH, MANY, START = 8_000, 10_000, 100_000, 1_000_000, 10_000
ONE_LOTS, BATCH_LOTS, FRESH_LOTS, MANY_LOTS, STARTS, ROUNDS = 100, 173, 300, 20, 5, 3
TOP = 20
FILTER_KINDS = ("ACI", "EI", "ESAT", "EA")
_MS, _KIB_IN_MIB = 1000, 1024
_KEY = "bench"

Measures = dict[str, float]


def over(count: int, given: int) -> Measures:
    """Milliseconds of each of `given` lots over `count` suppliers: ranked with the reasons of the first twenty, and the others.

    Medians, and sums over all, of the best of three rounds; none keeps the distances of the former. The readings are apart.
    """
    shelf, database = lay_out(suppliers(count)), _sqlite(suppliers(count))
    readings, reading_ms = _readings(given)
    done = {"lecture": reading_ms}
    works: dict[str, Callable[[Shelf, Reading], object]] = {
        "classement": _ranked,
        "filtre": lambda _, reading: _filtered(database, reading),
        "fts5": lambda _, reading: _searched(database, reading),
    }
    for name, work in works.items():
        rounds = []
        for _ in range(ROUNDS + 1):  # the first warms
            fresh = replace(shelf, points=replace(shelf.points))
            rounds.append([_timed(work, fresh, reading) for reading in readings])
        best = min(rounds[1:], key=sum)
        done |= {name: median(best), f"{name}_somme": sum(best)}
    return done | {"memoire": _peak()}


def fresh(count: int, given: int) -> Measures:
    """Milliseconds of processor of each of `given` lots over `count` suppliers, none of whose distances is kept: median, and 95 in 100."""
    shelf, (readings, _) = lay_out(suppliers(count)), _readings(given)
    _ranked(shelf, readings[0])
    spent = []
    for reading in readings:
        its = replace(shelf, points=replace(shelf.points))
        started = process_time()
        _ranked(its, reading)
        spent.append((process_time() - started) * _MS)
    return {"mediane": median(spent), "p95": p95(sorted(spent)), "memoire": _peak()}


def built(count: int, path: Path) -> Measures:
    """Seconds to lay out and write a shelf of `count` suppliers, and the size of its file in MiB."""
    started = perf_counter()
    write_mapped_table(lay_out(suppliers(count)), path, _KEY)
    return {"secondes": perf_counter() - started, "fichier": path.stat().st_size / 2**20, "memoire": _peak()}


def kept(given: int, path: Path) -> Measures:
    """Milliseconds of a lot over the shelf that `built` wrote, read where it lies: for a commune, and for a département."""
    started = perf_counter()
    shelf = read_mapped_table(Shelf, path, _KEY)
    assert shelf is not None
    opened = perf_counter() - started
    readings, _ = _readings(given)
    towns = [reading for reading in readings if len(reading.places[0].communes) == 1]
    areas = [reading for reading in readings if len(reading.places[0].communes) > 1]
    _ranked(shelf, towns[0])
    return {
        "ouverture": opened,
        "commune": median(_timed(lambda reading: _ranked(shelf, reading), reading) for reading in towns[1:]),
        "departement": median(_timed(lambda reading: _ranked(shelf, reading), reading) for reading in areas),
        "memoire": _peak(),
    }


def start(count: int, folder: Path) -> Measures:
    """Seconds of a whole `entremise match` on a catalogue of `count`: the first since the import, then the best of five."""
    url = f"sqlite:///{(folder / 'catalogue.sqlite').as_posix()}"
    engine = open_database(url)
    run_import(
        engine, REGISTRY["tableur"], [Source(write_directory(folder / "lignes.csv", count))], now=datetime.now(UTC)
    )
    engine.dispose()
    command = [sys.executable, "-c", "from matcher.cli import main; main()", "match"]
    command += ["--objet", "Entretien des espaces verts", "--lieu", "Lens", "--format", "jsonl"]
    environment = os.environ | {DATABASE_VARIABLE: url, CACHE_VARIABLE: str(folder / "cache")}

    def answer() -> None:
        subprocess.run(command, check=True, capture_output=True, env=environment)

    first, *others = (_timed(answer) / _MS for _ in range(STARTS + 1))
    return {"premiere": first, "suivantes": min(others)}


def _readings(given: int) -> tuple[list[Reading], float]:
    """The lots, read; and the median milliseconds of a reading once the tables are known."""
    every = lots(given)
    readings = [read(lot) for lot in every]
    return readings, median(_timed(read, lot) for lot in every)


def _ranked(shelf: Shelf, reading: Reading) -> object:
    ranking = rank(LotOnShelf(reading, shelf, TODAY))
    return ranking.top(TOP), ranking.refusals(), ranking.credible.sum()


def _sqlite(every: Iterable[Supplier]) -> sqlite3.Connection:
    """The same suppliers in SQLite, in memory: tables with their indexes, and the words of each for FTS5."""
    database = sqlite3.connect(":memory:")
    database.executescript(
        """
        CREATE TABLE supplier (id INTEGER PRIMARY KEY, name TEXT, departement TEXT);
        CREATE TABLE kind (supplier_id INTEGER, kind TEXT);
        CREATE TABLE area (supplier_id INTEGER, code TEXT);
        CREATE TABLE activity (supplier_id INTEGER, code TEXT);
        CREATE VIRTUAL TABLE text USING fts5(words, tokenize = 'unicode61 remove_diacritics 2');
        """
    )
    for row, supplier in enumerate(every):
        town = commune(supplier.sites[0].insee) if supplier.sites else None
        database.execute(
            "INSERT INTO supplier VALUES (?, ?, ?)", (row, supplier.name, town.departement if town else "")
        )
        database.executemany("INSERT INTO kind VALUES (?, ?)", [(row, kind) for kind in supplier.kinds])
        database.executemany("INSERT INTO area VALUES (?, ?)", [(row, code) for code in supplier.area_codes])
        database.executemany("INSERT INTO activity VALUES (?, ?)", [(row, done.code) for done in supplier.activities])
        said = " ".join((supplier.name, supplier.description, *(done.wording for done in supplier.activities)))
        database.execute("INSERT INTO text (rowid, words) VALUES (?, ?)", (row, said))
    database.executescript(
        """
        CREATE INDEX of_activity ON activity (code);
        CREATE INDEX of_supplier ON activity (supplier_id);
        CREATE INDEX of_kind ON kind (supplier_id);
        CREATE INDEX of_area ON area (supplier_id);
        CREATE INDEX of_place ON supplier (departement);
        ANALYZE;
        """
    )
    return database


def _filtered(database: sqlite3.Connection, reading: Reading) -> object:
    found = commune(reading.places[0].communes[0]) if reading.places[0].communes else None
    codes = [guess.code for guess in reading.activities[:1]]
    where = (found.departement, f"dep:{found.departement}", f"reg:{found.region}") if found else ("", "", "")
    query = f"""
        SELECT DISTINCT supplier.id, supplier.name
        FROM supplier
        JOIN activity ON activity.supplier_id = supplier.id
        JOIN kind ON kind.supplier_id = supplier.id
        LEFT JOIN area ON area.supplier_id = supplier.id
        WHERE activity.code IN ({_marks(codes)}) AND kind.kind IN ({_marks(FILTER_KINDS)})
            AND (supplier.departement = ? OR area.code IN (?, ?))
        ORDER BY supplier.name
    """  # noqa: S608  # question marks alone
    return database.execute(query, (*codes, *FILTER_KINDS, *where)).fetchall()


def _searched(database: sqlite3.Connection, reading: Reading) -> object:
    asked = " OR ".join(f'"{word}"' for word in words(reading.lot.objet) if len(word) > 2)
    query = "SELECT rowid, rank FROM text WHERE text MATCH ? ORDER BY rank LIMIT ?"
    return database.execute(query, (asked, TOP)).fetchall()


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" for _ in values)


def _timed(work: Callable[..., object], *given: object) -> float:
    started = perf_counter()
    work(*given)
    return (perf_counter() - started) * _MS


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIB_IN_MIB


def _apart(name: str, *given: object) -> Measures:
    command = [sys.executable, "-m", "tests.bench.ranking", name, *map(str, given)]
    done: Measures = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return done


def compare(folder: Path, *, million: bool) -> None:
    """Print the table, line by line as it is measured."""
    click.echo(f"{'travail':<52}{'mesure':>12}{'but':>10}{'filtre SQL':>18}{'FTS5':>18}{'mémoire (Mio)':>15}")

    def line(work: str, value: float, goal: str, done: Measures, suffix: str = "", unit: str = "ms") -> None:
        found = [done.get(name + suffix) for name in ("filtre", "fts5")]
        others = ["" if other is None else f"{other:.1f} ({other / value:.2f} ×)" for other in found]
        memory = f"{done['memoire']:.0f}" if "memoire" in done else ""
        click.echo(f"{work:<52}{value:>9.1f} {unit:<2}{goal:>10}{others[0]:>18}{others[1]:>18}{memory:>15}")

    done = _apart("over", ONE, ONE_LOTS)
    line(f"un lot, {ONE} fournisseurs, 20 avec leurs raisons", done["classement"], "6 ms", done)
    line("  sa lecture, tables déjà lues", done["lecture"], "", {})
    done = _apart("over", BATCH, BATCH_LOTS)
    line(f"{BATCH_LOTS} lots, {BATCH} fournisseurs", done["classement_somme"], "500 ms", done, "_somme")
    done = _apart("fresh", FRESH, FRESH_LOTS)
    line(f"un lot, {FRESH} fournisseurs, distances non gardées", done["mediane"], "", done)
    line(f"  95 sur 100 des {FRESH_LOTS} lots (processeur)", done["p95"], "15 ms", {})
    done = _apart("start", START, folder)
    line(f"du démarrage à la réponse, {START}, rayon gardé", done["suivantes"], "2 s", {}, unit="s")
    line("  la première fois après un import", done["premiere"], "", {}, unit="s")
    if million:
        path = folder / "million.rayon"
        done = _apart("built", MANY, path)
        line(f"rayon de {MANY} fournisseurs, construit et écrit", done["secondes"], "", done, unit="s")
        done = _apart("kept", MANY_LOTS, path)
        line(f"un lot pour une commune, {MANY} fournisseurs", done["commune"], "60 ms", done)
        line(f"un lot pour un département, {MANY} fournisseurs", done["departement"], "80 ms", done)
        line("  ouverture du rayon, empreinte vérifiée", done["ouverture"], "", {}, unit="s")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["over", count, given]:
            click.echo(json.dumps(over(int(count), int(given))))
        case ["fresh", count, given]:
            click.echo(json.dumps(fresh(int(count), int(given))))
        case ["built", count, file]:
            click.echo(json.dumps(built(int(count), Path(file))))
        case ["kept", given, file]:
            click.echo(json.dumps(kept(int(given), Path(file))))
        case ["start", count, work]:
            click.echo(json.dumps(start(int(count), Path(work))))
        case options:
            with tempfile.TemporaryDirectory() as temporary:
                compare(Path(temporary), million="--sans-million" not in options)
