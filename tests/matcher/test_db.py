import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, insert, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from matcher import db, settings
from matcher.catalogue.store.tables import MetaRow
from matcher.db import DatabaseError, open_database, reading, writing
from matcher.dossiers.store import create_dossier as open_dossier
from matcher.ownership import FIRST_ORGANISATION
from matcher.rows import Base
from tests.engines import ON_A_SERVER, POSTGRESQL_VARIABLE, awaiting_the_disk, dump, own_catalogue
from tests.matcher.dossiers.kept import AT, HEADER, WHO


def url_of(path: Path) -> str:
    return f"sqlite:///{path.as_posix()}"


def count(engine: Engine) -> int:
    with reading(engine) as connection:
        return int(connection.execute(text("SELECT count(*) FROM meta")).scalar_one())


def test_a_new_database_is_created_and_migrated(tmp_path: Path) -> None:
    path = tmp_path / "dossier" / "catalogue.sqlite"
    engine = open_database(url_of(path))
    assert path.is_file()
    with awaiting_the_disk(), engine.connect() as connection:
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
    assert ScriptDirectory(str(Path(db.__file__).parent / "migrations")).get_heads() == [db.HEAD]


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


def test_a_database_older_than_the_base_is_refused_and_left_as_it_is(new_url: str) -> None:
    engine = open_database(new_url)
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0012'"))
    engine.dispose()
    with pytest.raises(DatabaseError, match=r"trop ancien \(0012\).+ouvrez-la d’abord avec la version 0.2"):
        open_database(new_url)
    assert db.revision(new_url) == "0012"
    assert db.automatic_backups(make_url(new_url)) == []


def test_a_newer_database_is_refused(new_url: str) -> None:
    engine = open_database(new_url)
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(DatabaseError, match="version plus récente"):
        open_database(new_url)


def test_a_write_is_all_or_nothing(new_url: str) -> None:
    engine = open_database(new_url)
    row = {"key": "a", "value": "1"}
    with pytest.raises(DatabaseError, match=r"(?i)unique"), writing(engine) as connection:
        connection.execute(insert(MetaRow), [row, row])
    with writing(engine, keep=False) as connection:
        connection.execute(insert(MetaRow), {"key": "b", "value": "1"})
    assert count(engine) == 0
    with writing(engine) as connection:
        connection.execute(insert(MetaRow), {"key": "c", "value": "1"})
    assert count(engine) == 1
    engine.dispose()


def test_a_second_writer_is_told_after_the_timeout_and_a_reader_is_not_stopped(new_url: str) -> None:
    first, second = open_database(new_url), open_database(new_url, busy_timeout_s=0.1)
    with writing(first) as connection:
        connection.execute(insert(MetaRow), {"key": "a", "value": "1"})
        with pytest.raises(DatabaseError, match="occupée par un autre import"), writing(second):
            pytest.fail("the second writer must wait")
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


def test_the_database_of_another_program_is_refused(new_url: str) -> None:
    other = create_engine(new_url)
    with other.begin() as connection:
        connection.execute(text("CREATE TABLE factures (id INTEGER)"))
    other.dispose()
    with pytest.raises(DatabaseError, match="n’est pas un catalogue d’Entremise"):
        open_database(new_url)


def test_the_tables_are_those_of_the_metadata(new_url: str) -> None:
    assert db.revision(new_url) is None
    engine = open_database(new_url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    engine.dispose()
    assert db.revision(new_url) == db.HEAD


def test_an_empty_database_that_two_open_at_once_is_created_once(new_url: str) -> None:
    with ThreadPoolExecutor(2) as pool:
        engines = list(pool.map(open_database, (new_url, new_url)))
    assert db.revision(new_url) == db.HEAD
    for engine in engines:
        engine.dispose()


def test_a_reading_sees_one_state_of_the_catalogue(new_url: str) -> None:
    engine = open_database(new_url)
    with reading(engine) as connection:
        before = connection.execute(text("SELECT count(*) FROM meta")).scalar_one()
        with writing(engine) as other:
            other.execute(insert(MetaRow), {"key": "a", "value": "1"})
        assert connection.execute(text("SELECT count(*) FROM meta")).scalar_one() == before == 0
    assert count(engine) == 1
    engine.dispose()


def test_no_password_is_ever_said() -> None:
    for url, said in (
        ("postgresql://moi:secret@127.0.0.1:1/base", "ne répond pas"),
        ("postgres://moi:secret@127.0.0.1:1/base?sslmode=disable&password=secret", "ne répond pas"),
        ("postgresql://moi:secret@127.0.0.1:port/base", "n’est pas l’adresse"),
        ("postgresql://moi:sec@secret@hote:x:1/base", "n’est pas l’adresse"),
        ("mysql+nul://moi:secret@127.0.0.1/base", "pilote"),
    ):
        with pytest.raises(DatabaseError, match=said) as refused:
            open_database(url)
        assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("55P03", "occupée par un autre import"),
        ("53100", "le disque est plein"),
        ("53300", "manque de mémoire ou de connexions"),
        ("57P01", "le serveur s’est arrêté"),
        ("28P01", "refuse l’accès"),
        ("3D000", "n’existe pas sur ce serveur"),
        ("25006", "lecture seule"),
        ("42501", "ne vous donne pas le droit"),
        ("42P01", "a refusé une opération : dit ainsi"),
    ],
)
def test_the_troubles_of_postgresql_are_said_by_their_code(state: str, said: str) -> None:
    class Trouble(Exception):
        sqlstate = state

    engine = create_engine("sqlite://")
    with pytest.raises(DatabaseError, match=said), db.errors_in_french(engine):
        raise OperationalError("SELECT 1", {}, Trouble("dit ainsi"))


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "occupée par un autre import"),
        (sqlite3.SQLITE_LOCKED, "occupée par un autre import"),
        (sqlite3.SQLITE_FULL, "le disque est plein"),
        (sqlite3.SQLITE_IOERR_FSYNC, "le disque répond mal"),
        (sqlite3.SQLITE_CORRUPT, "est endommagée"),
        (sqlite3.SQLITE_CONSTRAINT, "a refusé une opération : dit ainsi"),
    ],
)
def test_the_troubles_of_sqlite_are_said_by_their_code_whatever_its_words(code: int, said: str) -> None:
    class Trouble(Exception):
        sqlite_errorcode = code

    engine = create_engine("sqlite://")
    with pytest.raises(DatabaseError, match=said), db.errors_in_french(engine):
        raise OperationalError("SELECT 1", {}, Trouble("dit ainsi"))


