"""Idempotent creation: a form sent twice by a double click, or an API request sent again under its idempotency key, creates one thing.

The key and the created number are stored in the transaction that creates it, so that this also holds across servers and after a crash.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Engine, delete, insert, select

from matcher.accounts.tables import MADE_ONCE
from matcher.db import write_together

KEPT = timedelta(days=1)


class KeyReused(Exception):
    """The idempotency key was already used for a different request."""


def hash_parts(*parts: object) -> str:
    """Return the SHA-256 hash of `parts`, which identifies a key or a request."""
    return sha256("\0".join(map(str, parts)).encode("utf-8", "replace")).hexdigest()


def make_once(
    engine: Engine, key_hash: str, request: str, make: Callable[[], int], *, now: datetime
) -> tuple[int, bool]:
    """Return the number that `make` returns, or returned before for `key_hash`, and whether it was before; concurrent calls wait.

    `request` is the hash of what is asked. Raises KeyReused where it differs, DatabaseError, and what `make` raises: nothing is then stored."""
    at = now.replace(tzinfo=None)
    with write_together(engine) as connection:
        connection.execute(delete(MADE_ONCE).where(MADE_ONCE.c.at <= at - KEPT))
        known = connection.execute(select(MADE_ONCE).where(MADE_ONCE.c.mark == key_hash)).one_or_none()
        if known is not None and known.asked != request:
            raise KeyReused
        if known is not None:
            return int(known.number), True
        number = make()
        connection.execute(insert(MADE_ONCE), {"mark": key_hash, "asked": request, "number": number, "at": at})
    return number, False
