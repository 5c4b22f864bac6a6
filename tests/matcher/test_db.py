import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, insert, text

from matcher import db, settings
from matcher.catalogue.tables import Base, MetaRow
from matcher.db import DatabaseError, open_database, reading, writing


def url_of(path: Path) -> str:
    return f"sqlite:///{path.as_posix()}"


def count(engine: Engine) -> int:
    with reading(engine) as connection:
        return int(connection.execute(text("SELECT count(*) FROM meta")).scalar_one())


def test_a_new_database_is_created_and_migrated(tmp_path: Path) -> None:
    path = tmp_path / "dossier" / "catalogue.sqlite"
    engine = open_database(url_of(path))
    assert path.is_file()
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
        assert connection.execute(text("PRAGMA busy_timeout")).scalar() == 15_000
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    engine.dispose()
    again = open_database(url_of(path))
    assert count(again) == 0
    again.dispose()
    assert list(tmp_path.rglob("*sauvegarde*")) == []


def test_head_is_the_last_migration() -> None:
    assert ScriptDirectory(str(Path(db.__file__).parent / "migrations")).get_current_head() == db.HEAD


def test_an_older_database_is_copied_before_its_upgrade(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "catalogue.sqlite"
    engine = open_database(url_of(path))
    with writing(engine) as connection:
        connection.execute(insert(MetaRow), {"key": "version", "value": "7"})
    engine.dispose()
    head = db.HEAD
    monkeypatch.setattr(db, "HEAD", "9998")
    open_database(url_of(path)).dispose()
    with closing(sqlite3.connect(tmp_path / f"catalogue.sqlite.sauvegarde-{head}")) as copy:
        assert copy.execute("SELECT value FROM meta").fetchall() == [("7",)]


def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    engine = open_database(url_of(path))
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(DatabaseError, match="version plus récente"):
        open_database(url_of(path))


def test_a_write_is_all_or_nothing(tmp_path: Path) -> None:
    engine = open_database(url_of(tmp_path / "c.sqlite"))
    row = {"key": "a", "value": "1"}
    with pytest.raises(DatabaseError, match="UNIQUE"), writing(engine) as connection:
        connection.execute(insert(MetaRow), [row, row])
    with writing(engine, keep=False) as connection:
        connection.execute(insert(MetaRow), {"key": "b", "value": "1"})
    assert count(engine) == 0
    with writing(engine) as connection:
        connection.execute(insert(MetaRow), {"key": "c", "value": "1"})
    assert count(engine) == 1
    engine.dispose()


def test_a_second_writer_is_told_after_the_timeout_and_a_reader_is_not_stopped(tmp_path: Path) -> None:
    url = url_of(tmp_path / "c.sqlite")
    first, second = open_database(url), open_database(url, busy_timeout_s=0.1)
    with writing(first) as connection:
        connection.execute(insert(MetaRow), {"key": "a", "value": "1"})
        started = time.monotonic()
        with pytest.raises(DatabaseError, match="occupée par un autre import"), writing(second):
            pytest.fail("the second writer must wait")
        assert time.monotonic() - started < 5
        assert count(second) == 0
    assert count(second) == 1
    first.dispose()
    second.dispose()


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"Raison sociale;SIRET\n" * 100, "n’est pas une base SQLite"), (b"SQLite format 3\x00" + b"\xff" * 4000, "base")],
)
def test_another_file_is_not_taken_for_a_database(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "annuaire.csv"
    path.write_bytes(content)
    with pytest.raises(DatabaseError, match=said):
        open_database(url_of(path))
    assert path.read_bytes() == content


def test_the_database_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "autre.sqlite"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE factures (id)")
    with pytest.raises(DatabaseError, match="n’est pas un catalogue d’Entremise"):
        open_database(url_of(path))


def test_a_folder_a_bad_url_and_a_missing_driver(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="est un dossier"):
        open_database(url_of(tmp_path))
    with pytest.raises(DatabaseError, match="n’est pas l’adresse d’une base"):
        open_database("catalogue.sqlite")
    with pytest.raises(DatabaseError, match="pilote"):
        open_database("nulle+part://hote/base")
    (tmp_path / "fichier").write_text("")
    with pytest.raises(DatabaseError, match="ne peut pas être créé"):
        open_database(url_of(tmp_path / "fichier" / "c.sqlite"))


def test_a_read_only_database_says_so(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    open_database(url_of(path)).dispose()
    engine = open_database(f"sqlite:///file:{path.as_posix()}?mode=ro&uri=true")
    with pytest.raises(DatabaseError, match="lecture seule"), writing(engine) as connection:
        connection.execute(insert(MetaRow), {"key": "a", "value": "1"})
    engine.dispose()


def test_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(settings.DATABASE_VARIABLE, "sqlite:///ici.sqlite")
    assert settings.database_url() == "sqlite:///ici.sqlite"
    monkeypatch.delenv(settings.DATABASE_VARIABLE)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert settings.database_url().startswith("sqlite:///")
    assert settings.database_url().endswith("entremise/catalogue.sqlite")
