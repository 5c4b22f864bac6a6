"""Signing in by a real provider on loopback: what it proves, and every lie that is refused."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Response
from joserfc.jwk import ECKey

from matcher.accounts import identity_provider
from matcher.accounts.identity_provider import MOST_BYTES, IdentityProvider
from matcher.accounts.sessions import IdentityRefused, ProvenIdentity, ProviderUnreachable
from tests.matcher.accounts.local_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    KEY,
    LEA,
    PUBLIC,
    LocalProvider,
    arguments,
    gone_to,
    serving,
)

BACK = f"{PUBLIC}/connexion/retour"
DISCOVERY = "/api/v2/.well-known/openid-configuration"


@pytest.fixture
def local() -> Iterator[LocalProvider]:
    with serving() as provider:
        yield provider


def came_back(client: IdentityProvider) -> tuple[dict[str, str], Any]:
    """What a person brings back, and what they left with."""
    departure = client.departure(BACK)
    return arguments(gone_to(departure.address)), departure


def proven(client: IdentityProvider) -> ProvenIdentity:
    returned, departure = came_back(client)
    return client.identity(client.code(returned, departure), departure, BACK, now=datetime.now(UTC))


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("key", [KEY, ECKey.generate_key("P-256", {"kid": "un"})], ids=["RS256", "ES256"])
def test_a_person_is_proven(local: LocalProvider, key: Any, plain: bool) -> None:
    local.keys, local.plain = [key], plain
    its = proven(IdentityProvider(local.settings))
    assert (its.issuer, its.subject, its.email) == (local.issuer, LEA["sub"], LEA["email"])
    assert (its.name, its.siret, its.source) == ("Léa Exemple", LEA["siret"], LEA["idp_id"])


def test_what_is_asked_has_the_shape_of_proconnect(local: LocalProvider) -> None:
    client = IdentityProvider(replace(local.settings, acr_values="eidas1 eidas2"))
    departure = client.departure(BACK)
    asked = arguments(departure.address)
    assert asked["scope"] == "openid given_name usual_name email siret"
    assert asked["acr_values"] == "eidas1 eidas2"
    assert asked["code_challenge_method"] == "S256"
    assert min(len(asked["state"]), len(asked["nonce"])) >= 32
    assert CLIENT_SECRET not in departure.address
    assert CLIENT_SECRET not in repr(client.settings)


def test_a_code_is_bound_to_who_leaves_even_where_the_provider_does_not_announce_it(local: LocalProvider) -> None:
    local.metadata = {"code_challenge_methods_supported": None}
    client = IdentityProvider(local.settings)
    assert arguments(client.departure(BACK).address)["code_challenge_method"] == "S256"
    assert proven(client).subject == LEA["sub"]


def test_what_the_provider_says_of_itself_is_asked_once(local: LocalProvider) -> None:
    client = IdentityProvider(local.settings)
    for _ in range(3):
        client.departure(BACK)
    assert local.asked == [DISCOVERY, "/api/v2/jwks"]


def test_new_keys_are_asked_for(local: LocalProvider) -> None:
    client = IdentityProvider(local.settings)
    client.departure(BACK)
    local.keys = [ECKey.generate_key("P-256", {"kid": "deux"})]
    assert proven(client).subject == LEA["sub"]


LIES = {
    "another issuer": {"iss": "https://ailleurs.example"},
    "another audience": {"aud": "une-autre-application"},
    "another audience, for us": {"aud": "une-autre-application", "azp": CLIENT_ID},
    "another nonce": {"nonce": "x" * 43},
    "no nonce": {"nonce": None},
    "expired": {"exp": int(time.time()) - 3_600},
    "of tomorrow": {"iat": int(time.time()) + 86_400},
    "no end": {"exp": None},
    "no subject": {"sub": None},
    "a subject that is no text": {"sub": 3},
    "another access token": {"at_hash": "x" * 22},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_an_id_token_that_lies_is_refused(local: LocalProvider, lie: dict[str, Any]) -> None:
    local.id_token = lambda claims: {name: value for name, value in (claims | lie).items() if value is not None}
    with pytest.raises(IdentityRefused, match="n’a pas confirmé qui vous êtes"):
        proven(IdentityProvider(local.settings))


@pytest.mark.parametrize("forged", ["none", "HS256", "other"])
def test_what_the_provider_did_not_sign_is_refused(local: LocalProvider, forged: str) -> None:
    local.forged = forged
    with pytest.raises(IdentityRefused) as refused:
        proven(IdentityProvider(local.settings))
    assert CLIENT_SECRET not in refused.value.reason


@pytest.mark.parametrize("lie", [{"sub": "une-autre"}, {"iss": "https://ailleurs.example"}, {"aud": "autre"}])
def test_userinfo_of_another_is_refused(local: LocalProvider, lie: dict[str, str]) -> None:
    local.userinfo = lambda claims: claims | lie
    with pytest.raises(IdentityRefused):
        proven(IdentityProvider(local.settings))


def test_a_weaker_sign_in_than_asked_is_refused(local: LocalProvider) -> None:
    client = IdentityProvider(replace(local.settings, acr_values="eidas1"))
    assert proven(client).subject == LEA["sub"]
    local.id_token = lambda claims: claims | {"acr": "eidas0"}
    with pytest.raises(IdentityRefused, match="confirmé"):
        proven(client)


@pytest.mark.parametrize(
    ("said", "announced", "email"),
    [
        ({}, False, LEA["email"]),
        ({}, True, ""),
        ({"email_verified": True}, True, LEA["email"]),
        ({"email_verified": False}, False, ""),
        ({"email_verified": "false"}, False, ""),
        ({"email": "léa@mairie.example"}, False, ""),
        ({"email": None}, False, ""),
        ({"email": "x" * 300 + "@mairie.example"}, False, ""),
    ],
)
def test_an_email_that_is_not_verified_is_none(
    local: LocalProvider, said: dict[str, object], announced: bool, email: str
) -> None:
    local.person |= said
    if announced:
        local.metadata = {"claims_supported": ["sub", "email", "email_verified"]}
    assert proven(IdentityProvider(local.settings)).email == email


def test_a_return_that_did_not_leave_from_here_is_refused(local: LocalProvider) -> None:
    client = IdentityProvider(local.settings)
    returned, departure = came_back(client)
    for wrong in (
        returned | {"state": "x" * 43},
        returned | {"state": "é"},
        {"code": returned["code"]},
        returned | {"error": "access_denied"},
        returned | {"iss": "https://ailleurs.example"},
        {"state": returned["state"]},
    ):
        with pytest.raises(IdentityRefused):
            client.code(wrong, departure)
    with pytest.raises(IdentityRefused, match="recommencez"):
        client.code(returned | {"state": ""}, replace(departure, state=""))


def test_a_code_serves_once_and_to_who_left_alone(local: LocalProvider) -> None:
    client, now = IdentityProvider(local.settings), datetime.now(UTC)
    returned, departure = came_back(client)
    stolen = replace(departure, verifier="x" * 43)
    with pytest.raises(IdentityRefused) as refused:
        client.identity(returned["code"], stolen, BACK, now=now)
    assert refused.value.reason == "invalid_grant"
    assert client.identity(returned["code"], departure, BACK, now=now).subject == LEA["sub"]
    with pytest.raises(IdentityRefused) as refused:
        client.identity(returned["code"], departure, BACK, now=now)
    assert refused.value.reason == "invalid_grant"


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://ailleurs.example"},
        {"token_endpoint": "https://ailleurs.example/token"},
        {"userinfo_endpoint": "http://169.254.169.254/"},
        {"jwks_uri": "http://127.0.0.1:1/jwks"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"end_session_endpoint": "https://ailleurs.example/fin"},
        {"jwks_uri": None},
        {"token_endpoint": "http://[::1"},
    ],
)
def test_a_provider_that_leads_elsewhere_is_not_asked(local: LocalProvider, metadata: dict[str, object]) -> None:
    local.metadata = metadata
    with pytest.raises(ProviderUnreachable, match="ne répond pas"):
        IdentityProvider(local.settings).departure(BACK)
    assert set(local.asked) <= {DISCOVERY, "/api/v2/jwks"}


def dripping() -> Response:
    """A body that never ends, and comes byte after byte."""
    return Response(iter(lambda: time.sleep(0.01) or b" ", None), headers={"Content-Length": "100000"})


BAD: dict[str, tuple[str, Any]] = {
    "describes itself by an error": (DISCOVERY, lambda: Response(status=500)),
    "describes itself elsewhere": (
        DISCOVERY,
        lambda: Response(status=302, headers={"Location": "http://127.0.0.1:1/"}),
    ),
    "describes itself at length": (DISCOVERY, lambda: Response(b" " * (MOST_BYTES + 1))),
    "describes itself without end": (DISCOVERY, dripping),
    "has a page for keys": ("/api/v2/jwks", lambda: Response("<html>")),
    "has a list for keys": ("/api/v2/jwks", lambda: Response("[1, 2]", mimetype="application/json")),
    "has no keys": ("/api/v2/jwks", lambda: Response("{}", mimetype="application/json")),
    "has a number for keys": ("/api/v2/jwks", lambda: Response('{"keys": 3}', mimetype="application/json")),
    "gives no token": ("/api/v2/token", lambda: Response("{}", mimetype="application/json")),
    "gives a token without end": ("/api/v2/token", dripping),
    "says nobody": ("/api/v2/userinfo", lambda: Response("[]", mimetype="application/json")),
    "says an error": ("/api/v2/userinfo", lambda: Response(status=403)),
}


@pytest.mark.parametrize(("path", "answer"), BAD.values(), ids=BAD)
def test_a_provider_that_answers_badly_proves_nothing(
    local: LocalProvider, path: str, answer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity_provider, "MOST_SECONDS", 0.5)
    local.answer = lambda asked: answer() if asked == path else None
    with pytest.raises(IdentityRefused):
        proven(IdentityProvider(local.settings))


def test_a_provider_that_is_down_is_left_alone_for_a_while(
    local: LocalProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    local.answer = lambda _: Response(status=503)
    client = IdentityProvider(local.settings)
    for _ in range(3):
        with pytest.raises(ProviderUnreachable, match="quelques minutes"):
            client.departure(BACK)
    assert len(local.asked) == 1
    assert client.end_of_session("jeton", PUBLIC) == ""
    local.answer = lambda _: None
    monkeypatch.setattr(identity_provider, "RETRY_AFTER", identity_provider.RETRY_AFTER * 0)
    assert client.departure(BACK).address.startswith(local.issuer)


def test_the_provider_ends_its_session(local: LocalProvider) -> None:
    client = IdentityProvider(local.settings)
    id_token = proven(client).id_token
    there = client.end_of_session(id_token, f"{PUBLIC}/connexion")
    assert arguments(there)["id_token_hint"] == id_token
    assert gone_to(there).startswith(f"{PUBLIC}/connexion?state=")
    assert local.person == {}
