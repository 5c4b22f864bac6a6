"""Who may open what: every page × every role, strangers, and addresses that lead elsewhere."""

import io
import re
from collections.abc import Mapping
from contextlib import closing
from http.client import HTTPConnection

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.accounts import audit
from matcher.accounts.organisations import add_member
from matcher.accounts.roles import Role
from matcher.accounts.sessions import IDLE
from matcher.accounts.store import add_account, set_active
from matcher.jobs.works import DroppedFile, Work, WorkStore
from matcher.ownership import FIRST_ORGANISATION
from matcher.settings import LOOPBACK_NAMES, WebSettings
from matcher.web import create_app
from matcher.web.frame.access import safe_address
from matcher.web.frame.app_state import EXTENSION, LOOK_AGAIN_S
from matcher.web.frame.page_actions import FIRST_ACCOUNT, NEEDS, OPEN, PAGES
from matcher.web.frame.problem import MACHINES
from tests.matcher.web.conftest import MAY, OPENED, PASSWORD, TODAY, WRONG, queries, serving, signed_in
from tests.matcher.web.reading import fill, read

# What each address is opened with; what is asked beyond leave is seen by other tests.
VALUES = {
    "number": "1",
    "lot": "1",
    "form": "xlsx",
    "what": "lieux",
    "filename": "entremise.css",
    "supplier_id": "x",
    "key": "x",
    "participant": "1",
    "token": "x",
    "decision": "1",
}


def pages(app: Flask, values: Mapping[str, str] = VALUES) -> list[tuple[str, str, str]]:
    """(endpoint, method, address) of every page; what machines ask has its own door."""
    return [
        (rule.endpoint, method, re.sub(r"<(?:[^:<>]*(?:\([^)]*\))?:)?(\w+)>", lambda m: values[m[1]], rule.rule))
        for rule in app.url_map.iter_rules()
        if not rule.endpoint.startswith(f"{MACHINES}.")
        for method in sorted(set(rule.methods or ()) - {"HEAD", "OPTIONS"})
    ]


def test_every_page_is_in_the_table_and_no_other(app: Flask) -> None:
    assert {endpoint for endpoint, _, _ in pages(app)} == NEEDS.keys() | OPEN
    assert sum(len(names.split()) for by_action in PAGES.values() for names in by_action.values()) == len(NEEDS), "once"


@pytest.mark.parametrize("login", MAY)
def test_each_page_opens_to_those_who_may_alone(team: Flask, login: str) -> None:
    client = signed_in(team, login)
    team.config["WTF_CSRF_ENABLED"] = False
    for endpoint, method, address in pages(team):
        if endpoint in OPEN:
            continue
        status = client.open(address, method=method, buffered=True).status_code
        assert (status == 403) is (NEEDS[endpoint] not in MAY[login]), (endpoint, method, status)
        assert status < 500, endpoint


def test_a_stranger_is_led_to_the_door_and_sees_nothing(team: Flask) -> None:
    client = team.test_client()
    team.config["WTF_CSRF_ENABLED"] = False
    for endpoint, method, address in pages(team):
        if endpoint in OPEN:
            continue
        answer = client.open(address, method=method, buffered=True)
        if method == "GET":
            assert answer.status_code == 303, endpoint
            assert answer.headers["Location"].startswith("/connexion?next=/"), endpoint
        else:
            assert answer.status_code == 401, endpoint
            assert "Se connecter" in answer.text
    door = read(client, "/connexion")
    assert "Catalogue" not in door.text
    assert door.all(".menu") == []
    assert client.get("/absente").status_code == 404


def test_a_page_that_nobody_put_in_the_table_opens_to_nobody(team: Flask) -> None:
    team.add_url_rule("/oubliee", endpoint="oubliee", view_func=lambda: "secret")
    assert signed_in(team, Role.ADMINISTRATOR).get("/oubliee").status_code == 403
    assert team.test_client().get("/oubliee").status_code == 303


def test_a_list_asked_by_a_script_goes_to_the_door_as_a_page(team: Flask) -> None:
    answer = team.test_client().get("/candidats?besoin=tonte", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/connexion?next=/candidats?besoin%3Dtonte"


def test_one_comes_back_to_where_one_was_going(team: Flask) -> None:
    client = team.test_client()
    door = read(client, "/candidats", {"besoin": "Tonte & élagage"})
    after = fill(client, door, "main form", login="lecteur", password=WRONG)
    assert after.status == 401

    shown = fill(client, after, "main form", password=PASSWORD)
    assert shown.path == "/candidats"
    assert "Tonte & élagage" in shown.text


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://attaquant.exemple/",
        "//attaquant.exemple/",
        "/\\attaquant.exemple",
        "\\\\attaquant.exemple",
        "javascript:alert(1)",
        "http:attaquant.exemple",
        "/\tattaquant",
        "/\n/attaquant.exemple",
        "///attaquant.exemple",
        "//[",
        "",
        "dossiers",
    ],
)
def test_no_address_leads_elsewhere(team: Flask, elsewhere: str) -> None:
    assert safe_address(elsewhere) == "/"
    client = signed_in(team, Role.READER)
    assert client.get("/connexion", query_string={"next": elsewhere}).headers["Location"] == "/"


