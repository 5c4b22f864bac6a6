"""Signing in, by a password or by an identity that a provider proves, and staying so: attempts are counted before anything is tried, and a
session is a random token kept as its hash."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, delete, insert, select, update

from matcher.accounts.audit import AuditKind, note_act
from matcher.accounts.incidents import Incident, count_in, network_of
from matcher.accounts.passwords import NOBODY, needs_rehash, rehash_password, verify_password
from matcher.accounts.store import (
    Account,
    AccountRefused,
    account_row,
    accounts_of,
    end_sessions,
    find_account,
    only_organisation,
    with_memberships,
)
from matcher.accounts.tables import ACCOUNTS, ATTEMPTS, IDENTITIES, SESSIONS
from matcher.accounts.throttle import MOST_BY_ACCOUNT, MOST_BY_ADDRESS, WINDOW, account_mark, address_mark, wait
from matcher.db import reading, writing
from matcher.domain.french import minutes
from matcher.tokens import new_token, token_hash

IDLE = timedelta(hours=1)
ABSOLUTE = timedelta(hours=12)
# How long a password that somebody else chose opens: whoever came by it later finds a closed door.
TEMPORARY = timedelta(days=7)
# How often the last use of a session is written: a page costs no write.
_TOUCH = timedelta(minutes=5)
_BY_PROVIDER = SESSIONS.c.id_token.is_not(None).label("by_provider")


class SignInRefused(Exception):
    """A name and a password that open nothing; the message, in French, does not show which is wrong."""


class SignInThrottled(SignInRefused):
    """Too many attempts: nothing was tried. `wait` is the time until the next."""

    def __init__(self, wait: timedelta) -> None:
        self.wait = wait
        super().__init__(
            f"Trop d’essais. Réessayez dans {minutes(wait)}, ou demandez un nouveau mot de passe à un administrateur."
        )


class PasswordExpired(SignInRefused):
    """The right password, which somebody else chose too long ago: it opens nothing any more."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session opened: `token` goes to the browser and is kept nowhere else; `before` is when the one before it was, None for the first."""

    token: str
    account: Account
    before: datetime | None


def sign_in_by_password(engine: Engine, login: str, password: str, *, address: str, now: datetime) -> SignedIn:
    """Open a session. Raises SignInThrottled before the password is tried, SignInRefused, DatabaseError.

    An attempt counts as a failure until it has succeeded, so that many at once are no more than many in turn. A password that somebody else
    chose opens for seven days.
    """
    at = now.replace(tzinfo=None)
    marks = {account_mark(login): MOST_BY_ACCOUNT, address_mark(address): MOST_BY_ADDRESS}
    attempts = begin_attempt(engine, marks, at, address=address, login=login)
    with reading(engine) as connection:
        row = find_account(connection, login)
    password_hash = row.password if row else ""
    right = verify_password(password_hash or NOBODY, password) and bool(password_hash)
    with writing(engine) as connection:
        current = find_account(connection, login)
        right = right and current is not None and current.active and current.password == password_hash
        late = right and current.temporary_since is not None and at - current.temporary_since >= TEMPORARY
        opened = None
        if right and not late:
            connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.mark == account_mark(login)))
            opened = open_session(connection, current, attempts, at)
            if needs_rehash(password_hash):
                own = ACCOUNTS.c.id == current.id
                connection.execute(update(ACCOUNTS).where(own).values(password=rehash_password(password)))
        else:
            note_failure(
                connection, current, address, at, reason="mot de passe provisoire, trop ancien" if late else ""
            )
    if late:
        raise PasswordExpired(
            f"Ce mot de passe, que quelqu’un d’autre a choisi, ne servait que {TEMPORARY.days} jours : demandez-en un autre à un administrateur."
        )
    if opened is None:
        raise SignInRefused("Nom de connexion ou mot de passe inconnu.")
    return opened


