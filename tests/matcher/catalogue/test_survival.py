"""What an import survives: being killed at any moment, another import, a locked database, a full disk."""

import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from matcher.catalogue.steward.backup import back_up
from matcher.catalogue.store.read import last_imports, load_suppliers
from matcher.db import DatabaseError, open_database, writing
from tests.chaos.strikes import ROWS, Writer, sheet, sound, taken, writer
from tests.engines import digest, dump
from tests.waiting import tries

pytestmark = pytest.mark.slow(reason="it kills an import again and again, each time in another place")

KILLS = tries(16)
REPLACED_KILLS = tries(4)


@pytest.fixture(scope="module")
def importing() -> Iterator[Writer]:
    """The process that all these tests start their imports by."""
    with writer() as one:
        yield one


@pytest.fixture
def engine(new_url: str) -> Iterator[Engine]:
    engine = open_database(new_url, busy_timeout_s=0.2)
    yield engine
    engine.dispose()


def test_killed_at_any_moment_the_catalogue_is_the_old_or_the_new(
    new_url: str, importing: Writer, tmp_path: Path
) -> None:
    files = [sheet(tmp_path / "liste v1.csv", "Ateliers"), sheet(tmp_path / "liste v2.csv", "Chantiers")]
    engine = open_database(new_url)
    states, lasted = [], 0.0
    for path in (*files, files[0]):
        started = time.perf_counter()
        assert importing.end(importing.start(new_url, path)) == "fini"
        lasted = time.perf_counter() - started
        states.append(digest(engine))
    engine.dispose()
    assert states[0] == states[2] != states[1]
    chance, now_at, killed = random.Random(), 0, 0  # noqa: S311  # no secret
    for _ in range(5 * KILLS):  # some imports end before they are killed
        child, moment = importing.start(new_url, files[1 - now_at]), chance.uniform(0, lasted)
        time.sleep(moment)
        os.kill(child, signal.SIGKILL)
        if importing.end(child) == "fini":
            lasted = moment  # it takes less than it did: the machine is less busy
        else:
            killed += 1
        engine = open_database(new_url)
        state = digest(engine)
        assert state in states[:2], "ni l’ancien catalogue, ni le nouveau"
        assert sound(engine)
        engine.dispose()
        now_at = states.index(state)
        if killed == KILLS:
            break
    assert killed == KILLS


@pytest.mark.parametrize("work", ["restore", "copy"])
def test_killed_while_it_is_replaced_the_catalogue_is_the_old_or_the_new(
    new_url: str, importing: Writer, work: str, tmp_path: Path
) -> None:
    backups, states, lasted = [], [], 0.0
    engine = open_database(new_url)
    for name in ("un", "deux"):
        taken(engine, sheet(tmp_path / f"{name}.csv", name))
        backups.append(tmp_path / f"{name}.sqlite")
        back_up(engine, backups[-1])
        states.append(dump(engine, numbers=True))
    engine.dispose()
    for path in backups:
        started = time.perf_counter()
        assert importing.end(importing.start(new_url, path, work=work)) == "fini"
        lasted = time.perf_counter() - started
    chance, now_at, killed = random.Random(), 1, 0  # noqa: S311  # no secret
    for _ in range(5 * REPLACED_KILLS):
        child, moment = importing.start(new_url, backups[1 - now_at], work=work), chance.uniform(0, lasted)
        time.sleep(moment)
        os.kill(child, signal.SIGKILL)
        if importing.end(child) == "fini":
            lasted = moment  # it takes less than it did: the machine is less busy
        else:
            killed += 1
        engine = open_database(new_url)
        state = dump(engine, numbers=True)
        assert state in states, "ni l’ancien catalogue, ni le nouveau"
        assert sound(engine)
        engine.dispose()
        now_at = states.index(state)
        if killed == REPLACED_KILLS:
            break
    assert killed == REPLACED_KILLS


def test_two_imports_at_once_both_count(new_url: str, importing: Writer, tmp_path: Path) -> None:
    """The second waits for the first; even the creation of the database is waited for."""
    files = sheet(tmp_path / "un.csv", "A"), sheet(tmp_path / "deux.csv", "B", 1 + ROWS // 2)
    children = [importing.start(new_url, path) for path in files]
    assert [importing.end(child) for child in children] == ["fini", "fini"]
    engine = open_database(new_url)
    assert len(load_suppliers(engine)) == ROWS + ROWS // 2
    assert sound(engine)
    engine.dispose()


def test_an_import_that_waits_too_long_is_refused_and_writes_nothing(
    new_url: str, engine: Engine, importing: Writer, tmp_path: Path
) -> None:
    path = sheet(tmp_path / "un.csv", "A")
    with writing(engine):
        refusal = importing.end(importing.start(new_url, path, timeout_s=0.3))
    assert refusal.startswith("refusé")
    assert refusal.endswith("est occupée par un autre import ou une autre commande ; réessayez dans un instant.")
    assert last_imports(engine) == {}


def test_a_full_disk_is_said_and_leaves_the_catalogue_as_it_was(tmp_path: Path) -> None:
    url = f"sqlite:///{(tmp_path / 'catalogue.sqlite').as_posix()}"
    engine = open_database(url)
    taken(engine, sheet(tmp_path / "un.csv", "A"))
    before = digest(engine)

    @event.listens_for(engine, "begin")
    def bound(connection: object) -> None:  # SQLite raises here what it raises on a full disk
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()  # type: ignore[attr-defined]
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")  # type: ignore[attr-defined]

    with pytest.raises(DatabaseError, match=r"le disque est plein\. Rien n’a été écrit"):
        taken(engine, sheet(tmp_path / "deux.csv", "B", 1 + ROWS))
    engine.dispose()
    again = open_database(url)
    assert digest(again) == before
    assert sound(again)
    again.dispose()
