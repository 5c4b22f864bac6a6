"""The databases that contract tests run on: SQLite always, a real PostgreSQL where ENTREMISE_TEST_POSTGRESQL names one."""

import hashlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Row, Table, create_engine, event, insert, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool, Pool

from matcher import db
from matcher.db import HEAD, reading
from matcher.rows import declared_tables
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
_AWAITING: ContextVar[bool] = ContextVar("awaiting", default=False)

_OPEN = text("SELECT pid, state, query FROM pg_stat_activity WHERE application_name = :name")
_SHAPE = text("""
    WITH relation AS (SELECT * FROM pg_class WHERE relnamespace = CAST(:name AS regnamespace))
    SELECT md5(string_agg(line, ' ' ORDER BY line)) FROM (
        SELECT concat_ws(' ', oid, relname, relkind, relnatts) AS line FROM relation
        UNION ALL SELECT concat_ws(' ', attrelid, attnum, attname, atttypid, attnotnull, attisdropped)
            FROM pg_attribute WHERE attrelid IN (SELECT oid FROM relation WHERE relkind = 'r')
        UNION ALL SELECT concat_ws(' ', oid, adrelid) FROM pg_attrdef WHERE adrelid IN (SELECT oid FROM relation)
        UNION ALL SELECT concat_ws(' ', oid, tgname, tgenabled) FROM pg_trigger WHERE tgrelid IN (SELECT oid FROM relation)
        UNION ALL SELECT concat_ws(' ', oid, conname) FROM pg_constraint WHERE connamespace = CAST(:name AS regnamespace)
        UNION ALL SELECT concat_ws(' ', oid, proname) FROM pg_proc WHERE pronamespace = CAST(:name AS regnamespace)
    ) AS lines""")
_FILLED = text("""
    SELECT relname FROM pg_class
    WHERE relnamespace = CAST(:name AS regnamespace) AND relkind = 'r' AND pg_relation_size(oid) > 0""")
_VERSION = text("SELECT version_num FROM alembic_version")
_SET = text("SELECT setval(CAST(:sequence AS regclass), :value, :used)")
_SEQUENCES = text("SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = :name")


@dataclass(frozen=True, slots=True)
class NewCatalogue:
    """What a schema is once its tables are made: their shape, by the numbers that the server gave them, their rows, their sequences."""

    shape: str
    rows: dict[Table, Sequence[Row[tuple[object, ...]]]]
    sequences: dict[str, int | None]


class ReadySchemas:
    """The schemas of PostgreSQL that hold an empty catalogue, of one process, whose names begin by `prefix`: a test takes one over from the test that
    had it before, emptied."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self._made: dict[str, NewCatalogue] = {}
        self._free: list[str] = []
        self._numbers = count(1)

    def note(self, connection: Connection) -> None:
        """Remember what the schema of a connection is: its tables have just been made."""
        name = _schema(connection)
        if name.startswith(self.prefix):
            rows = {table: connection.execute(select(table)).all() for table in declared_tables()}
            self._made[name] = NewCatalogue(
                _shape(connection, name),
                {table: its for table, its in rows.items() if its},
                _sequences(connection, name),
            )

    def take(self, connection: Connection) -> bool:
        """Put a ready schema in the place of the empty one of a connection; False where there is none."""
        name = _schema(connection)
        if not self._free or not name.startswith(self.prefix):
            return False
        ready = self._free.pop()
        connection.exec_driver_sql(f"DROP SCHEMA {name}")
        connection.exec_driver_sql(f"ALTER SCHEMA {ready} RENAME TO {name}")
        self._made[name] = self._made.pop(ready)
        return True

    def put_back(self, connection: Connection, name: str) -> bool:
        """Empty a schema and keep it for the next test; False where its tables are no longer those that were made."""
        made = self._made.pop(name, None)
        if made is None or _shape(connection, name) != made.shape:
            return False
        connection.exec_driver_sql(f"SET search_path TO {name}")
        if connection.execute(_VERSION).scalars().all() != [HEAD]:
            return False
        filled = connection.execute(_FILLED, {"name": name}).scalars()
        same = {"alembic_version", *(table.name for table in made.rows if _holds(connection, table, made))}
        if left := [table for table in filled if table not in same]:
            connection.exec_driver_sql(f"TRUNCATE {', '.join(left)} RESTART IDENTITY CASCADE")
        for table, rows in made.rows.items():
            if not _holds(connection, table, made):
                connection.execute(insert(table), [row._asdict() for row in rows])
        for sequence in dict(_sequences(connection, name).items() - made.sequences.items()):
            value = made.sequences[sequence]
            connection.execute(_SET, {"sequence": sequence, "value": value or 1, "used": value is not None})
        ready = f"{self.prefix}pret_{next(self._numbers)}"
        connection.exec_driver_sql(f"ALTER SCHEMA {name} RENAME TO {ready}")
        self._made[ready] = made
        self._free.append(ready)
        return True

    def drop(self, connection: Connection) -> None:
        """Leave nothing on the server."""
        for name in self._free:
            connection.exec_driver_sql(f"DROP SCHEMA {name} CASCADE")
        self._free.clear()


def _schema(connection: Connection) -> str:
    return str(connection.exec_driver_sql("SELECT current_schema()").scalar_one())


def _shape(connection: Connection, name: str) -> str:
    return str(connection.execute(_SHAPE, {"name": name}).scalar_one())


def _sequences(connection: Connection, name: str) -> dict[str, int | None]:
    return {row[0]: row[1] for row in connection.execute(_SEQUENCES, {"name": name})}


def _holds(connection: Connection, table: Table, made: NewCatalogue) -> bool:
    """Whether a table has the rows of a new catalogue, and no others."""
    return sorted(connection.execute(select(table)).all(), key=repr) == sorted(made.rows[table], key=repr)


_READY = ReadySchemas(f"essai_{os.getpid()}_")


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
    kept = _AWAITING.set(True)  # the listener stays: a thread of another test may be calling it
    try:
        yield
    finally:
        _AWAITING.reset(kept)


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
    if isinstance(connection, sqlite3.Connection) and not _AWAITING.get():
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
