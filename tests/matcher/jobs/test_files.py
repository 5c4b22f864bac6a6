"""Dropped files in the database or in a shared folder, whose leftovers go, and which hold nothing that was to be erased."""

import io
import os
import re
from pathlib import Path

import pytest
from sqlalchemy import Engine

from matcher.db import writing
from matcher.erasure import FOLDERS, cut_tables
from matcher.jobs.files import FileGone, drop_left_over, opened_file
from matcher.jobs.works import DroppedFile, Work, WorkStore
from matcher.settings import CACHE_VARIABLE, FILES_VARIABLE


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


def dropped(engine: Engine, content: bytes, *, of_suppliers: bool = True) -> Work:
    files = {"fichier": DroppedFile("liste.csv", io.BytesIO(content))}
    return WorkStore(engine).put(None, "a", {}, files=files, of_suppliers=of_suppliers)


def content_of(engine: Engine, work: Work) -> bytes:
    with opened_file(engine, work.id, work.key, "fichier", work.files["fichier"].name) as path:
        return path.read_bytes()


def test_a_shared_folder_holds_what_the_database_does_not(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = tmp_path / "partage"
    monkeypatch.setenv(FILES_VARIABLE, str(shared))
    work = dropped(engine, b"abc")
    (kept,) = (path for path in shared.rglob("*") if path.is_file())
    assert (kept.name, kept.read_bytes(), oct(kept.stat().st_mode & 0o777)) == ("liste.csv", b"abc", "0o600")
    assert content_of(engine, work) == b"abc"
    assert kept.exists()
    WorkStore(engine).forget(None, work.key)
    assert list(shared.iterdir()) == []
    with pytest.raises(FileGone, match="déposez-le de nouveau"):
        content_of(engine, work)


def test_copies_that_a_killed_worker_left_go_after_a_day(cache: Path) -> None:
    folder = FOLDERS["travaux"].path
    assert folder == cache / "travaux"
    for name, hours in (("tmpvieux", 25), ("tmprecent", 0), ("a" * 16, 25)):
        (folder / name).mkdir(parents=True)
        written = (folder / name).stat().st_mtime - hours * 3600
        os.utime(folder / name, (written, written))
    drop_left_over({"a" * 16})
    assert sorted(path.name for path in folder.iterdir()) == ["a" * 16, "tmprecent"]


def test_a_value_that_is_erased_takes_the_files_that_hold_it(engine: Engine) -> None:
    beside = b"x" * (64 * 1024 - 6)  # the value is cut by the end of a part
    works = [dropped(engine, content) for content in (beside + b"Jeanne Martin", b"nom\nAtelier\n", b"PK\x03\x04\0\0")]
    works.append(dropped(engine, b"Jeanne Martin", of_suppliers=False))

    def no_martin(text: str) -> str:
        return re.sub("Jeanne Martin", "", text)

    with writing(engine) as connection:
        assert cut_tables(connection, no_martin, of_supplier=True) == 2, "a buyer's own accounts are the buyer's"
    assert content_of(engine, works[3]) == b"Jeanne Martin"
    with writing(engine) as connection:
        assert cut_tables(connection, no_martin) == 1
        assert cut_tables(connection, no_martin) == 0
    assert content_of(engine, works[1]) == b"nom\nAtelier\n"
    for work in (works[0], works[2], works[3]):
        with pytest.raises(FileGone, match=r"« liste\.csv » n’est plus gardé"):
            content_of(engine, work)
