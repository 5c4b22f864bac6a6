"""Accounts, sign-ins and sessions on both databases."""

import json
from collections.abc import Callable
from dataclasses import replace
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
    IdentityRefused,
    ProvenIdentity,
    ProviderUnreachable,
    SignedIn,
    SignInRefused,
    SignInThrottled,
    close_others,
    own_sessions,
    session,
    sign_in,
    sign_in_by,
    sign_out,
    unbind,
)
from matcher.accounts.store import (
    AccountRefused,
    add,
    any_account,
    listed,
    revoke,
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
    add(engine, "Léa", GOOD, Role.ADMINISTRATOR, FIRST_ORGANISATION, name="Léa Exemple", who="essai", now=NOW)
    return engine


def enter(
    engine: Engine, login: str = "Léa", password: str = GOOD, at: datetime = NOW, address: str = HOME
) -> SignedIn:
    return sign_in(engine, login, password, address=address, now=at)


def rows(engine: Engine, row: type) -> list[dict[str, object]]:
    with reading(engine) as connection:
        return [dict(found) for found in connection.execute(select(table_of(row))).mappings()]


def test_a_first_account_is_opened_where_there_is_none_alone(engine: Engine) -> None:
    add(engine, "Léa", GOOD, Role.ADMINISTRATOR, FIRST_ORGANISATION, who="Léa", now=NOW, first=True)
    with pytest.raises(AccountRefused, match="déjà ouvert"):
        add(engine, "Paul", OTHER, Role.ADMINISTRATOR, FIRST_ORGANISATION, who="Paul", now=NOW, first=True)
    assert [account.login for account in listed(engine)] == ["Léa"]


def test_an_account_is_opened_once_and_signs_in(engine: Engine) -> None:
    assert not any_account(engine)
    made = add(engine, " Léa  Martin ", GOOD, Role.BUYER, FIRST_ORGANISATION, who="essai", now=NOW)
    assert (made.login, made.name, made.memberships[0].role, made.active, made.last_sign_in) == (
        "Léa Martin",
        "Léa Martin",
        Role.BUYER,
        True,
        None,
    )
    assert any_account(engine)
    with pytest.raises(AccountRefused, match="existe déjà"):
        add(engine, "léa martin", OTHER, Role.READER, FIRST_ORGANISATION, who="essai", now=NOW)
    for login in ("", "  ", "a\nb\x00", "x" * 300):
        with pytest.raises(AccountRefused, match="nom de connexion"):
            add(engine, login, OTHER, Role.READER, FIRST_ORGANISATION, who="essai", now=NOW)
    with pytest.raises(PasswordRefused):
        add(engine, "Jean", "court", Role.READER, FIRST_ORGANISATION, who="essai", now=NOW)
    opened = enter(engine, "LÉA MARTIN")
    assert session(engine, opened.token, now=NOW) == listed(engine)[0]
    assert listed(engine)[0].last_sign_in == NOW


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
        lambda engine: revoke(engine, "Jean", who="Léa", now=NOW),
        lambda engine: set_active(engine, "Jean", False, who="Léa", now=NOW),
        lambda engine: set_password(engine, "Jean", OTHER, who="Léa", now=NOW),
    ],
)
def test_sessions_are_ended_by_who_may(lea: Engine, end: Callable[[Engine], object]) -> None:
    add(lea, "Jean", GOOD, Role.READER, FIRST_ORGANISATION, who="Léa", now=NOW)
    tokens = [enter(lea, "Jean").token for _ in range(2)]
    mine = enter(lea).token
    end(lea)
    assert [session(lea, token, now=NOW) for token in tokens] == [None, None]
    assert session(lea, mine, now=NOW) is not None
    sign_out(lea, mine, now=NOW)
    sign_out(lea, mine, now=NOW)
    assert session(lea, mine, now=NOW) is None


def test_a_disabled_account_enters_no_more_and_a_new_role_counts_at_once(lea: Engine) -> None:
    add(lea, "Jean", GOOD, Role.READER, FIRST_ORGANISATION, who="Léa", now=NOW)
    token = enter(lea, "Jean").token
    add_member(lea, FIRST_ORGANISATION, "jean", Role.BUYER, who="Léa", now=NOW)
    found = session(lea, token, now=NOW)
    assert found is not None
    assert found.memberships[0].role is Role.BUYER
    set_active(lea, "Jean", False, who="Léa", now=NOW)
    with pytest.raises(SignInRefused):
        enter(lea, "Jean")
    set_active(lea, "Jean", True, who="Léa", now=NOW)
    enter(lea, "Jean")
    set_password(lea, "Jean", OTHER, who="Léa", now=NOW)
    with pytest.raises(SignInRefused):
        enter(lea, "Jean", GOOD)
    enter(lea, "Jean", OTHER)


