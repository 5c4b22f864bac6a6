"""Calls of programs, by token, counted by the minute and added up over all the servers of a database.

A server counts for itself, and every few seconds adds its own to the table and reads the others': no request waits for another's write.
"""

import logging
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from math import ceil
from threading import Lock
from typing import NamedTuple

from sqlalchemy import Engine, delete, insert, select, update

from matcher.accounts.tables import API_CALLS
from matcher.accounts.throttle import MOST_BY_TOKEN, WINDOW
from matcher.db import DatabaseError, keep_connection, writing

# How often a server writes what it counted, and how long it waits for a database that another one writes to.
SHARED_EVERY = timedelta(seconds=5)
_PATIENCE_MS = 100
# How far ahead of this one's the clock of another server may be, and how long beyond the window its calls are kept for those that are behind.
_AHEAD, _MARGIN = timedelta(minutes=1), WINDOW
_LOG = logging.getLogger(__name__)
# A token and the minute of its calls.
_Cell = tuple[int, datetime]


class Quota(NamedTuple):
    """Calls that a token may make in a window: the `most`, how many are `left`, how long until some come `back`. One refused has to wait for that."""

    most: int
    left: int
    back: timedelta
    refused: bool

    def headers(self) -> Mapping[str, str]:
        """Return the headers that give it to a program (draft-ietf-httpapi-ratelimit-headers)."""
        window, seconds = int(WINDOW.total_seconds()), ceil(self.back.total_seconds())
        values = {
            "RateLimit-Policy": f'"jeton";q={self.most};w={window}',
            "RateLimit": f'"jeton";r={self.left};t={seconds}',
        }
        return values | ({"Retry-After": str(seconds)} if self.refused else {})


class TokenCalls:
    """Counter of the calls of every token: `most` in a window, whichever server answers, to within what the others did since they last wrote."""

    def __init__(self, engine: Engine, most: int = MOST_BY_TOKEN) -> None:
        self._engine, self._most = engine, most
        self._lock = Lock()
        self._shared: Mapping[_Cell, int] = {}
        self._own: Counter[_Cell] = Counter()
        self._next: datetime | None = None

    def take(self, token: int, now: datetime) -> Quota:
        """Count one more call, unless it is refused, and return what is left. Moments are UTC."""
        at = now.replace(tzinfo=None)
        self._share(at)
        with self._lock:
            made = Counter({cell: calls for cell, calls in self._shared.items() if cell[0] == token})
            made.update({cell: calls for cell, calls in self._own.items() if cell[0] == token})
            recent = {minute: calls for (_, minute), calls in made.items() if at - WINDOW < minute <= at + _AHEAD}
            left = self._most - sum(recent.values())
            if left > 0:
                self._own[token, at.replace(second=0, microsecond=0)] += 1
        first = min(recent, default=at.replace(second=0, microsecond=0))
        return Quota(self._most, max(left - 1, 0), min(first + WINDOW - at, WINDOW), refused=left <= 0)

    def _share(self, at: datetime) -> None:
        """Add what this server counted to the table, and read all that is there; where the database is busy, at the next turn."""
        with self._lock:
            if self._next is not None and self._next - SHARED_EVERY <= at < self._next:  # not a clock set back
                return
            self._next = at + SHARED_EVERY
            own, self._own = self._own, Counter()
            self._shared = Counter(self._shared) + own  # until it is read again
        columns, oldest = API_CALLS.c, at - WINDOW
        try:
            with keep_connection(self._engine) as connection:
                if self._engine.dialect.name == "sqlite":  # an import writes for seconds
                    connection.connection.cursor().execute(f"PRAGMA busy_timeout={_PATIENCE_MS}")
                with writing(self._engine, lock="entremise_calls", on=connection):
                    connection.execute(delete(API_CALLS).where(columns.minute <= oldest - _MARGIN))
                    for (token, minute), calls in own.items():
                        if minute <= oldest:
                            continue
                        same = (columns.token_id == token) & (columns.minute == minute)
                        added = connection.execute(update(API_CALLS).where(same).values(calls=columns.calls + calls))
                        if not added.rowcount:
                            connection.execute(insert(API_CALLS), {"token_id": token, "minute": minute, "calls": calls})
                    query = select(columns.token_id, columns.minute, columns.calls).where(columns.minute > oldest)
                    shared = {(row.token_id, row.minute): row.calls for row in connection.execute(query)}
        except DatabaseError as error:
            _LOG.warning("appels des jetons non partagés : %s", error)
            with self._lock:
                self._shared = Counter(self._shared) - own
                self._own.update(own)
        else:
            with self._lock:
                self._shared = shared
