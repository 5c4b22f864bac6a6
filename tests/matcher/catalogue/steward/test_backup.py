import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from shutil import copyfile

import pytest
from psycopg.errors import DiskFull
from sqlalchemy import Engine, event, insert

from importers import REGISTRY
from importers.importer import Source
from matcher.accounts.audit import commit_audit_line, read_whole_journal
from matcher.accounts.organisations import OrganisationProfile, create_organisation
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.intake.undo import undo_import
from matcher.catalogue.steward import backup as transfer
from matcher.catalogue.steward.backup import TransferRefused, back_up, copy_catalogue, pages, restore
from matcher.catalogue.store.read import catalogue_version, load_suppliers
from matcher.catalogue.store.tables import MetaRow
from matcher.db import DatabaseError, open_database, reading, writing
from matcher.erasure import FOLDERS
from matcher.ownership import FIRST_ORGANISATION
from matcher.paths import shipped_path
from matcher.rows import Base
from tests.engines import ENGINES, dump, own_catalogue

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def take(engine: Engine, key: str, name: str) -> None:
    run_import(engine, REGISTRY[key], [Source(shipped_path(f"data/samples/{name}"))], now=NOW)


@pytest.fixture
def engine(new_url: str) -> Iterator[Engine]:
    """A catalogue of two directories."""
    engine = open_database(new_url)
    take(engine, "emplois", "emplois.json")
    take(engine, "finess", "finess.csv")
    yield engine
    engine.dispose()


