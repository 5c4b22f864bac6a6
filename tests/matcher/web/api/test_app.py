"""The API as a whole: its description, its page, its health."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from matcher.club.meeting_day.store import create_day as open_event
from matcher.db import HEAD, writing
from matcher.dossiers.dossier import DossierHeader
from matcher.dossiers.store import create_dossier as open_dossier
from matcher.notices.intake import take_notice_files
from matcher.ownership import FIRST_ORGANISATION
from matcher.settings import PublicNotice, WebSettings
from matcher.web import create_app
from matcher.web.api.frame.endpoint import ENDPOINTS
from tests import api_page
from tests.matcher.club import day
from tests.matcher.notices.written import importer, notice
from tests.matcher.web.conftest import OPENED, serving
from tests.matcher.web.reading import read


def test_every_door_is_described_and_says_who_may_pass_it(app: Flask, client: FlaskClient) -> None:
    told = client.get("/api/v1/openapi.json").json
    assert told["openapi"].startswith("3.1")
    described = {f"api.{one['operationId']}" for its in told["paths"].values() for one in its.values()}
    served = {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api.")}
    assert described == set(ENDPOINTS) == served - {"api.page", "api.description"}
    for its in told["paths"].values():
        for method, one in its.items():
            assert one["summary"].endswith(".")
            assert {"400", "401", "403", "500", "503"} <= set(one["responses"])
            assert ("requestBody" in one) == (method == "post")


def test_the_description_says_where_it_is_served_under_which_licence_and_whom_to_write_to(engine: Engine) -> None:
    notice = PublicNotice(contact="api@entremise.example")
    told = create_app(engine, WebSettings(notice=notice)).test_client().get("/api/v1/openapi.json").json
    assert (told["servers"], told["info"]["license"]["identifier"]) == ([{"url": "http://localhost"}], "MIT")
    assert told["info"]["contact"] == {"email": "api@entremise.example"}
    named = {tag["name"] for tag in told["tags"]}
    assert named == {tag for its in told["paths"].values() for one in its.values() for tag in one["tags"]}
    assert {"decisions", "club-business", "reponses-partagees"} < named
    assert all(re.fullmatch(r"[a-z-]+", name) for name in named)
    assert "contact" not in create_app(engine).test_client().get("/api/v1/openapi.json").json["info"]


def test_a_key_is_told_of_where_it_writes_once_and_a_list_of_lines_for_what_it_is(client: FlaskClient) -> None:
    told = client.get("/api/v1/openapi.json").json["paths"]
    by_key = [
        one["operationId"]
        for its in told.values()
        for one in its.values()
        if any(parameter["name"] == "Idempotency-Key" for parameter in one.get("parameters", ()))
    ]
    assert by_key == ["open_dossier"]
    lines = told["/api/v1/suppliers.jsonl"]["get"]["responses"]["200"]
    assert {"ETag", "RateLimit", "Catalogue-Version", "Catalogue-Suppliers"} <= lines["headers"].keys()
    assert "celui d’une ligne" in lines["description"]


def test_nothing_under_its_address_is_another_blueprint(app: Flask) -> None:
    under = {rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.startswith("/api")}
    assert {endpoint.partition(".")[0] for endpoint in under} == {"api"}


def test_the_page_shows_each_door_with_a_line_to_try_it(client: FlaskClient) -> None:
    page = read(client, "/api/v1/")
    assert page.status == 200
    assert len(page.all("section.operation pre")) == len(ENDPOINTS)
    assert "curl" in page.one("#match pre").get_text()


def test_health_says_little_and_asks_nothing(client: FlaskClient) -> None:
    assert client.get("/api/v1/health").json == {"status": "ok"}


def test_health_is_lost_where_another_version_has_upgraded_the_database(own: Engine) -> None:
    client = create_app(own).test_client()
    for revision, status in (("9999", 503), (HEAD, 200)):
        with writing(own) as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :found"), {"found": revision})
        assert client.get("/api/v1/health").status_code == status


def test_what_is_read_has_a_mark_by_which_to_ask_again(client: FlaskClient) -> None:
    first = client.get("/api/v1/health")
    again = client.get("/api/v1/health", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get("/api/v1/health", headers={"If-None-Match": '"autre"'}).status_code == 200


def test_what_does_not_exist_is_told_to_machines_too(client: FlaskClient) -> None:
    absent, other = client.get("/api/v1/nulle-part"), client.get("/api/v1/match")
    assert (absent.status_code, absent.json["code"]) == (404, "introuvable")
    assert (other.status_code, other.json["code"], other.headers["Allow"]) == (405, "methode-refusee", "POST")


def test_each_line_of_curl_of_the_document_is_answered(own: Engine) -> None:
    program = shutil.which("curl")
    if program is None:
        pytest.skip("curl absent : les lignes de docs/api.md ne peuvent pas être essayées")
    open_dossier(own, FIRST_ORGANISATION, DossierHeader("Berges"), author="essai", now=OPENED)
    open_event(own, FIRST_ORGANISATION, day.HEADER, day.SCHEDULE, day.RULES, author="essai", now=OPENED)
    take_notice_files(own, importer(notice()), [Path(__file__)], now=OPENED.replace(tzinfo=None))
    lines = re.findall(r"^curl .*$", api_page.PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert len(lines) == len(ENDPOINTS)
    with serving(create_app(own)) as served:
        for line in lines:
            words = shlex.split(line.replace(f"{api_page.BASE}/", served.url))[1:]
            done = subprocess.run(
                [program, "--silent", "--show-error", "--fail-with-body", *words], capture_output=True, check=False
            )
            assert done.returncode == 0, (line, done.stdout.decode(), done.stderr.decode())
