"""Staging: rows are prepared in temporary tables, without the catalogue's write lock, then moved to the real tables in one statement each."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

from sqlalchemy import Column, Connection, Integer, MetaData, Table, insert, literal, select, update

from matcher.rows import insert_rows

_PLACE, _ROW = "place", "row_id"


class Staging:
    """Temporary tables, one for each of some catalogue tables; filling them locks nothing."""

    def __init__(self, connection: Connection, tables: Sequence[Table]) -> None:
        self._connection = connection
        self.metadata = MetaData()
        self._staged = {
            table.name: (
                Table(
                    f"staged_{table.name}",
                    self.metadata,
                    Column(_PLACE, Integer, primary_key=True),
                    Column(_ROW, Integer),
                    *(Column(column.name, column.type) for column in table.columns if column.name != _PLACE),
                    prefixes=["TEMPORARY"],
                )
            )
            for table in tables
        }
        self._names: dict[str, tuple[str, ...]] = {}

    def add(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add rows for a table; all calls for a table must give the same columns."""
        if rows:
            self._names[table.name] = tuple(rows[0])
            insert_rows(self._connection, self._staged[table.name], rows)

    def move(self, table: Table, **values: Any) -> None:
        """Insert the staged rows of a table, in order of addition, with the extra columns `values`."""
        staged = self._staged[table.name]
        names = [name for name in self._names.get(table.name, ()) if name != _ROW]
        if names:
            columns = [*(staged.c[name] for name in names), *map(literal, values.values())]
            query = select(*columns).where(staged.c[_ROW].is_(None)).order_by(staged.c[_PLACE])
            self._connection.execute(insert(table).from_select([*names, *values], query))

    def replace(self, table: Table, **values: Any) -> None:
        """Update the rows of a table whose id is a staged row's `row_id`, with the extra columns `values`."""
        staged = self._staged[table.name]
        if names := [name for name in self._names.get(table.name, ()) if name != _ROW]:
            named = update(table).where(table.c.id == staged.c[_ROW])
            self._connection.execute(named.values({name: staged.c[name] for name in names} | values))


@contextmanager
def staging(connection: Connection, tables: Sequence[Table]) -> Iterator[Staging]:
    """Create temporary tables for `tables`, dropped at the end; after an error the connection is invalidated."""
    made = Staging(connection, tables)
    with nullcontext() if connection.in_transaction() else connection.begin():
        made.metadata.create_all(connection, checkfirst=False)
    ended = False
    try:
        yield made
        ended = True
    finally:
        if not ended and not connection.in_transaction():
            connection.invalidate()
    with nullcontext() if connection.in_transaction() else connection.begin():
        made.metadata.drop_all(connection, checkfirst=False)
