"""Files and folders of their owner's alone, whatever the umask."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from matcher.private_files import open_private, private_folder, write_private


@pytest.fixture(autouse=True)
def open_umask() -> Iterator[None]:
    before = os.umask(0o000)
    yield
    os.umask(before)


def mode(path: Path) -> str:
    return oct(path.stat().st_mode & 0o777)


def test_what_is_made_is_closed_to_others_and_what_was_there_stays_as_it_was(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    folder = private_folder(tmp_path / "a" / "b")
    assert [mode(path) for path in (folder, folder.parent, tmp_path)] == ["0o700", "0o700", "0o755"]
    with open_private(folder / "texte", "w") as file:
        file.write("é")
    write_private(folder / "octets", b"x")
    write_private(folder / "octets", b"y")
    assert [(path.name, mode(path), path.read_bytes()) for path in sorted(folder.iterdir())] == [
        ("octets", "0o600", b"y"),
        ("texte", "0o600", "é".encode()),
    ]


def test_what_cannot_be_written_leaves_nothing_beside(tmp_path: Path) -> None:
    (tmp_path / "pris").mkdir()
    with pytest.raises(OSError, match="pris"):
        write_private(tmp_path / "pris", b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["pris"]
