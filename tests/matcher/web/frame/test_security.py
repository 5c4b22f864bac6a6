"""What a browser is told to refuse, and what a stranger learns from an error: nothing; static files vendored as published, and kept for good."""

import gzip
import hashlib
import re
from contextlib import closing
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.settings import WebSettings
from matcher.web import create_app
from matcher.web.frame.app_state import EXTENSION
from matcher.web.frame.security import asset, content_policy
from matcher.web.frame.serve import Server, ServeRefused, check_door, is_loopback
from tests.conftest import ROOT
from tests.matcher.web.conftest import PASSWORD, TODAY, serving
from tests.waiting import LONGEST_S


def test_every_answer_carries_its_security_headers(client: FlaskClient) -> None:
    for address in ("/", "/absente", "/static/entremise.css"):
        headers = client.get(address, buffered=True).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "http:" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["X-Robots-Tag"] == "noindex, nofollow"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "Strict-Transport-Security" not in headers


def test_behind_https_cookies_are_secure_and_the_browser_is_told_to_stay(engine: Engine) -> None:
    app = create_app(engine, WebSettings(https=True), today=lambda: TODAY)
    assert app.config["SESSION_COOKIE_SECURE"]
    assert app.test_client().get("/").headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(app: Flask) -> None:
    assert app.config["SESSION_COOKIE_HTTPONLY"]
    assert app.config["SESSION_COOKIE_SAMESITE"] == "Lax"


def test_a_tile_server_is_the_only_origin_that_can_be_added() -> None:
    assert "https://*.tuiles.exemple.fr;" in content_policy("https://{s}.tuiles.exemple.fr/{z}/{x}/{y}.png")
    assert "https:" not in content_policy()


@pytest.mark.parametrize(
    "name", ["attaquant.exemple", "127.0.0.1.attaquant.exemple", "127.0.0.2", "[::2]", "[", "", "a b"]
)
def test_another_name_for_this_computer_is_refused(client: FlaskClient, name: str) -> None:
    for address in ("/", "/static/entremise.css", "/absente"):
        assert client.get(address, headers={"Host": name}).status_code == 400


@pytest.mark.parametrize("name", ["127.0.0.1:8321", "localhost", "LOCALHOST:8321", "LocalHost", "[::1]", "[::1]:8321"])
def test_its_own_names_are_known_however_they_are_written(client: FlaskClient, name: str) -> None:
    assert client.get("/", headers={"Host": name}).status_code == 200


def test_a_form_without_its_token_is_refused(app: Flask) -> None:
    app.add_url_rule("/essai", view_func=lambda: "écrit", methods=["POST"])
    answer = app.test_client().post("/essai", data={"a": "1"})
    assert answer.status_code == 400
    assert "expiré" in answer.text


