"""Files written whole or not at all; files and folders of their owner's alone, whatever the umask."""

import os
import resource
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from matcher.private_files import open_private, private_folder, write_private, write_whole


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


@pytest.fixture
def full_disk() -> Iterator[None]:
    """No file of this process may grow past a few blocks, as on a disk that fills up."""
    before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, most))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))


@pytest.mark.usefixtures("full_disk")
@pytest.mark.parametrize("write", [write_private, write_whole])
def test_a_disk_that_fills_up_leaves_the_file_that_was_there_and_no_half(
    tmp_path: Path, write: Callable[[Path, bytes], None]
) -> None:
    (tmp_path / "liste").write_bytes(b"avant")
    for name in ("liste", "autre"):
        with pytest.raises(OSError, match="File too large"):
            write(tmp_path / name, b"x" * 200_000)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("liste", b"avant")]


def test_an_answer_keeps_who_may_open_its_file_and_goes_where_a_link_points(tmp_path: Path) -> None:
    os.umask(0o022)
    write_whole(tmp_path / "neuf", b"x")
    (tmp_path / "lien").symlink_to("cible")
    write_whole(tmp_path / "lien", b"1")
    (tmp_path / "cible").chmod(0o640)
    write_whole(tmp_path / "lien", b"2")
    assert (tmp_path / "lien").is_symlink()
    assert [(name, mode(tmp_path / name)) for name in ("neuf", "cible")] == [("neuf", "0o644"), ("cible", "0o640")]
    assert (tmp_path / "cible").read_bytes() == b"2"


def test_a_pipe_is_written_as_it_is(tmp_path: Path) -> None:
    read, written = os.pipe()
    write_whole(Path(f"/dev/fd/{written}"), b"x")
    assert os.read(read, 9) == b"x"
    os.close(read)
    os.close(written)
