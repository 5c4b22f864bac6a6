"""Tokens of the API, on both databases: given once, kept as a hash, no more than their person may, for a time."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from matcher.accounts.api_tokens import (
    MOST_DAYS,
    PREFIX,
    TokenExpired,
    TokenUnknown,
    bearer,
    end_token,
    issue_token,
    list_tokens,
)
from matcher.accounts.audit import read_whole_journal
from matcher.accounts.organisations import OrganisationProfile, add_member, create_organisation, remove_member
from matcher.accounts.roles import Action, Role
from matcher.accounts.store import AccountRefused, add_account, set_active
from matcher.accounts.tables import ApiTokenRow
from matcher.db import reading
from matcher.ownership import FIRST_ORGANISATION, OrganisationId
from matcher.rows import table_of

NOW = datetime(2026, 11, 16, 9, 0)  # noqa: DTZ001
GOOD = "cheval agrafe pile correcte"


@pytest.fixture
def lea(engine: Engine) -> Engine:
    """A catalogue where Léa administers, and Jean buys."""
    for login, role in (("Léa", Role.ADMINISTRATOR), ("Jean", Role.BUYER)):
        add_account(engine, login, GOOD, role, FIRST_ORGANISATION, author="essai", now=NOW)
    return engine


def given(engine: Engine, login: str = "Jean", role: Role = Role.READER, name: str = "Tableur", days: int = 10) -> str:
    return issue_token(engine, login, FIRST_ORGANISATION, role, name=name, days=days, author=login, now=NOW)


def test_a_token_opens_for_its_time_and_is_not_in_the_database(lea: Engine) -> None:
    token = given(lea)
    assert token.startswith(PREFIX)
    holder = bearer(lea, token, now=NOW)
    assert (holder.account.login, holder.membership.owner) == ("Jean", FIRST_ORGANISATION)
    assert holder.may == {Action.READ, Action.EXPORT}
    with pytest.raises(TokenExpired):
        bearer(lea, token, now=NOW + timedelta(days=10))
    with pytest.raises(TokenUnknown):
        bearer(lea, token[:-1], now=NOW)
    with reading(lea) as connection:
        (row,) = connection.execute(select(table_of(ApiTokenRow))).mappings()
    assert token not in map(str, row.values())
    assert row["used"] == NOW
    (told,) = list_tokens(lea, "Jean")
    assert (told.name, told.role, told.expires) == ("Tableur", Role.READER, NOW + timedelta(days=10))


def test_a_token_may_no_more_than_its_person_today(lea: Engine) -> None:
    token = given(lea, role=Role.BUYER)
    assert Action.KEEP_DOSSIERS in bearer(lea, token, now=NOW).may
    add_member(lea, FIRST_ORGANISATION, "Jean", Role.READER, author="Léa", now=NOW)
    assert bearer(lea, token, now=NOW).may == {Action.READ, Action.EXPORT}
    with pytest.raises(AccountRefused, match="pas plus que votre rôle"):
        given(lea, role=Role.BUYER)


def test_who_leaves_or_is_disabled_has_no_token_any_more(lea: Engine) -> None:
    token = given(lea)
    remove_member(lea, FIRST_ORGANISATION, "Jean", author="Léa", now=NOW)
    with pytest.raises(TokenUnknown):
        bearer(lea, token, now=NOW)
    with pytest.raises(AccountRefused):
        given(lea)
    add_member(lea, FIRST_ORGANISATION, "Jean", Role.READER, author="Léa", now=NOW)
    set_active(lea, "Jean", False, author="Léa", now=NOW)
    with pytest.raises(TokenUnknown):
        bearer(lea, token, now=NOW)


def test_a_token_is_of_one_organisation(lea: Engine) -> None:
    other = create_organisation(lea, OrganisationProfile("Ville de Valbrune"), author="Léa", now=NOW)
    add_member(lea, OrganisationId(other.id), "Jean", Role.ADMINISTRATOR, author="Léa", now=NOW)
    holder = bearer(lea, given(lea), now=NOW)
    assert holder.membership.owner == FIRST_ORGANISATION
    assert holder.may == {Action.READ, Action.EXPORT}


def test_a_revoked_token_opens_nothing_and_only_its_person_revokes_it(lea: Engine) -> None:
    token = given(lea)
    (told,) = list_tokens(lea, "Jean")
    with pytest.raises(AccountRefused, match="n’a pas de jeton"):
        end_token(lea, "Léa", told.id, author="Léa", now=NOW)
    end_token(lea, "Jean", told.id, author="Jean", now=NOW)
    with pytest.raises(TokenUnknown):
        bearer(lea, token, now=NOW)
    assert [line.action for line in read_whole_journal(lea, most=2)] == ["révoque un jeton", "donne un jeton"]


@pytest.mark.parametrize(
    ("name", "days"), [("", 10), ("x" * 81, 10), ("a\x07b", 10), ("Tableur", 0), ("Tableur", MOST_DAYS + 1)]
)
def test_a_token_is_named_and_ends(lea: Engine, name: str, days: int) -> None:
    with pytest.raises(AccountRefused):
        given(lea, name=name, days=days)
