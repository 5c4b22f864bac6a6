"""Signing in by an identity that a provider proves: bound once to the account of its e-mail address, refused with a reason."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from matcher.accounts import audit
from matcher.accounts.roles import Role
from matcher.accounts.sessions import (
    IdentityRefused,
    ProvenIdentity,
    ProviderUnreachable,
    SignedIn,
    SignInRefused,
    SignInThrottled,
    end_session,
    own_sessions,
    session,
    sign_in_by,
    sign_in_by_password,
    unbind,
)
from matcher.accounts.store import (
    AccountRefused,
    add_account,
    list_accounts,
    set_active,
    set_password,
)
from matcher.accounts.throttle import MOST_BY_ADDRESS
from matcher.ownership import FIRST_ORGANISATION

NOW = datetime(2026, 11, 16, 9, 0)  # noqa: DTZ001
GOOD, OTHER = "cheval agrafe pile correcte", "girafe marteau lune bleue"
HOME = "192.0.2.1"

EMAIL = "lea@mairie.example"
LEA = ProvenIdentity("https://fi.example", "a1b2", EMAIL, "Léa Exemple", "13002526500013", "fi-3", "jeton.de.lea")


@pytest.fixture
def opened(engine: Engine) -> Engine:
    """A catalogue with Léa's account, without a password, and Paul's."""
    add_account(
        engine, "Paul", "cheval agrafe pile correcte", Role.ADMINISTRATOR, FIRST_ORGANISATION, author="essai", now=NOW
    )
    add_account(engine, EMAIL, None, Role.BUYER, FIRST_ORGANISATION, author="Paul", now=NOW)
    return engine


def enter_by(engine: Engine, identity: ProvenIdentity = LEA, at: datetime = NOW) -> SignedIn:
    return sign_in_by(engine, lambda: identity, via="ProConnect", address=HOME, now=at)


def told(engine: Engine) -> list[tuple[str, str, str]]:
    """The audit since the accounts were opened, the oldest first: who, what, and what more is said of it."""
    return [(line.who, line.action, line.detail or line.target) for line in audit.read_whole_journal(engine)[::-1][2:]]


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
    assert [one.temporary for one in list_accounts(opened)] == [False, False]
    set_password(opened, EMAIL, OTHER, author="Paul", now=NOW, temporary=True)
    assert session(opened, by_provider, now=NOW) is None, "ended"
    by_password, by_provider = (
        sign_in_by_password(opened, EMAIL, OTHER, address=HOME, now=NOW).token,
        enter_by(opened).token,
    )
    found = [session(opened, token, now=NOW) for token in (by_password, by_provider)]
    assert [one and one.temporary for one in found] == [True, False]
    assert found[0] is not None
    held = own_sessions(opened, found[0], by_password, now=NOW)
    assert [(one.here, one.by_provider) for one in held] == [(False, True), (True, False)]
    assert own_sessions(opened, found[0], by_password, now=NOW + timedelta(hours=1)) == []
    set_password(opened, EMAIL, GOOD, author=EMAIL, now=NOW)
    assert [one.temporary for one in list_accounts(opened)] == [False, False]


def test_what_ends_the_session_of_the_provider_goes_with_ours(opened: Engine) -> None:
    token = enter_by(opened).token
    assert end_session(opened, token, now=NOW) == "jeton.de.lea"
    assert end_session(opened, token, now=NOW) is None


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
    assert len(list_accounts(opened)) == 2
    assert told(opened) == [("compte inconnu", "échoue à se connecter", f"ProConnect : {reason}")]


def test_an_account_of_another_identity_is_refused_until_it_is_detached(opened: Engine) -> None:
    token = enter_by(opened).token
    for other in (replace(LEA, subject="z9"), replace(LEA, issuer="https://autre.example")):
        with pytest.raises(IdentityRefused, match="une autre identité"):
            enter_by(opened, other)
    assert told(opened)[-1] == (EMAIL, "échoue à se connecter", "ProConnect : compte d’une autre identité")
    unbind(opened, EMAIL, author="Paul", now=NOW)
    assert session(opened, token, now=NOW) is None
    with pytest.raises(AccountRefused, match="rattaché à aucune"):
        unbind(opened, EMAIL, author="Paul", now=NOW)
    assert enter_by(opened, replace(LEA, subject="z9")).account.login == EMAIL
    with pytest.raises(IdentityRefused, match="une autre identité"):
        enter_by(opened)


@pytest.mark.parametrize("bound", [False, True])
def test_a_disabled_account_does_not_enter_nor_is_bound(opened: Engine, bound: bool) -> None:
    if bound:
        enter_by(opened)
    set_active(opened, EMAIL, False, author="Paul", now=NOW)
    with pytest.raises(IdentityRefused, match="désactivé"):
        enter_by(opened)
    account = next(one for one in list_accounts(opened) if one.login == EMAIL)
    assert (account.identity_since is not None) is bound


def test_without_a_password_no_password_opens_the_account(opened: Engine) -> None:
    for password in ("", " ", "cheval agrafe pile correcte"):
        with pytest.raises(SignInRefused, match="inconnu"):
            sign_in_by_password(opened, EMAIL, password, address=HOME, now=NOW)
    with pytest.raises(AccountRefused, match="courriel"):
        add_account(opened, "Zoé", None, Role.READER, FIRST_ORGANISATION, author="Paul", now=NOW)


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
