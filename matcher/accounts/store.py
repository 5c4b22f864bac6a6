"""Accounts in the database: create, list, set a password, enable or disable, end sessions. Each change writes a line of the audit journal."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Engine, Select, delete, func, insert, select, update

from matcher.accounts.audit import add_audit_line
from matcher.accounts.passwords import hash_password
from matcher.accounts.roles import Role
from matcher.accounts.tables import ACCOUNTS, IDENTITIES, MEMBERSHIPS, ORGANISATIONS, SESSIONS
from matcher.accounts.throttle import login_key
from matcher.db import reading, writing
from matcher.ownership import OrganisationId

LONGEST_NAME = 200


class AccountRefused(Exception):
    """A change to accounts that is refused. Nothing is written; the message is in French."""


@dataclass(frozen=True, slots=True)
class Membership:
    """Membership of a person in the organisation `owner`: its name and their role in it."""

    owner: OrganisationId
    organisation: str
    role: Role


@dataclass(frozen=True, slots=True)
class Account:
    """Account of a person, without password hash; times are UTC without zone. `installation`: they administer all organisations. `identity_since`: since
    when an identity provider signs them in, None for never. `temporary`: somebody else chose the password, which must be changed first."""

    id: int
    login: str
    name: str
    memberships: tuple[Membership, ...]
    active: bool
    installation: bool
    created: datetime
    last_sign_in: datetime | None
    has_password: bool
    identity_since: datetime | None
    temporary: bool

    def member_of(self, owner: OrganisationId) -> Membership | None:
        """Return the membership in an organisation, None for none."""
        return next((one for one in self.memberships if one.owner == owner), None)

    def only_of(self, owner: OrganisationId) -> bool:
        """Return whether this organisation is all that the account gives access to: its administrator may then change the account itself."""
        return not self.installation and [one.owner for one in self.memberships] == [owner]


def add_account(
    engine: Engine,
    login: str,
    password: str | None,
    role: Role,
    owner: OrganisationId,
    *,
    name: str = "",
    author: str,
    now: datetime,
    first: bool = False,
    temporary: bool = False,
) -> Account:
    """Create an account with a role in an organisation; the very first one administers the installation, and `first` refuses any other. Without a
    password, only an identity provider signs the person in, by the e-mail address that is the login; a `temporary` password, chosen by somebody else,
    must be changed. Raises AccountRefused, PasswordRefused, DatabaseError."""
    written, key = " ".join(login.split()), login_key(login)
    if not key or not written.isprintable() or len(written) > LONGEST_NAME:
        raise AccountRefused("Donnez un nom de connexion : un nom ou un courriel, sur une ligne.")
    password_hash = _hash_or_empty(password, written)
    with writing(engine) as connection:
        none_yet = not _count(connection)
        if first and not none_yet:
            raise AccountRefused("Le premier compte est déjà ouvert : demandez le vôtre à la personne qui l’a.")
        if find_account(connection, login) is not None:
            raise AccountRefused(
                f"Le compte « {written} » existe déjà : qui administre l’installation peut l’ajouter à une organisation."
            )
        values = {
            "login": written,
            "login_key": key,
            "name": " ".join(name.split())[:LONGEST_NAME] or written,
            "password": password_hash,
            "active": True,
            "installation": none_yet,
            "created": now.replace(tzinfo=None),
            "last_sign_in": None,
            "temporary_since": now.replace(tzinfo=None) if temporary and password_hash and not none_yet else None,
        }
        new_id = connection.execute(insert(ACCOUNTS).returning(ACCOUNTS.c.id), values).scalar_one()
        connection.execute(insert(MEMBERSHIPS), {"account_id": new_id, "organisation_id": owner, "role": role.value})
        add_audit_line(
            connection, at=now, author=author, action="ouvre un compte", target=written, detail=role.value, owner=owner
        )
        return accounts_of(connection.execute(with_memberships().where(ACCOUNTS.c.id == new_id)))[0]


def list_accounts(engine: Engine) -> list[Account]:
    """Return every account, by login."""
    with reading(engine) as connection:
        accounts = accounts_of(connection.execute(with_memberships()))
    return sorted(accounts, key=lambda account: login_key(account.login))


def any_account(engine: Engine) -> bool:
    """Return whether there is any account; without one, Entremise serves a single person on this computer."""
    with reading(engine) as connection:
        return _count(connection) > 0


def set_password(
    engine: Engine, login: str, password: str | None, *, author: str, now: datetime, temporary: bool = False
) -> None:
    """Change the password of an account, or remove it (None) where an identity is bound, and end all its sessions; `temporary`: chosen by somebody
    else. Raises AccountRefused, PasswordRefused."""
    with reading(engine) as connection:
        written = account_row(connection, login).login
    password_hash = _hash_or_empty(password, written)
    with writing(engine) as connection:
        row = account_row(connection, login)
        if password is None and not connection.execute(select(IDENTITIES).filter_by(account_id=row.id)).first():
            raise AccountRefused(
                f"« {row.login} » n’est rattaché à aucune identité : son mot de passe est sa seule façon d’entrer. "
                "Qu’il s’identifie d’abord une fois par le fournisseur."
            )
        since = now.replace(tzinfo=None) if temporary and password_hash else None
        _change(connection, row, password=password_hash, temporary_since=since)
        end_sessions(connection, row.id)
        action = "change un mot de passe" if password_hash else "retire un mot de passe"
        _note(connection, row, at=now, author=author, action=action)


def set_active(engine: Engine, login: str, active: bool, *, author: str, now: datetime) -> None:
    """Enable an account, or disable it and end its sessions. Raises AccountRefused, also for the last administrator of the installation."""
    with writing(engine) as connection:
        row = account_row(connection, login)
        with leaving_an_administrator(connection, row):
            _change(connection, row, active=active)
        if not active:
            end_sessions(connection, row.id)
        action = "active un compte" if active else "désactive un compte"
        _note(connection, row, at=now, author=author, action=action)


def set_installation(engine: Engine, login: str, administers: bool, *, author: str, now: datetime) -> None:
    """Grant or withdraw the administration of the installation. Raises AccountRefused, also for its last administrator."""
    with writing(engine) as connection:
        row = account_row(connection, login)
        with leaving_an_administrator(connection, row):
            _change(connection, row, installation=administers)
        action = "confie l’installation" if administers else "retire l’installation"
        add_audit_line(connection, at=now, author=author, action=action, target=row.login)


def revoke_sessions(engine: Engine, login: str, *, author: str, now: datetime) -> int:
    """End every session of an account, and return how many there were. Raises AccountRefused."""
    with writing(engine) as connection:
        row = account_row(connection, login)
        ended = end_sessions(connection, row.id)
        _note(connection, row, at=now, author=author, action="ferme des sessions", detail=str(ended))
    return ended


def with_memberships() -> Select[Any]:
    """Return the query of accounts with memberships and identity, one row for each membership, for `accounts_of`."""
    columns_of_membership = (
        MEMBERSHIPS.c.organisation_id,
        MEMBERSHIPS.c.role,
        ORGANISATIONS.c.name.label("organisation"),
    )
    joined = ACCOUNTS.outerjoin(MEMBERSHIPS).outerjoin(ORGANISATIONS).outerjoin(IDENTITIES)
    return (
        select(ACCOUNTS, *columns_of_membership, IDENTITIES.c.since.label("identity_since"))
        .select_from(joined)
        .order_by(ACCOUNTS.c.id, MEMBERSHIPS.c.organisation_id)
    )


def accounts_of(rows: Iterable[Any]) -> list[Account]:
    """Group the rows of `with_memberships` into accounts."""
    accounts: list[Account] = []
    for row, *rest in (list(rows_of_account) for _, rows_of_account in groupby(rows, key=lambda row: row.id)):
        memberships = tuple(
            Membership(OrganisationId(one.organisation_id), one.organisation, Role(one.role))
            for one in (row, *rest)
            if one.role is not None
        )
        state = (row.active, row.installation, row.created, row.last_sign_in)
        ways = (bool(row.password), row.identity_since, row.temporary_since is not None)
        accounts.append(Account(row.id, row.login, row.name, memberships, *state, *ways))
    return accounts


def find_account(connection: Connection, login: str) -> Any:
    """Return the row of an account, None where there is none of this login."""
    return connection.execute(select(ACCOUNTS).where(ACCOUNTS.c.login_key == login_key(login))).one_or_none()


def account_row(connection: Connection, login: str) -> Any:
    """Return the row of an account. Raises AccountRefused where there is none of this login."""
    row = find_account(connection, login)
    if row is None:
        raise AccountRefused(f"Il n’y a pas de compte « {login} ». « entremise account list » les donne.")
    return row


def only_organisation(connection: Connection, account_id: int) -> OrganisationId | None:
    """Return the organisation of an account with a single one, None else; journal lines about the account belong to it."""
    owners = select(MEMBERSHIPS.c.organisation_id).where(MEMBERSHIPS.c.account_id == account_id)
    organisations = connection.execute(owners).scalars().all()
    return OrganisationId(organisations[0]) if len(organisations) == 1 else None


def _hash_or_empty(password: str | None, login: str) -> str:
    """Return the hash of a password, empty for None, which needs an e-mail address as login. Raises AccountRefused, PasswordRefused."""
    if password is None and "@" not in login:
        raise AccountRefused(
            "Sans mot de passe, le nom de connexion est le courriel que donne le fournisseur d’identité."
        )
    return "" if password is None else hash_password(password, login)


def _note(connection: Connection, row: Any, *, at: datetime, author: str, action: str, detail: str = "") -> None:
    owner = only_organisation(connection, row.id)
    add_audit_line(connection, at=at, author=author, action=action, target=row.login, detail=detail, owner=owner)


def _count(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(ACCOUNTS)).scalar_one())


def _change(connection: Connection, row: Any, **values: Any) -> None:
    connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == row.id).values(**values))


def end_sessions(connection: Connection, account_id: int) -> int:
    """End every session of an account, and return how many there were."""
    return connection.execute(delete(SESSIONS).where(SESSIONS.c.account_id == account_id)).rowcount


@contextmanager
def leaving_an_administrator(connection: Connection, row: Any) -> Iterator[None]:
    """Context manager: refuse the changes of its block where they leave the installation without administrator. Raises AccountRefused."""
    before = _administrators(connection)
    yield
    if before and not _administrators(connection):
        raise AccountRefused(
            f"« {row.login} » est seul à administrer l’installation : confiez-la d’abord à quelqu’un d’autre"
            " (« entremise account installation NOM »)."
        )


def _administrators(connection: Connection) -> int:
    # Only with a membership: without one an account opens no page.
    own = ACCOUNTS.c.installation.is_(True) & ACCOUNTS.c.active.is_(True)
    return int(connection.execute(select(func.count()).select_from(ACCOUNTS.join(MEMBERSHIPS)).where(own)).scalar_one())
