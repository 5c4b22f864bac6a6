"""Schemas of PostgreSQL that hold an empty catalogue: a test takes one over from the test that had it before, emptied."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from sqlalchemy import Connection, Row, Table, insert, select, text

from matcher.db import HEAD
from matcher.rows import declared_tables

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
    """The schemas of one process, whose names begin by `prefix`."""

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
