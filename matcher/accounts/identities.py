"""Identities that a provider proves, and the account that each signs in: bound at the first sign-in, by an e-mail address, and by nothing after."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, update

from matcher.accounts.audit import note
from matcher.accounts.sessions import (
    SignedIn,
    SignInRefused,
    begin_attempt,
    forget_attempts,
    note_failure,
    open_session,
)
from matcher.accounts.store import AccountRefused, account_row, end_sessions, only_organisation
from matcher.accounts.tables import ACCOUNTS, IDENTITIES
from matcher.accounts.throttle import MOST_BY_ADDRESS, address_mark, login_key
from matcher.db import writing


class IdentityRefused(SignInRefused):
    """A sign-in that the provider does not prove. The message is what its person reads; `reason` says more, without any secret, to those who
    administer."""

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
    """Identity that the provider proves: who it is there for good (`issuer`, `subject`), and what is said of them today, empty where it says
    nothing or cannot be used. `source` is the provider behind it, where it has several; `id_token` ends its session."""

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


def unbind(engine: Engine, login: str, *, who: str, now: datetime) -> None:
    """Have an identity sign an account in no more, and end its sessions: the next one to come with its e-mail address is bound. Raises
    AccountRefused where none does."""
    with writing(engine) as connection:
        row = account_row(connection, login)
        if not connection.execute(delete(IDENTITIES).where(IDENTITIES.c.account_id == row.id)).rowcount:
            raise AccountRefused(f"« {row.login} » n’est rattaché à aucune identité.")
        end_sessions(connection, row.id)
        owner = only_organisation(connection, row.id)
        note(connection, at=now, who=who, action="détache une identité", target=row.login, owner=owner)


def _account_of(connection: Connection, identity: ProvenIdentity, via: str) -> tuple[Any, IdentityRefused | None]:
    """The account that an identity signs in, or could be bound to, and why it does not enter."""
    own = (IDENTITIES.c.issuer == identity.issuer) & (IDENTITIES.c.subject == identity.subject)
    row = connection.execute(select(ACCOUNTS).join(IDENTITIES).where(own)).one_or_none()
    if row is None and not identity.email:
        return None, IdentityRefused(
            f"{via} n’a pas donné de courriel vérifié : votre compte est introuvable.", "aucun courriel vérifié"
        )
    if row is None:
        row = connection.execute(
            select(ACCOUNTS).where(ACCOUNTS.c.login_key == login_key(identity.email))
        ).one_or_none()
        if row is None:
            said = f"Aucun compte n’est ouvert ici pour {identity.email} : demandez-le à la personne qui administre Entremise."
            return None, IdentityRefused(said, "aucun compte à ce courriel")
        if connection.execute(select(IDENTITIES).where(IDENTITIES.c.account_id == row.id)).first():
            said = f"Le compte {row.login} est rattaché à une autre identité : qui administre Entremise peut l’en détacher."
            return row, IdentityRefused(said, "compte d’une autre identité")
    if not row.active:
        said = "Votre compte est désactivé : la personne qui administre Entremise peut le réactiver."
        return row, IdentityRefused(said, "compte désactivé")
    return row, None


def _bind(connection: Connection, row: Any, identity: ProvenIdentity, at: datetime) -> None:
    """Have an identity sign an account in from now on, where it does not yet; an account without a name of its own takes that of its person."""
    if connection.execute(select(IDENTITIES).where(IDENTITIES.c.account_id == row.id)).first():
        return
    bound = {"account_id": row.id, "issuer": identity.issuer, "subject": identity.subject, "since": at}
    connection.execute(insert(IDENTITIES), bound)
    if identity.name and row.name == row.login:
        connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == row.id).values(name=identity.name))
    said = (identity.issuer, identity.siret and f"SIRET {identity.siret}", identity.source)
    detail, owner = ", ".join(filter(None, said)), only_organisation(connection, row.id)
    note(connection, at=at, who=row.login, action="rattache une identité", target=row.login, detail=detail, owner=owner)
