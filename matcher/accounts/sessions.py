"""Signing in and staying so: attempts are counted before a password is tried, and a session is a random token kept as its hash."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, update

from matcher.accounts.audit import AuditKind, note
from matcher.accounts.incidents import Incident, count_in, network_of
from matcher.accounts.passwords import NOBODY, outdated, rehashed, verified
from matcher.accounts.store import Account, accounts_of, only_organisation, with_memberships
from matcher.accounts.tables import ACCOUNTS, ATTEMPTS, SESSIONS
from matcher.accounts.throttle import (
    MOST_BY_ACCOUNT,
    MOST_BY_ADDRESS,
    WINDOW,
    account_mark,
    address_mark,
    login_key,
    wait,
)
from matcher.db import reading, writing
from matcher.domain.french import minutes
from matcher.tokens import new_token, token_hash

IDLE = timedelta(hours=1)
ABSOLUTE = timedelta(hours=12)
# How often the last use of a session is written: a page costs no write.
_TOUCH = timedelta(minutes=5)


class SignInRefused(Exception):
    """A name and a password that open nothing; the message, in French, does not say which is wrong."""


class SignInThrottled(SignInRefused):
    """Too many attempts: nothing was tried. `wait` says how long until the next."""

    def __init__(self, wait: timedelta) -> None:
        self.wait = wait
        super().__init__(
            f"Trop d’essais. Réessayez dans {minutes(wait)}, ou demandez un nouveau mot de passe à un administrateur."
        )


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session opened: `token` goes to the browser and is kept nowhere else; `before` is when the one before it was, None for the first."""

    token: str
    account: Account
    before: datetime | None


def sign_in(engine: Engine, login: str, password: str, *, address: str, now: datetime) -> SignedIn:
    """Open a session. Raises SignInThrottled before the password is tried, SignInRefused, DatabaseError.

    An attempt counts as a failure until it has succeeded, so that many at once are no more than many in turn.
    """
    at = now.replace(tzinfo=None)
    marks = {account_mark(login): MOST_BY_ACCOUNT, address_mark(address): MOST_BY_ADDRESS}
    attempts = begin_attempt(engine, marks, at, address=address, login=login)
    with reading(engine) as connection:
        row = _account(connection, login)
    kept = row.password if row else ""
    right = verified(kept or NOBODY, password) and bool(kept)
    with writing(engine) as connection:
        current = _account(connection, login)
        opened = None
        if right and current is not None and current.active and current.password == kept:
            connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.mark == account_mark(login)))
            opened = open_session(connection, current, attempts, at)
            if outdated(kept):
                own = ACCOUNTS.c.id == current.id
                connection.execute(update(ACCOUNTS).where(own).values(password=rehashed(password)))
        else:
            note_failure(connection, current, address, at)
    if opened is None:
        raise SignInRefused("Nom de connexion ou mot de passe inconnu.")
    return opened


def begin_attempt(
    engine: Engine, marks: Mapping[str, int], at: datetime, *, address: str, login: str = ""
) -> list[int]:
    """Count an attempt under each mark, which takes so many failures in the window, and return the attempts. Raises SignInThrottled."""
    with writing(engine) as connection:
        connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.at <= at - WINDOW))
        longest = max(wait(_times(connection, mark), most, at) for mark, most in marks.items())
        attempts = [] if longest else [_attempt(connection, mark, at) for mark in marks]
        if longest:
            held = _account(connection, login)
            note_failure(connection, held, address, at, action="attend pour se connecter : trop d’essais")
    if longest:
        raise SignInThrottled(longest)
    return attempts


def forget_attempts(connection: Connection, attempts: Sequence[int]) -> None:
    """Have attempts not count as failures."""
    connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.id.in_(attempts)))


def note_failure(
    connection: Connection,
    row: Any,
    address: str,
    at: datetime,
    *,
    action: str = "échoue à se connecter",
    reason: str = "",
) -> None:
    """Count an attempt that opened nothing in the journal: under its account where there is one, never under what was typed."""
    who, owner = (row.login, only_organisation(connection, row.id)) if row else ("compte inconnu", None)
    seen = Incident(AuditKind.SIGN_IN, action, who, reason, network_of(address), owner)
    count_in(connection, seen, at=at)


def open_session(
    connection: Connection,
    row: Any,
    attempts: Sequence[int],
    at: datetime,
    *,
    via: str = "",
    id_token: str | None = None,
) -> SignedIn:
    """Open a session of an account whose person is proven, by a password or `via` an identity provider; forget the sessions that have ended."""
    forget_attempts(connection, attempts)
    connection.execute(delete(SESSIONS).where((SESSIONS.c.seen <= at - IDLE) | (SESSIONS.c.created <= at - ABSOLUTE)))
    token = new_token()
    opened = {"account_id": row.id, "token_hash": token_hash(token), "created": at, "seen": at, "id_token": id_token}
    connection.execute(insert(SESSIONS), opened)
    connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == row.id).values(last_sign_in=at))
    owner = only_organisation(connection, row.id)
    note(connection, at=at, who=row.login, action="se connecte", detail=via, owner=owner, kind=AuditKind.SIGN_IN)
    its = connection.execute(with_memberships().where(ACCOUNTS.c.id == row.id))
    return SignedIn(token, accounts_of(its)[0], row.last_sign_in)


def session(engine: Engine, token: str, *, now: datetime) -> Account | None:
    """Return whose session this is, None where it has ended, by time or otherwise; role and state are those of now."""
    at = now.replace(tzinfo=None)
    columns = (SESSIONS.c.id.label("session_id"), SESSIONS.c.created.label("opened"), SESSIONS.c.seen)
    query = with_memberships().add_columns(*columns).join(SESSIONS, SESSIONS.c.account_id == ACCOUNTS.c.id)
    with reading(engine) as connection:
        rows = connection.execute(query.where(SESSIONS.c.token_hash == token_hash(token))).all()
    row = rows[0] if rows else None
    if row is None or not row.active or at - row.seen >= IDLE or at - row.opened >= ABSOLUTE:
        return None
    if at - row.seen >= _TOUCH:
        with writing(engine) as connection:
            connection.execute(update(SESSIONS).where(SESSIONS.c.id == row.session_id).values(seen=at))
    return accounts_of(rows)[0]


def sign_out(engine: Engine, token: str, *, now: datetime) -> str | None:
    """End one session, and return what ends that of the identity provider which opened it; an unknown token changes nothing."""
    with writing(engine) as connection:
        own = SESSIONS.c.token_hash == token_hash(token)
        query = select(ACCOUNTS.c.id, ACCOUNTS.c.login, SESSIONS.c.id_token).join(
            SESSIONS, SESSIONS.c.account_id == ACCOUNTS.c.id
        )
        row = connection.execute(query.where(own)).one_or_none()
        if row is not None:
            connection.execute(delete(SESSIONS).where(own))
            owner = only_organisation(connection, row.id)
            note(connection, at=now, who=row.login, action="se déconnecte", owner=owner, kind=AuditKind.SIGN_IN)
    return row.id_token if row else None


def _account(connection: Connection, login: str) -> Any:
    return connection.execute(select(ACCOUNTS).where(ACCOUNTS.c.login_key == login_key(login))).one_or_none()


def _times(connection: Connection, mark: str) -> list[datetime]:
    return list(connection.execute(select(ATTEMPTS.c.at).where(ATTEMPTS.c.mark == mark)).scalars())


def _attempt(connection: Connection, mark: str, at: datetime) -> int:
    made = connection.execute(insert(ATTEMPTS).returning(ATTEMPTS.c.id), {"mark": mark, "at": at})
    return int(made.scalar_one())
