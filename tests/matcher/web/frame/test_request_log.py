"""A line a request, and of what was typed nothing, whatever page it was typed on."""

import json
from typing import Any

import pytest
from flask import Flask, Response

from matcher.accounts.roles import Role
from matcher.db import DatabaseError
from matcher.monitoring.logs import log_events
from matcher.ownership import FIRST_ORGANISATION
from matcher.settings import LogFormat
from matcher.web import create_app
from matcher.web.frame.app_state import EXTENSION
from tests.matcher.web.conftest import TODAY, signed_in
from tests.matcher.web.frame.test_access import VALUES, pages
from tests.personal_values import EMAIL, NAME, PHONE

Capture = pytest.CaptureFixture[str]
NEED, TOKEN = "Déménagement confidentiel du commissariat", "jeton-que-nul-ne-doit-lire"
TYPED = {
    "besoin": NEED,
    "objet": NEED,
    "q": NAME,
    "nom": NAME,
    "name": NAME,
    "login": EMAIL,
    "email": EMAIL,
    "par": NAME,
    "note": PHONE,
}
SECRETS = (
    NEED,
    NEED.split()[0],
    TOKEN,
    NAME,
    NAME.split()[1],
    EMAIL,
    EMAIL.split("@")[0],
    PHONE,
    "Déménagement%20",
    "D%C3%A9m",
)


def lines(written: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.splitlines()]


def test_no_page_writes_what_was_typed_on_it(team: Flask, capsys: Capture) -> None:
    team.config["WTF_CSRF_ENABLED"] = False
    client = signed_in(team, Role.ADMINISTRATOR)
    sent = {
        "User-Agent": NAME.encode().decode("latin-1"),
        "Referer": f"http://localhost/?q={EMAIL}",
        "Authorization": f"Bearer {TOKEN}",
    }
    asked = pages(team, VALUES | dict.fromkeys(("token", "key", "supplier_id"), TOKEN))
    asked += [
        ("api", "POST", "/api/v1/match"),
        ("api", "GET", "/api/v1/suppliers"),
        ("none", "GET", f"/{TOKEN}/{EMAIL}"),
    ]
    with log_events(LogFormat.JSON, verbose=True):
        for _, method, address in asked:
            body = {"json": TYPED} if address.startswith("/api/") else {"data": TYPED}
            client.open(
                address,
                method=method,
                query_string=TYPED,
                headers=sent,
                buffered=True,
                **(body if method == "POST" else {}),
            )
    written = capsys.readouterr().err
    told = [line for line in lines(written) if line["message"] == "requête"]
    assert len(told) == len(asked)
    assert [secret for secret in SECRETS if secret in written] == []
    rules = {rule.rule for rule in team.url_map.iter_rules()} | {""}
    assert {line["route"] for line in told} <= rules
    assert len({line["request_id"] for line in told}) == len(told)
    assert {line["organisation"] for line in told} <= {FIRST_ORGANISATION, None}
    assert told[0].keys() == {
        "time",
        "level",
        "logger",
        "message",
        "request_id",
        "method",
        "route",
        "status",
        "organisation",
        "ms",
    }


@pytest.mark.parametrize("kind", [ValueError, DatabaseError])
def test_an_error_is_found_by_its_reference_and_quotes_nothing(
    kind: type[Exception], app: Flask, capsys: Capture
) -> None:
    def broken() -> str:
        raise kind(f"« {NEED} » de {EMAIL}")

    app.testing = False
    app.add_url_rule("/panne", "panne", broken)
    with log_events(LogFormat.JSON, verbose=False):
        page = app.test_client().get("/panne")
    written = capsys.readouterr().err
    error, request = lines(written)
    assert error["level"] == "error"
    assert error["request_id"] == request["request_id"]
    assert error["request_id"] in page.text
    assert error["exception"][-1] == kind.__name__
    assert any(place.endswith(" broken") for place in error["exception"])
    assert [secret for secret in SECRETS if secret in written] == []


def test_what_flask_says_of_an_error_quotes_no_address(app: Flask, capsys: Capture) -> None:
    def fails(_: Response) -> Response:
        raise ValueError(NEED)

    app.testing = False
    app.after_request(fails)  # after the handlers of errors: Flask tells it itself, with the address
    with log_events(LogFormat.JSON, verbose=False):
        app.test_client().get(f"/{TOKEN}")
    written = capsys.readouterr().err
    assert '"logger": "flask.app"' in written
    assert [secret for secret in SECRETS if secret in written] == []


def test_each_answer_is_observed_by_its_route(app: Flask) -> None:
    seen: list[tuple[str, str, int]] = []
    engine = app.extensions[EXTENSION].engine
    watched = create_app(engine, today=lambda: TODAY, observe=lambda *its: seen.append(its[:3]))
    client = watched.test_client()
    client.get(f"/candidats?besoin={NEED}")
    client.open("/", method="DEVINER")
    client.get("/dossiers/12")
    client.get("/absente", headers={"Host": "ailleurs.example"})
    assert seen == [
        ("GET", "/candidats", 200),
        ("?", "", 405),
        ("GET", "/dossiers/<int(max=2147483647):number>", 404),
        ("GET", "", 400),
    ]


def test_plain_words_say_nothing_of_what_goes_well(app: Flask, capsys: Capture) -> None:
    with log_events(LogFormat.TEXT, verbose=False):
        app.test_client().get("/")
    assert capsys.readouterr().err == ""
