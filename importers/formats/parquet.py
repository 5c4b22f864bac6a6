"""Reads selected rows of a Parquet file larger than memory, as text values, with DuckDB under limits of memory, threads and disk."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING

from importers.importer import SourceError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

_MAGIC = b"PAR1"
# Enough for a few row groups at a time of Sirene's forty million rows by fifteen columns.
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "512MiB",
    "max_temp_directory_size": "8GiB",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
_AT_ONCE = 2048
_TEXTS = frozenset({"VARCHAR"})
_DAYS = frozenset({"DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE"})
_NUMBERS = frozenset(
    (
        *("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"),
        *("FLOAT", "DOUBLE", "DECIMAL"),
    )
)
# By prefix of the column's name, the types allowed beside text; not numbers for codes, which would have lost their leading zeros.
_ALSO: Mapping[str, frozenset[str]] = {"date": _DAYS, "coordonnee": _NUMBERS, "numero": _NUMBERS}
_THREADS = 2
_WITHOUT_DUCKDB = (
    'DuckDB, qui lit et écrit le Parquet, n’est pas installé : pip install ".[parquet]" dans un clone d’Entremise, ou '
    'pip install "./entremise-X.Y.Z-py3-none-any.whl[parquet]" avec sa roue.'
)


class ParquetMissing(Exception):
    """DuckDB, which reads and writes Parquet, is not installed; the message is French and names the remedy."""


class ParquetDamaged(Exception):
    """DuckDB cannot read the file; the message is DuckDB's, in English."""


def is_parquet(path: Path) -> bool:
    """Return True if a file's first bytes are those of Parquet; False if it cannot be read, which its reader will report."""
    try:
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


class ParquetFile:
    """An open Parquet file: the DuckDB types of its columns, by name, and its rows on demand."""

    def __init__(self, path: Path, database: "DuckDBPyConnection") -> None:
        self._path, self._database = path, database
        self._all = database.read_parquet(duckdb_name(path), file_row_number=True)
        self.types = dict(zip(self._all.columns, map(str, self._all.types), strict=True))

    def greatest(self, column: str) -> str:
        """Return the greatest value of a column over the whole file, or an empty text."""
        if column not in self.types:
            return ""
        ((value,),) = self._all.aggregate(f"max({self._text(column)})").fetchall()
        return value or ""

    def rows(
        self, columns: Sequence[str], key: str, wanted: frozenset[str] | None
    ) -> tuple[int, Iterator[tuple[int, dict[str, str]]]]:
        """Return (number of rows whose `key` is not `wanted`, iterator over the others as (rank from 1, values), in the order of the file).

        Columns that the file lacks are left out; a null is an empty text. With `wanted` None, all rows are returned."""
        known = [column for column in columns if column in self.types]
        texts = ", ".join(map(self._text, known))
        chosen = self._all
        if wanted is not None:
            self._database.execute("CREATE TEMP TABLE wanted AS SELECT unnest(?::VARCHAR[]) AS key", [sorted(wanted)])
            chosen = chosen.join(self._database.table("wanted"), f"{_quote_name(key)} = wanted.key", how="semi")
        outside = _count(self._all) - _count(chosen)
        relation = chosen.project(f"file_row_number + 1 AS line, {texts}").order("line")
        connection = self._database.execute(relation.sql_query())  # streams its rows; a relation would fetch them all
        parts = iter(lambda: connection.fetchmany(_AT_ONCE), [])
        return outside, ((line, dict(zip(known, values, strict=True))) for part in parts for line, *values in part)

    def _text(self, column: str) -> str:
        """Return the SQL that gives a column as text. Raises SourceError if the column's type is not allowed."""
        kind = self.types[column]
        also = next((kinds for begins, kinds in _ALSO.items() if column.startswith(begins)), frozenset[str]())
        if kind.partition("(")[0] not in _TEXTS | also:
            raise SourceError(
                self._path,
                f"elle est du type {kind}, il faut un texte. Prenez le fichier tel que son producteur le publie.",
                column=column,
            )
        day = f"CAST({_quote_name(column)} AS DATE)" if kind in _DAYS else _quote_name(column)
        return f"coalesce(CAST({day} AS VARCHAR), '')"


@contextmanager
def opened_parquet(path: Path) -> Iterator[ParquetFile]:
    """Open a Parquet file for the duration of the block. Raises SourceError, and MemoryError beyond the limits."""
    try:
        with parquet_database(_THREADS) as database:
            yield ParquetFile(path, database)
    except ParquetMissing as error:
        raise SourceError(path, f"{error} Ou prenez le même fichier en CSV.") from error
    except ParquetDamaged as error:
        raise SourceError(
            path, f"ce fichier Parquet est abîmé ou coupé ({error}) ; téléchargez-le à nouveau."
        ) from error


@contextmanager
def parquet_database(threads: int, within: Path | None = None) -> Iterator["DuckDBPyConnection"]:
    """Open an in-memory DuckDB without extensions, which spills to a temporary folder `within` another. Raises ParquetMissing, ParquetDamaged, and
    MemoryError beyond the limits."""
    try:
        import duckdb
    except ImportError as error:
        raise ParquetMissing(_WITHOUT_DUCKDB) from error
    with tempfile.TemporaryDirectory(prefix="entremise-parquet-", dir=within) as folder:
        try:
            settings = _SETTINGS | {"threads": threads, "temp_directory": folder}
            with duckdb.connect(":memory:", config=settings) as database:
                yield database
        except duckdb.OutOfMemoryException as error:
            raise MemoryError(str(error)) from error
        except duckdb.Error as error:
            raise ParquetDamaged(str(error).partition("\n")[0]) from error


def duckdb_name(path: Path) -> str:
    """Return the path of a file escaped for DuckDB, which reads « [1] » in a name as a glob pattern."""
    return escape(str(path.resolve()))


def _count(rows: "DuckDBPyRelation") -> int:
    ((total,),) = rows.aggregate("count(*)").fetchall()
    return int(total)


def _quote_name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'
