"""Backup and restore of a whole catalogue, and its copy between SQLite and PostgreSQL: every row of every table, in one transaction."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, Engine, Integer, Table, delete, func, select, text
from sqlalchemy.engine import URL

from matcher.db import DatabaseError, copy_sqlite, database_label, open_database, reading, sqlite_file, writing
from matcher.domain.french import count
from matcher.erasure import FOLDERS
from matcher.private_files import private_folder
from matcher.rows import insert_rows, named_tables, pages

Progress = Callable[[str, int, int], None]
# Rows that an empty catalogue already has, by table.
_ROWS_WHEN_EMPTY = {"organisation": 1}


class TransferRefused(Exception):
    """A copy that would overwrite something, or that would not be whole. Nothing was written; the message is French."""


def back_up(engine: Engine, path: Path, *, progress: Progress = lambda *_: None) -> dict[str, int]:
    """Write the whole catalogue to a new SQLite file, whatever its database, while others read and write.

    Returns the rows of each table. Raises TransferRefused where `path` exists, DatabaseError, OSError.
    """
    if path.exists():
        raise TransferRefused(
            f"« {path} » existe déjà : une sauvegarde n’en remplace pas une autre. Choisissez un autre nom."
        )
    unfinished = path.with_name(f"{path.name}.en-cours")
    unfinished.unlink(missing_ok=True)
    try:
        source = sqlite_file(engine.url)
        if source is not None:
            copy_sqlite(source, unfinished)
            with _open_target(unfinished) as written, reading(written) as connection:
                counts = _counts(connection)
        else:
            with _open_target(unfinished) as written:
                counts = copy_catalogue(engine, written, progress=progress)
        os.replace(unfinished, path)  # noqa: PTH105  # atomic: a backup has its name only once it is whole
    finally:
        for leftover in path.parent.glob(f"{unfinished.name}*"):
            leftover.unlink()
    return counts


def restore(
    engine: Engine, path: Path, *, replace: bool = False, progress: Progress = lambda *_: None
) -> dict[str, int]:
    """Fill the catalogue from a backup, in one transaction; `path` is only read, and may be of an older version.

    `replace` allows a catalogue that is not empty: the backup replaces its content, but for the lines of the audit journal. `path` is opened
    through a temporary copy, in a folder that is purged if this process is killed. Raises as `copy_catalogue`.
    """
    with TemporaryDirectory(dir=private_folder(FOLDERS["travaux"].path)) as folder:
        copy = Path(folder) / path.name
        copyfile(path, copy)
        try:
            with _open_target(copy) as source:
                return copy_catalogue(source, engine, replace=replace, progress=progress)
        except DatabaseError as error:  # its message names the file given, not the temporary copy
            raise DatabaseError(str(error).replace(str(copy), str(path))) from error


def copy_catalogue(
    source: Engine, target: Engine, *, replace: bool = False, progress: Progress = lambda *_: None
) -> dict[str, int]:
    """Copy every row of every table from one open catalogue to another, in one transaction, and return the rows of each.

    The lines of the target's audit journal that the source lacks follow those copied: replacing a catalogue erases no trace.
    Raises TransferRefused where `target` holds something and `replace` is False, or where a count differs; DatabaseError.
    """
    if source.url == target.url:
        raise TransferRefused("L’origine et la destination sont la même base.")
    with reading(source) as read, writing(target) as written:
        expected, present = _counts(read), _counts(written)
        if any(rows > _ROWS_WHEN_EMPTY.get(name, 0) for name, rows in present.items()) and not replace:
            raise TransferRefused(
                f"{database_label(target.url)} contient déjà un catalogue ({count(present['supplier'], 'fournisseur')}, "
                f"{count(present['account'], 'compte')}). "
                "Rien n’a été écrit ; ajoutez --remplacer pour l’effacer et mettre l’autre à sa place."
            )
        tables = named_tables(read)
        journal = next(table for table in tables if table.name == "audit")
        lines = _lines_to_keep(read, written, journal)
        for table in reversed(tables):
            if present[table.name]:
                written.execute(delete(table))
        total, done = sum(expected.values()), 0
        for table in tables:
            for rows in pages(read, table):
                insert_rows(written, table, rows)
                done += len(rows)
                progress(f"table {table.name}", done, total)
            _continue_numbering(written, table)
        if (copied := _counts(written)) != expected:
            differing = ", ".join(name for name in expected if copied[name] != expected[name])
            raise TransferRefused(f"La copie n’est pas complète ({differing}) ; rien n’a été gardé.")
        insert_rows(written, journal, lines)
    return expected


def _lines_to_keep(source: Connection, target: Connection, journal: Table) -> list[dict[str, Any]]:
    """Return the rows of the target's journal that the source lacks, without their numbers; those of an organisation that the source lacks, or has under
    another name, become common to the whole installation."""
    columns = [column for column in journal.columns if not column.primary_key]
    query = select(*columns).order_by(*journal.primary_key.columns)
    copied = set(map(tuple, source.execute(query)))
    (owner,) = journal.foreign_keys
    names = select(owner.column, owner.column.table.c.name)
    shared = {number for number, _ in set(map(tuple, source.execute(names))) & set(map(tuple, target.execute(names)))}
    lines = [dict(row) for row in target.execute(query).mappings() if tuple(row.values()) not in copied]
    return [line | ({} if line[owner.parent.name] in shared else {owner.parent.name: None}) for line in lines]


@contextmanager
def _open_target(path: Path) -> Iterator[Engine]:
    engine = open_database(URL.create("sqlite", database=str(path)).render_as_string())
    try:
        yield engine
    finally:
        engine.dispose()


def _counts(connection: Connection) -> dict[str, int]:
    return {
        table.name: int(connection.execute(select(func.count()).select_from(table)).scalar_one())
        for table in named_tables(connection)
    }


def _continue_numbering(connection: Connection, table: Table) -> None:
    """Set PostgreSQL's sequence of a table after the last id copied, so that new rows follow; SQLite needs nothing."""
    keys = list(table.primary_key.columns)
    if connection.dialect.name != "postgresql" or len(keys) != 1 or not isinstance(keys[0].type, Integer):
        return
    last = connection.execute(select(func.max(keys[0]))).scalar()
    connection.execute(
        text("SELECT setval(pg_get_serial_sequence(:table, :column), :value, :called)"),
        {"table": table.name, "column": keys[0].name, "value": last or 1, "called": last is not None},
    )
