"""Rate limiting of the API: counts the calls of each token by minute, over a sliding window, across all server processes of a database.

Each process counts in memory, and every few seconds adds its counts to a table and reads the total: requests do not wait for database writes.
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

# How often a process writes its counts, and how long it waits for a locked database.
SHARED_EVERY = timedelta(seconds=5)
_PATIENCE_MS = 100
# Tolerance for the clocks of other processes: how far ahead they may be, and how long beyond the window calls are kept for those behind.
_AHEAD, _MARGIN = timedelta(minutes=1), WINDOW
_LOG = logging.getLogger(__name__)
# A token and the minute of its calls.
_TokenMinute = tuple[int, datetime]


class Quota(NamedTuple):
    """Rate limit of a token after a call: `most` calls a window, `left` ones, time until some come `back`, and whether this call is `refused`."""

    most: int
    left: int
    back: timedelta
    refused: bool

    def headers(self) -> Mapping[str, str]:
        """Return the response headers of the limit (draft-ietf-httpapi-ratelimit-headers)."""
        window, seconds = int(WINDOW.total_seconds()), ceil(self.back.total_seconds())
        values = {
            "RateLimit-Policy": f'"jeton";q={self.most};w={window}',
            "RateLimit": f'"jeton";r={self.left};t={seconds}',
        }
        return values | ({"Retry-After": str(seconds)} if self.refused else {})


class TokenCalls:
    """Counter of the calls of every token, at most `most` a window over all processes; it lags by the calls that others have not written yet."""

    def __init__(self, engine: Engine, most: int = MOST_BY_TOKEN) -> None:
        self._engine, self._most = engine, most
        self._lock = Lock()
        self._shared: Mapping[_TokenMinute, int] = {}
        self._own: Counter[_TokenMinute] = Counter()
        self._next_exchange: datetime | None = None

    def take(self, token: int, now: datetime) -> Quota:
        """Count a call of a token, unless it is refused, and return its quota. `now` is in UTC."""
        at = now.replace(tzinfo=None)
        self._exchange(at)
        with self._lock:
            counts = Counter({cell: calls for cell, calls in self._shared.items() if cell[0] == token})
            counts.update({cell: calls for cell, calls in self._own.items() if cell[0] == token})
            recent = {minute: calls for (_, minute), calls in counts.items() if at - WINDOW < minute <= at + _AHEAD}
            remaining = self._most - sum(recent.values())
            if remaining > 0:
                self._own[token, at.replace(second=0, microsecond=0)] += 1
        first = min(recent, default=at.replace(second=0, microsecond=0))
        return Quota(self._most, max(remaining - 1, 0), min(first + WINDOW - at, WINDOW), refused=remaining <= 0)

    def _exchange(self, at: datetime) -> None:
        """Add the counts of this process to the table and read the totals, every `SHARED_EVERY`; where the database is busy, retry at the next turn."""
        with self._lock:
            due = self._next_exchange
            if due is not None and due - SHARED_EVERY <= at < due:  # not due yet, and the clock was not set back
                return
            self._next_exchange = at + SHARED_EVERY
            own, self._own = self._own, Counter()
            self._shared = Counter(self._shared) + own  # until the totals are read
        columns, oldest = API_CALLS.c, at - WINDOW
        try:
            with keep_connection(self._engine) as connection:
                if self._engine.dialect.name == "sqlite":  # an import locks the file for seconds
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
