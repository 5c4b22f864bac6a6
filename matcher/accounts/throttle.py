"""Throttling of sign-in attempts, per account and per IP address, and of public forms, per address; the most calls of a token."""

import ipaddress
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Engine, delete, insert, select

from matcher.accounts.tables import ATTEMPTS
from matcher.db import writing

WINDOW = timedelta(minutes=15)
MOST_BY_ACCOUNT = 5
MOST_BY_ADDRESS = 20
# Requests of one token: more than three a second, all along.
MOST_BY_TOKEN = 3_000


def wait(failures: Iterable[datetime], most: int, now: datetime) -> timedelta:
    """Return how long to wait before the next attempt: nothing under `most` failures within the window.

    Else until the oldest of the last `most` is out of it, so that a stream of attempts lets one through per share of the window.
    """
    recent = sorted(at for at in failures if now - WINDOW < at <= now)
    return recent[-most] + WINDOW - now if len(recent) >= most else timedelta()


def login_key(login: str) -> str:
    """Return a login in the one form that two accounts never share: spaces, capitals and ways to write a letter aside."""
    return "".join(unicodedata.normalize("NFKC", login).casefold().split())


def account_mark(login: str) -> str:
    """Return what attempts on an account are counted under: a hash, for a password is sometimes typed in the place of a login."""
    return sha256(f"compte:{login_key(login)}".encode("utf-8", "replace")).hexdigest()


def address_mark(address: str) -> str:
    """Return what attempts from an address are counted under: IPv6 by its network of 64 bits, which one person holds."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        where = address
    else:
        where = str(ipaddress.ip_network(f"{known}/64", strict=False)) if known.version == 6 else str(known)
    return sha256(f"adresse:{where}".encode("utf-8", "replace")).hexdigest()


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
