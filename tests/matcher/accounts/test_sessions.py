"""Accounts, sign-ins and sessions on both databases."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, select, update

from matcher.accounts import audit
from matcher.accounts.organisations import add_member, remove_member
from matcher.accounts.passwords import PasswordRefused
from matcher.accounts.roles import Role
from matcher.accounts.sessions import (
    ABSOLUTE,
    IDLE,
    PasswordExpired,
    SignedIn,
    SignInRefused,
    SignInThrottled,
    close_others,
    end_session,
    session,
    sign_in_by_password,
)
from matcher.accounts.store import (
    AccountRefused,
    add_account,
    any_account,
    list_accounts,
    revoke_sessions,
    set_active,
    set_installation,
    set_password,
)
from matcher.accounts.tables import AccountRow, AttemptRow, SessionRow
from matcher.accounts.throttle import MOST_BY_ACCOUNT, MOST_BY_ADDRESS, WINDOW
from matcher.db import reading, writing
from matcher.ownership import FIRST_ORGANISATION
from matcher.rows import table_of

NOW = datetime(2026, 11, 16, 9, 0)  # noqa: DTZ001
GOOD, OTHER = "cheval agrafe pile correcte", "girafe marteau lune bleue"
HOME = "192.0.2.1"


@pytest.fixture
def lea(engine: Engine) -> Engine:
    add_account(
        engine, "Léa", GOOD, Role.ADMINISTRATOR, FIRST_ORGANISATION, name="Léa Exemple", author="essai", now=NOW
    )
    return engine


def enter(
    engine: Engine, login: str = "Léa", password: str = GOOD, at: datetime = NOW, address: str = HOME
) -> SignedIn:
    return sign_in_by_password(engine, login, password, address=address, now=at)


def rows(engine: Engine, row: type) -> list[dict[str, object]]:
    with reading(engine) as connection:
        return [dict(found) for found in connection.execute(select(table_of(row))).mappings()]


def test_a_first_account_is_opened_where_there_is_none_alone(engine: Engine) -> None:
    add_account(engine, "Léa", GOOD, Role.ADMINISTRATOR, FIRST_ORGANISATION, author="Léa", now=NOW, first=True)
    with pytest.raises(AccountRefused, match="déjà ouvert"):
        add_account(engine, "Paul", OTHER, Role.ADMINISTRATOR, FIRST_ORGANISATION, author="Paul", now=NOW, first=True)
    assert [account.login for account in list_accounts(engine)] == ["Léa"]


def test_an_account_is_opened_once_and_signs_in(engine: Engine) -> None:
    assert not any_account(engine)
    made = add_account(engine, " Léa  Martin ", GOOD, Role.BUYER, FIRST_ORGANISATION, author="essai", now=NOW)
    assert (made.login, made.name, made.memberships[0].role, made.active, made.last_sign_in) == (
        "Léa Martin",
        "Léa Martin",
        Role.BUYER,
        True,
        None,
    )
    assert any_account(engine)
    with pytest.raises(AccountRefused, match="existe déjà"):
        add_account(engine, "léa martin", OTHER, Role.READER, FIRST_ORGANISATION, author="essai", now=NOW)
    for login in ("", "  ", "a\nb\x00", "x" * 300):
        with pytest.raises(AccountRefused, match="nom de connexion"):
            add_account(engine, login, OTHER, Role.READER, FIRST_ORGANISATION, author="essai", now=NOW)
    with pytest.raises(PasswordRefused):
        add_account(engine, "Jean", "court", Role.READER, FIRST_ORGANISATION, author="essai", now=NOW)
    opened = enter(engine, "LÉA MARTIN")
    assert session(engine, opened.token, now=NOW) == list_accounts(engine)[0]
    assert list_accounts(engine)[0].last_sign_in == NOW


def test_neither_a_password_nor_a_token_is_in_the_database(lea: Engine) -> None:
    token = enter(lea).token
    held = json.dumps([rows(lea, AccountRow), rows(lea, SessionRow), rows(lea, AttemptRow)], default=str)
    assert GOOD not in held
    assert token not in held
    assert len(token) >= 43
    assert enter(lea).token != token


@pytest.mark.parametrize(
    ("login", "password"), [("Léa", OTHER), ("Jean", GOOD), ("", ""), ("Léa", ""), ("Jean", "personne")]
)
def test_what_is_wrong_is_not_said(lea: Engine, login: str, password: str) -> None:
    with pytest.raises(SignInRefused, match=r"^Nom de connexion ou mot de passe inconnu\.$"):
        enter(lea, login, password)
    assert rows(lea, SessionRow) == []


def test_an_account_waits_after_too_many_failures_wherever_they_come_from(lea: Engine) -> None:
    for number in range(MOST_BY_ACCOUNT):
        with pytest.raises(SignInRefused):
            enter(lea, password=OTHER, address=f"192.0.2.{number + 10}", at=NOW + timedelta(minutes=number))
    late = NOW + timedelta(minutes=MOST_BY_ACCOUNT)
    with pytest.raises(SignInThrottled, match="10 minutes") as refused:
        enter(lea, at=late)
    assert refused.value.wait == WINDOW - timedelta(minutes=MOST_BY_ACCOUNT)
    enter(lea, at=NOW + WINDOW)
    enter(lea, at=NOW + WINDOW)


def test_an_address_waits_after_too_many_failures_whoever_it_tries(lea: Engine) -> None:
    for number in range(MOST_BY_ADDRESS):
        with pytest.raises(SignInRefused):
            enter(lea, f"compte {number}", OTHER)
    with pytest.raises(SignInThrottled):
        enter(lea)
    enter(lea, address="192.0.2.2")


def test_a_success_clears_the_failures_of_the_account_and_old_ones_are_erased(lea: Engine) -> None:
    for _ in range(MOST_BY_ACCOUNT - 1):
        with pytest.raises(SignInRefused):
            enter(lea, password=OTHER)
    enter(lea)
    assert len(rows(lea, AttemptRow)) == MOST_BY_ACCOUNT - 1, "those of the address stay"
    enter(lea, at=NOW + WINDOW)
    assert rows(lea, AttemptRow) == []


def test_many_attempts_at_once_are_no_more_than_many_in_turn(lea: Engine) -> None:
    barrier, ended = Barrier(8), []

    def attempt() -> None:
        barrier.wait()
        try:
            enter(lea, password=OTHER)
        except SignInThrottled:
            ended.append("attendre")
        except SignInRefused:
            ended.append("refusé")

    threads = [Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended) == ["attendre"] * (8 - MOST_BY_ACCOUNT) + ["refusé"] * MOST_BY_ACCOUNT


def test_a_session_ends_when_idle_and_after_a_day_of_work_whatever_its_use(lea: Engine) -> None:
    token = enter(lea).token
    step = IDLE - timedelta(minutes=1)
    at = NOW
    while at + step < NOW + ABSOLUTE:
        at += step
        assert session(lea, token, now=at) is not None
    assert session(lea, token, now=NOW + ABSOLUTE) is None
    idle = enter(lea, at=NOW).token
    assert session(lea, idle, now=NOW + step) is not None
    assert session(lea, idle, now=NOW + step + IDLE) is None
    for token in ("", "inconnu", "\ud800"):
        assert session(lea, token, now=NOW) is None
    enter(lea, at=NOW + 2 * ABSOLUTE)
    assert len(rows(lea, SessionRow)) == 1, "those that have ended are erased"


@pytest.mark.parametrize(
    "end",
    [
        lambda engine: revoke_sessions(engine, "Jean", author="Léa", now=NOW),
        lambda engine: set_active(engine, "Jean", False, author="Léa", now=NOW),
        lambda engine: set_password(engine, "Jean", OTHER, author="Léa", now=NOW),
    ],
)
def test_sessions_are_ended_by_who_may(lea: Engine, end: Callable[[Engine], object]) -> None:
    add_account(lea, "Jean", GOOD, Role.READER, FIRST_ORGANISATION, author="Léa", now=NOW)
    tokens = [enter(lea, "Jean").token for _ in range(2)]
    mine = enter(lea).token
    end(lea)
    assert [session(lea, token, now=NOW) for token in tokens] == [None, None]
    assert session(lea, mine, now=NOW) is not None
    end_session(lea, mine, now=NOW)
    end_session(lea, mine, now=NOW)
    assert session(lea, mine, now=NOW) is None


def test_a_disabled_account_enters_no_more_and_a_new_role_counts_at_once(lea: Engine) -> None:
    add_account(lea, "Jean", GOOD, Role.READER, FIRST_ORGANISATION, author="Léa", now=NOW)
    token = enter(lea, "Jean").token
    add_member(lea, FIRST_ORGANISATION, "jean", Role.BUYER, author="Léa", now=NOW)
    found = session(lea, token, now=NOW)
    assert found is not None
    assert found.memberships[0].role is Role.BUYER
    set_active(lea, "Jean", False, author="Léa", now=NOW)
    with pytest.raises(SignInRefused):
        enter(lea, "Jean")
    set_active(lea, "Jean", True, author="Léa", now=NOW)
    enter(lea, "Jean")
    set_password(lea, "Jean", OTHER, author="Léa", now=NOW)
    with pytest.raises(SignInRefused):
        enter(lea, "Jean", GOOD)
    enter(lea, "Jean", OTHER)


def test_there_is_always_an_administrator(lea: Engine) -> None:
    add_account(lea, "Jean", GOOD, Role.ADMINISTRATOR, FIRST_ORGANISATION, author="Léa", now=NOW)
    for change in (
        lambda: set_installation(lea, "Léa", False, author="Léa", now=NOW),
        lambda: remove_member(lea, FIRST_ORGANISATION, "Léa", author="Léa", now=NOW),
        lambda: set_active(lea, "Léa", False, author="Léa", now=NOW),
    ):
        with pytest.raises(AccountRefused, match="seul à administrer"):
            change()
    add_member(lea, FIRST_ORGANISATION, "Léa", Role.READER, author="Jean", now=NOW)
    set_installation(lea, "Jean", True, author="Léa", now=NOW)
    set_installation(lea, "Léa", False, author="Léa", now=NOW)
    assert {account.login: account.installation for account in list_accounts(lea)} == {"Léa": False, "Jean": True}
    with pytest.raises(AccountRefused, match="pas de compte"):
        add_member(lea, FIRST_ORGANISATION, "Personne", Role.READER, author="Léa", now=NOW)


def test_a_hash_of_another_time_is_made_again_at_sign_in(lea: Engine) -> None:
    accounts = table_of(AccountRow)
    old = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash(GOOD)
    with writing(lea) as connection:
        connection.execute(update(accounts).values(password=old))
    enter(lea)
    with reading(lea) as connection:
        assert connection.execute(select(accounts.c.password)).scalar_one() != old
    enter(lea)


def test_the_journal_says_who_did_what_and_never_what_was_typed(lea: Engine) -> None:
    enter(lea)
    with pytest.raises(SignInRefused):
        enter(lea, "mon mot de passe tapé là", OTHER)
    with pytest.raises(SignInRefused):
        enter(lea, "léa", OTHER)
    audit.commit_audit_line(lea, at=NOW, author="Léa", action="importe un annuaire", target="finess")
    told = [(done.who, done.action) for done in audit.read_whole_journal(lea)]
    assert told == [
        ("Léa", "importe un annuaire"),
        ("Léa", "échoue à se connecter"),
        ("compte inconnu", "échoue à se connecter"),
        ("Léa", "se connecte"),
        ("essai", "ouvre un compte"),
    ]
    assert [done.action for done in audit.read_whole_journal(lea, audit.AuditFilter("essai"))] == ["ouvre un compte"]
    assert len(audit.read_whole_journal(lea, most=2)) == 2


def test_a_temporary_password_opens_for_seven_days(lea: Engine) -> None:
    add_account(lea, "Jean", GOOD, Role.READER, FIRST_ORGANISATION, author="Léa", now=NOW, temporary=True)
    week = NOW + timedelta(days=7)
    enter(lea, "Jean", at=week - timedelta(seconds=1))
    with pytest.raises(PasswordExpired, match="que 7 jours"):
        enter(lea, "Jean", at=week)
    assert audit.read_whole_journal(lea)[0].target == "mot de passe provisoire, trop ancien"
    with pytest.raises(SignInRefused, match="inconnu"):
        enter(lea, "Jean", OTHER, at=week)
    set_password(lea, "Jean", OTHER, author="Léa", now=week, temporary=True)
    enter(lea, "Jean", OTHER, at=week + timedelta(days=6))
    set_password(lea, "Jean", GOOD, author="Jean", now=week)
    enter(lea, "Jean", at=week + timedelta(days=90))


def test_what_time_has_ended_is_not_counted_as_closed(lea: Engine) -> None:
    enter(lea)
    later = NOW + timedelta(hours=1)
    (account,) = list_accounts(lea)
    assert close_others(lea, account, "celle d’ici", None, now=later) == 0
    enter(lea, at=later)
    assert close_others(lea, account, "celle d’ici", None, now=later) == 1
