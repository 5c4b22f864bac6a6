"""Rate limit of the public registration form, per IP address; kept in the table of sign-in attempts."""

from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Engine, delete, insert, select

from matcher.accounts.tables import ATTEMPTS
from matcher.accounts.throttle import MOST_BY_ADDRESS, WINDOW, address_mark, wait
from matcher.db import writing


def knock(engine: Engine, door: str, address: str, *, now: datetime, most: int = MOST_BY_ADDRESS) -> timedelta:
    """Count one more call of an address at a door, and return how long it must wait: nothing where it may come in.

    A call that must wait is not counted.
    """
    at = now.replace(tzinfo=None)
    mark = sha256(f"{door}:{address_mark(address)}".encode()).hexdigest()
    with writing(engine) as connection:
        connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.at <= at - WINDOW))
        times = connection.execute(select(ATTEMPTS.c.at).where(ATTEMPTS.c.mark == mark)).scalars()
        longest = wait(times, most, at)
        if not longest:
            connection.execute(insert(ATTEMPTS), {"mark": mark, "at": at})
    return longest
