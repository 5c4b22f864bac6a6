"""Things made once however many times they are asked: a form sent by a double click, a request that a program sends again under its key.

What was made is remembered in the transaction that makes it: asked of several servers at once, or after a server was killed, it is one.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Engine, delete, insert, select

from matcher.accounts.tables import MADE_ONCE
from matcher.db import write_together

KEPT = timedelta(days=1)


class KeyReused(Exception):
    """A key that another request bears already."""


def hash_parts(*parts: object) -> str:
    """Return the hash that identifies a request, or what it asks, by its `parts`."""
    return sha256("\0".join(map(str, parts)).encode("utf-8", "replace")).hexdigest()


def make_once(engine: Engine, mark: str, request: str, make: Callable[[], int], *, now: datetime) -> tuple[int, bool]:
    """Return the number of what `make` makes, or made under this mark already, and whether it was already; whoever asks meanwhile waits. Raises
    KeyReused where something else was asked, DatabaseError, and what `make` raises: nothing is kept then."""
    at = now.replace(tzinfo=None)
    with write_together(engine) as connection:
        connection.execute(delete(MADE_ONCE).where(MADE_ONCE.c.at <= at - KEPT))
        known = connection.execute(select(MADE_ONCE).where(MADE_ONCE.c.mark == mark)).one_or_none()
        if known is not None and known.asked != request:
            raise KeyReused
        if known is not None:
            return int(known.number), True
        number = make()
        connection.execute(insert(MADE_ONCE), {"mark": mark, "asked": request, "number": number, "at": at})
    return number, False
