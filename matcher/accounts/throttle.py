"""Throttling over a sliding window of 15 minutes: failed sign-ins by account and by IP address, calls of public pages by address; limits of API tokens."""

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
# API calls of one token: over three a second on average.
MOST_BY_TOKEN = 3_000


def wait(failures: Iterable[datetime], most: int, now: datetime) -> timedelta:
    """Return how long to wait before the next attempt: zero below `most` failures in the window, else until the oldest of the last `most` leaves it."""
    recent = sorted(at for at in failures if now - WINDOW < at <= now)
    return recent[-most] + WINDOW - now if len(recent) >= most else timedelta()


def login_key(login: str) -> str:
    """Return the normalised login, unique to an account: without spaces, case or Unicode variants."""
    return "".join(unicodedata.normalize("NFKC", login).casefold().split())


def account_mark(login: str) -> str:
    """Return the hash of a login under which attempts are counted; hashed, for people sometimes type their password there."""
    return sha256(f"compte:{login_key(login)}".encode("utf-8", "replace")).hexdigest()


def address_mark(address: str) -> str:
    """Return the hash of an IP address under which attempts are counted; an IPv6 address counts as its /64 network, usually one person's."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        place = address
    else:
        place = str(ipaddress.ip_network(f"{known}/64", strict=False)) if known.version == 6 else str(known)
    return sha256(f"adresse:{place}".encode("utf-8", "replace")).hexdigest()


def knock(engine: Engine, door: str, address: str, *, now: datetime, most: int = MOST_BY_ADDRESS) -> timedelta:
    """Count a call from an address to `door` (any name of a public page), and return how long it must wait, zero if allowed; a call that must wait is
    not counted."""
    at = now.replace(tzinfo=None)
    hashed_door = sha256(f"{door}:{address_mark(address)}".encode()).hexdigest()
    with writing(engine) as connection:
        connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.at <= at - WINDOW))
        times = connection.execute(select(ATTEMPTS.c.at).where(ATTEMPTS.c.mark == hashed_door)).scalars()
        longest = wait(times, most, at)
        if not longest:
            connection.execute(insert(ATTEMPTS), {"mark": hashed_door, "at": at})
    return longest