@ON_A_SERVER
def test_what_a_server_refuses_is_said_in_french() -> None:
    server = os.environ.get(POSTGRESQL_VARIABLE)
    if not server:
        pytest.skip(f"pas de PostgreSQL d’essai : {POSTGRESQL_VARIABLE} n’est pas défini")
    url = make_url(server)
    for wrong, said in (
        (url.set(database="aucune"), "n’existe pas sur ce serveur"),
        (url.set(username="personne"), "refuse l’accès"),
        (url.set(username=url.username if url.password else "personne", password="faux"), "refuse l’accès"),  # noqa: S106
        (url.set(port=1), "ne répond pas"),
        (url.update_query_dict({"options": "-csearch_path=aucun"}), "n’a pas le schéma"),
    ):
        with pytest.raises(DatabaseError, match=said):
            open_database(wrong.render_as_string(hide_password=False))


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


def test_an_upgrade_keeps_the_history_of_imports_and_takes_out_suppliers_without_a_kind(tmp_path: Path) -> None:
    url = url_of(tmp_path / "ancien.sqlite")
    engine = open_database(url)
    rows = (
        (
            "INSERT INTO supplier (id, name, siret, siren, brand, naf, description, workers_text, capacity, area, area_codes, "
            "labels, flags) VALUES ('x:' || :n, 'n', '', '', '', '', '', '', '', '', '[]', '[]', '[]')"
        ),
        "INSERT INTO source_record VALUES (:n, 'x', :n, 'x:' || :n, '', '', '{}', '', '[]', NULL, 1, 1, 0)",
        "INSERT INTO record_before VALUES (1, :n, NULL, 0, 1)",
    )
    with writing(engine) as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(db.__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.downgrade(config, "0013")
        connection.execute(text("INSERT INTO import_run VALUES (1, 'x', '', '', 0, 0, '{}', 0, 1, NULL)"))
        for row in rows:
            connection.execute(text(row), [{"n": 1}, {"n": 2}])
        connection.execute(text("INSERT INTO supplier_kind VALUES ('x:1', 0, 'EI')"))
    engine.dispose()
    engine = open_database(url)
    with reading(engine) as connection:
        assert connection.execute(text("SELECT id FROM supplier")).scalars().all() == ["x:1"]
        assert connection.execute(text("SELECT count(*) FROM source_record")).scalar_one() == 2
        assert connection.execute(text("SELECT count(*) FROM record_before")).scalar_one() == 2
    engine.dispose()


@ON_A_SERVER
@pytest.mark.parametrize(
    "damage",
    [
        "",
        "CREATE TABLE essai (id INTEGER)",
        "ALTER TABLE meta ADD autre TEXT",
        "UPDATE alembic_version SET version_num = '9999'",
    ],
)
def test_the_catalogue_that_a_test_leaves_is_new_for_the_next(damage: str, tmp_path: Path) -> None:
    """Of what the tests on PostgreSQL have their catalogues from: rows, numbers and tables, whatever was done to them."""
    states = []
    for _ in range(2):
        with own_catalogue("postgresql", tmp_path) as url:
            engine = open_database(url)
            tables = set(inspect(engine).get_table_names())
            with engine.connect() as connection, connection.begin():
                version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
            states.append((dump(engine, numbers=True), tables, version))
            with writing(engine) as connection:
                connection.execute(insert(MetaRow), {"key": "version", "value": "7"})
            states.append(open_dossier(engine, FIRST_ORGANISATION, HEADER, author=WHO, now=AT).id)
            engine.dispose()
            spoiling = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
            with spoiling.connect() as connection:
                if damage:
                    connection.exec_driver_sql(damage)
    assert states[:2] == states[2:]
