"""Signing in by a provider, as a browser without JavaScript does it, from the door to the end of both sessions."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from matcher.accounts import audit
from matcher.accounts.identity_provider import IdentityProvider
from matcher.accounts.roles import Role
from matcher.accounts.store import set_active
from matcher.web.accounts import openid
from matcher.web.frame.app_state import EXTENSION
from tests.matcher.accounts.local_provider import CLIENT_SECRET, LEA, LocalProvider, arguments, gone_to, serving
from tests.matcher.web.conftest import OPENED, PASSWORD, signed_in
from tests.matcher.web.reading import NASTY, Read, fill, read, send


@pytest.fixture
def local() -> Iterator[LocalProvider]:
    with serving() as provider:
        yield provider


@pytest.fixture
def served(team: Flask, local: LocalProvider) -> Flask:
    """The pages of a team that a provider signs in."""
    team.extensions[EXTENSION].identity_provider = IdentityProvider(local.settings)
    return team


@pytest.fixture
def expected(served: Flask) -> Flask:
    """The same, where an administrator opened the account of the person whom the provider knows, without a password."""
    page = send(
        signed_in(served, Role.ADMINISTRATOR), "/comptes", "/comptes", {"login": LEA["email"], "role": "acheteur"}
    )
    assert "est ouvert. La personne s’identifie." in page.text
    return served


def left(client: FlaskClient, door: str = "/connexion") -> str:
    """Where the button of the door leads."""
    page = fill(client, read(client, door), "main form.by-provider")
    assert page.status == 200
    there = str(page.one("main a")["href"])
    assert page.one('meta[http-equiv="refresh"]')["content"] == f"0;url={there}"
    return there


def came_back(client: FlaskClient, there: str) -> Read:
    """The page that opens for who comes back from an address of the provider."""
    back = urlsplit(gone_to(there))
    assert back.netloc == "localhost"
    return read(client, f"{back.path}?{back.query}")


def identified(client: FlaskClient, door: str = "/connexion") -> Read:
    return came_back(client, left(client, door))


def last_told(app: Flask) -> str:
    """The last line of the journal."""
    its = app.extensions[EXTENSION]
    its.incidents.write()
    return audit.read_whole_journal(its.engine, most=1)[0].action


def test_a_person_enters_by_the_provider_and_leaves_it(expected: Flask, local: LocalProvider) -> None:
    client = expected.test_client()
    page = identified(client, "/connexion?next=/mon-compte")
    assert (page.path, page.one("h1").get_text()) == ("/mon-compte", "Léa Exemple")
    assert "ProConnect vous connecte" in page.text
    assert not page.all("input[type=password]")
    out = fill(client, page, ".masthead-end form")
    assert not out.all(".masthead-who, .menu")
    there = gone_to(str(out.one("main a")["href"]))
    assert there.startswith("http://localhost/connexion?state=")
    assert local.person == {}
    assert read(client, "/mon-compte").path == "/connexion"


def test_the_door_has_the_two_ways_and_no_page_lets_a_form_go_elsewhere(served: Flask) -> None:
    client = served.test_client()
    answer = client.get("/connexion")
    assert "S’identifier avec ProConnect" in answer.text
    assert "Qu’est-ce que ProConnect" in answer.text
    assert "form-action 'self';" in answer.headers["Content-Security-Policy"]
    served.extensions[EXTENSION].identity_provider = None
    assert "S’identifier" not in client.get("/connexion").text
    assert client.get("/connexion/retour").status_code == 404
    assert send(client, "/connexion", "/connexion/fournisseur").status == 404


def test_a_password_stays_good_beside_the_provider(served: Flask, local: LocalProvider) -> None:
    local.person |= {"email": "Acheteur"}  # which is a login here, and no e-mail address
    assert "n’a pas donné de courriel vérifié" in identified(served.test_client()).one("#refus").get_text()
    page = read(signed_in(served, "acheteur"), "/mon-compte")
    assert "ne peut pas ouvrir ce compte" in page.text
    assert len(page.all("input[type=password]")) == 3


def test_who_has_no_account_or_a_disabled_one_is_told_so(expected: Flask, local: LocalProvider) -> None:
    engine = expected.extensions[EXTENSION].engine
    set_active(engine, LEA["email"], False, author="essai", now=OPENED)
    refused = identified(expected.test_client())
    assert (refused.status, refused.path) == (401, "/connexion/retour")
    assert "désactivé" in refused.one("#refus").get_text()
    local.person |= {"sub": "z9", "email": "inconnue@mairie.example"}
    assert "Aucun compte n’est ouvert ici pour inconnue@" in identified(expected.test_client()).one("#refus").get_text()


def test_an_administrator_detaches_an_account(expected: Flask, local: LocalProvider) -> None:
    client = expected.test_client()
    identified(client)
    administrator = signed_in(expected, Role.ADMINISTRATOR)
    page = read(administrator, "/comptes")
    number = next(str(one["id"]) for one in page.all(".accounts > li") if LEA["email"] in one.get_text())
    done = send(administrator, "/comptes", f"/comptes/{number}", {"faire": "detacher"})
    assert "est détaché" in done.text
    given = send(administrator, "/comptes", f"/comptes/{number}", {"faire": "mot-de-passe", "password": PASSWORD})
    assert "est changé" in given.text
    refused = send(administrator, "/comptes", f"/comptes/{number}", {"faire": "sans-mot-de-passe"})
    assert (refused.status, "sa seule façon d’entrer" in refused.text) == (422, True)
    assert read(client, "/mon-compte").path == "/connexion"
    local.person |= {"sub": "z9"}
    assert identified(client).path == "/"
    taken = send(administrator, "/comptes", f"/comptes/{number}", {"faire": "sans-mot-de-passe"})
    assert "n’a plus de mot de passe" in taken.text


def test_a_password_is_not_taken_where_no_provider_signs_in(expected: Flask) -> None:
    identified(expected.test_client())
    expected.extensions[EXTENSION].identity_provider = None
    administrator = signed_in(expected, Role.ADMINISTRATOR)
    page = read(administrator, "/comptes")
    number = next(str(one["id"]) for one in page.all(".accounts > li") if LEA["email"] in one.get_text())
    send(administrator, "/comptes", f"/comptes/{number}", {"faire": "mot-de-passe", "password": PASSWORD})
    assert not read(administrator, "/comptes").all('button[value="sans-mot-de-passe"]')
    refused = send(administrator, "/comptes", f"/comptes/{number}", {"faire": "sans-mot-de-passe"})
    assert (refused.status, "Aucun fournisseur" in refused.text) == (422, True)


def test_a_return_serves_once_in_the_browser_that_left_and_not_too_late(
    expected: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, other = expected.test_client(), expected.test_client()
    there = left(client)
    back = urlsplit(gone_to(there))
    address = f"{back.path}?{back.query}"
    assert "n’a pas commencé dans ce navigateur" in read(other, address).text
    assert last_told(expected) == "revient sans preuve du fournisseur d’identité : state"
    kept = client.get_cookie("entremise")
    assert kept is not None
    assert read(client, address).path == "/"
    replayed = expected.test_client()
    replayed.set_cookie("entremise", kept.value)
    assert "n’a pas confirmé qui vous êtes" in read(replayed, address).text
    monkeypatch.setattr(openid, "_PATIENCE", timedelta())
    assert "trop longtemps" in identified(other).text


def test_what_the_provider_does_not_prove_opens_nothing_and_is_told_to_who_administers(
    expected: Flask, local: LocalProvider
) -> None:
    local.id_token = lambda claims: claims | {"nonce": "x" * 43}
    client = expected.test_client()
    refused = identified(client)
    assert refused.status == 401
    (line,) = audit.read_whole_journal(expected.extensions[EXTENSION].engine, most=1)
    assert (line.who, line.action) == ("compte inconnu", "échoue à se connecter")
    assert "nonce" in line.target
    assert read(client, "/mon-compte").path == "/connexion"


def test_a_provider_that_is_down_is_said_and_leaves_passwords(served: Flask, local: LocalProvider) -> None:
    local.answer = lambda _: Response(status=503)
    client = served.test_client()
    page = fill(client, read(client, "/connexion?next=/dossiers"), "main form.by-provider")
    assert page.status == 503
    assert "ne répond pas" in page.one("#refus").get_text()
    assert last_told(served).startswith(
        "ne peut pas partir vers le fournisseur d’identité : découverte : HTTPError 503"
    )
    entered = fill(client, page, "main form:not(.by-provider)", login="acheteur", password=PASSWORD)
    assert entered.path == "/dossiers"


def test_the_provider_is_gone_when_its_person_leaves(expected: Flask, local: LocalProvider) -> None:
    client = expected.test_client()
    page = identified(client)
    expected.extensions[EXTENSION].identity_provider = IdentityProvider(local.settings)
    local.answer = lambda _: Response(status=503)
    assert fill(client, page, ".masthead-end form").path == "/connexion"


def test_whatever_comes_back_is_never_an_error_of_ours(expected: Flask) -> None:
    for nasty in NASTY:
        client = expected.test_client()
        state = arguments(left(client))["state"]
        for query in ({"state": nasty, "code": "x"}, {"state": state, "error": nasty}, {"state": state, "code": nasty}):
            assert client.get("/connexion/retour", query_string=query).status_code in (401, 429), (query, nasty[:20])


def test_no_secret_is_in_the_pages_nor_in_the_audit(expected: Flask, local: LocalProvider) -> None:
    local.forged = "other"
    client = expected.test_client()
    told = read(client, "/connexion").html + identified(client).html
    told += str(audit.read_whole_journal(expected.extensions[EXTENSION].engine))
    assert CLIENT_SECRET not in told


def test_a_long_way_back_does_not_fill_the_cookie(expected: Flask) -> None:
    client = expected.test_client()
    assert identified(client, f"/connexion?next=/candidats?objet={'x' * 6_000}").path == "/"
