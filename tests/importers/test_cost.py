"""The cost of reading: twice the input, twice the work, whatever the input; and what would cost too much is refused before it does."""

import resource
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import process_time

import pytest

from importers import REGISTRY
from importers.formats import load, read_grids
from importers.formats.delimited import split_rows
from importers.formats.limits import MAX_COLUMNS, MAX_DEPTH
from importers.formats.table import column_names
from importers.formats.workbook import read_sheets
from importers.importer import Source, SourceError
from tests import hostile

# Eight times the work, and what a busy machine adds; a quadratic reader does sixty-four times as much.
TIMES, MOST_TIMES = 8, 24
LONG_CSV = "Nom;SIRET;Commune\n"


def html(n: int) -> str:
    return hostile.endless_line(n).decode()


def links(n: int) -> str:
    return "<html><body>" + "".join(f"<a href='/esat-e{at}'>Nom</a>" for at in range(n))


def headings(n: int) -> str:
    return "<html><title>" + "adaptées de la ville de " * n + "</title>"


def wide(n: int) -> str:
    return ";".join(f"Nom {at} bis" for at in range(n)) + "\n" + ";".join("1" * n) + "\n"


def repeated(n: int) -> str:
    return ";".join(["Nom"] * n) + "\n" + ";".join("1" * n) + "\n"


def long(n: int) -> str:
    return LONG_CSV + "".join(f"Atelier {at};;Lille\n" for at in range(n))


@pytest.mark.parametrize(
    ("key", "made", "n"),
    [
        ("hosmoz", html, 20_000),
        ("hosmoz", links, 2_000),
        ("hosmoz", headings, 10_000),
        ("tableur", wide, 200),
        ("tableur", repeated, 500),
        ("tableur", long, 500),
    ],
)
def test_the_work_grows_with_the_file(key: str, made: Callable[[int], str], n: int, tmp_path: Path) -> None:
    def work(size: int) -> float:
        path = tmp_path / "fichier"
        path.write_text(made(size), encoding="utf-8")
        return min(_seconds(key, path) for _ in range(3))

    assert work(TIMES * n) < MOST_TIMES * work(n)


def _seconds(key: str, path: Path) -> float:
    started = process_time()
    with suppress(SourceError):
        for _ in REGISTRY[key].read(Source(path)):
            pass
    return process_time() - started


def test_a_repeated_name_takes_the_next_number_that_is_free() -> None:
    assert column_names(["a", "a (2)", "a", "a", "", ""]) == ["a", "a (2)", "a (3)", "a (4)", "", ""]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (hostile.far_xls(), "va jusqu’à la ligne 65536 et à la colonne 256"),
        (hostile.far_xlsx(), "va jusqu’à la ligne 1000000 et à la colonne 26"),
        (hostile.far_xlsx("XFD1048576"), "va jusqu’à la ligne 1048576 et à la colonne 16384"),
        (hostile.damaged(zipfile.ZIP_LZMA), "ce classeur est illisible"),
        (hostile.damaged(zipfile.ZIP_BZIP2), "ce classeur est illisible"),
        (hostile.damaged(zipfile.ZIP_DEFLATED), "ce classeur est illisible"),
    ],
    ids=["xls", "xlsx", "xlsx-last", "lzma", "bz2", "deflate"],
)
def test_a_workbook_that_would_cost_gigabytes_is_refused_before_it_does(
    content: bytes, says: str, tmp_path: Path
) -> None:
    path = tmp_path / "classeur"
    path.write_bytes(content)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(SourceError, match=says):
        read_sheets(load(path))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024


def test_a_long_sheet_of_few_columns_is_read(tmp_path: Path) -> None:
    path = tmp_path / "long.xlsx"
    path.write_bytes(hostile.far_xlsx("A1000000"))
    (sheet,) = read_sheets(load(path))
    assert sheet.rows == [(1, ["Nom"]), (1_000_000, ["x"])]


def test_what_is_too_wide_too_deep_or_too_long_is_refused_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "fichier"
    with pytest.raises(SourceError, match=rf"ligne 2 : 16385 cellules sur une ligne ; {MAX_COLUMNS} au plus"):
        list(split_rows(path, ["a;b\n", ";" * MAX_COLUMNS + "\n"], ";"))
    path.write_text("Nom;Ville\n" + (";" * (MAX_COLUMNS - 1) + "\n") * 125, encoding="utf-8")
    with pytest.raises(SourceError, match=r"ligne 124 : plus de 2 millions de cellules ; découpez-le"):
        read_grids(path, len, "de nom")
    path.write_text("<html>" + "<div>" * (MAX_DEPTH + 1), encoding="utf-8")
    with pytest.raises(SourceError, match="plus de 100 niveaux"):
        list(REGISTRY["hosmoz"].read(Source(path)))
