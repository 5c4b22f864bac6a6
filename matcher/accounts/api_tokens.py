"""API tokens: issue, list, revoke and verify the bearer tokens by which programs act for a person, in one organisation, with a role and an expiry date."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, insert, select, update

from matcher.accounts.audit import AuditKind, add_audit_line
from matcher.accounts.roles import PERMISSIONS, Action, Role, allowed_actions
from matcher.accounts.store import Account, AccountRefused, Membership, account_row, accounts_of, with_memberships
from matcher.accounts.tables import ACCOUNTS, API_TOKENS, ORGANISATIONS
from matcher.db import reading, writing
from matcher.ownership import OrganisationId
from matcher.tokens import new_token, token_hash

# Prefix of every token, so that secret scanners find one left in a file or a log.
PREFIX = "entremise_"
USUAL_DAYS, MOST_DAYS = 90, 365
LONGEST_NAME, MOST_TOKENS = 80, 50
# Least time between two writes of a token's last use, so that a request costs no write.
_TOUCH = timedelta(minutes=5)
# How long an expired token is kept, to be refused as expired rather than unknown.
_KEPT_EXPIRED = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token as its owner sees it in a list, without the secret. Times are UTC without zone."""

    id: int
    name: str
    organisation: str
    role: Role
    created: datetime
    expires: datetime
    used: datetime | None


@dataclass(frozen=True, slots=True)
class TokenHolder:
    """The person and organisation of a token, and the actions it allows: those of its role that the person's role still allows today."""

    token: int
    account: Account
    membership: Membership
    may: frozenset[Action]


class TokenUnknown(Exception):
    """A token that is not valid: never issued, revoked, or of a disabled account or former member."""


class TokenExpired(TokenUnknown):
    """A token past its expiry date; `login` is its person's, `owner` its organisation."""

    def __init__(self, login: str, owner: OrganisationId) -> None:
        self.login, self.owner = login, owner


def issue_token(
    engine: Engine,
    login: str,
    owner: OrganisationId,
    role: Role,
    *,
    name: str,
    days: int = USUAL_DAYS,
    author: str,
    now: datetime,
) -> str:
    """Create a token of a person and return its secret, of which only the hash is stored. Raises AccountRefused, DatabaseError."""
    label = " ".join(name.split())
    if not label or len(label) > LONGEST_NAME or not label.isprintable():
        raise AccountRefused(f"Dites à quoi sert ce jeton, en {LONGEST_NAME} caractères au plus.")
    if not 1 <= days <= MOST_DAYS:
        raise AccountRefused(f"Un jeton dure de 1 à {MOST_DAYS} jours.")
    token, at = PREFIX + new_token(), now.replace(tzinfo=None)
    with writing(engine) as connection:
        key = account_row(connection, login).id
        account = accounts_of(connection.execute(with_memberships().where(ACCOUNTS.c.id == key)))[0]
        membership = account.member_of(owner)
        if membership is None or not PERMISSIONS[role] <= PERMISSIONS[membership.role]:
            raise AccountRefused("Un jeton ne permet pas plus que votre rôle dans cette organisation.")
        connection.execute(
            delete(API_TOKENS).where(API_TOKENS.c.account_id == key, API_TOKENS.c.expires <= at - _KEPT_EXPIRED)
        )
        rows = connection.execute(select(API_TOKENS.c.id).where(API_TOKENS.c.account_id == key)).all()
        if len(rows) >= MOST_TOKENS:
            raise AccountRefused(f"Vous avez déjà {MOST_TOKENS} jetons : révoquez ceux qui ne servent plus.")
        values = {"account_id": key, "organisation_id": owner, "name": label, "role": role.value, "used": None}
        values |= {"token_hash": token_hash(token), "created": at, "expires": at + timedelta(days=days)}
        connection.execute(insert(API_TOKENS), values)
        entry = {"action": "donne un jeton", "target": account.login, "detail": f"{role.value}, {days} jours"}
        add_audit_line(connection, at=now, author=author, **entry, owner=owner, kind=AuditKind.TOKEN)
    return token


def list_tokens(engine: Engine, login: str) -> list[ApiToken]:
    """Return the tokens of a person in all their organisations, the newest first. Raises AccountRefused."""
    with reading(engine) as connection:
        own = API_TOKENS.c.account_id == account_row(connection, login).id
        query = select(API_TOKENS, ORGANISATIONS.c.name.label("organisation")).join(ORGANISATIONS).where(own)
        rows = connection.execute(query.order_by(API_TOKENS.c.id.desc())).all()
    return [
        ApiToken(row.id, row.name, row.organisation, Role(row.role), row.created, row.expires, row.used) for row in rows
    ]


def end_token(engine: Engine, login: str, number: int, *, author: str, now: datetime) -> None:
    """Revoke a token of a person. Raises AccountRefused where they have none of this number."""
    with writing(engine) as connection:
        row = account_row(connection, login)
        own = (API_TOKENS.c.id == number) & (API_TOKENS.c.account_id == row.id)
        owner = connection.execute(select(API_TOKENS.c.organisation_id).where(own)).scalar()
        if owner is None:
            raise AccountRefused(f"« {row.login} » n’a pas de jeton {number}.")
        connection.execute(delete(API_TOKENS).where(own))
        entry = {"action": "révoque un jeton", "target": row.login}
        add_audit_line(connection, at=now, author=author, **entry, owner=OrganisationId(owner), kind=AuditKind.TOKEN)


def bearer(engine: Engine, token: str, *, now: datetime) -> TokenHolder:
    """Return the holder of a valid token, and record its use. Raises TokenExpired, TokenUnknown, DatabaseError."""
    at = now.replace(tzinfo=None)
    token_columns = (API_TOKENS.c.organisation_id.label("given_in"), API_TOKENS.c.role.label("given_role"))
    columns = (API_TOKENS.c.id.label("token_id"), *token_columns, API_TOKENS.c.expires, API_TOKENS.c.used)
    query = with_memberships().add_columns(*columns).join(API_TOKENS, API_TOKENS.c.account_id == ACCOUNTS.c.id)
    with reading(engine) as connection:
        rows = connection.execute(query.where(API_TOKENS.c.token_hash == token_hash(token))).all()
    if not rows or not rows[0].active:
        raise TokenUnknown
    row, account = rows[0], accounts_of(rows)[0]
    membership = account.member_of(OrganisationId(row.given_in))
    if membership is None:
        raise TokenUnknown
    if row.expires <= at:
        raise TokenExpired(account.login, membership.owner)
    if row.used is None or at - row.used >= _TOUCH:
        with writing(engine) as connection:
            connection.execute(update(API_TOKENS).where(API_TOKENS.c.id == row.token_id).values(used=at))
    actions = PERMISSIONS[Role(row.given_role)] & allowed_actions(membership.role, installation=False)
    return TokenHolder(row.token_id, account, membership, actions)
