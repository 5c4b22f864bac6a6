"""The databases that contract tests run on: SQLite always, a real PostgreSQL where ENTREMISE_TEST_POSTGRESQL names one."""

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, event, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool, Pool

from matcher import db
from matcher.db import reading
from matcher.rows import declared_tables
from tests.ready_schemas import ReadySchemas
from tests.waiting import awaited

declared_tables()  # before a test writes rows: a key may lead to a table of another room
POSTGRESQL_VARIABLE = "ENTREMISE_TEST_POSTGRESQL"
ON_A_SERVER = pytest.mark.slow(reason="it asks a server, PostgreSQL")
ENGINES = ("sqlite", pytest.param("postgresql", marks=ON_A_SERVER))

# What numbers and dates the imports: two roads to one catalogue differ there, and nowhere else.
_TOLD = {"import_run", "record_before", "fact_before", "notice_before"}
_NUMBERED = {"source_record", "review_pair", "organisation_fact", "award", "reference"}
_NUMBERS = {"id", "first_seen_run", "last_seen_run", "run_id", "superseded_by", "award_id"}
_SCHEMAS = count(1)
_READY = ReadySchemas(f"essai_{os.getpid()}_")

_OPEN = text("SELECT pid, state, query FROM pg_stat_activity WHERE application_name = :name")


@contextmanager
def own_schema(server: str) -> Iterator[str]:
    """The URL of an empty schema of the server's database, dropped at the end, once no connection to it is open: each test has its own catalogue."""
    name = f"{_READY.prefix}{next(_SCHEMAS)}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE SCHEMA {name}"))
    try:
        url = make_url(server).update_query_dict({"options": f"-csearch_path={name}", "application_name": name})
        yield url.render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            awaited(lambda: connection.execute(_OPEN, {"name": name}).all(), lambda left: not left)
            if not _READY.put_back(connection, name):
                connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
        admin.dispose()


@contextmanager
def own_catalogue(engine: str, folder: Path) -> Iterator[str]:
    """The URL of a catalogue that does not exist yet, on `engine`; the test is skipped where no PostgreSQL is given."""
    if engine == "sqlite":
        yield f"sqlite:///{(folder / 'catalogue.sqlite').as_posix()}"
        return
    server = os.environ.get(POSTGRESQL_VARIABLE)
    if not server:
        pytest.skip(f"pas de PostgreSQL d’essai : {POSTGRESQL_VARIABLE} n’est pas défini")
    with own_schema(server) as url:
        yield url


@contextmanager
def quick_catalogues() -> Iterator[None]:
    """Inside, a new catalogue costs little: on SQLite it has the tables of the first one, on PostgreSQL it is that of a former test; no file is awaited.

    A catalogue of an earlier version is upgraded by Alembic itself; another process knows nothing of this.
    """
    upgrade, written = db._upgrade, list[tuple[str, object]]()
    copied: list[str] = []

    def repeat(connection: Connection, found: str | None) -> None:
        new = connection.connection.driver_connection
        if found is not None:
            upgrade(connection, found)
        elif copied and isinstance(new, sqlite3.Connection):
            for statement in copied:
                new.execute(statement)
        elif isinstance(new, sqlite3.Connection):
            upgrade(connection, found)
            copied.extend(line for line in new.iterdump() if not line.startswith(("BEGIN", "COMMIT")))
        elif not _READY.take(connection):
            if not written:
                with _sent(connection) as statements:
                    upgrade(connection, found)
                written.extend(statements)
            else:
                for statement, given in written:
                    connection.exec_driver_sql(statement, given)  # type: ignore[arg-type]
            _READY.note(connection)

    event.listen(Pool, "checkout", _await_no_disk)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db, "_upgrade", repeat)
        yield
    event.remove(Pool, "checkout", _await_no_disk)
    if server := os.environ.get(POSTGRESQL_VARIABLE):
        with create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool).connect() as connection:
            _READY.drop(connection)


@contextmanager
def awaiting_the_disk() -> Iterator[None]:
    """Inside, a transaction of SQLite is kept as it is outside of tests."""
    event.remove(Pool, "checkout", _await_no_disk)
    try:
        yield
    finally:
        event.listen(Pool, "checkout", _await_no_disk)


@contextmanager
def _sent(connection: Connection) -> Iterator[list[tuple[str, object]]]:
    """The statements sent inside the block that change something, with what was given to them."""
    sent: list[tuple[str, object]] = []

    def note(_connection: object, _cursor: object, statement: str, given: object, *_: object) -> None:
        if not statement.lstrip().startswith(("SELECT", "PRAGMA")):
            sent.append((statement, given))

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(connection, "before_cursor_execute", note)


def _await_no_disk(connection: Any, *_: object) -> None:
    """Have SQLite leave it to the system to write to the disk: only a power cut tells the difference."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")


# The names of the catalogue's state and of its last erasure are drawn by chance: the same catalogue has others elsewhere.
_DRAWN = {("meta", "'state'"), ("meta", "'erasure'")}


def dump(engine: Engine, *, numbers: bool = False) -> list[tuple[object, ...]]:
    """Every row that makes the catalogue, in one order on every database; with `numbers`, those of records and runs too."""
    found: list[tuple[object, ...]] = []
    with reading(engine) as connection:
        for table in declared_tables():
            if table.name in _TOLD and not numbers:
                continue
            own = table.name in _NUMBERED and not numbers
            columns = [column for column in table.columns if not (own and column.name in _NUMBERS)]
            rows = ((table.name, *map(repr, row)) for row in connection.execute(select(*columns)))
            found += sorted(row for row in rows if numbers or row[:2] not in _DRAWN)
    return found


def digest(engine: Engine) -> str:
    """One word for the whole catalogue, as `dump` gives it, its version aside."""
    rows = [row for row in dump(engine) if row[0] != "meta"]
    return hashlib.sha256(repr(rows).encode()).hexdigest()
