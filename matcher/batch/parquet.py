"""Parquet, read and written by DuckDB: a row of a file is the JSON object that a line of a JSON lines file would be."""

import json
import tempfile
from collections.abc import Iterator
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matcher.domain.french import enumeration
from matcher.erasure import FOLDERS
from matcher.need.fields import LotsError
from matcher.private_files import private_folder

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

WITHOUT_DUCKDB = (
    'Lire ou écrire du Parquet demande DuckDB : pip install ".[parquet]" dans un clone d’Entremise, ou '
    'pip install "./entremise-X.Y.Z-py3-none-any.whl[parquet]" avec sa roue.'
)
# A lot says its need by one of these: a file that has neither is not one of lots.
NEEDED = ("objet", "cpv")
_AT_ONCE = 1_000


class ParquetMissing(Exception):
    """DuckDB, which reads and writes Parquet, is not installed; the message is French and says what to do."""


def parquet_lots(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a Parquet file, in order. Raises LotsError where it is none, or has no column that says a need."""
    alone = escape(str(path))  # DuckDB reads « [1] » in the name of a file as a pattern
    with opened() as database:
        try:
            columns = database.read_parquet(alone).columns
            rows = database.execute("SELECT to_json(lot)::VARCHAR FROM read_parquet(?) AS lot", [alone])
            if not set(NEEDED).intersection(columns):
                raise LotsError(
                    f"« {path.name} » n’a ni colonne « objet » ni colonne « cpv » (il a {enumeration(columns)}) : "
                    "nommez ainsi celle qui dit le besoin."
                )
            while part := rows.fetchmany(_AT_ONCE):
                yield from (json.loads(text) for (text,) in part)
        except _error() as error:
            raise LotsError(f"« {path.name} » n’est pas un fichier Parquet, ou il est abîmé : {error}") from error


def parquet_of(lines: bytes, columns: dict[str, str]) -> bytes:
    """Return JSON lines as a Parquet file of these columns, each a type of DuckDB by its name; what a line lacks is null."""
    with tempfile.TemporaryDirectory(dir=private_folder(FOLDERS["travaux"].path)) as folder, opened() as database:
        given, made = Path(folder) / "lignes.jsonl", Path(folder) / "lignes.parquet"
        given.write_bytes(lines)
        rows = database.read_json(str(given), columns=columns, format="newline_delimited")
        rows.write_parquet(str(made), compression="zstd")
        return made.read_bytes()


def check_parquet() -> None:
    """Raise ParquetMissing where DuckDB is not installed."""
    opened().close()


def opened() -> "DuckDBPyConnection":
    """Return a database of this process's memory, on one processor, that keeps the order of rows. Raises ParquetMissing."""
    try:
        import duckdb
    except ImportError as error:
        raise ParquetMissing(WITHOUT_DUCKDB) from error
    return duckdb.connect(":memory:", config={"threads": 1})


def _error() -> type[Exception]:
    """The class of DuckDB's errors."""
    import duckdb

    return duckdb.Error