def test_there_is_always_an_administrator(lea: Engine) -> None:
    add(lea, "Jean", GOOD, Role.ADMINISTRATOR, FIRST_ORGANISATION, who="Léa", now=NOW)
    for change in (
        lambda: set_installation(lea, "Léa", False, who="Léa", now=NOW),
        lambda: remove_member(lea, FIRST_ORGANISATION, "Léa", who="Léa", now=NOW),
        lambda: set_active(lea, "Léa", False, who="Léa", now=NOW),
    ):
        with pytest.raises(AccountRefused, match="seul à administrer"):
            change()
    add_member(lea, FIRST_ORGANISATION, "Léa", Role.READER, who="Jean", now=NOW)
    set_installation(lea, "Jean", True, who="Léa", now=NOW)
    set_installation(lea, "Léa", False, who="Léa", now=NOW)
    assert {account.login: account.installation for account in listed(lea)} == {"Léa": False, "Jean": True}
    with pytest.raises(AccountRefused, match="pas de compte"):
        add_member(lea, FIRST_ORGANISATION, "Personne", Role.READER, who="Léa", now=NOW)


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
    audit.record(lea, at=NOW, who="Léa", action="importe un annuaire", target="finess")
    told = [(done.who, done.action) for done in audit.read_all(lea)]
    assert told == [
        ("Léa", "importe un annuaire"),
        ("Léa", "échoue à se connecter"),
        ("compte inconnu", "échoue à se connecter"),
        ("Léa", "se connecte"),
        ("essai", "ouvre un compte"),
    ]
    assert [done.action for done in audit.read_all(lea, audit.AuditFilter("essai"))] == ["ouvre un compte"]
    assert len(audit.read_all(lea, most=2)) == 2


EMAIL = "lea@mairie.example"
LEA = ProvenIdentity("https://fi.example", "a1b2", EMAIL, "Léa Exemple", "13002526500013", "fi-3", "jeton.de.lea")


@pytest.fixture
def opened(engine: Engine) -> Engine:
    """A catalogue with Léa's account, without a password, and Paul's."""
    add(engine, "Paul", "cheval agrafe pile correcte", Role.ADMINISTRATOR, FIRST_ORGANISATION, who="essai", now=NOW)
    add(engine, EMAIL, None, Role.BUYER, FIRST_ORGANISATION, who="Paul", now=NOW)
    return engine


def enter_by(engine: Engine, identity: ProvenIdentity = LEA, at: datetime = NOW) -> SignedIn:
    return sign_in_by(engine, lambda: identity, via="ProConnect", address=HOME, now=at)


def told(engine: Engine) -> list[tuple[str, str, str]]:
    """The audit since the accounts were opened, the oldest first: who, what, and what more is said of it."""
    return [(line.who, line.action, line.detail or line.target) for line in audit.read_all(engine)[::-1][2:]]


def test_an_identity_is_bound_to_the_account_of_its_email_then_signs_it_in_whatever_its_email(opened: Engine) -> None:
    first = enter_by(opened, replace(LEA, email="LEA@Mairie.example"))
    assert (first.account.login, first.account.name, first.account.identity_since) == (EMAIL, "Léa Exemple", NOW)
    assert session(opened, first.token, now=NOW) == first.account
    later = NOW + timedelta(days=1)
    assert (
        enter_by(opened, replace(LEA, email="autre@mairie.example", name="Autre"), later).account.name == "Léa Exemple"
    )
    assert told(opened) == [
        (EMAIL, "rattache une identité", "https://fi.example, SIRET 13002526500013, fi-3"),
        (EMAIL, "se connecte", "ProConnect"),
        (EMAIL, "se connecte", "ProConnect"),
    ]


def test_a_temporary_password_holds_up_whoever_came_by_it_alone(opened: Engine) -> None:
    by_provider = enter_by(opened).token
    assert [one.temporary for one in listed(opened)] == [False, False]
    set_password(opened, EMAIL, OTHER, who="Paul", now=NOW, temporary=True)
    assert session(opened, by_provider, now=NOW) is None, "ended"
    by_password, by_provider = enter(opened, EMAIL, OTHER).token, enter_by(opened).token
    found = [session(opened, token, now=NOW) for token in (by_password, by_provider)]
    assert [one and one.temporary for one in found] == [True, False]
    assert found[0] is not None
    held = own_sessions(opened, found[0], by_password, now=NOW)
    assert [(one.here, one.by_provider) for one in held] == [(False, True), (True, False)]
    assert own_sessions(opened, found[0], by_password, now=NOW + timedelta(hours=1)) == []
    set_password(opened, EMAIL, GOOD, who=EMAIL, now=NOW)
    assert [one.temporary for one in listed(opened)] == [False, False]


