"""A shelf in a file: the same shelf when it is whole, nothing at all when it is not."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matcher.ranking.ask import LotOnShelf
from matcher.ranking.engine import rank
from matcher.ranking.lay_out import lay_out
from matcher.ranking.shelf.shelf import Shelf
from matcher.ranking.shelf.shelf_file import MAGIC, read_shelf, write_shelf
from matcher.reading.reader import read
from tests.bench.catalogue import TODAY, lots, suppliers

KEY = "une clé"


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return lay_out(suppliers(300), version=7)


@pytest.fixture
def path(shelf: Shelf, tmp_path: Path) -> Path:
    written = tmp_path / "dossier" / "essai.rayon"
    write_shelf(shelf, written, KEY)
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
    kept = read_shelf(path, KEY)
    assert kept is not None
    assert_same(shelf, kept)
    for lot in lots(12):
        reading = read(lot)
        assert rank(LotOnShelf(reading, kept, TODAY)).top(20) == rank(LotOnShelf(reading, shelf, TODAY)).top(20)


def test_an_empty_shelf_has_a_file_too(tmp_path: Path) -> None:
    path = tmp_path / "vide.rayon"
    write_shelf(lay_out(()), path, KEY)
    kept = read_shelf(path, KEY)
    assert kept is not None
    assert len(kept) == 0
    assert rank(LotOnShelf(read(lots(1)[0]), kept, TODAY)).top(5) == ()


def test_it_is_for_this_user_alone_and_leaves_nothing_beside_it(path: Path) -> None:
    assert path.stat().st_mode & 0o077 == 0
    assert [file.name for file in path.parent.iterdir()] == ["essai.rayon"]


def test_a_file_of_another_key_is_nothing(path: Path) -> None:
    assert read_shelf(path, "une autre clé") is None


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
    assert read_shelf(path, KEY) is None


def test_no_file_is_nothing_and_a_folder_is_nothing(tmp_path: Path) -> None:
    assert read_shelf(tmp_path / "absent", KEY) is None
    assert read_shelf(tmp_path, KEY) is None


def test_what_cannot_be_written_whole_leaves_the_former_file(
    shelf: Shelf, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("disque plein")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="disque plein"):
        write_shelf(shelf, path, "nouvelle")
    assert [file.name for file in path.parent.iterdir()] == ["essai.rayon"]
    assert read_shelf(path, KEY) is not None
