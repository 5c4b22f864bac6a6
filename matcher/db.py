"""Opens the catalogue's database (SQLite or PostgreSQL), creating or migrating it at first use; read and write transactions; French errors;
copies and compaction of an SQLite file."""

import glob
import logging
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import NullPool

from matcher.pools import POOL, Pool, free_connection
from matcher.private_files import open_private, private_folder
from matcher.settings import database_url

# The last migration, from file names, so that Alembic is not loaded for an up-to-date catalogue.
HEAD = max(path.name.partition("_")[0] for path in Path(__file__).parent.glob("migrations/versions/[0-9]*.py"))
BUSY_TIMEOUT_S = 15.0
_CONNECT_TIMEOUT_S = 10
_WRITES = "entremise_writes"  # under which lock
_READS = "entremise_reads"
_INSTALLED_BY = ' : pip install ".[postgresql]" dans un clone d’Entremise, ou pip install "./entremise-X.Y.Z-py3-none-any.whl[postgresql]" avec sa roue'
_POSTGRESQL_NAMES = {"postgresql", "postgres"}
_COPY = ".sauvegarde-"
# Outer transaction that others of this thread join, inside `write_together`.
_TOGETHER: ContextVar[Connection | None] = ContextVar("together", default=None)
_PASSWORD = re.compile(r"(://[^:/@]*:).*@")
_LOG = logging.getLogger(__name__)


class DatabaseError(Exception):
    """Raised when the database cannot be used. The message is French and gives advice."""


_BUSY = "est occupée par un autre import ou une autre commande ; réessayez dans un instant."
_FULL = "ne peut plus grandir : le disque est plein. Rien n’a été écrit."
_STOPPED = "ne répond plus : le serveur s’est arrêté ou la connexion est coupée. Rien n’a été écrit ; réessayez."
_FEW = "a trop de connexions ouvertes ; réessayez dans un instant."
_NO_DATABASE = "n’existe pas sur ce serveur ; créez-la (docs/deploy.md) ou corrigez l’adresse."
_NO_ACCESS = "refuse l’accès : vérifiez le nom d’utilisateur et le mot de passe."

# SQLite error codes, and their French messages.
_SQLITE_TROUBLES = {
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_NOTADB: "n’est pas une base SQLite ; indiquez un autre fichier ou retirez celui-ci.",
    sqlite3.SQLITE_CORRUPT: "est endommagée ; repartez de la dernière sauvegarde.",
    sqlite3.SQLITE_READONLY: "est en lecture seule ; vérifiez les droits du fichier et de son dossier.",
    sqlite3.SQLITE_CANTOPEN: "ne peut pas être ouverte ; vérifiez que son dossier existe et vos droits sur le fichier.",
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_IOERR: "ne peut pas être lue ou écrite : le disque répond mal (plein, débranché ou endommagé).",
}
# Texts of libpq, which gives no code for an unreachable server, in English or French.
_UNREACHED = (
    ("password authentication failed", _NO_ACCESS),
    ("authentification par mot de passe", _NO_ACCESS),
    ("no password supplied", "demande un mot de passe : écrivez-le dans l’adresse ou dans le fichier ~/.pgpass."),
    ('role "', _NO_ACCESS),
    ("le rôle", _NO_ACCESS),
    ("does not exist", _NO_DATABASE),
    ("existe pas", _NO_DATABASE),
    ("resolve host", "est introuvable : vérifiez le nom du serveur dans l’adresse."),
    ("timeout expired", "ne répond pas : vérifiez le serveur, le port et le pare-feu."),
    ("Connection refused", "ne répond pas : vérifiez que PostgreSQL est lancé, et le serveur et le port de l’adresse."),
    ("too many clients", _FEW),
    ("server closed the connection", _STOPPED),
    ("connection failed", "ne répond pas : vérifiez que PostgreSQL est lancé, et le serveur et le port de l’adresse."),
)
# PostgreSQL error codes (SQLSTATE), by prefix: https://www.postgresql.org/docs/current/errcodes-appendix.html
_STATES = (
    ("55P03", _BUSY),
    ("40", _BUSY),
    ("53100", _FULL),
    ("53", "manque de mémoire ou de connexions ; réessayez dans un instant."),
    ("57014", "a interrompu une opération trop longue. Rien n’a été écrit."),
    ("57", _STOPPED),
    ("08", _STOPPED),
    ("28", _NO_ACCESS),
    ("3D000", _NO_DATABASE),
    ("3F000", "n’a pas le schéma que demande son adresse ; créez-le (CREATE SCHEMA) ou retirez « search_path »."),
    ("25006", "est en lecture seule (serveur de secours ?) ; indiquez le serveur principal."),
    ("42501", "ne vous donne pas le droit de faire cela ; demandez-le à qui l’administre."),
    ("XX", "est endommagée ; repartez de la dernière sauvegarde."),
)


