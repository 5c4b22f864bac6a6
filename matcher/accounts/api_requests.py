"""Writings asked by programs under a key of their own: each is made once, however many times it is asked in a day."""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Engine, delete, insert, select, update

from matcher.accounts.tables import ApiRequestRow
from matcher.db import writing
from matcher.rows import table_of

KEPT = timedelta(days=1)
# A writing still under way after this was stopped: it is made again.
_STOPPED = timedelta(minutes=1)

_REQUESTS = table_of(ApiRequestRow)


class KeyReused(Exception):
    """A key that another request bears already."""


class KeyPending(Exception):
    """A key whose request is still being served."""


def mark_of(*parts: object) -> str:
    """Return the hash under which a request, or what it asks, is told from any other."""
    return sha256("\0".join(map(str, parts)).encode("utf-8", "replace")).hexdigest()


def make_once(engine: Engine, mark: str, asked: str, make: Callable[[], int], *, now: datetime) -> tuple[int, bool]:
    """Return the number of what `make` makes, or made under this mark already, and whether it was already. Raises KeyReused where something
    else was asked, KeyPending, and what `make` raises: nothing is kept then."""
    at = now.replace(tzinfo=None)
    if (known := _claimed(engine, mark, asked, at)) is not None:
        return known, True
    own = _REQUESTS.c.mark == mark
    made = None
    try:
        made = make()
    finally:
        with writing(engine) as connection:
            connection.execute(
                delete(_REQUESTS).where(own) if made is None else update(_REQUESTS).where(own).values(made=made)
            )
    return made, False


def _claimed(engine: Engine, mark: str, asked: str, at: datetime) -> int | None:
    """The number of what was made under this mark; None where it is to be made, by whoever has just claimed it."""
    own = _REQUESTS.c.mark == mark
    with writing(engine) as connection:
        connection.execute(delete(_REQUESTS).where(_REQUESTS.c.at <= at - KEPT))
        row = connection.execute(select(_REQUESTS).where(own)).one_or_none()
        if row is None:
            connection.execute(insert(_REQUESTS), {"mark": mark, "asked": asked, "made": None, "at": at})
            return None
        if row.asked != asked:
            raise KeyReused
        if row.made is None and row.at > at - _STOPPED:
            raise KeyPending
        if row.made is None:
            connection.execute(update(_REQUESTS).where(own).values(at=at))
        return None if row.made is None else int(row.made)
