"""Who the API answers: a computer alone; never a page of another site, nor a cookie."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.accounts.api_tokens import end_token, list_tokens
from matcher.accounts.audit import read_whole_journal
from matcher.accounts.calls import TokenCalls
from matcher.accounts.roles import Role
from matcher.accounts.throttle import MOST_BY_ADDRESS
from matcher.db import DatabaseError
from matcher.settings import WebSettings
from matcher.web import create_app
from matcher.web.frame.app_state import EXTENSION
from tests.matcher.web.api.conftest import token
from tests.matcher.web.conftest import signed_in

LOT = {"objet": "Entretien des espaces verts", "lieu": "Maubeuge"}


def test_what_the_audit_cannot_write_down_is_not_given(team: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object, **__: object) -> None:
        raise DatabaseError("La base est occupée.")

    headers = token(team, "lecteur")
    monkeypatch.setattr("matcher.web.api.frame.admission.audit.commit_audit_line", busy)
    refused = team.test_client().get("/api/v1/suppliers.jsonl", headers=headers)
    assert (refused.status_code, refused.json["code"], refused.headers["Retry-After"]) == (503, "indisponible", "5")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://exemple.fr"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_page_of_another_site_is_refused(client: FlaskClient, headers: dict[str, str]) -> None:
    refused = client.post("/api/v1/match", json=LOT, headers=headers)
    assert (refused.status_code, refused.json["code"]) == (403, "origine-refusee")
    assert not [name for name, _ in refused.headers if name.startswith("Access-Control-")]
    assert client.options("/api/v1/match", headers=headers).status_code == 405


def test_a_page_of_ours_is_answered(client: FlaskClient) -> None:
    own = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert client.post("/api/v1/match", json=LOT, headers=own).status_code == 200


def test_the_cookie_of_a_person_signed_in_opens_nothing(team: Flask) -> None:
    refused = signed_in(team, "administrateur").post("/api/v1/match", json=LOT)
    assert (refused.status_code, refused.json["code"]) == (401, "jeton-absent")
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    assert "Set-Cookie" not in refused.headers


def test_what_tells_nothing_of_anybody_asks_for_no_token(team: Flask) -> None:
    for address in ("/api/v1/", "/api/v1/health", "/api/v1/openapi.json"):
        assert team.test_client().get(address).status_code == 200


def test_without_an_account_others_learn_nothing_but_that_it_is_well(engine: Engine) -> None:
    shared = create_app(engine, WebSettings(hosts=("localhost", "entremise.exemple.fr"))).test_client()
    refused = shared.post("/api/v1/match", json=LOT)
    assert (refused.status_code, refused.json["code"]) == (403, "compte-absent")
    assert [shared.get(f"/api/v1/{door}").status_code for door in ("health", "openapi.json")] == [200, 403]


def test_a_token_opens_what_its_role_may_and_writes_no_cookie(team: Flask) -> None:
    answer = team.test_client().post("/api/v1/match", json=LOT, headers=token(team, "lecteur"))
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


def test_a_token_expired_or_revoked_or_made_up_says_so(team: Flask) -> None:
    client, engine = team.test_client(), team.extensions[EXTENSION].engine
    old = token(team, "lecteur", given=datetime.now(UTC) - timedelta(days=2))
    ended = token(team, "acheteur")
    end_token(engine, "acheteur", list_tokens(engine, "acheteur")[0].id, author="essai", now=datetime.now(UTC))
    for headers, code in (
        (old, "jeton-expire"),
        (ended, "jeton-inconnu"),
        ({"Authorization": "Bearer inventé"}, "jeton-inconnu"),
        ({"Authorization": "Basic bGVhOm1vdA=="}, "jeton-absent"),
        ({"Authorization": "Bearer "}, "jeton-absent"),
    ):
        refused = client.post("/api/v1/match", json=LOT, headers=headers)
        assert (refused.status_code, refused.json["code"]) == (401, code)


def test_too_many_tokens_made_up_from_one_address_are_told_to_wait(team: Flask) -> None:
    client, made_up = team.test_client(), {"Authorization": "Bearer inventé"}
    assert {client.post("/api/v1/read", headers=made_up).status_code for _ in range(MOST_BY_ADDRESS)} == {401}
    refused = client.post("/api/v1/read", headers=made_up)
    assert (refused.status_code, refused.json["code"]) == (429, "trop-de-demandes")
    assert int(refused.headers["Retry-After"]) > 0
    assert client.post("/api/v1/read", json=LOT, headers=token(team, "lecteur")).status_code == 200


def test_a_token_asks_so_often_and_no_more(team: Flask) -> None:
    its = team.extensions[EXTENSION]
    its.calls = TokenCalls(its.engine, most=2)
    client, own, other = team.test_client(), token(team, "lecteur"), token(team, "acheteur")
    asked = [client.post("/api/v1/read", json=LOT, headers=own) for _ in range(3)]
    assert [one.status_code for one in asked] == [200, 200, 429]
    assert {one.headers["RateLimit-Policy"] for one in asked} == {'"jeton";q=2;w=900'}
    assert [one.headers["RateLimit"].partition(";t=")[0] for one in asked] == [
        '"jeton";r=1',
        '"jeton";r=0',
        '"jeton";r=0',
    ]
    assert asked[2].headers["Retry-After"] == asked[2].headers["RateLimit"].rpartition("=")[2]
    refused = client.post("/api/v1/read", json={"objet": 3}, headers=other)
    assert (refused.status_code, refused.headers["RateLimit"].partition(";t=")[0]) == (400, '"jeton";r=1')
    assert "RateLimit" not in client.get("/api/v1/health").headers


def test_reading_is_no_line_of_the_audit(team: Flask) -> None:
    headers = token(team, "lecteur")
    team.test_client().post("/api/v1/match", json=LOT, headers=headers)
    assert read_whole_journal(team.extensions[EXTENSION].engine, most=1)[0].action == "donne un jeton"


def test_a_door_that_says_nothing_opens_to_nobody(team: Flask) -> None:
    team.add_url_rule("/api/v1/oubliee", endpoint="api.oubliee", view_func=lambda: "secret")
    assert team.test_client().get("/api/v1/oubliee").status_code == 401
    refused = team.test_client().get("/api/v1/oubliee", headers=token(team, "administrateur", Role.ADMINISTRATOR))
    assert (refused.status_code, refused.json["code"]) == (403, "portee-insuffisante")
