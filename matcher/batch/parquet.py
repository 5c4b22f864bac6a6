"""Reads the lots of a batch from Parquet files, and converts its JSON lines to Parquet, with DuckDB."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from importers.formats.parquet import ParquetDamaged, duckdb_name, parquet_database
from matcher.domain.french import enumeration
from matcher.erasure import FOLDERS
from matcher.need.fields import LotsError
from matcher.private_files import private_folder

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Columns that describe a need: a file without either is not a file of lots.
NEEDED = ("objet", "cpv")
_AT_ONCE = 1_000


def parquet_lots(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a Parquet file as dicts, in order. Raises LotsError if it is not Parquet, or has neither of the columns `NEEDED`."""
    try:
        with _open_duckdb() as database:
            columns = database.read_parquet(duckdb_name(path)).columns
            rows = database.execute("SELECT to_json(lot)::VARCHAR FROM read_parquet(?) AS lot", [duckdb_name(path)])
            if not set(NEEDED).intersection(columns):
                raise LotsError(
                    f"« {path.name} » n’a ni colonne « objet » ni colonne « cpv » (il a {enumeration(columns)}) : "
                    "nommez ainsi celle qui dit le besoin."
                )
            while part := rows.fetchmany(_AT_ONCE):
                yield from (json.loads(text) for (text,) in part)
    except ParquetDamaged as error:
        raise LotsError(f"« {path.name} » n’est pas un fichier Parquet, ou il est abîmé : {error}") from error


def parquet_of(lines: bytes, columns: dict[str, str]) -> bytes:
    """Return JSON lines as a Parquet file; `columns` gives the DuckDB type of each column, and a value missing in a line is null."""
    with tempfile.TemporaryDirectory(dir=private_folder(FOLDERS["travaux"].path)) as folder, _open_duckdb() as database:
        path, made = Path(folder) / "lignes.jsonl", Path(folder) / "lignes.parquet"
        path.write_bytes(lines)
        rows = database.read_json(str(path), columns=columns, format="newline_delimited")
        rows.write_parquet(str(made), compression="zstd")
        return made.read_bytes()


def check_parquet() -> None:
    """Raise ParquetMissing if DuckDB is not installed."""
    with _open_duckdb():
        pass


def _open_duckdb() -> AbstractContextManager["DuckDBPyConnection"]:
    """Open a DuckDB database on one thread: a batch already has a process for each processor."""
    return parquet_database(1, within=private_folder(FOLDERS["travaux"].path))
