"""Roles, passwords and throttling: the rules, without a database."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from matcher.accounts import passwords
from matcher.accounts.passwords import (
    LONGEST,
    NOBODY,
    PasswordRefused,
    hash_password,
    needs_rehash,
    verify_password,
    weakness,
)
from matcher.accounts.roles import PERMISSIONS, Action, Role, allowed_actions
from matcher.accounts.throttle import MOST_BY_ACCOUNT, WINDOW, account_mark, address_mark, login_key, wait

NOW = datetime(2026, 11, 16, 9, 0)  # noqa: DTZ001
GOOD = "cheval agrafe pile correcte"
REAL = passwords._HASHER  # before `light_passwords` takes its place


def test_each_role_may_do_what_the_one_before_may_and_more() -> None:
    by_role = [PERMISSIONS[role] for role in Role]
    assert all(less < more for less, more in pairwise(by_role))
    assert by_role[-1] == set(Action) - {Action.ADMINISTER}
    assert Action.KEEP_DOSSIERS not in PERMISSIONS[Role.READER]
    assert Action.IMPORT not in PERMISSIONS[Role.BUYER]
    assert [role for role in Role if Action.MANAGE_MEMBERS in PERMISSIONS[role]] == [Role.ADMINISTRATOR]


def test_who_administers_the_installation_does_so_whatever_their_role() -> None:
    its = {Action.MANAGE_MEMBERS, Action.READ_AUDIT, Action.ADMINISTER}
    for role in Role:
        assert allowed_actions(role, installation=True) == PERMISSIONS[role] | its
        assert allowed_actions(role, installation=False) == PERMISSIONS[role]


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("", "12 à 128"),
        ("onzecaractè", "12 à 128"),
        ("x" * 129, "12 à 128"),
        ("abababababababab", "répète"),
        ("motdepasse123!", "courants"),
        ("Password2026!!", "courants"),
        ("AzertyUiop12", "courants"),
        ("123456789012", "courants"),
        ("lea.martin 2026 ok", "nom de connexion"),
        ("avec LEA.MARTIN dedans", "nom de connexion"),
    ],
)
def test_weak_passwords_are_refused_with_their_reason(password: str, said: str) -> None:
    assert said in weakness(password, "lea.martin@mairie.example")
    with pytest.raises(PasswordRefused):
        hash_password(password, "lea.martin@mairie.example")


def test_a_long_phrase_is_taken_and_verified_and_nothing_else_is() -> None:
    kept = hash_password(GOOD, "Léa")
    assert kept.startswith("$argon2id$")
    assert GOOD not in kept
    assert kept != hash_password(GOOD, "Léa")
    assert verify_password(kept, GOOD)
    assert not verify_password(kept, GOOD + " ")
    assert not verify_password(kept, "x" * (LONGEST + 1))
    assert not verify_password("pas une empreinte", GOOD)
    assert not needs_rehash(kept)
    assert needs_rehash(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash(GOOD))


def test_a_password_costs_what_rfc_9106_asks_for_small_memories() -> None:
    assert (REAL.time_cost, REAL.memory_cost, REAL.parallelism) == (3, 64 * 1024, 4)


def test_an_unknown_name_costs_as_much_as_a_wrong_password() -> None:
    assert not REAL.check_needs_rehash(NOBODY)
    parts = [kept.split("$") for kept in (NOBODY, REAL.hash(GOOD))]
    assert len({tuple(map(len, each)) for each in parts}) == 1
    assert not verify_password(NOBODY, GOOD)


def test_the_same_letters_typed_otherwise_are_the_same_password() -> None:
    assert verify_password(hash_password("épreuve très longue", "x"), "e\u0301preuve tre\u0300s longue")
    assert not verify_password(hash_password(GOOD, "x"), "\ud800" * 12)


def test_one_waits_after_too_many_failures_and_no_longer_than_the_window() -> None:
    failures = [NOW - timedelta(minutes=minute) for minute in range(MOST_BY_ACCOUNT)]
    assert wait(failures[1:], MOST_BY_ACCOUNT, NOW) == timedelta()
    assert wait(failures, MOST_BY_ACCOUNT, NOW) == WINDOW - timedelta(minutes=4)
    assert wait(failures, MOST_BY_ACCOUNT, NOW + timedelta(minutes=11)) == timedelta()


@given(st.lists(st.integers(-3000, 100), max_size=40), st.integers(1, 8))
def test_after_the_wait_one_more_attempt_is_let_through(seconds: list[int], most: int) -> None:
    failures = [NOW + timedelta(seconds=second) for second in seconds]
    waited = wait(failures, most, NOW)
    assert timedelta() <= waited <= WINDOW
    past = [at for at in failures if at <= NOW]
    assert wait(past, most, NOW + waited) == timedelta()


def test_logins_and_addresses_are_counted_whatever_their_form() -> None:
    assert login_key(" Léa.Martin@Mairie.example ") == login_key("léa.martin@mairie.EXAMPLE") != login_key("lea")
    assert account_mark("LÉA") == account_mark("léa")
    assert "léa" not in account_mark("léa")
    assert address_mark("2001:db8::1") == address_mark("2001:db8::ffff") != address_mark("2001:db8:0:1::1")
    assert address_mark("192.0.2.1") != address_mark("192.0.2.2")
    assert address_mark("inconnue") != address_mark("")
