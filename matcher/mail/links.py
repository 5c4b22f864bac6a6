"""Secret links that a message carries, by kind of correspondence: 192 random bits, kept as a hash, good for as long as their kind lasts
unless they are revoked."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from matcher.mail.tables import LINKS
from matcher.rows import chunks
from matcher.settings import RETENTION_MONTHS
from matcher.tokens import new_token, token_hash


class Correspondence(StrEnum):
    """Kind of messages and of their links."""

    CAMPAIGN = "enquête"
    MEETING = "rendez-vous"
    WATCH = "veille"

    @property
    def lasts(self) -> timedelta:
        """Return how long a link opens, unless its room closes it before."""
        return _CAMPAIGN if self is Correspondence.CAMPAIGN else _KEPT


_CAMPAIGN = timedelta(days=60)
# As long as whom it was sent to is known: a message kept for months must still lead to where one says that it is enough.
_KEPT = timedelta(days=365 * RETENTION_MONTHS // 12)


_BITS = 192
# What a secret looks like is never asked; longer than this, it is none of ours.
_LONGEST = 64

# Written once: a telephone that follows a day asks it every two seconds.
_OPENS = select(LINKS.c.holder, LINKS.c.until).where(
    LINKS.c.mark == bindparam("mark"),
    LINKS.c.kind == bindparam("kind"),
    LINKS.c.revoked.is_(None),
    LINKS.c.until > bindparam("now"),
)


def new_secret() -> str:
    """Return a secret drawn at random, which opens nothing yet."""
    return new_token(_BITS)


def open_link(connection: Connection, kind: Correspondence, holder: int, secret: str, now: datetime) -> None:
    """Have a secret open for a holder, inside a transaction; its hash alone is kept."""
    at = now.replace(tzinfo=None)
    row = {"mark": token_hash(secret), "kind": kind.value, "holder": holder, "until": at + kind.lasts, "revoked": None}
    connection.execute(insert(LINKS), row)


def draw(connection: Connection, kind: Correspondence, holder: int, now: datetime) -> str:
    """Return a new secret that opens for a holder, inside a transaction; it is kept nowhere."""
    secret = new_secret()
    open_link(connection, kind, holder, secret, now)
    return secret


def drop_link(connection: Connection, secret: str) -> None:
    """Forget a link whose message was refused: nobody has it."""
    connection.execute(delete(LINKS).where(LINKS.c.mark == token_hash(secret)))


def holder_of(connection: Connection, kind: Correspondence, secret: str, now: datetime) -> tuple[int, datetime] | None:
    """Return (holder, until when) of a secret inside a transaction; None alike where it is forged, of another kind, revoked or too old."""
    if len(secret) > _LONGEST:
        return None
    parameters = {"mark": token_hash(secret), "kind": kind.value, "now": now.replace(tzinfo=None)}
    row = connection.execute(_OPENS, parameters).one_or_none()
    return None if row is None else (row.holder, row.until)


def revoke_links(connection: Connection, kind: Correspondence, holders: Collection[int], now: datetime) -> int:
    """Have every link of these holders open nothing any more; return how many did."""
    at = now.replace(tzinfo=None)
    done = 0
    for part in chunks(sorted(holders)):
        live = (LINKS.c.kind == kind.value) & LINKS.c.holder.in_(part) & LINKS.c.revoked.is_(None)
        done += connection.execute(update(LINKS).where(live).values(revoked=at)).rowcount
    return done


def holders_with_link(connection: Connection, kind: Correspondence, holders: Collection[int]) -> frozenset[int]:
    """Return those of these holders of whom a link was not revoked; it may be too old."""
    live_holders: set[int] = set()
    for part in chunks(sorted(holders)):
        live = (LINKS.c.kind == kind.value) & LINKS.c.holder.in_(part) & LINKS.c.revoked.is_(None)
        live_holders.update(connection.execute(select(LINKS.c.holder).where(live)).scalars())
    return frozenset(live_holders)