def test_errors_tell_nothing_of_the_inside(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> str:
        raise RuntimeError("secret interne")

    app.add_url_rule("/essai", view_func=broken)
    answer = app.test_client().get("/essai")
    assert answer.status_code == 500
    assert "secret interne" not in answer.text
    assert "Traceback" not in answer.text
    reference = answer.text.split("<strong>")[1].split("</strong>")[0]
    assert reference in [record.__dict__.get("request_id") for record in caplog.records if record.levelname == "ERROR"]


@pytest.mark.parametrize("path", ["/", "/candidats?besoin=Nettoyage", "/dossiers", "/api/v1/suppliers"])
def test_while_the_database_is_away_a_page_says_so_and_when_to_come_back(
    own: Engine, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matcher.web.frame.app_state.LOOK_AGAIN_S", 0)
    app = create_app(own)
    file = Path(str(own.url.database))
    file.rename(file.with_suffix(".partie"))
    file.write_bytes(b"nothing that a database is" * 100)
    answer = app.test_client().get(path)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "ne répond pas pour l’instant" in answer.text
    file.with_suffix(".partie").replace(file)
    assert app.test_client().get(path).status_code < 500, "it goes on by itself"


def test_a_missing_page_says_what_to_do(client: FlaskClient) -> None:
    answer = client.get("/<script>alert(1)</script>")
    assert answer.status_code == 404
    assert "<script>alert" not in answer.text
    assert "n’existe" in answer.text


def test_what_is_too_large_is_refused(client: FlaskClient) -> None:
    answer = client.post("/", data={"besoin": "x" * 2_000_000})
    assert answer.status_code in (400, 405, 413)


def test_without_accounts_the_pages_open_on_this_computer_only() -> None:
    for host in ("127.0.0.1", "localhost", "::1", "[::1]", "127.0.0.2"):
        assert is_loopback(host)
        check_door(host, WebSettings(), accounts=False)
    for host in ("0.0.0.0", "::", "192.168.1.10", "entremise.exemple.fr", ""):  # noqa: S104
        with pytest.raises(ServeRefused, match="compte"):
            check_door(host, WebSettings(), accounts=False)
        check_door(host, WebSettings(), accounts=True)
        check_door(host, WebSettings(hosts=("e.example",)), accounts=False)


def test_behind_another_server_the_pages_are_open_to_others_too() -> None:
    behind = WebSettings(proxy="127.0.0.1")
    with pytest.raises(ServeRefused, match="compte"):
        check_door("127.0.0.1", behind, accounts=False)
    check_door("127.0.0.1", behind, accounts=True)
    check_door("127.0.0.1", replace(behind, hosts=("e.example",)), accounts=False)


@pytest.mark.parametrize(
    ("proxy", "seen"), [("", "127.0.0.1 http"), ("127.0.0.1", "192.0.2.7 https"), ("192.0.2.1", "127.0.0.1 http")]
)
def test_what_a_server_before_says_is_believed_of_the_one_named_alone(engine: Engine, proxy: str, seen: str) -> None:
    app = create_app(engine, WebSettings(proxy=proxy), today=lambda: TODAY)
    app.before_request_funcs.clear()
    app.add_url_rule("/qui", view_func=lambda: f"{request.remote_addr} {request.scheme}")
    with serving(app) as server, closing(HTTPConnection("127.0.0.1", server.port, timeout=LONGEST_S)) as asked:
        asked.request("GET", "/qui", headers={"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https"})
        assert asked.getresponse().read().decode() == seen


def test_a_server_whose_loop_is_awake_is_closed_too(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(app, "127.0.0.1", 0)
    server.listen()
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=LONGEST_S)) as asked:
        asked.request("GET", "/absente")
        asked.getresponse().read()
    trigger = server._server.trigger
    pull = trigger._physical_pull

    def after_another() -> None:
        pull()  # what a request that ends at this instant does: the loop wakes, and finds the order to close
        thread.join(timeout=0.3)
        pull()

    monkeypatch.setattr(trigger, "_physical_pull", after_another)
    server.close()
    thread.join(timeout=LONGEST_S)
    assert not thread.is_alive()


def test_a_free_port_is_taken_and_said(app: Flask) -> None:
    server = Server(app, "127.0.0.1", 0)
    try:
        assert server.port > 0
        assert server.url == f"http://127.0.0.1:{server.port}/"
    finally:
        server.close()


def test_settings_are_never_shared_by_two_applications(engine: Engine) -> None:
    one = create_app(engine, today=lambda: TODAY)
    two = create_app(engine, replace(WebSettings(), https=True), today=lambda: TODAY)
    assert one.config["SECRET_KEY"] != two.config["SECRET_KEY"]
    assert not one.config["SESSION_COOKIE_SECURE"]


def test_each_test_that_the_document_names_exists() -> None:
    told = (ROOT / "docs/security.md").read_text(encoding="utf-8")
    written = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests").rglob("test_*.py")))
    names = set(re.findall(r"`(test_\w+)`", told))
    assert len(names) > 20
    assert {name for name in names if f"def {name}(" not in written} == set()
    files = set(re.findall(r"`(?:[\w/]+/)?(test_\w+\.py)`", told))
    assert files <= {path.name for path in (ROOT / "tests").rglob("test_*.py")}


def test_a_form_passes_behind_a_server_with_https(team: Flask) -> None:
    """The check of the page a form came from, made under HTTPS alone, takes what a browser says behind a server."""
    engine = team.extensions[EXTENSION].engine
    behind = create_app(engine, WebSettings(https=True, hosts=("e.example",), proxy="127.0.0.1"), today=lambda: TODAY)
    client = behind.test_client()
    ours = "https://e.example"
    page = client.get("/connexion", base_url=ours)
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    sent = {"csrf_token": token, "login": "lecteur", "password": PASSWORD}
    elsewhere = {"Referer": "https://attaquant.example/"}
    assert client.post("/connexion", base_url=ours, data=sent, headers=elsewhere).status_code == 400
    assert (
        client.post("/connexion", base_url=ours, data=sent, headers={"Referer": f"{ours}/connexion"}).status_code == 303
    )
    assert client.get("/dossiers", base_url=ours).status_code == 200


STATIC = ROOT / "matcher/web/static"
VENDOR = STATIC / "vendor"
TEMPLATES = ROOT / "templates"


def test_vendored_files_are_those_of_their_readme() -> None:
    rows = [line for line in (VENDOR / "README.md").read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    told = {row.split("`")[1]: row.split("`")[-2] for row in rows}
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.iterdir()
        if path.suffix in (".js", ".css")
    }
    assert told == found
    for row in rows:
        assert (VENDOR / row.split("`")[3]).is_file()


def test_nothing_inline_and_nothing_from_elsewhere() -> None:
    for path in TEMPLATES.rglob("*.html"):
        source = path.read_text(encoding="utf-8")
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", source), path
        assert "<style" not in source, path
        assert not re.search(r"\sstyle=|\son[a-z]+=|hx-on|javascript:", source), path
        assert not re.search(r"(?:src|href)=\"(?:https?:)?//", source), path
    for path in [*STATIC.glob("*.css"), *STATIC.glob("*.js")]:
        assert not re.search(
            r"@import|url\(\s*['\"]?(?:https?:)?//|\beval\(|innerHTML|insertAdjacentHTML", path.read_text("utf-8")
        ), path


def test_a_versioned_file_is_kept_and_compressed(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context():
        address = asset("entremise.css")
    assert re.search(r"\?v=[0-9a-f]{10}$", address)
    answer = client.get(address, headers={"Accept-Encoding": "gzip"}, buffered=True)
    assert "immutable" in answer.headers["Cache-Control"]
    assert gzip.decompress(answer.data) == (STATIC / "entremise.css").read_bytes()
    assert client.get(address, buffered=True).data == (STATIC / "entremise.css").read_bytes()
    assert "immutable" not in client.get("/static/entremise.css", buffered=True).headers.get("Cache-Control", "")


def test_templates_escape_what_they_are_given(app: Flask) -> None:
    assert app.jinja_env.autoescape is not False
    for path in TEMPLATES.rglob("*.html"):
        assert "|safe" not in Path(path).read_text(encoding="utf-8"), path


def test_no_rule_of_a_stylesheet_is_shut_inside_another() -> None:
    """A brace lost in a merge hides all that follows in a rule for paper: nothing is nested but rules inside `@media`."""
    for path in STATIC.glob("*.css"):
        text = re.sub(r"/\*.*?\*/|\"[^\"]*\"", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        depth = 0
        for piece in re.findall(r"[^{}]*[{}]", text):
            depth += 1 if piece.endswith("{") else -1
            heads = piece.strip().startswith("@")
            assert 0 <= depth <= 2, (path.name, piece)
            assert not (
                piece.endswith("{") and heads and depth > 1 and "@top" not in piece and "@bottom" not in piece
            ), piece
        assert depth == 0, path.name
