"""Parquet: what is wanted of it comes as a CSV would hold it, and what is wrong with it is said in French."""

import sys
from pathlib import Path

import duckdb
import pytest

from importers.formats.parquet import is_parquet, opened_parquet, parquet_database
from importers.importer import SourceError


def written(path: Path, rows: str) -> Path:
    with duckdb.connect(":memory:", config={"threads": 1}) as database:
        database.sql(rows).write_parquet(str(path))
    return path


def read(path: Path, *columns: str, wanted: frozenset[str] | None = None) -> list[tuple[int, dict[str, str]]]:
    with opened_parquet(path) as file:
        return list(file.rows(columns, columns[0], wanted)[1])


def test_each_value_is_the_text_that_a_csv_would_hold(tmp_path: Path) -> None:
    rows = (
        "SELECT '007' AS siret, DATE '2026-01-02' AS date_jour, TIMESTAMP '2026-01-02 10:00:00' AS date_heure, "
        "652345.1 AS coordonnee_x, 7::SMALLINT AS numero, NULL::VARCHAR AS vide"
    )
    path = written(tmp_path / "a [1].parquet", rows)  # as a browser names the second of one name
    columns = ("siret", "date_jour", "date_heure", "coordonnee_x", "numero", "vide", "absente")
    assert read(path, *columns) == [
        (1, dict(zip(columns, ("007", "2026-01-02", "2026-01-02", "652345.1", "7", ""), strict=False)))
    ]


def test_the_wanted_alone_come_in_the_order_of_the_file_and_the_others_are_counted(tmp_path: Path) -> None:
    path = written(tmp_path / "a.parquet", "SELECT lpad((9000 - i)::VARCHAR, 5, '0') AS cle FROM range(5000) t(i)")
    with opened_parquet(path) as file:
        outside, rows = file.rows(("cle",), "cle", frozenset({"04500", "08999", "99999"}))
        assert list(rows) == [(2, {"cle": "08999"}), (4501, {"cle": "04500"})]
        assert (outside, file.greatest("cle"), file.greatest("absente")) == (4998, "09000", "")


@pytest.mark.parametrize("kind", ["BIGINT", "VARCHAR[]", "BLOB", "BOOLEAN", "DATE"])
def test_a_code_that_is_no_text_is_refused_with_its_column(kind: str, tmp_path: Path) -> None:
    path = written(tmp_path / "a.parquet", f"SELECT NULL::{kind} AS siret")
    with pytest.raises(SourceError, match=r"« a\.parquet », colonne « siret » : elle est du type .*, il faut un texte"):
        read(path, "siret")


@pytest.mark.parametrize("kept", [10, 200, 2000])
def test_a_file_that_is_cut_short_is_refused_in_french(kept: int, tmp_path: Path) -> None:
    path = written(tmp_path / "a.parquet", "SELECT md5(i::VARCHAR) AS siret FROM range(500) t(i)")
    path.write_bytes(path.read_bytes()[:kept])
    assert is_parquet(path)
    with pytest.raises(SourceError, match=r"abîmé ou coupé .* téléchargez-le à nouveau"):
        read(path, "siret")


def test_bytes_that_were_changed_are_refused_in_french(tmp_path: Path) -> None:
    path = written(tmp_path / "a.parquet", "SELECT md5(i::VARCHAR) AS siret FROM range(500) t(i)")
    whole = path.read_bytes()
    path.write_bytes(whole[:4] + b"\xff" * 600 + whole[604:])
    with pytest.raises(SourceError, match="abîmé ou coupé"):
        read(path, "siret")


def test_without_duckdb_one_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = written(tmp_path / "a.parquet", "SELECT '1' AS siret")
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(SourceError, match=r"\[parquet\].* Ou prenez le même fichier en CSV"):
        read(path, "siret")


def test_memory_is_bounded_and_no_extension_is_loaded() -> None:
    loads = "SELECT current_setting('autoload_known_extensions'), current_setting('autoinstall_known_extensions')"
    with parquet_database(1) as database:
        assert database.sql(loads).fetchall() == [(False, False)]
        limit = database.sql("SELECT current_setting('memory_limit')").fetchall()
    assert limit == [("512.0 MiB",)]


def test_what_is_no_parquet_is_not_taken_for_one(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_text("siret\n", encoding="utf-8")
    assert not is_parquet(tmp_path / "a.parquet")
    assert not is_parquet(tmp_path / "absent.parquet")
