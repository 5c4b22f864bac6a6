"""The database: opened, created or upgraded by first use; and its troubles said in French."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from matcher.settings import database_url

# The last migration, so that opening a catalogue that is up to date does not load Alembic (a test keeps it true).
HEAD = "0002"
BUSY_TIMEOUT_S = 15.0
_WRITES = "entremise_writes"


class DatabaseError(Exception):
    """The database cannot serve. The message is French and says what to do."""


# What SQLite says, and what it means for the person.
_SQLITE_TROUBLES = (
    ("database is locked", "est occupée par un autre import ou une autre commande ; réessayez dans un instant."),
    ("not a database", "n’est pas une base SQLite ; indiquez un autre fichier ou retirez celui-ci."),
    ("malformed", "est endommagée ; repartez de la dernière sauvegarde."),
    ("readonly database", "est en lecture seule ; vérifiez les droits du fichier et de son dossier."),
    ("unable to open", "ne peut pas être ouverte ; vérifiez que son dossier existe et vos droits sur le fichier."),
    ("disk is full", "ne peut plus grandir : le disque est plein. Rien n’a été écrit."),
    ("disk I/O error", "ne peut pas être lue ou écrite : le disque répond mal (plein, débranché ou endommagé)."),
)


def open_database(url: str | None = None, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> Engine:
    """Return an engine on the catalogue at `url` (default: the settings'), created, migrated or upgraded where it must be.

    An older SQLite catalogue is copied beside itself before its upgrade. Raises DatabaseError.
    """
    parsed = _parsed(url or database_url())
    engine = _engine(parsed, busy_timeout_s)
    try:
        with explained(engine):
            _migrate(engine)
    except DatabaseError:
        engine.dispose()
        raise
    return engine


@contextmanager
def writing(engine: Engine, *, keep: bool = True) -> Iterator[Connection]:
    """One write transaction: all or nothing, and nothing where `keep` is False. Another writer waits. Raises DatabaseError."""
    with (
        explained(engine),
        engine.connect().execution_options(**{_WRITES: True}) as connection,
        connection.begin() as transaction,
    ):
        yield connection
        if not keep:
            transaction.rollback()


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One read transaction: every query sees the same state of the catalogue. Raises DatabaseError."""
    with explained(engine), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def explained(engine: Engine) -> Iterator[None]:
    """Turn the database driver's exceptions into DatabaseError, in French."""
    try:
        yield
    except DBAPIError as error:
        raise DatabaseError(_in_french(engine.url, str(error.orig))) from error
    except sqlite3.Error as error:  # raised bare while a connection is prepared
        raise DatabaseError(_in_french(engine.url, str(error))) from error


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise DatabaseError(
            f"« {url} » n’est pas l’adresse d’une base ; écrivez par exemple sqlite:///catalogue.sqlite"
        ) from error
    path = _file(parsed)
    if path is not None:
        if path.is_dir():
            raise DatabaseError(f"« {path} » est un dossier ; indiquez un fichier.")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseError(f"Le dossier « {path.parent} » ne peut pas être créé ({error.strerror}).") from error
    return parsed


def _engine(url: URL, busy_timeout_s: float) -> Engine:
    try:
        engine = create_engine(url)
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise DatabaseError(f"Le pilote de « {url.drivername} » n’est pas installé.") from error
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def prepare(connection: sqlite3.Connection, _record: Any) -> None:
            connection.isolation_level = None  # BEGIN is ours: the driver's own would leave DDL out of the transaction
            for pragma in (
                f"busy_timeout={int(busy_timeout_s * 1000)}",
                "journal_mode=WAL",
                "synchronous=FULL",
                "foreign_keys=ON",
            ):
                connection.execute(f"PRAGMA {pragma}")

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            immediate = connection.get_execution_options().get(_WRITES)
            connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


def _migrate(engine: Engine) -> None:
    with engine.connect() as connection:
        found = _revision(connection)
    if found == HEAD:
        return
    with engine.connect().execution_options(**{_WRITES: True}) as connection, connection.begin():
        found = _revision(connection)  # another command may have migrated it while this one waited
        if found != HEAD:
            _upgrade(connection, found)


def _revision(connection: Connection) -> str | None:
    """Return the migration the database is at, None where it is new."""
    tables = inspect(connection).get_table_names()
    if "alembic_version" in tables:
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())
    if tables:
        raise DatabaseError(
            f"{_named(connection.engine.url)} n’est pas un catalogue d’Entremise ; indiquez une autre base."
        )
    return None


def _upgrade(connection: Connection, found: str | None) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    url = connection.engine.url
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    if found is not None:
        try:
            ScriptDirectory.from_config(config).get_revision(found)
        except CommandError as error:
            raise DatabaseError(
                f"{_named(url)} vient d’une version plus récente d’Entremise ; mettez Entremise à jour."
            ) from error
        _back_up(url, found)
    command.upgrade(config, "head")


def _back_up(url: URL, revision: str) -> None:
    path = _file(url)
    if path is None:
        return
    copy = path.with_name(f"{path.name}.sauvegarde-{revision}")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)


def _file(url: URL) -> Path | None:
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return None if url.database.startswith("file:") else Path(url.database)


def _named(url: URL) -> str:
    return f"La base « {_file(url) or url.render_as_string(hide_password=True)} »"


def _in_french(url: URL, said: str) -> str:
    for fragment, meaning in _SQLITE_TROUBLES:
        if fragment in said:
            return f"{_named(url)} {meaning}"
    return f"{_named(url)} a refusé une opération : {said}"
