"""Who the API answers: a computer alone; never a page of another site, nor a cookie."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.settings import WebSettings
from matcher.web import create_app
from tests.matcher.web.conftest import signed_in

LOT = {"objet": "Entretien des espaces verts", "lieu": "Maubeuge"}


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


def test_without_an_account_others_are_not_answered(engine: Engine) -> None:
    shared = create_app(engine, WebSettings(hosts=("localhost", "entremise.exemple.fr"))).test_client()
    refused = shared.post("/api/v1/match", json=LOT)
    assert (refused.status_code, refused.json["code"]) == (403, "compte-absent")