def open_database(url: str | None = None, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> Engine:
    """Return an engine on the catalogue at `url` (default: the settings'), created or migrated if need be.

    An older SQLite catalogue is backed up beside itself before migration. Raises DatabaseError."""
    parsed = _prepare_url(url or database_url())
    engine = _engine(parsed, busy_timeout_s)
    try:
        with errors_in_french(engine):
            with engine.connect() as connection:
                current = _revision(connection)
            if current != HEAD:
                with engine.connect().execution_options(**{_WRITES: "entremise"}) as connection, connection.begin():
                    current = _revision(connection)  # another command may have migrated it while this one waited
                    if current != HEAD:
                        _upgrade(connection, current)
    except DatabaseError:
        engine.dispose()
        raise
    _LOG.debug("base ouverte : %s, version %s", engine.dialect.name, HEAD)
    return engine


@contextmanager
def writing(
    engine: Engine, *, keep: bool = True, lock: str = "entremise", on: Connection | None = None
) -> Iterator[Connection]:
    """One write transaction, rolled back if `keep` is False. Other writers wait; on PostgreSQL, those of the same `lock` (advisory lock).

    `on`: a connection of `keep_connection`, else a new one. Raises DatabaseError."""
    if (outer := _outer_connection(engine)) is not None:
        with errors_in_french(engine), outer.begin_nested() as savepoint:
            _await_turn(outer, lock)
            yield outer
            if not keep:
                savepoint.rollback()
        return
    with errors_in_french(engine), _set(engine, on, **{_WRITES: lock}) as connection, connection.begin() as transaction:
        yield connection
        if not keep:
            transaction.rollback()


@contextmanager
def reading(engine: Engine, on: Connection | None = None) -> Iterator[Connection]:
    """One read transaction with a consistent snapshot, `on` a connection of `keep_connection`, else a new one. Raises DatabaseError."""
    if (outer := _outer_connection(engine)) is not None:
        with errors_in_french(engine):
            yield outer
        return
    with errors_in_french(engine), _set(engine, on, **{_READS: True}) as connection, connection.begin():
        yield connection


@contextmanager
def keep_connection(engine: Engine) -> Iterator[Connection]:
    """One connection for several transactions, so that temporary tables persist between them. Raises DatabaseError."""
    with (
        errors_in_french(engine),
        nullcontext(outer) if (outer := _outer_connection(engine)) else engine.connect() as connection,
    ):
        yield connection


@contextmanager
def _set(engine: Engine, on: Connection | None, **options: Any) -> Iterator[Connection]:
    """Yield the connection for a transaction, with execution options set, then reset."""
    with nullcontext(taken) if (taken := on or free_connection(engine)) else engine.connect() as connection:
        yield connection.execution_options(**options)
        connection.execution_options(**dict.fromkeys(options))


@contextmanager
def write_together(engine: Engine) -> Iterator[Connection]:
    """One write transaction that every `writing` and `reading` of this thread joins inside the block: committed together, or not at all. Raises
    DatabaseError."""
    with writing(engine) as connection:
        before = _TOGETHER.set(connection)
        try:
            yield connection
        finally:
            _TOGETHER.reset(before)


def _outer_connection(engine: Engine) -> Connection | None:
    outer = _TOGETHER.get()
    return outer if outer is not None and outer.engine is engine else None


@contextmanager
def errors_in_french(engine: Engine) -> Iterator[None]:
    """Turn the database driver's exceptions into DatabaseError, in French."""
    try:
        yield
    except DBAPIError as error:
        raise DatabaseError(_in_french(engine.url, error.orig)) from error
    except PoolTimeout as error:
        raise DatabaseError(f"{database_label(engine.url)} {_FEW}") from error
    except engine.dialect.loaded_dbapi.Error as error:  # raised bare: a connection prepared, a COPY
        raise DatabaseError(_in_french(engine.url, error)) from error


def revision(url: str | None = None) -> str | None:
    """Return the migration of the catalogue at `url`, None for a new one; migrates nothing. Raises DatabaseError."""
    engine = _engine(_prepare_url(url or database_url()), BUSY_TIMEOUT_S)
    try:
        with errors_in_french(engine), engine.connect() as connection:
            return _revision(connection)
    finally:
        engine.dispose()


def check_revision(engine: Engine) -> None:
    """Raise DatabaseError if the database does not answer, or another version of Entremise has migrated it since it was opened."""
    with reading(engine) as connection:
        current = _revision(connection)
    if current != HEAD:
        raise DatabaseError(
            f"{database_label(engine.url)} est au format {current}, et cette version d’Entremise attend le {HEAD}."
        )


def sqlite_file(url: URL) -> Path | None:
    """Return the file of an SQLite catalogue, None for one in memory, opened by a file: URI, or on a server."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return None if url.database.startswith("file:") else Path(url.database)


def compact_database(engine: Engine) -> None:
    """Compact an SQLite file and its journal (VACUUM), which physically removes deleted rows; a server does so by itself (autovacuum). Raises DatabaseError
    if another program is writing or the disk is full; it can be called again."""
    if sqlite_file(engine.url) is None:
        return
    with errors_in_french(engine), closing(engine.raw_connection()) as connection:
        for statement in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
            connection.cursor().execute(statement)


def automatic_backups(url: URL) -> list[Path]:
    """Return the backups that migrations made beside an SQLite catalogue."""
    return sorted(path.parent.glob(f"{glob.escape(path.name)}{_COPY}*")) if (path := sqlite_file(url)) else []


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy an SQLite file, even while it is in use, to the new file `target`. Raises DatabaseError, and then removes `target`."""
    try:
        open_private(target, "ab").close()
        with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as written:
            read.backup(written)
    except sqlite3.Error as error:
        target.unlink(missing_ok=True)
        raise DatabaseError(_in_french(URL.create("sqlite", database=str(target)), error)) from error


def database_label(url: URL) -> str:
    """Return the French name of a database for messages, without its password."""
    return f"La base « {sqlite_file(url) or url.set(query={}).render_as_string(hide_password=True)} »"


def parsed_url(url: str) -> URL:
    """Parse the address of a database, without opening it. Raises DatabaseError if it is invalid."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:  # ValueError: a port that is no number
        shown = _PASSWORD.sub(r"\1***@", url)
        raise DatabaseError(
            f"« {shown} » n’est pas l’adresse d’une base ; écrivez par exemple sqlite:///catalogue.sqlite "
            "ou postgresql://utilisateur:motdepasse@serveur/base"
        ) from error
    if parsed.drivername in _POSTGRESQL_NAMES:
        parsed = parsed.set(drivername="postgresql+psycopg")
    return parsed


def _prepare_url(url: str) -> URL:
    parsed = parsed_url(url)
    if (path := sqlite_file(parsed)) is not None:
        if path.is_dir():
            raise DatabaseError(f"« {path} » est un dossier ; indiquez un fichier.")
        try:
            private_folder(path.parent)
        except OSError as error:
            raise DatabaseError(f"Le dossier « {path.parent} » ne peut pas être créé ({error.strerror}).") from error
        with suppress(OSError):  # SQLite raises its own error if it cannot open the file
            open_private(path, "ab").close()
    return parsed


def _engine(url: URL, busy_timeout_s: float) -> Engine:
    options: dict[str, Any] = {}
    if url.get_backend_name() == "postgresql":
        timeout = {} if "connect_timeout" in url.query else {"connect_timeout": _CONNECT_TIMEOUT_S}
        options = {"connect_args": timeout, "pool_pre_ping": True, "poolclass": Pool, **POOL}
    elif url.get_backend_name() == "sqlite":
        # an SQLite connection is cheap to open, and one left in a pool is a file left open
        options = {"poolclass": NullPool}
    try:
        engine = create_engine(url, **options)
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        how = _INSTALLED_BY if url.get_backend_name() == "postgresql" else ""
        raise DatabaseError(f"Le pilote de « {url.drivername} » n’est pas installé{how}.") from error
    listen = {"sqlite": _listen_to_sqlite, "postgresql": _listen_to_postgresql}.get(engine.dialect.name)
    if listen is None:
        raise DatabaseError(f"{database_label(url)} n’est ni SQLite ni PostgreSQL, les deux seules bases prévues.")
    listen(engine, int(busy_timeout_s * 1000))
    return engine


def _listen_to_sqlite(engine: Engine, timeout_ms: int) -> None:
    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # we send BEGIN: the driver's would leave DDL out of the transaction
        pragmas = (f"busy_timeout={timeout_ms}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _listen_to_postgresql(engine: Engine, timeout_ms: int) -> None:

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get(_READS):  # one snapshot for all queries
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        if lock := options.get(_WRITES):  # one writer at a time, as SQLite does; readers are not stopped
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {timeout_ms}")
            _await_turn(connection, lock)


def _await_turn(connection: Connection, lock: str) -> None:
    """Take the advisory lock on PostgreSQL, waiting for its holder; on SQLite, BEGIN IMMEDIATE has waited already."""
    if connection.dialect.name == "postgresql":
        connection.execute(
            text("SELECT pg_advisory_xact_lock(hashtext(:lock), hashtext(coalesce(current_schema(), '')))"),
            {"lock": lock},
        )


def _revision(connection: Connection) -> str | None:
    tables = inspect(connection).get_table_names()
    if "alembic_version" in tables:
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())
    if tables:
        name = database_label(connection.engine.url)
        raise DatabaseError(f"{name} n’est pas un catalogue d’Entremise ; indiquez une autre base.")
    return None


def _upgrade(connection: Connection, current: str | None) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    url = connection.engine.url
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    if current is not None:
        scripts = ScriptDirectory.from_config(config)
        if current < str(scripts.get_base()):
            raise DatabaseError(
                f"{database_label(url)} est d’un format trop ancien ({current}) pour cette version d’Entremise ; "
                "ouvrez-la d’abord avec la version 0.2 (« entremise db upgrade »), puis avec celle-ci."
            )
        try:
            scripts.get_revision(current)
        except CommandError as error:
            raise DatabaseError(
                f"{database_label(url)} vient d’une version plus récente d’Entremise ; mettez Entremise à jour."
            ) from error
        if (path := sqlite_file(url)) is not None:
            copy_sqlite(path, path.with_name(f"{path.name}{_COPY}{current}"))
    command.upgrade(config, "head")


def _in_french(url: URL, error: BaseException | None) -> str:
    message, state = str(error), getattr(error, "sqlstate", None) or ""
    if code := getattr(error, "sqlite_errorcode", 0) & 0xFF:  # primary code, without the extended one
        meanings = [_SQLITE_TROUBLES[code]] if code in _SQLITE_TROUBLES else []
    elif state:
        meanings = [meaning for start, meaning in _STATES if state.startswith(start)]
    else:
        meanings = [meaning for fragment, meaning in _UNREACHED if fragment in message]
    return f"{database_label(url)} {meanings[0] if meanings else f'a refusé une opération : {message}'}"
