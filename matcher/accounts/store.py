"""Accounts in the database: added, listed, given a role or a password, disabled. Each change is a line of the journal."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from matcher.accounts.audit import note
from matcher.accounts.passwords import hashed
from matcher.accounts.roles import Role
from matcher.accounts.tables import AccountRow, SessionRow
from matcher.accounts.throttle import login_key
from matcher.db import reading, writing
from matcher.rows import table_of

LONGEST_NAME = 200

_ACCOUNTS = table_of(AccountRow)
_SESSIONS = table_of(SessionRow)


class AccountRefused(Exception):
    """A change to accounts that cannot be made. Nothing is written; the message is French."""


@dataclass(frozen=True, slots=True)
class Account:
    """A person of the team; times are UTC without zone. What verifies the password is not in it."""

    id: int
    login: str
    name: str
    role: Role
    active: bool
    created: datetime
    last_sign_in: datetime | None


def add(
    engine: Engine,
    login: str,
    password: str,
    role: Role,
    *,
    name: str = "",
    who: str,
    now: datetime,
    first: bool = False,
) -> Account:
    """Open an account under a login (a name or an e-mail address), `first` only where there is none yet. Raises AccountRefused,
    PasswordRefused, DatabaseError."""
    written, key = " ".join(login.split()), login_key(login)
    if not key or not written.isprintable() or len(written) > LONGEST_NAME:
        raise AccountRefused("Donnez un nom de connexion : un nom ou un courriel, sur une ligne.")
    kept = hashed(password, written)
    with writing(engine) as connection:
        if first and _count(connection):
            raise AccountRefused("Le premier compte est déjà ouvert : demandez le vôtre à la personne qui l’a.")
        if _row(connection, key) is not None:
            raise AccountRefused(f"Le compte « {written} » existe déjà.")
        values = {
            "login": written,
            "login_key": key,
            "name": " ".join(name.split())[:LONGEST_NAME] or written,
            "password": kept,
            "role": role.value,
            "active": True,
            "created": now.replace(tzinfo=None),
            "last_sign_in": None,
        }
        connection.execute(insert(_ACCOUNTS), values)
        note(connection, at=now, who=who, action="ouvre un compte", target=written, detail=role.value)
        return account_of(_row(connection, key))


def listed(engine: Engine) -> list[Account]:
    """Return every account, by login."""
    with reading(engine) as connection:
        rows = connection.execute(select(_ACCOUNTS)).all()
    return sorted(map(account_of, rows), key=lambda account: login_key(account.login))


def any_account(engine: Engine) -> bool:
    """Whether there is any account: without one, Entremise serves one person, on this computer alone."""
    with reading(engine) as connection:
        return _count(connection) > 0


def set_role(engine: Engine, login: str, role: Role, *, who: str, now: datetime) -> None:
    """Give another role; it counts from the next request. Raises AccountRefused, also where no administrator would be left."""
    with writing(engine) as connection:
        row = _known(connection, login)
        if role is not Role.ADMINISTRATOR:
            _leave_an_administrator(connection, row)
        _change(connection, row, role=role.value)
        note(connection, at=now, who=who, action="change un rôle", target=row.login, detail=f"{row.role} → {role}")


def set_password(engine: Engine, login: str, password: str, *, who: str, now: datetime) -> None:
    """Give another password, and end every session of the account. Raises AccountRefused, PasswordRefused."""
    with reading(engine) as connection:
        written = _known(connection, login).login
    kept = hashed(password, written)
    with writing(engine) as connection:
        row = _known(connection, login)
        _change(connection, row, password=kept)
        _end_sessions(connection, row.id)
        note(connection, at=now, who=who, action="change un mot de passe", target=row.login)


def set_active(engine: Engine, login: str, active: bool, *, who: str, now: datetime) -> None:
    """Disable an account, which ends its sessions, or enable it. Raises AccountRefused, also where no administrator is left."""
    with writing(engine) as connection:
        row = _known(connection, login)
        if not active:
            _leave_an_administrator(connection, row)
            _end_sessions(connection, row.id)
        _change(connection, row, active=active)
        action = "active un compte" if active else "désactive un compte"
        note(connection, at=now, who=who, action=action, target=row.login)


def revoke(engine: Engine, login: str, *, who: str, now: datetime) -> int:
    """End every session of an account, and return how many there were. Raises AccountRefused."""
    with writing(engine) as connection:
        row = _known(connection, login)
        ended = _end_sessions(connection, row.id)
        note(connection, at=now, who=who, action="ferme des sessions", target=row.login, detail=str(ended))
    return ended


def account_of(row: Any) -> Account:
    """Return the account of a row."""
    return Account(row.id, row.login, row.name, Role(row.role), row.active, row.created, row.last_sign_in)


def _known(connection: Connection, login: str) -> Any:
    row = _row(connection, login_key(login))
    if row is None:
        raise AccountRefused(f"Il n’y a pas de compte « {login} ». « entremise account list » les donne.")
    return row


def _count(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(_ACCOUNTS)).scalar_one())


def _row(connection: Connection, key: str) -> Any:
    return connection.execute(select(_ACCOUNTS).where(_ACCOUNTS.c.login_key == key)).one_or_none()


def _change(connection: Connection, row: Any, **values: Any) -> None:
    connection.execute(update(_ACCOUNTS).where(_ACCOUNTS.c.id == row.id).values(**values))


def _end_sessions(connection: Connection, account_id: int) -> int:
    return connection.execute(delete(_SESSIONS).where(_SESSIONS.c.account_id == account_id)).rowcount


def _leave_an_administrator(connection: Connection, row: Any) -> None:
    others = select(func.count()).where(
        _ACCOUNTS.c.role == Role.ADMINISTRATOR.value, _ACCOUNTS.c.active.is_(True), _ACCOUNTS.c.id != row.id
    )
    if row.role == Role.ADMINISTRATOR and row.active and not connection.execute(others).scalar_one():
        raise AccountRefused(
            f"« {row.login} » est le seul administrateur : donnez d’abord ce rôle à quelqu’un d’autre."
        )