def test_an_address_of_ours_is_kept_whole() -> None:
    for ours in ("/", "/dossiers/3?journal=tout#journal", "/candidats?besoin=http%3A%2F%2Fa&lieu=b"):
        assert safe_address(ours) == ours


def test_what_was_typed_in_a_form_sent_too_late_is_not_lost(team: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in(team, Role.BUYER)
    form = read(client, "/dossiers/nouveau")
    monkeypatch.setattr("matcher.accounts.sessions.IDLE", IDLE * 0)
    late = fill(client, form, "main form", title="Trois pages <b>de texte</b>")
    assert late.status == 401
    assert "rien n’est perdu" in late.text
    assert late.one(".typed").get_text() == "Trois pages <b>de texte</b>"


def test_a_role_and_a_state_count_from_the_next_request(team: Flask) -> None:
    engine = team.extensions[EXTENSION].engine
    client = signed_in(team, Role.BUYER)
    assert client.get("/dossiers/nouveau").status_code == 200
    add_member(engine, FIRST_ORGANISATION, "acheteur", Role.READER, author="essai", now=OPENED)
    assert client.get("/dossiers/nouveau").status_code == 403
    assert "Retenir" not in read(client, "/candidats", {"besoin": "Entretien des espaces verts"}).text
    set_active(engine, "acheteur", False, author="essai", now=OPENED)
    assert client.get("/dossiers").status_code == 303


def test_signing_in_begins_a_new_session_and_out_ends_it(team: Flask) -> None:
    client = team.test_client()
    before = read(client, "/connexion").one("main [name=csrf_token]")["value"]
    with client.session_transaction() as session:
        former = session["csrf_token"]
    client = signed_in(team, Role.READER)
    page = read(client, "/")
    assert "Léa lecteur · lecteur" in page.text
    with client.session_transaction() as session:
        assert session["csrf_token"] != former
        token = session["compte"]
    assert before
    out = fill(client, page, ".masthead form")
    assert out.path == "/connexion"
    assert client.get("/").status_code == 303
    with client.session_transaction() as session:
        session["compte"] = token
    assert client.get("/").status_code == 303


def test_pages_of_a_team_stay_in_no_cache(team: Flask, client: FlaskClient) -> None:
    assert signed_in(team, Role.READER).get("/dossiers").headers["Cache-Control"] == "no-store"
    assert client.get("/dossiers").headers["Cache-Control"] == "private, no-cache"


def test_what_a_link_or_a_token_opens_stays_in_no_cache(client: FlaskClient) -> None:
    for address in ("/veille/x", "/veille/x/lots.csv", "/r/x", "/rendez-vous/x", "/inscription/x"):
        assert client.get(address).headers["Cache-Control"] == "no-store", address
    for address in ("/api/v1/dossiers", "/api/v1/openapi.json", "/api/v1/suppliers", "/api/v1/absente"):
        assert client.get(address).headers["Cache-Control"] == "no-store", address


def test_signing_out_clears_what_a_browser_has_kept(team: Flask) -> None:
    client = signed_in(team, Role.READER)
    out = fill(client, read(client, "/mon-compte"), 'form[action="/deconnexion"]')
    assert out.status == 200
    team.config["WTF_CSRF_ENABLED"] = False
    assert client.post("/deconnexion").headers["Clear-Site-Data"] == '"cache"'


def test_what_is_written_or_taken_away_is_a_line_of_the_audit(team: Flask) -> None:
    client = signed_in(team, Role.BUYER)
    fill(client, read(client, "/dossiers/nouveau"), "main form", title="Berges")
    client.get("/dossiers/1/dossier.csv")
    client.get("/dossiers/1")
    fill(client, read(client, "/dossiers/nouveau"), "main form", title="")
    lines = [
        (line.who, line.action, line.target) for line in audit.read_whole_journal(team.extensions[EXTENSION].engine)
    ]
    assert lines[:3] == [
        ("acheteur", "emporter des fichiers", "/dossiers/1/dossier.csv"),
        ("acheteur", "tenir des dossiers", "/dossiers/nouveau"),
        ("acheteur", "se connecte", ""),
    ]


def test_one_query_says_who_one_is_and_one_what_their_organisation_says(team: Flask) -> None:
    client = signed_in(team, Role.READER)
    read(client, "/aide")
    with queries(team.extensions[EXTENSION].engine) as sent:
        read(client, "/aide")
    assert len(sent) <= 3, sent


def test_alone_nobody_signs_in_but_on_this_computer_alone(engine: Engine, app: Flask) -> None:
    client = app.test_client()
    assert client.get("/dossiers").status_code == 200
    assert client.get("/connexion").headers["Location"] == "/"
    assert client.get("/dossiers", environ_base={"REMOTE_ADDR": "192.168.1.20"}).status_code == 403
    behind = create_app(engine, WebSettings(proxy="127.0.0.1"), today=lambda: TODAY).test_client()
    assert behind.get("/dossiers").status_code == 403


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Real-IP", "Via"]
)
def test_alone_what_another_server_passes_on_is_refused_over_the_wire(app: Flask, header: str) -> None:
    with serving(app) as server, closing(HTTPConnection("127.0.0.1", server.port, timeout=5)) as asked:
        for headers, status in (({}, 200), ({header: "192.0.2.7"}, 403)):
            asked.request("GET", "/dossiers", headers=headers)
            answer = asked.getresponse()
            told = answer.read().decode()
            assert answer.status == status
        assert "entremise account add" in told
        assert "Catalogue" not in told


