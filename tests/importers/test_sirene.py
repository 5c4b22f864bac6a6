"""Sirene's files: streams, archives, and what is not of the catalogue left aside."""

import zipfile
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from importers import REGISTRY
from importers.importer import Source, SourceError, SupplierRecord
from tests.factories import siret
from tests.importers.reading import FIXTURES, records, remarks

STOCK = FIXTURES / "sirene.csv"
OPEN, CLOSED = siret(7001), siret(7002)


def read(path: Path, wanted: frozenset[str] | None = None, key: str = "sirene") -> list[SupplierRecord]:
    return records(list(REGISTRY[key].read(Source(path, wanted=wanted))))


@pytest.mark.parametrize(
    ("key", "name"), [("sirene", "sirene.csv"), ("recherche-entreprises", "recherche-entreprises.json")]
)
def test_only_the_wanted_are_kept_and_the_rest_counted(key: str, name: str) -> None:
    items = list(REGISTRY[key].read(Source(FIXTURES / name, wanted=frozenset({CLOSED}))))
    assert [record.siret for record in records(items)] == [CLOSED]
    assert "hors du catalogue" in remarks(items)[0].message


def test_a_zip_reads_as_its_csv(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "stock.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(STOCK, "StockEtablissement_utf8.csv")
        archive.writestr("LISEZMOI.txt", "sans objet")
    assert read(tmp_path / "stock.zip") == read(STOCK)


def as_parquet(csv: Path, path: Path) -> Path:
    with duckdb.connect(":memory:", config={"threads": 1}) as database:
        database.read_csv(str(csv), header=True, sep=",", all_varchar=True, ignore_errors=True).write_parquet(str(path))
    return path


@pytest.mark.parametrize("name", ["sirene.csv", "sirene_liens.csv"])
@pytest.mark.parametrize("wanted", [None, frozenset({CLOSED})])
def test_parquet_reads_as_its_csv(name: str, wanted: frozenset[str] | None, tmp_path: Path) -> None:
    path = as_parquet(FIXTURES / name, tmp_path / "stock.parquet")
    found, expected = (list(REGISTRY["sirene"].read(Source(its, wanted=wanted))) for its in (path, FIXTURES / name))
    assert [replace(item, line=0) for item in records(found)] == [replace(item, line=0) for item in records(expected)]
    assert remarks(found) == remarks(expected)


def test_parquet_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("siren,nom\n1,x\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"il manque la colonne « siret ».*en Parquet"):
        read(as_parquet(tmp_path / "a.csv", tmp_path / "a.parquet"))


def test_the_date_of_the_stock_is_its_latest_row_even_one_that_is_not_kept() -> None:
    assert {record.as_of for record in read(STOCK, frozenset({CLOSED}))} == {"2026-10-30"}


def test_semicolons_a_mark_and_another_order_of_columns_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "extrait.csv"
    path.write_text(f"etatAdministratifEtablissement;siret\nF;{CLOSED}\n", encoding="utf-8-sig")
    (record,) = read(path)
    assert (record.siret, record.state, record.closed) == (CLOSED, "F", "")


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"a.csv": b"siret\n", "b.csv": b"siret\n"}, "2 fichiers CSV"),
        ({"a.txt": b"siret\n"}, "0 fichiers CSV"),
        ({"a.csv": bytes(30 * 2**20)}, "par prudence"),
        ({"a.csv": b"siren;nom\n"}, "il manque la colonne « siret »"),
        ({"a.csv": b"x" * 3_000_000}, "démesurée"),
    ],
)
def test_an_archive_that_is_not_one_of_sirene_is_refused(members: dict[str, bytes], said: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with pytest.raises(SourceError, match=said):
        read(tmp_path / "a.zip")


def test_a_cell_beyond_what_a_csv_holds_is_refused_in_the_header_as_below(tmp_path: Path) -> None:
    path = tmp_path / "stock.csv"
    for line, content in (
        (1, f"siret,{'x' * 140_000}\n"),
        (2, f"siret,etatAdministratifEtablissement\n{'x' * 140_000},A\n"),
    ):
        path.write_text(content, encoding="utf-8")
        with pytest.raises(SourceError, match=rf"ligne {line}.*une cellule y est démesurée"):
            read(path)


def test_a_damaged_archive_is_refused_in_french(tmp_path: Path) -> None:
    rows = "".join(f"{siret(n)},A\n" for n in range(20_000))
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", "siret,etatAdministratifEtablissement\n" + rows)
    data = bytearray((tmp_path / "a.zip").read_bytes())
    data[5000:5100] = bytes(100)
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(SourceError, match="abîmé ou coupé"):
        read(tmp_path / "a.zip")
