"""Sign-in by password or by an OpenID Connect identity, and sessions in the database: a session is a random token stored as its hash, ended after an
hour without use or twelve in all. Attempts are counted, and throttled, before anything is verified."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, delete, insert, select, update

from matcher.accounts.audit import AuditKind, add_audit_line
from matcher.accounts.incidents import Incident, add_to_journal, network_of
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
# How long a password chosen by somebody else is valid.
TEMPORARY = timedelta(days=7)
# Least time between two writes of a session's last use, so that a page costs no write.
_TOUCH = timedelta(minutes=5)
_BY_PROVIDER = SESSIONS.c.id_token.is_not(None).label("by_provider")


class SignInRefused(Exception):
    """Sign-in refused; the message, in French, does not reveal whether the login or the password is wrong."""


class SignInThrottled(SignInRefused):
    """Too many attempts: the password was not verified. `wait` is the time until the next attempt."""

    def __init__(self, wait: timedelta) -> None:
        self.wait = wait
        super().__init__(
            f"Trop d’essais. Réessayez dans {minutes(wait)}, ou demandez un nouveau mot de passe à un administrateur."
        )


class PasswordExpired(SignInRefused):
    """The right password, but a temporary one, chosen by somebody else more than `TEMPORARY` ago."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session: `token` goes to the browser and is stored only as a hash; `before` is the previous sign-in, None for the first."""

    token: str
    account: Account
    before: datetime | None


def sign_in_by_password(engine: Engine, login: str, password: str, *, address: str, now: datetime) -> SignedIn:
    """Verify a password and open a session. Raises SignInThrottled before verifying, SignInRefused, DatabaseError.

    An attempt counts as a failure until it succeeds, so that parallel attempts are throttled like successive ones.
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
    """Record an attempt under each mark (hash of a login or address), given its most failures a window; return the row ids. Raises SignInThrottled."""
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
    """Delete attempts, so that they do not count as failures."""
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
    """Count a failed attempt in the audit journal, under its account where there is one, never under the typed login."""
    author, owner = (row.login, only_organisation(connection, row.id)) if row else ("compte inconnu", None)
    seen = Incident(AuditKind.SIGN_IN, action, author, reason, network_of(address), owner)
    add_to_journal(connection, seen, at=at)


def open_session(
    connection: Connection, row: Any, attempts: list[int], at: datetime, *, via: str = "", id_token: str | None = None
) -> SignedIn:
    """Open a session of the account `row`, once its password is verified or `via` an identity provider; delete the attempts and ended sessions."""
    forget_attempts(connection, attempts)
    connection.execute(delete(SESSIONS).where((SESSIONS.c.seen <= at - IDLE) | (SESSIONS.c.created <= at - ABSOLUTE)))
    token = new_token()
    opened = {"account_id": row.id, "token_hash": token_hash(token), "created": at, "seen": at, "id_token": id_token}
    connection.execute(insert(SESSIONS), opened)
    connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == row.id).values(last_sign_in=at))
    owner = only_organisation(connection, row.id)
    add_audit_line(
        connection, at=at, author=row.login, action="se connecte", detail=via, owner=owner, kind=AuditKind.SIGN_IN
    )
    result = connection.execute(with_memberships().where(ACCOUNTS.c.id == row.id))
    return SignedIn(token, accounts_of(result)[0], row.last_sign_in)


def session(engine: Engine, token: str, *, now: datetime) -> Account | None:
    """Return the account of a session token as it is now, None where the session has ended. `temporary` is false for a session opened by an identity
    provider, which needs no password."""
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
    """An open session: when it was opened and last used (to within five minutes), in UTC without zone; `here` if it is that of the current request,
    `by_provider` if an identity provider opened it."""

    id: int
    opened: datetime
    seen: datetime
    here: bool
    by_provider: bool


def own_sessions(engine: Engine, account: Account, token: str, *, now: datetime) -> list[OpenSession]:
    """Return the open sessions of an account, the latest first; the one of `token` is marked `here`."""
    at = now.replace(tzinfo=None)
    query = select(SESSIONS, _BY_PROVIDER).where(*_open(account, at))
    with reading(engine) as connection:
        rows = connection.execute(query.order_by(SESSIONS.c.created.desc(), SESSIONS.c.id.desc())).all()
    here = token_hash(token)
    return [OpenSession(row.id, row.created, row.seen, row.token_hash == here, row.by_provider) for row in rows]


def _open(account: Account, at: datetime) -> tuple[ColumnElement[bool], ...]:
    return SESSIONS.c.account_id == account.id, SESSIONS.c.seen > at - IDLE, SESSIONS.c.created > at - ABSOLUTE


def close_others(engine: Engine, account: Account, token: str, number: int | None, *, now: datetime) -> int:
    """End the session `number` of an account, or all of them for None, except the one of `token`; return how many ended."""
    others = [*_open(account, now.replace(tzinfo=None)), SESSIONS.c.token_hash != token_hash(token)]
    if number is not None:
        others.append(SESSIONS.c.id == number)
    with writing(engine) as connection:
        ended = connection.execute(delete(SESSIONS).where(*others)).rowcount
        if ended:
            owner = only_organisation(connection, account.id)
            action = "ferme ses autres sessions" if number is None else "ferme une de ses sessions"
            kind = AuditKind.SIGN_IN
            add_audit_line(
                connection, at=now, author=account.login, action=action, detail=str(ended), owner=owner, kind=kind
            )
    return ended


def end_session(engine: Engine, token: str, *, now: datetime) -> str | None:
    """End a session, and return its id_token, which ends the identity provider's session, or None; an unknown token changes nothing."""
    with writing(engine) as connection:
        own = SESSIONS.c.token_hash == token_hash(token)
        query = select(ACCOUNTS.c.id, ACCOUNTS.c.login, SESSIONS.c.id_token).join(
            SESSIONS, SESSIONS.c.account_id == ACCOUNTS.c.id
        )
        row = connection.execute(query.where(own)).one_or_none()
        if row is not None:
            connection.execute(delete(SESSIONS).where(own))
            owner = only_organisation(connection, row.id)
            add_audit_line(
                connection, at=now, author=row.login, action="se déconnecte", owner=owner, kind=AuditKind.SIGN_IN
            )
    return row.id_token if row else None