def begin_attempt(
    engine: Engine, marks: Mapping[str, int], at: datetime, *, address: str, login: str = ""
) -> list[int]:
    """Count an attempt under each mark, which takes so many failures in the window, and return the attempts. Raises SignInThrottled."""
    with writing(engine) as connection:
        connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.at <= at - WINDOW))
        times = {mark: select(ATTEMPTS.c.at).where(ATTEMPTS.c.mark == mark) for mark in marks}
        longest = max(wait(list(connection.execute(times[mark]).scalars()), most, at) for mark, most in marks.items())
        attempt = insert(ATTEMPTS).returning(ATTEMPTS.c.id)
        attempts = [
            int(connection.execute(attempt, {"mark": mark, "at": at}).scalar_one())
            for mark in (() if longest else marks)
        ]
        if longest:
            row = find_account(connection, login)
            note_failure(connection, row, address, at, action="attend pour se connecter : trop d’essais")
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
    author, owner = (row.login, only_organisation(connection, row.id)) if row else ("compte inconnu", None)
    seen = Incident(AuditKind.SIGN_IN, action, author, reason, network_of(address), owner)
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
    note_act(connection, at=at, author=row.login, action="se connecte", detail=via, owner=owner, kind=AuditKind.SIGN_IN)
    result = connection.execute(with_memberships().where(ACCOUNTS.c.id == row.id))
    return SignedIn(token, accounts_of(result)[0], row.last_sign_in)


def session(engine: Engine, token: str, *, now: datetime) -> Account | None:
    """Return whose session this is, None where it has ended, by time or otherwise; role and state are those of now. A temporary password is none
    of the matter of who came by a provider."""
    at = now.replace(tzinfo=None)
    columns = (SESSIONS.c.id.label("session_id"), SESSIONS.c.created.label("opened"), SESSIONS.c.seen, _BY_PROVIDER)
    query = with_memberships().add_columns(*columns).join(SESSIONS, SESSIONS.c.account_id == ACCOUNTS.c.id)
    with reading(engine) as connection:
        rows = connection.execute(query.where(SESSIONS.c.token_hash == token_hash(token))).all()
    row = rows[0] if rows else None
    if row is None or not row.active or at - row.seen >= IDLE or at - row.opened >= ABSOLUTE:
        return None
    if at - row.seen >= _TOUCH:
        with writing(engine) as connection:
            connection.execute(update(SESSIONS).where(SESSIONS.c.id == row.session_id).values(seen=at))
    (account,) = accounts_of(rows)
    return replace(account, temporary=account.temporary and not row.by_provider)


@dataclass(frozen=True, slots=True)
class OpenSession:
    """Session of a person that is open: when it began and was last used, within five minutes, in UTC without zone; `here` for the one that
    asks, `by_provider` for one that an identity provider opened."""

    id: int
    opened: datetime
    seen: datetime
    here: bool
    by_provider: bool


def own_sessions(engine: Engine, account: Account, token: str, *, now: datetime) -> list[OpenSession]:
    """Return the sessions of an account that are open, the latest first, as the one of this token sees them."""
    at = now.replace(tzinfo=None)
    query = select(SESSIONS, _BY_PROVIDER).where(*_open(account, at))
    with reading(engine) as connection:
        rows = connection.execute(query.order_by(SESSIONS.c.created.desc(), SESSIONS.c.id.desc())).all()
    here = token_hash(token)
    return [OpenSession(row.id, row.created, row.seen, row.token_hash == here, row.by_provider) for row in rows]


