"""Secret links that e-mails contain: draws them (192 random bits), stores their hash only, finds their holder, expires and revokes them."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from matcher.mail.tables import LINKS
from matcher.rows import chunks
from matcher.settings import RETENTION_MONTHS
from matcher.tokens import new_token, token_hash


class Correspondence(StrEnum):
    """Kind of messages and links: survey campaign, meeting day, or watch (saved search of lots)."""

    CAMPAIGN = "enquête"
    MEETING = "rendez-vous"
    WATCH = "veille"

    @property
    def lasts(self) -> timedelta:
        """Validity of a link of this kind, unless it is revoked before."""
        return _CAMPAIGN if self is Correspondence.CAMPAIGN else _KEPT


_CAMPAIGN = timedelta(days=60)
# As long as the recipient's data is stored: an old message must still lead to the page that stops the messages.
_KEPT = timedelta(days=365 * RETENTION_MONTHS // 12)


_BITS = 192
# A longer secret is not one of ours, and is not hashed.
_LONGEST = 64

# Compiled once: a telephone that follows a meeting day runs this query every two seconds.
_OPENS = select(LINKS.c.holder, LINKS.c.until).where(
    LINKS.c.mark == bindparam("mark"),
    LINKS.c.kind == bindparam("kind"),
    LINKS.c.revoked.is_(None),
    LINKS.c.until > bindparam("now"),
)


def new_secret() -> str:
    """Return a random secret, not yet stored."""
    return new_token(_BITS)


def open_link(connection: Connection, kind: Correspondence, holder: int, secret: str, now: datetime) -> None:
    """Store the hash of a holder's secret, inside a transaction: the link works from then on."""
    at = now.replace(tzinfo=None)
    row = {"mark": token_hash(secret), "kind": kind.value, "holder": holder, "until": at + kind.lasts, "revoked": None}
    connection.execute(insert(LINKS), row)


def draw(connection: Connection, kind: Correspondence, holder: int, now: datetime) -> str:
    """Return a new secret whose link works for a holder, inside a transaction; only its hash is stored."""
    secret = new_secret()
    open_link(connection, kind, holder, secret, now)
    return secret


def drop_link(connection: Connection, secret: str) -> None:
    """Delete the link of a message that was not sent."""
    connection.execute(delete(LINKS).where(LINKS.c.mark == token_hash(secret)))


def holder_of(connection: Connection, kind: Correspondence, secret: str, now: datetime) -> tuple[int, datetime] | None:
    """Return (holder, end of validity) of a secret inside a transaction; None if it is forged, of another kind, revoked or too old."""
    if len(secret) > _LONGEST:
        return None
    parameters = {"mark": token_hash(secret), "kind": kind.value, "now": now.replace(tzinfo=None)}
    row = connection.execute(_OPENS, parameters).one_or_none()
    return None if row is None else (row.holder, row.until)


def revoke_links(connection: Connection, kind: Correspondence, holders: Collection[int], now: datetime) -> int:
    """Revoke all links of these holders; return how many were valid."""
    at = now.replace(tzinfo=None)
    revoked = 0
    for part in chunks(sorted(holders)):
        valid_links = (LINKS.c.kind == kind.value) & LINKS.c.holder.in_(part) & LINKS.c.revoked.is_(None)
        revoked += connection.execute(update(LINKS).where(valid_links).values(revoked=at)).rowcount
    return revoked


def holders_with_link(connection: Connection, kind: Correspondence, holders: Collection[int]) -> frozenset[int]:
    """Return the holders with a link that is not revoked; it may be too old."""
    live_holders: set[int] = set()
    for part in chunks(sorted(holders)):
        valid_links = (LINKS.c.kind == kind.value) & LINKS.c.holder.in_(part) & LINKS.c.revoked.is_(None)
        live_holders.update(connection.execute(select(LINKS.c.holder).where(valid_links)).scalars())
    return frozenset(live_holders)
