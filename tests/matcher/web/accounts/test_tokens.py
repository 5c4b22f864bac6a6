"""Tokens of the API, given and revoked on the pages."""

from datetime import UTC, datetime

from flask import Flask

from matcher.accounts import api_tokens
from matcher.accounts.roles import Role
from matcher.ownership import FIRST_ORGANISATION
from matcher.web.frame.app_state import EXTENSION
from tests.matcher.web.conftest import signed_in
from tests.matcher.web.reading import fill, read


def test_a_token_is_given_shown_once_and_revoked(team: Flask) -> None:
    client = signed_in(team, "acheteur")
    page = read(client, "/mon-compte/jetons")
    assert [one["value"] for one in page.all("#role option")] == ["lecteur", "acheteur"]
    refused = fill(client, page, "main form", name="", days="mille")
    assert refused.status == 422
    assert {"name", "days"} <= {one.get("aria-describedby", "").partition("-")[0] for one in refused.all("main input")}
    given = fill(client, page, "main form", name="Tableur de suivi", days="30")
    token = given.one("main pre").get_text()
    headers = {"Authorization": f"Bearer {token}"}
    assert client.post("/api/v1/read", json={"objet": "Tonte"}, headers=headers).status_code == 200

    again = read(client, "/mon-compte/jetons")
    assert token not in again.text
    assert "Tableur de suivi" in again.text
    revoked = fill(client, again, "main .ruled form")
    assert "n’ouvre plus rien" in revoked.text
    assert client.post("/api/v1/read", json={"objet": "Tonte"}, headers=headers).status_code == 401


def test_nobody_revokes_the_token_of_another(team: Flask) -> None:
    engine, now = team.extensions[EXTENSION].engine, datetime.now(UTC)
    api_tokens.give(engine, "lecteur", FIRST_ORGANISATION, Role.READER, name="Sien", who="lecteur", now=now)
    (its,) = api_tokens.listed(engine, "lecteur")
    team.config["WTF_CSRF_ENABLED"] = False
    assert signed_in(team, "acheteur").post(f"/mon-compte/jetons/{its.id}/revocation").status_code == 404
    assert api_tokens.listed(engine, "lecteur") == [its]