class IdentityRefused(SignInRefused):
    """A sign-in that the provider does not prove. The message is for the person; `reason`, more precise, without secrets, is for administrators."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class ProviderUnreachable(IdentityRefused):
    """The provider does not answer, or wrongly."""


@dataclass(frozen=True, slots=True)
class Departure:
    """Start of a sign-in at the provider: the URL to send the person to, and the secrets (OpenID Connect, PKCE) to verify on return."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class ProvenIdentity:
    """Identity proven by the provider: `issuer` and `subject` never change; the others are today's, empty where missing or unusable. `source` is the
    provider behind it, where it federates several; `id_token` ends its session."""

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
    """Open a session of the account of an identity, which `prove` gets from the provider named `via`.

    At its first sign-in, an identity is bound to the account whose login is its e-mail address, if an administrator opened one. Raises
    SignInThrottled before the provider is called, IdentityRefused, DatabaseError.
    """
    at = now.replace(tzinfo=None)
    attempts = begin_attempt(engine, {address_mark(address): MOST_BY_ADDRESS}, at, address=address)
    try:
        identity = prove()
    except IdentityRefused as refusal:
        with writing(engine) as connection:
            note_failure(connection, None, address, at, reason=f"{via} : {refusal.reason}")
            if isinstance(refusal, ProviderUnreachable):  # not the person's fault
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
    """Remove the identity bound to an account, and end its sessions: the next identity with its e-mail address will be bound. Raises AccountRefused
    where none is bound."""
    with writing(engine) as connection:
        row = account_row(connection, login)
        if not connection.execute(delete(IDENTITIES).where(IDENTITIES.c.account_id == row.id)).rowcount:
            raise AccountRefused(f"« {row.login} » n’est rattaché à aucune identité.")
        end_sessions(connection, row.id)
        owner = only_organisation(connection, row.id)
        add_audit_line(connection, at=now, author=author, action="détache une identité", target=row.login, owner=owner)


def _account_of(connection: Connection, identity: ProvenIdentity, via: str) -> tuple[Any, IdentityRefused | None]:
    """Return the row of the account bound to an identity, else of the one to bind, and the refusal, None where it may sign in."""
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
    """Bind an identity to an account, unless one is bound; an account named like its login takes the name of the identity."""
    if connection.execute(select(IDENTITIES).where(IDENTITIES.c.account_id == row.id)).first():
        return
    identity_row = {"account_id": row.id, "issuer": identity.issuer, "subject": identity.subject, "since": at}
    connection.execute(insert(IDENTITIES), identity_row)
    if identity.name and row.name == row.login:
        connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == row.id).values(name=identity.name))
    details = (identity.issuer, identity.siret and f"SIRET {identity.siret}", identity.source)
    detail, login, owner = ", ".join(filter(None, details)), row.login, only_organisation(connection, row.id)
    add_audit_line(
        connection, at=at, author=login, action="rattache une identité", target=login, detail=detail, owner=owner
    )