@pytest.fixture(params=ENGINES)
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty catalogue, on each database."""
    folder = tmp_path / "autre"
    folder.mkdir()
    with own_catalogue(request.param, folder) as url:
        engine = open_database(url)
        yield engine
        engine.dispose()


def test_a_copy_is_the_same_catalogue_and_lives_on(engine: Engine, other: Engine) -> None:
    told: list[tuple[str, int, int]] = []
    counts = copy_catalogue(engine, other, progress=lambda *step: told.append(step))
    assert dump(other, numbers=True) == dump(engine, numbers=True)
    assert load_suppliers(other) == load_suppliers(engine)
    assert counts["supplier"] == len(load_suppliers(engine))
    assert told[-1][1] == told[-1][2] == sum(counts.values())
    for catalogue in (engine, other):  # new rows are numbered after those copied
        take(catalogue, "hosmoz", "hosmoz.csv")
        undo_import(catalogue, 2, now=NOW)
    assert dump(other) == dump(engine)
    assert catalogue_version(other) == 4


def test_a_catalogue_that_holds_something_is_replaced_only_when_asked(engine: Engine, other: Engine) -> None:
    take(other, "hosmoz", "hosmoz.csv")
    before = dump(other, numbers=True)
    with pytest.raises(TransferRefused, match=r"contient déjà un catalogue .* --remplacer"):
        copy_catalogue(engine, other)
    assert dump(other, numbers=True) == before
    copy_catalogue(engine, other, replace=True)
    assert dump(other, numbers=True) == dump(engine, numbers=True)
    with pytest.raises(TransferRefused, match="la même base"):
        copy_catalogue(other, other, replace=True)


def test_a_copy_that_is_not_whole_is_not_kept(engine: Engine, other: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def short(connection: object, table: object) -> Iterator[list[dict[str, object]]]:
        for rows in pages(connection, table):  # type: ignore[arg-type]
            yield rows[:-1] if table.name == "site" and len(rows) > 1 else rows  # type: ignore[attr-defined]

    monkeypatch.setattr(transfer, "pages", short)
    empty = dump(other, numbers=True)
    with pytest.raises(TransferRefused, match=r"n’est pas complète \(site\)"):
        copy_catalogue(engine, other)
    assert dump(other, numbers=True) == empty


def _disk_full(engine: Engine) -> Exception:
    """The error of a full disk, with the code that each base gives it."""
    if engine.dialect.name == "postgresql":
        return DiskFull("could not extend file")
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL
    return full


def test_a_failure_in_the_middle_leaves_the_destination_as_it_was(engine: Engine, other: Engine) -> None:
    take(other, "hosmoz", "hosmoz.csv")
    before = dump(other, numbers=True)
    statements = count()

    @event.listens_for(other, "before_cursor_execute")
    def fail(*_: object) -> None:
        if next(statements) == 30:
            raise _disk_full(other)

    with pytest.raises(DatabaseError, match="disque est plein"):
        copy_catalogue(engine, other, replace=True)
    event.remove(other, "before_cursor_execute", fail)
    assert dump(other, numbers=True) == before


def test_a_backup_is_restored(engine: Engine, other: Engine, tmp_path: Path) -> None:
    path = tmp_path / "sauvegarde.sqlite"
    before = dump(engine, numbers=True)
    counts = back_up(engine, path)
    assert [found.name for found in tmp_path.glob("sauvegarde*")] == ["sauvegarde.sqlite"]
    with pytest.raises(TransferRefused, match="existe déjà"):
        back_up(engine, path)
    take(engine, "hosmoz", "hosmoz.csv")
    saved = path.read_bytes()
    with pytest.raises(TransferRefused, match="--remplacer"):
        restore(engine, path)
    assert restore(engine, path, replace=True) == counts
    assert dump(engine, numbers=True) == before
    restore(other, path)
    assert dump(other, numbers=True) == before
    assert path.read_bytes() == saved, "une sauvegarde n’est que lue"


def test_the_lines_of_the_journal_outlive_a_restore(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "sauvegarde.sqlite"
    commit_audit_line(engine, at=NOW, author="Léa", action="avant", owner=FIRST_ORGANISATION)
    back_up(engine, path)
    other = create_organisation(engine, OrganisationProfile("Outremont"), author="Léa", now=NOW)
    commit_audit_line(engine, at=NOW, author="Jean", action="après", owner=other.id)
    restore(engine, path, replace=True)
    lines = [(line.who, line.action, line.organisation != "") for line in read_whole_journal(engine)]
    assert [lines[0], lines[-1]] == [("Jean", "après", False), ("Léa", "avant", True)]
    assert len([line for line in lines if line[1] == "avant"]) == 1, "a line that both have is there once"


@pytest.mark.skipif(os.name == "nt", reason="a process has no limit on the size of its files there")
def test_a_backup_that_the_disk_refuses_is_said_and_leaves_nothing(engine: Engine, tmp_path: Path) -> None:
    import resource

    folder = tmp_path / "sauvegardes"
    folder.mkdir()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    try:
        with pytest.raises(DatabaseError, match="disque"):
            back_up(engine, folder / "sauvegarde.sqlite")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("content", [b"Nom;SIRET\n" * 50, b"SQLite format 3\x00" + b"\xff" * 4000])
def test_what_is_no_backup_changes_nothing(engine: Engine, content: bytes, tmp_path: Path) -> None:
    before = dump(engine, numbers=True)
    path = tmp_path / "autre.sqlite"
    path.write_bytes(content)
    with pytest.raises(DatabaseError, match=r"autre\.sqlite") as refused:
        restore(engine, path, replace=True)
    assert f"« {path} »" in str(refused.value), "the file given, not its temporary copy"
    path.unlink()
    with closing(sqlite3.connect(path)) as foreign:
        foreign.execute("CREATE TABLE factures (id)")
    with pytest.raises(DatabaseError, match="n’est pas un catalogue d’Entremise"):
        restore(engine, path, replace=True)
    assert dump(engine, numbers=True) == before


def test_pages_follow_the_key(new_url: str) -> None:
    engine = open_database(new_url)
    keys = [f"clé {letter}{rank}" for rank in range(5) for letter in "aÉ-Z"]
    with writing(engine) as connection:
        connection.execute(insert(MetaRow), [{"key": key, "value": "1"} for key in keys])
    meta = Base.metadata.tables["meta"]
    with reading(engine) as connection:
        for size in (1, 3, 20, 100):
            found = [row["key"] for rows in pages(connection, meta, size) for row in rows]
            assert sorted(found) == sorted(keys)
        assert [len(rows) for rows in pages(connection, meta, 8)] == [8, 8, 4]
    engine.dispose()


def test_what_a_killed_restore_leaves_lies_where_it_is_swept(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(engine, tmp_path / "sauvegarde.sqlite")
    monkeypatch.setattr(transfer, "copyfile", lambda _path, copy: copies.append(copy) or copyfile(_path, copy))  # type: ignore[func-returns-value]
    copies: list[Path] = []
    restore(engine, tmp_path / "sauvegarde.sqlite", replace=True)
    (copy,) = copies
    assert copy.parent.parent == FOLDERS["travaux"].path
    assert not copy.parent.exists()
