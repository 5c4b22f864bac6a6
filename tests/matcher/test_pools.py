"""Once an engine is disposed of, no connection of it stays open unused, whenever it was opened; a page takes one."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine

from matcher.db import open_database, reading, writing
from matcher.pools import Pool, one_connection
from tests.engines import ENGINES, ON_A_SERVER, own_catalogue


@ON_A_SERVER
def test_what_a_thread_still_holds_is_closed_as_it_comes_back(tmp_path: Path) -> None:
    with own_catalogue("postgresql", tmp_path) as url:
        engine = open_database(url)
        held = engine.connect()
        driver = held.connection.driver_connection
        assert driver is not None
        engine.dispose()
        assert not driver.closed, "it is at work"
        held.close()
        assert driver.closed
        with engine.connect() as late:
            driver = late.connection.driver_connection
        assert driver is not None
        assert driver.closed, "nobody disposes of the engine a second time"


def _driver(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver


def test_no_connection_outlives_its_pool_whether_it_was_opened_before_or_after() -> None:
    engine = create_engine("sqlite://", poolclass=Pool)
    pool, before = engine.pool, engine.connect()
    with engine.connect() as idle:
        waits = _driver(idle)
    assert waits.execute("SELECT 1").fetchone() == (1,), "until then, one that comes back waits for the next"
    drivers = [_driver(before), waits]
    engine.dispose()
    # As a thread that took the pool a moment before it was disposed of.
    late = pool.connect()
    assert isinstance(late.driver_connection, sqlite3.Connection)
    drivers.append(late.driver_connection)
    before.close()
    late.close()
    with engine.connect() as later:
        drivers.append(_driver(later))
    for driver in drivers:
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            driver.execute("SELECT 1")


@pytest.mark.parametrize("kind", ENGINES)
def test_transactions_in_turn_share_a_connection_and_one_inside_another_has_its_own(kind: str, tmp_path: Path) -> None:
    with own_catalogue(kind, tmp_path) as url:
        engine = open_database(url)
        with one_connection(engine):
            with writing(engine, keep=False) as first:
                pass
            with reading(engine) as second, reading(engine) as inner:
                assert second is first
                assert inner is not first
                assert second.connection.driver_connection is not inner.connection.driver_connection
        assert first.closed
        with reading(engine) as outside:
            assert outside is not first
        engine.dispose()
