"""Database connections: the pool for PostgreSQL, and the sharing of one connection by all transactions of a web request."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Self, cast

from sqlalchemy import Connection, Engine
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

# Connections of a process, one a thread: eight for pages, two jobs with their heartbeats, the watch of jobs, that of the catalogue and its
# reload: at most 15; five stay open; timeout ten seconds. The LISTEN connection of PostgreSQL is separate.
POOL = {"pool_size": 5, "max_overflow": 10, "pool_timeout": 10}


@dataclass(slots=True)
class _Shared:
    """A lazily opened connection to an engine, and the stack that closes it."""

    engine: Engine
    closing: ExitStack
    connection: Connection | None = None


_SHARED: ContextVar[_Shared | None] = ContextVar("shared", default=None)


@contextmanager
def one_connection(engine: Engine) -> Iterator[None]:
    """Share one connection among the successive transactions of this thread: on SQLite, opening one takes longer than a page's queries."""
    with ExitStack() as closing:
        before = _SHARED.set(_Shared(engine, closing))
        try:
            yield
        finally:
            _SHARED.reset(before)


def free_connection(engine: Engine) -> Connection | None:
    """Return the shared connection of `one_connection`; None outside it, or while it is in a transaction."""
    shared = _SHARED.get()
    if shared is None or shared.engine is not engine:
        return None
    if shared.connection is None:
        shared.connection = shared.closing.enter_context(engine.connect())
    return None if shared.connection.in_transaction() else shared.connection


class Pool(QueuePool):
    """A pool whose connections never outlive it: once the engine is disposed, a connection is closed when it is returned, by any thread."""

    _disposed = False

    def dispose(self) -> None:
        """Close the idle connections; those in use are closed when returned."""
        self._disposed = True
        super().dispose()

    def recreate(self) -> Self:
        """Return the replacement pool of a disposed engine, which keeps no idle connection."""
        pool = cast(Self, super().recreate())
        pool._disposed = True
        return pool

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        super()._do_return_conn(record)
        # Race-free: either the flag is already set and the returned connection is closed here, or `dispose` will close it.
        if self._disposed:
            super().dispose()
