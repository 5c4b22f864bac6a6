"""Pools of connections to a server."""

from typing import Any

from sqlalchemy import Engine, event

# Connections of a process, one a thread: eight of pages, two works with their heartbeats, the watch of works, that of the catalogue and its
# renewal, 15 at once; five stay open, another is waited for ten seconds. What listens to PostgreSQL has one of its own beside them.
POOL = {"pool_size": 5, "max_overflow": 10, "pool_timeout": 10}
_DISPOSALS = "disposals"


def close_late(engine: Engine) -> None:
    """Have a connection closed that comes back once its engine was disposed of, as one that a thread still held: its pool is nobody's."""
    disposals = 0

    @event.listens_for(engine, "engine_disposed")
    def count(_engine: Engine) -> None:
        nonlocal disposals
        disposals += 1

    @event.listens_for(engine, "connect")
    def mark(_connection: Any, record: Any) -> None:
        record.info[_DISPOSALS] = disposals

    @event.listens_for(engine, "checkin")
    def close(connection: Any, record: Any) -> None:
        if connection is not None and record.info.get(_DISPOSALS) != disposals:
            connection.close()
