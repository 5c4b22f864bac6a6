"""Signing in, one's own password, accounts, as forms; and whatever may be sent in them."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.accounts import api_tokens, audit
from matcher.accounts.audit import AuditKind
from matcher.accounts.first_account import LASTS, draw_link
from matcher.accounts.roles import Role
from matcher.accounts.store import list_accounts
from matcher.accounts.throttle import MOST_BY_ACCOUNT
from matcher.ownership import FIRST_ORGANISATION
from matcher.settings import WebSettings
from matcher.web import create_app
from matcher.web.frame.app_state import EXTENSION
from tests.matcher.web.conftest import INSTALLATION, PASSWORD, WRONG, queries, signed_in
from tests.matcher.web.reading import EACH_NASTY, NASTY, Read, fill, nasty_fields, read

OWN_FORM = 'form[action="/mon-compte"]'
OTHER = "encore une autre phrase, plus longue"


def accounts(app: Flask) -> dict[str, tuple[str, bool]]:
    return {
        one.login: (one.memberships[0].role.value, one.active)
        for one in list_accounts(app.extensions[EXTENSION].engine)
    }


def shared(engine: Engine, ago: timedelta = timedelta(), *, key: bytes | None = None) -> tuple[Flask, str]:
    """The pages for others, before there is an account, and the address of the link that was drawn so long ago."""
    app = create_app(engine, WebSettings(hosts=("localhost", "e.example"), secret_key=key))
    app.testing = True
    return app, f"/premier-compte/{draw_link(app.config['SECRET_KEY'], datetime.now(UTC) - ago)}"


def test_where_there_is_no_account_ones_own_says_so_and_how_to_open_one(writer: FlaskClient) -> None:
    for address in ("/mon-compte", "/mon-compte/jetons"):
        page = read(writer, address)
        assert page.status == 404
        assert "Il n’y a pas de compte" in page.text
        assert "entremise account add VOTRE-NOM --role administrateur" in page.text


def test_the_link_opens_the_first_account_once(own: Engine) -> None:
    app, link = shared(own)
    client = app.test_client()
    door = read(client, link)
    assert door.all(".menu") == []
    assert client.get(link).headers["Cache-Control"] == "no-store"
    weak = fill(client, door, "main form", login="lea", name="Léa Exemple", password=WRONG[:5])
    assert (weak.status, weak.one("#login")["value"]) == (422, "lea")
    late = read(app.test_client(), link)
    inside = fill(client, weak, "main form", password=PASSWORD)
    assert inside.path == "/comptes"
    assert "Léa Exemple · administrateur" in inside.text
    assert accounts(app) == {"lea": ("administrateur", True)}

    other = app.test_client()
    assert other.get("/").headers["Location"].startswith("/connexion")
    for address in (link, f"{link}x"):
        refused = other.get(address)
        assert refused.status_code == 404
        assert "n’ouvre plus rien" in refused.text
    form = dict(late.values(late.one("main form")))
    app.config["WTF_CSRF_ENABLED"] = False
    assert other.post(link, data={**form, "login": "intrus", "password": PASSWORD}).status_code == 404
    assert list(accounts(app)) == ["lea"]


def test_a_link_too_old_or_of_another_start_opens_nothing(own: Engine) -> None:
    app, link = shared(own, LASTS)
    app.config["WTF_CSRF_ENABLED"] = False
    fresh, _ = shared(own)
    fresh.config["WTF_CSRF_ENABLED"] = False
    for client in (app.test_client(), fresh.test_client()):
        assert client.get(link).status_code == 404
        assert client.post(link, data={"login": "intrus", "password": PASSWORD}).status_code == 404
    assert accounts(app) == {}


def test_each_server_of_the_same_key_opens_by_the_link_of_another(own: Engine) -> None:
    (_, link), (other, _) = (shared(own, key=b"k" * 32) for _ in range(2))
    client = other.test_client()
    inside = fill(client, read(client, link), "main form", login="lea", name="Léa Exemple", password=PASSWORD)
    assert inside.path == "/comptes"


def test_whatever_is_sent_to_the_link_is_never_an_error_of_ours(own: Engine) -> None:
    app, link = shared(own)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    for nasty in NASTY:
        assert client.get(f"/premier-compte/{quote(nasty, errors='replace', safe='')}").status_code < 500
        assert client.post(link, data={"login": nasty, "name": nasty, "password": "court"}).status_code < 500
    assert accounts(app) == {}


def test_a_wrong_password_says_nothing_of_which_was_wrong(team: Flask) -> None:
    client = team.test_client()
    door = read(client, "/connexion")
    said = {
        fill(client, door, "main form", login=login, password=WRONG).one("#refus").get_text()
        for login in ("lecteur", "personne")
    }
    assert len(said) == 1
    page = fill(client, door, "main form", login="lecteur", password=WRONG)
    assert page.one("#login")["value"] == "lecteur"
    assert WRONG not in page.html


def test_too_many_attempts_are_told_to_wait(team: Flask) -> None:
    client = team.test_client()
    door = read(client, "/connexion")
    for _ in range(MOST_BY_ACCOUNT):
        assert fill(client, door, "main form", login="lecteur", password=WRONG).status == 401
    answer = client.post(
        "/connexion", data={**dict(door.values(door.one("main form"))), "login": "lecteur", "password": PASSWORD}
    )
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 60
    assert "Trop d’essais" in answer.text


@EACH_NASTY
def test_the_door_takes_whatever_is_sent(team: Flask) -> None:
    client = team.test_client()
    door = read(client, "/connexion")
    for name, nasty in nasty_fields("login", "password", "next"):
        page = fill(client, door, "main form", **{"login": "x", "password": "y", name: nasty})
        assert page.status in (401, 429), (name, nasty[:20])
        assert "<script>alert" not in page.html


def test_one_changes_ones_own_password(team: Flask) -> None:
    client, elsewhere = signed_in(team, Role.BUYER), signed_in(team, Role.BUYER)
    page = read(client, "/mon-compte")
    for typed, field in (
        ({"former": "faux", "password": OTHER, "again": OTHER}, "former"),
        ({"former": PASSWORD, "password": "court", "again": "court"}, "password"),
        ({"former": PASSWORD, "password": PASSWORD, "again": PASSWORD}, "password"),
        ({"former": PASSWORD, "password": OTHER, "again": "autre"}, "again"),
    ):
        refused = fill(client, page, OWN_FORM, **typed)
        assert refused.status in (401, 422)
        assert refused.all(f"#{field}-faute")
        assert OTHER not in refused.html
        assert len(refused.all('form[action="/mon-compte/sessions"] li')) == 3, "two, and what closes the others"
    done = fill(client, page, OWN_FORM, former=PASSWORD, password=OTHER, again=OTHER)
    assert "Votre mot de passe est changé" in done.text
    assert client.get("/dossiers").status_code == 200
    assert elsewhere.get("/dossiers").status_code == 303


def test_a_password_that_somebody_else_chose_is_changed_before_anything_else(team: Flask) -> None:
    administrator = signed_in(team, Role.ADMINISTRATOR)
    page = read(administrator, "/comptes")
    opened = fill(administrator, page, "section form", login="zoe", name="Zoé", role="acheteur", password=PASSWORD)
    (zoe,) = [item for item in opened.all("li.entry") if "Zoé" in item.get_text()]
    assert "N’a pas encore choisi son mot de passe" in zoe.get_text()
    client = signed_in(team, "zoe")
    own = read(client, "/dossiers/nouveau")
    assert (own.path, "Quelqu’un d’autre a choisi votre mot de passe" in own.text) == ("/mon-compte", True)
    assert own.all('a[href="/mon-compte/jetons"]') == []
    token = own.values(own.one(OWN_FORM))[0][1]
    for address in ("/mon-compte/jetons", "/mon-compte/sessions", "/organisation", "/catalogue/imports"):
        refused = client.post(address, data={"csrf_token": token, "note": "Rappeler mardi", "password": OTHER})
        page = Read(refused.status_code, refused.text, address)
        assert (page.status, "Rappeler mardi" in page.text, OTHER in page.html) == (403, True, False), address
        assert page.all('main a[href="/mon-compte"]'), address
    assert client.get("/candidats/liste.csv?besoin=Tonte").headers["Location"] == "/mon-compte"
    its = team.extensions[EXTENSION]
    its.incidents.write()
    lines = [(line.kind, line.target) for line in audit.read_whole_journal(its.engine) if line.who == "zoe"]
    assert sorted(lines) == [
        (AuditKind.REFUSAL, "/catalogue/imports"),
        (AuditKind.REFUSAL, "/mon-compte/jetons"),
        (AuditKind.REFUSAL, "/mon-compte/sessions"),
        (AuditKind.REFUSAL, "/organisation"),
        (AuditKind.SIGN_IN, ""),
    ], "nothing that was refused is told as done"
    script = client.get("/dossiers", headers={"Accept": "application/json"})
    assert (script.status_code, "Choisissez d’abord" in script.json["refus"]) == (403, True)
    assert client.get("/dossiers", headers={"HX-Request": "true"}).headers["HX-Redirect"] == "/mon-compte"
    wide = chr(ord(PASSWORD[0]) + 0xFEE0) + PASSWORD[1:]  # its first letter of full width: the same, once kept
    for wanted in (PASSWORD, wide):
        refused = fill(client, own, OWN_FORM, former=PASSWORD, password=wanted, again=wanted)
        assert (refused.status, read(client, "/dossiers").path) == (422, "/mon-compte"), "no way round"
    fill(client, own, OWN_FORM, former=PASSWORD, password=OTHER, again=OTHER)
    assert read(client, "/dossiers").path == "/dossiers"
    form = {"csrf_token": opened.values(opened.one("section form"))[0][1], "faire": "mot-de-passe"}
    administrator.post(f"/comptes/{zoe['id']}", data={**form, "password": PASSWORD})
    assert read(signed_in(team, "zoe"), "/dossiers").path == "/mon-compte", "again where it was chosen again"


def test_one_sees_ones_sessions_and_closes_the_others(team: Flask) -> None:
    client, second, third = (signed_in(team, Role.BUYER) for _ in range(3))
    stranger = signed_in(team, Role.READER)
    page = read(client, "/mon-compte")
    listed_here = page.all('form[action="/mon-compte/sessions"] li')
    assert [("C’est celle où vous êtes" in item.get_text()) for item in listed_here] == [False, False, True, False]
    numbers = [button["value"] for button in page.all('button[name="session"]')]
    assert numbers[-1] == "autres"
    token = page.values(page.one(OWN_FORM))[0][1]

    def close(browser: FlaskClient, which: str) -> Read:
        own = read(browser, "/mon-compte")
        form = {"csrf_token": own.values(own.one(OWN_FORM))[0][1], "session": which}
        answer = browser.post("/mon-compte/sessions", data=form, follow_redirects=True)
        return Read(answer.status_code, answer.text, answer.request.path)

    assert "était déjà fermée" in close(stranger, str(numbers[0])).text, "nobody closes another's"
    assert third.get("/dossiers").status_code == 200
    assert "Cette session est fermée" in close(client, str(numbers[0])).text
    assert [browser.get("/dossiers").status_code for browser in (client, second, third)] == [200, 200, 303]
    assert "Vos autres sessions sont fermées" in close(client, "autres").text
    assert [browser.get("/dossiers").status_code for browser in (client, second)] == [200, 303]
    assert stranger.get("/dossiers").status_code == 200
    lines = [
        (line.kind, line.action, line.detail) for line in audit.read_whole_journal(team.extensions[EXTENSION].engine)
    ]
    assert lines[:2] == [
        (AuditKind.SIGN_IN, "ferme ses autres sessions", "1"),
        (AuditKind.SIGN_IN, "ferme une de ses sessions", "1"),
    ], "told once each, and nothing of what was closed already"
    for wrong in ("x", "", "0", "9" * 10):
        assert client.post("/mon-compte/sessions", data={"csrf_token": token, "session": wrong}).status_code == 400


def test_an_administrator_opens_and_changes_accounts(team: Flask) -> None:
    client = signed_in(team, Role.ADMINISTRATOR)
    page = read(client, "/comptes")
    done = fill(
        client, page, "section form", login="zoé@mairie.example", name="Zoé", role="acheteur", password=PASSWORD
    )
    assert "Zoé" in done.text
    assert accounts(team)["zoé@mairie.example"] == ("acheteur", True)
    (zoe,) = [item for item in done.all("li.entry") if "Zoé" in item.get_text()]
    number = str(zoe["id"])
    token = done.values(done.one("section form"))[0][1]
    for typed, expected in (
        ({"faire": "role", "role": "gestionnaire"}, ("gestionnaire", True)),
        ({"faire": "mot-de-passe", "password": OTHER}, ("gestionnaire", True)),
        ({"faire": "fermer"}, ("gestionnaire", True)),
        ({"faire": "desactiver"}, ("gestionnaire", False)),
        ({"faire": "activer"}, ("gestionnaire", True)),
    ):
        assert client.post(f"/comptes/{number}", data={"csrf_token": token, **typed}).status_code == 303
        assert accounts(team)["zoé@mairie.example"] == expected


def test_what_cannot_be_done_to_an_account_is_said_once_and_leads_to_it(team: Flask) -> None:
    client = signed_in(team, INSTALLATION)
    page = read(client, "/comptes")
    token = page.values(page.one("section form"))[0][1]
    me = str(next(item for item in page.all("li.entry") if "Léa installation" in item.get_text())["id"])
    alone = client.post(f"/comptes/{me}", data={"csrf_token": token, "faire": "desactiver"})
    assert alone.status_code == 422
    assert alone.text.count("seul à administrer") == 1
    assert f'<a href="#{me}">' in alone.text
    weak = client.post(f"/comptes/{me}", data={"csrf_token": token, "faire": "mot-de-passe", "password": "a"})
    assert weak.status_code == 422
    assert client.post("/comptes/99999", data={"csrf_token": token, "faire": "fermer"}).status_code == 404
    assert client.post(f"/comptes/{me}", data={"csrf_token": token, "faire": "tout"}).status_code == 400
    again = fill(client, page, "section form", login="Lecteur", role="lecteur", password=PASSWORD)
    assert again.status == 422
    assert again.one("#login")["value"] == "Lecteur"
    assert client.post("/comptes", data={"csrf_token": token, "login": "a", "role": "roi"}).status_code == 400


@EACH_NASTY
def test_accounts_take_whatever_is_sent(team: Flask) -> None:
    client = signed_in(team, Role.ADMINISTRATOR)
    page = read(client, "/comptes")
    for nasty in NASTY:
        answer = fill(client, page, "section form", login=nasty, name=nasty, role="lecteur", password=nasty)
        assert answer.status == 422, nasty[:20]
        assert "<script>alert" not in answer.html


def test_alone_the_page_of_accounts_says_how_to_open_the_first(client: FlaskClient) -> None:
    page = read(client, "/comptes")
    assert "entremise account add" in page.text
    assert page.all("form") == []


@pytest.mark.parametrize("address", ["/mon-compte", "/comptes"])
def test_few_queries(team: Flask, address: str) -> None:
    client = signed_in(team, Role.ADMINISTRATOR)
    read(client, "/")
    with queries(team.extensions[EXTENSION].engine) as sent:
        read(client, address)
    assert len(sent) <= 4, sent  # one of them says who the organisation is


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
    api_tokens.issue_token(engine, "lecteur", FIRST_ORGANISATION, Role.READER, name="Sien", author="lecteur", now=now)
    (its,) = api_tokens.list_tokens(engine, "lecteur")
    team.config["WTF_CSRF_ENABLED"] = False
    assert signed_in(team, "acheteur").post(f"/mon-compte/jetons/{its.id}/revocation").status_code == 404
    assert api_tokens.list_tokens(engine, "lecteur") == [its]
