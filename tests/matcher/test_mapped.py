"""A table in a file, here a shelf: the same shelf when it is whole, nothing at all when it is not."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, is_dataclass
from pathlib import Path
from threading import Barrier
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.mapped import MAGIC, StringsMaker, load_or_build, read_mapped_table, write_mapped_table
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.engine import rank
from matcher.ranking.lay_out import lay_out
from matcher.ranking.shelf.shelf import Shelf
from matcher.reading.reader import read
from tests.bench.catalogue import TODAY, lots, suppliers

KEY = "une clé"


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return lay_out(suppliers(300), version=7)


@pytest.fixture
def path(shelf: Shelf, tmp_path: Path) -> Path:
    written = tmp_path / "dossier" / "essai.rayon"
    write_mapped_table(shelf, written, KEY)
    return written


def assert_same(one: Any, other: Any) -> None:
    for field in fields(one):
        mine, its = getattr(one, field.name), getattr(other, field.name)
        if not field.init:
            continue
        if is_dataclass(mine):
            assert_same(mine, its)
        elif isinstance(mine, Mapping):
            assert mine.keys() == its.keys()
            for name in mine:
                assert mine[name].dtype == its[name].dtype, name
                np.testing.assert_array_equal(mine[name], its[name], err_msg=name)
        elif isinstance(mine, np.ndarray):
            assert mine.dtype == its.dtype, field.name
            np.testing.assert_array_equal(mine, its, err_msg=field.name)
        else:
            assert mine == its, field.name


def test_it_comes_back_to_the_bit_and_ranks_the_same(shelf: Shelf, path: Path) -> None:
    again = read_mapped_table(Shelf, path, KEY)
    assert again is not None
    assert_same(shelf, again)
    for lot in lots(12):
        reading = read(lot)
        assert rank(LotOnShelf(reading, again, TODAY)).top(20) == rank(LotOnShelf(reading, shelf, TODAY)).top(20)


def test_an_empty_shelf_has_a_file_too(tmp_path: Path) -> None:
    path = tmp_path / "vide.rayon"
    write_mapped_table(lay_out(()), path, KEY)
    again = read_mapped_table(Shelf, path, KEY)
    assert again is not None
    assert len(again) == 0
    assert rank(LotOnShelf(read(lots(1)[0]), again, TODAY)).top(5) == ()


def test_it_is_for_this_user_alone_and_leaves_nothing_beside_it(path: Path) -> None:
    assert path.stat().st_mode & 0o077 == 0
    assert [file.name for file in path.parent.iterdir()] == ["essai.rayon"]


def test_a_file_of_another_key_is_nothing(path: Path) -> None:
    assert read_mapped_table(Shelf, path, "une autre clé") is None


def spoilt(at: float) -> Callable[[bytes], bytes]:
    def spoil(content: bytes) -> bytes:
        rank = int(at * (len(content) - 1))
        return content[:rank] + bytes([content[rank] ^ 1]) + content[rank + 1 :]

    return spoil


@pytest.mark.parametrize(
    "spoil",
    [
        *(pytest.param(spoilt(at), id=f"one bit at {at}") for at in (0, 0.00001, 0.001, 0.1, 0.5, 0.9, 1)),
        pytest.param(lambda content: content[:-1], id="one byte less"),
        pytest.param(lambda content: content[: len(content) // 2], id="half"),
        pytest.param(lambda content: content + b"\0", id="one byte more"),
        pytest.param(lambda content: MAGIC, id="its beginning"),
        pytest.param(lambda content: content.replace(KEY.encode(), b"{" * len(KEY.encode())), id="a header of braces"),
        pytest.param(lambda content: b"", id="empty"),
        pytest.param(lambda content: b"not a shelf" * 1000, id="something else"),
    ],
)
def test_a_spoilt_file_is_nothing(path: Path, spoil: Callable[[bytes], bytes]) -> None:
    path.write_bytes(spoil(path.read_bytes()))
    assert read_mapped_table(Shelf, path, KEY) is None


def test_no_file_is_nothing_and_a_folder_is_nothing(tmp_path: Path) -> None:
    assert read_mapped_table(Shelf, tmp_path / "absent", KEY) is None
    assert read_mapped_table(Shelf, tmp_path, KEY) is None


def test_what_cannot_be_written_whole_leaves_the_former_file(
    shelf: Shelf, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("disque plein")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="disque plein"):
        write_mapped_table(shelf, path, "nouvelle")
    assert [file.name for file in path.parent.iterdir()] == ["essai.rayon"]
    assert read_mapped_table(Shelf, path, KEY) is not None


@settings(deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_texts_come_back_in_their_order(texts: list[str]) -> None:
    column = StringsMaker(texts).made()
    assert len(column) == len(texts)
    assert list(column) == texts
    assert column[1:] == texts[1:]
    if texts:
        assert column[-1] == texts[-1]


def test_a_table_is_made_once_and_made_again_where_its_file_is_spoilt_or_of_another_key(tmp_path: Path) -> None:
    made: list[str] = []

    def build() -> Shelf:
        made.append("made")
        return lay_out(suppliers(3))

    path = tmp_path / "dossier" / "essai.table"
    first, second = load_or_build(Shelf, path, KEY, build), load_or_build(Shelf, path, KEY, build)
    assert made == ["made"]
    assert_same(first, second)
    assert not first.points.vectors.flags.owndata, "whoever makes it maps it too"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert_same(load_or_build(Shelf, path, KEY, build), first)
    load_or_build(Shelf, path, "une autre clé", build)
    assert made == ["made"] * 3


def test_a_folder_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "fichier").write_text("")
    assert len(load_or_build(Shelf, tmp_path / "fichier" / "essai.table", KEY, lambda: lay_out(suppliers(3)))) == 3


def test_of_those_who_ask_together_one_builds(shelf: Shelf, tmp_path: Path) -> None:
    """Each takes the lock by itself, as another process would."""
    path, built, together = tmp_path / "ensemble.rayon", list[str](), Barrier(4)

    def build() -> Shelf:
        built.append("built")
        return shelf

    def ask(_: int) -> Shelf:
        together.wait()
        return load_or_build(Shelf, path, KEY, build)

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(ask, range(4)))
    assert built == ["built"]
    assert_same(found[0], found[3])
