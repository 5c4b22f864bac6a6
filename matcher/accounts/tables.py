"""SQLAlchemy tables of accounts, organisations, sessions, tokens and the audit journal. Times are UTC without zone.

Passwords and our own tokens are stored only as hashes.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from matcher.erasure import Holding, Way
from matcher.ownership import OwnedRow
from matcher.rows import Base, table_of

# Retention of the audit journal; the CNIL recommends six months to a year for security logs.
AUDIT_DAYS = 365


class AccountRow(Base):
    """Account of a person. `login_key` is the normalised login; `password` its Argon2id hash, empty where only an identity provider signs them in;
    `temporary_since` is when somebody else chose it; `installation` whether they administer all organisations."""

    __tablename__ = "account"
    holding = Holding("comptes de l’équipe : un compte se désactive, ce qui est signé le reste", Way.APART)

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str]
    login_key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password: Mapped[str]
    active: Mapped[bool]
    installation: Mapped[bool]
    created: Mapped[datetime]
    last_sign_in: Mapped[datetime | None]
    temporary_since: Mapped[datetime | None]


class OrganisationRow(Base):
    """An organisation that uses this installation; what it did not fill in is empty. `families` are codes of groups of trades, `controller_…` its data
    controller (GDPR), `nature` its kind of buyer under the law, `persona` its kind of user."""

    __tablename__ = "organisation"
    holding = Holding(
        "organisations : nom, SIRET, lieu, responsable du traitement et son courriel",
        keys=("siret", "families", "nature", "persona"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    siret: Mapped[str]
    territory: Mapped[str]
    place: Mapped[str]
    families: Mapped[list[Any]]
    controller_name: Mapped[str]
    controller_address: Mapped[str]
    controller_contact: Mapped[str]
    nature: Mapped[str] = mapped_column(server_default="")
    persona: Mapped[str] = mapped_column(server_default="")


class LogoRow(Base):
    """The logo of an organisation, as uploaded; `media` is its media type."""

    __tablename__ = "organisation_logo"
    holding = Holding("logo d’une organisation : une image, qu’elle remplace ou retire", Way.APART, keys=("media",))

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    media: Mapped[str]
    content: Mapped[bytes]


class MembershipRow(Base):
    """A person in an organisation, and the role that they have in it."""

    __tablename__ = "membership"
    holding = Holding("qui est de quelle organisation, et avec quel rôle", Way.APART)

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    role: Mapped[str]


class AttemptRow(Base):
    """A failed or pending attempt to sign in, under the hash (`mark`) of its login or address; deleted after fifteen minutes."""

    __tablename__ = "sign_in_attempt"
    holding = Holding("empreintes de connexions échouées, quinze minutes", Way.APART)

    id: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime]


class IdentityRow(Base):
    """The OpenID Connect identity (issuer, subject) bound to an account, one at most."""

    __tablename__ = "account_identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)
    holding = Holding("identité d’un agent chez le fournisseur qui le connecte", Way.APART)

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    issuer: Mapped[str]
    subject: Mapped[str]
    since: Mapped[datetime]


class SessionRow(Base):
    """An open session: the SHA-256 of its token, when it was created and last used. `id_token`, as the identity provider sent it, only serves to end that
    provider's session. Ended sessions are deleted."""

    __tablename__ = "account_session"
    holding = Holding("sessions ouvertes : leur empreinte, et ce qui ferme celle du fournisseur d’identité", Way.APART)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    created: Mapped[datetime]
    seen: Mapped[datetime]
    id_token: Mapped[str | None]


class ApiTokenRow(Base):
    """An API token, by which a program acts for a person in one organisation with a role: its SHA-256, expiry and last use. Revoked tokens are deleted."""

    __tablename__ = "api_token"
    holding = Holding(
        "empreintes des jetons de l’API, et le nom que leur auteur leur donne", Way.APART, ahead=("expires",)
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str]
    role: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    created: Mapped[datetime]
    expires: Mapped[datetime]
    used: Mapped[datetime | None]


class ApiCallRow(Base):
    """Number of API calls of a token in one minute, over all servers; deleted once out of the rate-limit window."""

    __tablename__ = "api_call"
    holding = Holding("nombre d’appels de chaque jeton par minute, un quart d’heure", Way.APART)

    token_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    minute: Mapped[datetime] = mapped_column(primary_key=True)
    calls: Mapped[int]


class MadeOnceRow(Base):
    """An idempotent creation, deleted after a day: the hash of its author and key (`mark`), the hash of the request (`asked`), the created number."""

    __tablename__ = "made_once"
    holding = Holding("empreintes de demandes déjà faites, un jour", Way.APART)

    id: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(unique=True)
    asked: Mapped[str]
    number: Mapped[int]
    at: Mapped[datetime] = mapped_column(index=True)


class AuditRow(OwnedRow, Base):
    """A line of the audit journal: who did what on what, in an organisation or the whole installation. A repeated incident has one line a minute, with
    its count (`times`) and IP network."""

    __tablename__ = "audit"
    holding = Holding(
        "qui a fait quoi, ce qui a été refusé, et quand",
        keys=("who", "kind", "network"),
        dates=("at",),
        days=AUDIT_DAYS,
        supplier=True,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    who: Mapped[str]
    action: Mapped[str]
    target: Mapped[str]
    detail: Mapped[str]
    kind: Mapped[str]
    times: Mapped[int]
    network: Mapped[str]


# The same as SQLAlchemy Core tables, for statements.
ACCOUNTS = table_of(AccountRow)
ORGANISATIONS = table_of(OrganisationRow)
LOGOS = table_of(LogoRow)
MEMBERSHIPS = table_of(MembershipRow)
ATTEMPTS = table_of(AttemptRow)
IDENTITIES = table_of(IdentityRow)
SESSIONS = table_of(SessionRow)
API_TOKENS = table_of(ApiTokenRow)
API_CALLS = table_of(ApiCallRow)
MADE_ONCE = table_of(MadeOnceRow)
AUDIT = table_of(AuditRow)
