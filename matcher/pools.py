"""Connections: pools to a server, and one for all that a request reads."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Self, cast

from sqlalchemy import Connection, Engine
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

# Connections of a process, one a thread: eight of pages, two works with their heartbeats, the watch of works, that of the catalogue and its
# renewal, 15 at once; five stay open, another is waited for ten seconds. What listens to PostgreSQL has one of its own beside them.
POOL = {"pool_size": 5, "max_overflow": 10, "pool_timeout": 10}


@dataclass(slots=True)
class _Shared:
    """A connection to an engine, opened for the first transaction that takes it, and what closes it."""

    engine: Engine
    closing: ExitStack
    connection: Connection | None = None


_SHARED: ContextVar[_Shared | None] = ContextVar("shared", default=None)


@contextmanager
def one_connection(engine: Engine) -> Iterator[None]:
    """Have the transactions of this thread that follow one another share a connection: on SQLite, opening and closing one takes longer than the
    queries of a page."""
    with ExitStack() as closing:
        before = _SHARED.set(_Shared(engine, closing))
        try:
            yield
        finally:
            _SHARED.reset(before)


def free_connection(engine: Engine) -> Connection | None:
    """Return the connection of `one_connection`; None outside it, and while a transaction is open on it."""
    shared = _SHARED.get()
    if shared is None or shared.engine is not engine:
        return None
    if shared.connection is None:
        shared.connection = shared.closing.enter_context(engine.connect())
    return None if shared.connection.in_transaction() else shared.connection


class Pool(QueuePool):
    """A pool of connections of which none outlives it: one that comes back, or is opened, once its engine was disposed of is closed as it comes back, whatever thread used it."""

    _disposed = False

    def dispose(self) -> None:
        """Close the connections that wait here; those at work are closed as they come back."""
        self._disposed = True
        super().dispose()

    def recreate(self) -> Self:
        """Return the pool of a disposed engine, which keeps nothing: a thread that comes late connects, and closes as it gives back."""
        pool = cast(Self, super().recreate())
        pool._disposed = True
        return pool

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        super()._do_return_conn(record)
        # Either this is read after the mark, and what was just put here is closed, or it was put before, and `dispose` closes it.
        if self._disposed:
            super().dispose()