def test_what_time_has_ended_is_not_counted_as_closed(lea: Engine) -> None:
    enter(lea)
    later = NOW + timedelta(hours=1)
    (account,) = listed(lea)
    assert close_others(lea, account, "celle d’ici", None, now=later) == 0
    enter(lea, at=later)
    assert close_others(lea, account, "celle d’ici", None, now=later) == 1


def test_what_ends_the_session_of_the_provider_goes_with_ours(opened: Engine) -> None:
    token = enter_by(opened).token
    assert sign_out(opened, token, now=NOW) == "jeton.de.lea"
    assert sign_out(opened, token, now=NOW) is None


@pytest.mark.parametrize(
    ("identity", "said", "reason"),
    [
        (replace(LEA, email="inconnue@mairie.example"), "Aucun compte n’est ouvert", "aucun compte à ce courriel"),
        (replace(LEA, email=""), "courriel vérifié", "aucun courriel vérifié"),
    ],
)
def test_no_account_is_opened_by_itself(opened: Engine, identity: ProvenIdentity, said: str, reason: str) -> None:
    with pytest.raises(IdentityRefused, match=said):
        enter_by(opened, identity)
    assert len(listed(opened)) == 2
    assert told(opened) == [("compte inconnu", "échoue à se connecter", f"ProConnect : {reason}")]


def test_an_account_of_another_identity_is_refused_until_it_is_detached(opened: Engine) -> None:
    token = enter_by(opened).token
    for other in (replace(LEA, subject="z9"), replace(LEA, issuer="https://autre.example")):
        with pytest.raises(IdentityRefused, match="une autre identité"):
            enter_by(opened, other)
    assert told(opened)[-1] == (EMAIL, "échoue à se connecter", "ProConnect : compte d’une autre identité")
    unbind(opened, EMAIL, who="Paul", now=NOW)
    assert session(opened, token, now=NOW) is None
    with pytest.raises(AccountRefused, match="rattaché à aucune"):
        unbind(opened, EMAIL, who="Paul", now=NOW)
    assert enter_by(opened, replace(LEA, subject="z9")).account.login == EMAIL
    with pytest.raises(IdentityRefused, match="une autre identité"):
        enter_by(opened)


@pytest.mark.parametrize("bound", [False, True])
def test_a_disabled_account_does_not_enter_nor_is_bound(opened: Engine, bound: bool) -> None:
    if bound:
        enter_by(opened)
    set_active(opened, EMAIL, False, who="Paul", now=NOW)
    with pytest.raises(IdentityRefused, match="désactivé"):
        enter_by(opened)
    account = next(one for one in listed(opened) if one.login == EMAIL)
    assert (account.identity_since is not None) is bound


def test_without_a_password_no_password_opens_the_account(opened: Engine) -> None:
    for password in ("", " ", "cheval agrafe pile correcte"):
        with pytest.raises(SignInRefused, match="inconnu"):
            sign_in(opened, EMAIL, password, address=HOME, now=NOW)
    with pytest.raises(AccountRefused, match="courriel"):
        add(opened, "Zoé", None, Role.READER, FIRST_ORGANISATION, who="Paul", now=NOW)


def test_what_the_provider_refuses_counts_as_a_failure_and_its_silence_does_not(opened: Engine) -> None:
    def silent() -> ProvenIdentity:
        raise ProviderUnreachable("ne répond pas", "silence")

    def refuses() -> ProvenIdentity:
        raise IdentityRefused("refusé", "nonce")

    def tries(prove: object) -> None:
        with pytest.raises(IdentityRefused):
            sign_in_by(opened, prove, via="ProConnect", address=HOME, now=NOW)  # type: ignore[arg-type]  # one of the two above

    for _ in range(MOST_BY_ADDRESS + 1):
        tries(silent)
    for _ in range(MOST_BY_ADDRESS):
        tries(refuses)
    with pytest.raises(SignInThrottled):
        sign_in_by(opened, lambda: pytest.fail("asked"), via="ProConnect", address=HOME, now=NOW)
    assert enter_by(opened, at=NOW + timedelta(minutes=16)).account.login == EMAIL
    assert told(opened)[0] == ("compte inconnu", "échoue à se connecter", "ProConnect : silence")
