"""SQLAlchemy base class of every table, discovery of declared tables, and bulk reads and inserts of rows."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import JSON, Connection, Double, MetaData, Table, insert, inspect, select, tuple_
from sqlalchemy.orm import DeclarativeBase

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


# Text by which modules that declare tables are found, since every row class has a `holding` (`matcher/erasure.py`).
_DECLARATION = "holding = Holding("
_PACKAGE = Path(__file__).parent


class Base(DeclarativeBase):
    """Declarative base of the catalogue's tables; constraints have predictable names for migrations. Raises TypeError for a row class without its own
    `holding`: backups and erasures would miss its table."""

    def __init_subclass__(cls, **more: Any) -> None:
        if "holding" not in vars(cls):
            raise TypeError(f"{cls.__name__} does not declare its holding (matcher/erasure.py)")
        super().__init_subclass__(**more)

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map = {float: Double, dict[str, Any]: JSON, list[Any]: JSON}  # noqa: RUF012  # read by SQLAlchemy's class builder


CHUNK = 500


T = TypeVar("T")


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Yield lists of at most `size` items, since databases limit the number of parameters."""
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part


def table_of(row: type[Base]) -> Table:
    """Return the table of a mapped class, for bulk statements."""
    table = row.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{row.__name__} is not mapped to a table")
    return table


@cache
def declared_tables() -> tuple[Table, ...]:
    """Import every module that declares tables; return all tables, parents before children."""
    for path in sorted(_PACKAGE.rglob("*.py")):
        if _DECLARATION in path.read_text(encoding="utf-8"):
            import_module(".".join((_PACKAGE.name, *path.relative_to(_PACKAGE).with_suffix("").parts)))
    return tuple(Base.metadata.sorted_tables)


def named_tables(connection: Connection) -> tuple[Table, ...]:
    """Return every declared table, parents before children. Raises LookupError if the database has an undeclared table."""
    tables = declared_tables()
    stored = set(inspect(connection).get_table_names()) - {"alembic_version"}
    if unknown := stored - {table.name for table in tables}:
        raise LookupError(f"tables that no module declares: {', '.join(sorted(unknown))}")
    return tables


def pages(connection: Connection, table: Table, size: int = CHUNK) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows of a table in order of primary key, `size` at a time (keyset pagination)."""
    keys = list(table.primary_key.columns)
    query = select(table).order_by(*keys).limit(size)
    page = query
    while rows := [dict(row) for row in connection.execute(page).mappings()]:
        yield rows
        last = tuple(rows[-1][column.name] for column in keys)
        page = query.where(tuple_(*keys) > last)


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert many rows with the same columns, by COPY on PostgreSQL."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        _copy_in(connection, table, rows)
    else:
        connection.execute(insert(table), rows)


def _copy_in(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    names = list(rows[0])
    quote = connection.dialect.identifier_preparer.quote
    casts = [json.dumps if isinstance(table.columns[name].type, JSON) else None for name in names]
    cursor = connection.connection.cursor()
    into = f"COPY {quote(table.name)} ({', '.join(map(quote, names))}) FROM STDIN"
    with cursor, cursor.copy(into) as copy:  # type: ignore[attr-defined]  # psycopg's cursor, behind the DBAPI's type
        for row in rows:
            copy.write_row([cast(row[name]) if cast else row[name] for name, cast in zip(names, casts, strict=True)])