def test_of_a_team_what_an_undeclared_server_says_is_not_believed(team: Flask) -> None:
    assert team.test_client().get("/connexion", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 200


@pytest.mark.parametrize(
    "settings", [WebSettings(hosts=(*LOOPBACK_NAMES, "e.example")), WebSettings(proxy="127.0.0.1")]
)
def test_pages_for_others_answer_nothing_before_there_is_an_account(engine: Engine, settings: WebSettings) -> None:
    shared = create_app(engine, settings, today=lambda: TODAY)
    shared.config["WTF_CSRF_ENABLED"] = False
    for name in (name for name in settings.hosts if name != "[::1]"):
        client = shared.test_client()
        for endpoint, method, address in (*pages(shared), ("", "GET", "/absente")):
            answer = client.open(address, method=method, base_url=f"http://{name}", buffered=True)
            if endpoint == "static":
                assert answer.status_code == 200
            elif endpoint in FIRST_ACCOUNT:
                assert answer.status_code == 404, "no link was drawn"
                assert "Catalogue" not in answer.text
            else:
                assert (answer.status_code, answer.mimetype) == (403, "text/plain"), endpoint


def test_the_first_account_closes_the_door_within_seconds(
    writer: FlaskClient, own: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:

    assert writer.get("/").status_code == 200
    add_account(own, "lea", PASSWORD, Role.ADMINISTRATOR, FIRST_ORGANISATION, author="essai", now=OPENED)
    desk = writer.application.extensions[EXTENSION]
    desk._looked -= LOOK_AGAIN_S
    assert writer.get("/").status_code == 303


def test_behind_https_the_cookie_is_of_this_host_alone(engine: Engine) -> None:
    client = create_app(engine, WebSettings(https=True), today=lambda: TODAY).test_client()
    cookie = client.get("/dossiers/nouveau", base_url="https://localhost").headers["Set-Cookie"]
    assert cookie.startswith("__Host-entremise=")
    for attribute in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert attribute in cookie
    assert "Domain" not in cookie


# What stops a work of each kind.
STOPS = {
    "allotissement": "/allotissement/{}/abandon",
    "couverture": "/couverture/{}/abandon",
    "dossier": "/dossiers/importer/{}/abandon",
    "dce": "/dce/{}/oubli",
    "programme": "/achats/{}/oubli",
}


def _works(team: Flask) -> WorkStore:
    """The works as no worker looks at them: those of a test wait for ever."""
    return WorkStore(team.extensions[EXTENSION].engine)


def _asked(team: Flask, kind: str, person: str) -> Work:
    asked = {"on": "2026-11-25", "place": "", "siret": "", "who": "", "form": {}, "file_name": "liste.csv"}
    files = {"fichier": DroppedFile("liste.csv", io.BytesIO(b"a;b"))}
    return _works(team).put(FIRST_ORGANISATION, kind, asked, person, files=files)


def _stopped(client: FlaskClient, team: Flask, kind: str, person: str) -> tuple[int, bool]:
    """The status of a stop, and whether the work is gone."""
    team.config["WTF_CSRF_ENABLED"] = False
    work = _asked(team, kind, person)
    status = client.post(STOPS[kind].format(work.key)).status_code
    return status, _works(team).get(FIRST_ORGANISATION, work.key) is None


@pytest.mark.parametrize("kind", STOPS)
def test_who_only_reads_stops_no_work(team: Flask, kind: str) -> None:
    client = signed_in(team, Role.READER)
    assert _stopped(client, team, kind, Role.STEWARD.value) == (403, False)


@pytest.mark.parametrize("kind", STOPS)
def test_a_buyer_stops_what_they_asked_for_alone(team: Flask, kind: str) -> None:
    client = signed_in(team, Role.BUYER)
    assert _stopped(client, team, kind, Role.STEWARD.value) == (403, False)
    assert _stopped(client, team, kind, Role.BUYER.value) == (303, True)


@pytest.mark.parametrize("kind", STOPS)
def test_a_manager_stops_any(team: Flask, kind: str) -> None:
    assert _stopped(signed_in(team, Role.STEWARD), team, kind, Role.BUYER.value) == (303, True)


def test_what_one_may_not_stop_is_not_offered(team: Flask) -> None:
    work = _asked(team, "dce", Role.STEWARD.value)
    action = f'action="/dce/{work.key}/oubli"'
    assert action not in signed_in(team, Role.BUYER).get(f"/dce/{work.key}").text
    assert action in signed_in(team, Role.STEWARD).get(f"/dce/{work.key}").text