def _open(account: Account, at: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return what picks the sessions of an account that time has not ended."""
    return SESSIONS.c.account_id == account.id, SESSIONS.c.seen > at - IDLE, SESSIONS.c.created > at - ABSOLUTE


def close_others(engine: Engine, account: Account, token: str, number: int | None, *, now: datetime) -> int:
    """End a session of an account, all of them for None, but the one of this token; return how many there were."""
    others = [*_open(account, now.replace(tzinfo=None)), SESSIONS.c.token_hash != token_hash(token)]
    if number is not None:
        others.append(SESSIONS.c.id == number)
    with writing(engine) as connection:
        ended = connection.execute(delete(SESSIONS).where(*others)).rowcount
        if ended:
            owner = only_organisation(connection, account.id)
            action = "ferme ses autres sessions" if number is None else "ferme une de ses sessions"
            kind = AuditKind.SIGN_IN
            note_act(connection, at=now, author=account.login, action=action, detail=str(ended), owner=owner, kind=kind)
    return ended


def end_session(engine: Engine, token: str, *, now: datetime) -> str | None:
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
            note_act(connection, at=now, author=row.login, action="se déconnecte", owner=owner, kind=AuditKind.SIGN_IN)
    return row.id_token if row else None


class IdentityRefused(SignInRefused):
    """A sign-in that the provider does not prove. The message is for its person; `reason`, more precise and without any secret, for those
    who administer."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class ProviderUnreachable(IdentityRefused):
    """A provider that does not answer, or not as it should: nothing is known of who asks."""


@dataclass(frozen=True, slots=True)
class Departure:
    """A person leaving for the provider: the address where they go, and the secrets that their browser brings back."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class ProvenIdentity:
    """Identity that the provider proves: `issuer` and `subject`, which never change, and the others as they are today, empty where it gives
    none or one that cannot be used. `source` is the provider behind it, where it has several; `id_token` ends its session."""

    issuer: str
    subject: str
    email: str
    name: str
    siret: str
    source: str
    id_token: str


def sign_in_by(
    engine: Engine, prove: Callable[[], ProvenIdentity], *, via: str, address: str, now: datetime
) -> SignedIn:
    """Open a session of the account of an identity, which `prove` asks the provider for; `via` is the name of the provider.

    An identity that signs nobody in yet is bound to the account whose login is its e-mail address, where an administrator opened one. Raises
    SignInThrottled before anything is asked, IdentityRefused, DatabaseError.
    """
    at = now.replace(tzinfo=None)
    attempts = begin_attempt(engine, {address_mark(address): MOST_BY_ADDRESS}, at, address=address)
    try:
        identity = prove()
    except IdentityRefused as refusal:
        with writing(engine) as connection:
            note_failure(connection, None, address, at, reason=f"{via} : {refusal.reason}")
            if isinstance(refusal, ProviderUnreachable):  # which its person can do nothing about
                forget_attempts(connection, attempts)
        raise
    with writing(engine) as connection:
        row, fault = _account_of(connection, identity, via)
        if fault is None:
            _bind(connection, row, identity, at)
            return open_session(connection, row, attempts, at, via=via, id_token=identity.id_token)
        note_failure(connection, row, address, at, reason=f"{via} : {fault.reason}")
    raise fault


def unbind(engine: Engine, login: str, *, author: str, now: datetime) -> None:
    """Have an identity sign an account in no more, and end its sessions: the next one to come with its e-mail address is bound. Raises
    AccountRefused where none does."""
    with writing(engine) as connection:
        row = account_row(connection, login)
        if not connection.execute(delete(IDENTITIES).where(IDENTITIES.c.account_id == row.id)).rowcount:
            raise AccountRefused(f"« {row.login} » n’est rattaché à aucune identité.")
        end_sessions(connection, row.id)
        owner = only_organisation(connection, row.id)
        note_act(connection, at=now, author=author, action="détache une identité", target=row.login, owner=owner)


def _account_of(connection: Connection, identity: ProvenIdentity, via: str) -> tuple[Any, IdentityRefused | None]:
    """The account that an identity signs in, or could be bound to, and why it does not enter."""
    own = (IDENTITIES.c.issuer == identity.issuer) & (IDENTITIES.c.subject == identity.subject)
    row = connection.execute(select(ACCOUNTS).join(IDENTITIES).where(own)).one_or_none()
    if row is None and not identity.email:
        return None, IdentityRefused(
            f"{via} n’a pas donné de courriel vérifié : votre compte est introuvable.", "aucun courriel vérifié"
        )
    if row is None:
        row = find_account(connection, identity.email)
        if row is None:
            refusal = f"Aucun compte n’est ouvert ici pour {identity.email} : demandez-le à la personne qui administre Entremise."
            return None, IdentityRefused(refusal, "aucun compte à ce courriel")
        if connection.execute(select(IDENTITIES).where(IDENTITIES.c.account_id == row.id)).first():
            refusal = f"Le compte {row.login} est rattaché à une autre identité : qui administre Entremise peut l’en détacher."
            return row, IdentityRefused(refusal, "compte d’une autre identité")
    if not row.active:
        refusal = "Votre compte est désactivé : la personne qui administre Entremise peut le réactiver."
        return row, IdentityRefused(refusal, "compte désactivé")
    return row, None


def _bind(connection: Connection, row: Any, identity: ProvenIdentity, at: datetime) -> None:
    """Have an identity sign an account in from now on, where it does not yet; an account without a name of its own takes that of its person."""
    if connection.execute(select(IDENTITIES).where(IDENTITIES.c.account_id == row.id)).first():
        return
    bound = {"account_id": row.id, "issuer": identity.issuer, "subject": identity.subject, "since": at}
    connection.execute(insert(IDENTITIES), bound)
    if identity.name and row.name == row.login:
        connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == row.id).values(name=identity.name))
    details = (identity.issuer, identity.siret and f"SIRET {identity.siret}", identity.source)
    detail, owner = ", ".join(filter(None, details)), only_organisation(connection, row.id)
    note_act(
        connection,
        at=at,
        author=row.login,
        action="rattache une identité",
        target=row.login,
        detail=detail,
        owner=owner,
    )
