"""Writers killed inside the write lock: each work made ready, struck at seeded points, and what it left set against before and after."""

import csv
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, MetaData, create_engine, func, select, text

import matcher.migrations
from importers import REGISTRY
from importers.importer import Source
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.steward.backup import back_up
from matcher.catalogue.steward.corrections import correct_supplier
from matcher.db import HEAD, open_database, reading, revision, writing
from matcher.dossiers.asking.answer import GivenAnswer
from matcher.dossiers.asking.answering import keep_answer
from matcher.dossiers.store import create_dossier as open_dossier
from matcher.ownership import FIRST_ORGANISATION
from tests.chaos.striking import AFTER, AT_COMMIT
from tests.conftest import ROOT
from tests.engines import digest
from tests.factories import lookups, siret, taking
from tests.matcher.dossiers.asking.campaigns import GREEN, NOW, asked, secrets, supplier
from tests.matcher.dossiers.kept import HEADER
from tests.waiting import LONGEST_S

SEED, ROWS = 20261128, 60
OLDEST = "0013"


class Writer:
    """The process of `striking.py`, and what it says."""

    def __init__(self) -> None:
        environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.striking"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self.said: list[list[str]] = []
        assert self.heard() == ["prêt"]

    def heard(self) -> list[str]:
        assert self.process.stdout is not None
        return self.process.stdout.readline().split()

    def ask(self, order: Mapping[str, object]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()

    def start(
        self, url: str, path: Path, timeout_s: float = 15, work: str = "import", strike: int | str | None = None
    ) -> int:
        """Start a work in a process of its own and return its number."""
        self.ask({"url": url, "path": str(path), "timeout_s": timeout_s, "work": work, "strike": strike})
        while (words := self.heard())[0] != "lancé":
            self.said.append(words)
        return int(words[1])

    def end(self, child: int) -> str:
        """Wait for the end of a work and return its last words, empty where it was killed before them."""
        self.ask({"wait": child})
        while (words := self.heard())[0] != "arrêté":
            self.said.append(words)
        own = [words for words in self.said if words[1] == str(child)]
        self.said = [words for words in self.said if words[1] != str(child)]
        return " ".join(own[0][:1] + own[0][2:]) if own else ""


@contextmanager
def writer() -> Iterator[Writer]:
    """The process, until the end of the block."""
    one = Writer()
    try:
        yield one
    finally:
        assert one.process.stdin is not None
        assert one.process.stdout is not None
        one.process.stdin.close()
        one.process.wait(LONGEST_S)
        one.process.stdout.close()


def sheet(path: Path, names: str, first: int = 1) -> Path:
    """A sheet of suppliers numbered from `first`, whose names say which sheet they come from."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, delimiter=";")
        rows.writerow(("Référence", "Raison sociale", "SIRET", "Type", "Code postal", "Commune", "Site web"))
        for rank in range(first, first + ROWS):
            rows.writerow((rank, f"{names} {rank}", siret(rank), "ESAT", "59600", "Maubeuge", f"s{rank}.example"))
    return path


def taken(engine: Engine, path: Path) -> None:
    """Import a sheet."""
    run_import(engine, REGISTRY["tableur"], [Source(path)], now=datetime(2026, 11, 27, tzinfo=UTC), lookups=lookups())


def sound(engine: Engine) -> bool:
    """Whether the database finds no fault in itself; PostgreSQL has no such question, it answers or does not."""
    if engine.dialect.name != "sqlite":
        return True
    with reading(engine) as connection:
        whole = connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        return whole and not connection.execute(text("PRAGMA foreign_key_check")).all()


def _two_sheets(engine: Engine, folder: Path) -> Path:
    taken(engine, sheet(folder / "un.csv", "Ateliers"))
    return sheet(folder / "deux.csv", "Chantiers")


def _two_imports(engine: Engine, folder: Path) -> Path:
    taken(engine, _two_sheets(engine, folder))
    return folder


def _backup(engine: Engine, folder: Path) -> Path:
    path = folder / "un.sqlite"
    taken(engine, sheet(folder / "un.csv", "Ateliers"))
    back_up(engine, path)
    taken(engine, sheet(folder / "deux.csv", "Chantiers", first=ROWS))
    return path


def _dossier(engine: Engine, folder: Path) -> Path:
    open_dossier(engine, FIRST_ORGANISATION, HEADER, author="essai", now=NOW)
    return folder


def _waiting_answer(engine: Engine, folder: Path) -> Path:
    taking(engine, folder, NOW)(supplier(1, email=""))
    correct_supplier(engine, siret(1), {"courriel": ["un@autre.example"]}, author="essai", motive="", now=NOW)
    keep_answer(
        engine, secrets(engine, asked(engine).campaign.id)[siret(1)], GivenAnswer(trades={GREEN: True}), now=NOW
    )
    return folder


def _former(engine: Engine, folder: Path) -> Path:
    taken(engine, sheet(folder / "un.csv", "Ateliers"))
    config = Config()
    config.set_main_option("script_location", str(Path(matcher.migrations.__path__[0])))
    with engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.downgrade(config, OLDEST)
    return folder


# What makes a catalogue ready for each work: it returns the path that the work is given.
READY: Mapping[str, Callable[[Engine, Path], Path]] = {
    "import": _two_sheets,
    "undo": _two_imports,
    "restore": _backup,
    "dossier": _dossier,
    "answer": _waiting_answer,
    "migration": _former,
}


@dataclass(frozen=True, slots=True)
class Struck:
    """Works killed in one catalogue: how many, at how many points of how many, and what went wrong, in words."""

    work: str
    kills: int
    points: int
    faults: tuple[str, ...]


def struck(work: str, url: str, folder: Path, process: Writer, kills: int) -> Struck:
    """Kill a work in a new catalogue: as it commits, at seeded statements before, and once it has committed, after which it is done."""
    engine = open_database(url)
    path = READY[work](engine, folder)
    engine.dispose()
    before, faults = state(url), []
    words = _blow(process, url, path, work, AT_COMMIT)
    points = int(words.removeprefix("instants ")) if words.startswith("instants ") else 0
    if not points or state(url) != before:
        faults.append(f"{work}, à sa validation : « {words} », ou le catalogue n’est plus celui d’avant")
    chance = random.Random(f"{SEED} {work}")  # noqa: S311  # no secret
    for rank in [chance.randrange(points) for _ in range(kills - 2)] if points else []:
        if words := _blow(process, url, path, work, rank):
            faults.append(f"{work}, instant {rank} sur {points} : n’est pas mort, « {words} »")
        if state(url) != before:
            faults.append(f"{work}, instant {rank} sur {points} : le catalogue n’est plus celui d’avant")
    if _blow(process, url, path, work, AFTER) or state(url) == before:
        faults.append(f"{work}, une fois validé : rien n’en reste")
    return Struck(work, kills, points, tuple(faults))


def _blow(process: Writer, url: str, path: Path, work: str, strike: int | str) -> str:
    """Start a work that kills itself, and return its last words."""
    return process.end(process.start(url, path, work=work, strike=strike))


def state(url: str) -> tuple[object, ...]:
    """What a catalogue is, whatever its version: its migration, how many rows each table has, and what they make; a writer comes in meanwhile,
    as after any death; nothing is upgraded. Raises DatabaseError where the dead still hold the lock."""
    found, engine = revision(url), create_engine(url)
    try:
        with engine.connect() as connection:
            counted = _counted(connection)
    finally:
        engine.dispose()
    if found != HEAD:
        return found, counted
    opened = open_database(url)
    try:
        with writing(opened, keep=False):
            pass
        assert sound(opened)
        return found, counted, digest(opened)
    finally:
        opened.dispose()


def _counted(connection: Connection) -> tuple[tuple[str, int], ...]:
    known = MetaData()
    known.reflect(connection)
    return tuple(
        (table.name, connection.execute(select(func.count()).select_from(table)).scalar_one())
        for table in known.sorted_tables
    )
