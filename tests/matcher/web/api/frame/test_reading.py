"""What a machine sends that cannot be read: a problem in French, with its code, and the field where there is one."""

import gzip
import json

import pytest
from flask.testing import FlaskClient

ASKED = "/api/v1/match"


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        (b"", "corps-illisible", "s’arrête avant sa fin"),
        (b'{"objet": ', "corps-illisible", "s’arrête avant sa fin"),
        (b"un besoin", "corps-illisible", "octet 0"),
        (b'{"objet": "Tonte"} {}', "corps-illisible", "octet 19"),
        (b'{"objet": "\xff"}', "corps-illisible", "UTF-8"),
        (b'{"objet": "\\ud800"}', "corps-illisible", "n’est pas lisible"),
        (b'{"montant": NaN}', "corps-illisible", "« NaN » n’est pas une valeur"),
        ('{"objet": "Été" : 1}'.encode(), "corps-illisible", "octet 18"),
        (b'{"montant": 1e999}', "champ-refuse", "montant"),
        (b"[]", "champ-refuse", "un objet"),
        (b'{"objet": 12}', "champ-refuse", "objet : Attendu : un texte ; reçu : un nombre entier."),
        (b'{"lieu": [{"rue": "x"}]}', "champ-refuse", "lieu[0] : Le champ « rue » n’existe pas."),
        (b'{"objets": "Tonte"}', "champ-refuse", "Le champ « objets » n’existe pas."),
        (b'{"lieu": ' + b"[" * 200_000, "champ-refuse", "lieu[0]"),
        (b'{"lieu": [' + b'"Lille",' * 300 + b'"Lille"]}', "champ-refuse", "lieu"),
        (b'{"objet": "Tonte", "objet": "Peinture"}', "champ-refuse", "objet : Ce champ est"),
        (b'{"objet": "Tonte", "lieu": {"nom": "Lille", "nom": "Lens"}}', "champ-refuse", "nom : Ce champ est"),
    ],
    ids=range(17),
)
def test_a_body_that_cannot_be_read(client: FlaskClient, body: bytes, code: str, said: str) -> None:
    refused = client.post(ASKED, data=body, content_type="application/json")
    assert (refused.status_code, refused.mimetype) == (400, "application/problem+json")
    assert refused.json["code"] == code
    assert said in refused.json["detail"]
    assert refused.json["type"] == f"/api/v1/#{code}"


def test_a_mark_of_order_before_a_body_is_no_part_of_it(client: FlaskClient) -> None:
    assert (
        client.post(ASKED, data=b'\xef\xbb\xbf{"objet": "Tonte"}', content_type="application/json").status_code == 200
    )


def test_a_key_twice_in_the_json_of_a_form_is_refused(client: FlaskClient) -> None:
    twice = '{"q0": {"query": "Jardins", "query": "Ateliers"}}'
    refused = client.post("/api/v1/reconcile", data={"queries": twice})
    assert (refused.status_code, refused.json["code"]) == (422, "texte-refuse")
    assert refused.json["errors"][0]["field"] == "queries.query"


@pytest.mark.parametrize(
    "headers", [{"Content-Type": "text/plain"}, {"Content-Type": "application/json", "Content-Encoding": "gzip"}]
)
def test_a_body_of_another_format_is_not_opened(client: FlaskClient, headers: dict[str, str]) -> None:
    """Neither the simple request that any page of a browser may send, nor a bomb."""
    refused = client.post(ASKED, data=gzip.compress(json.dumps({"objet": "x" * 10_000_000}).encode()), headers=headers)
    assert (refused.status_code, refused.json["code"]) == (415, "format-refuse")


def test_a_body_that_is_too_big_is_refused(client: FlaskClient) -> None:
    refused = client.post(ASKED, json={"objet": "x" * 1_000_001})
    assert (refused.status_code, refused.json["code"]) == (413, "trop-gros")


def test_an_encoding_that_changes_nothing_is_read(client: FlaskClient) -> None:
    assert (
        client.post("/api/v1/read", json={"objet": "Tonte"}, headers={"Content-Encoding": "Identity"}).status_code
        == 200
    )


def test_a_need_longer_than_any_is_refused(client: FlaskClient) -> None:
    refused = client.post("/api/v1/read", json={"objet": "x" * 100_001})
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (400, "objet")


@pytest.mark.parametrize("address", ["/api/v1/health", "/api/v1/suppliers/siret:00010001600013", "/api/v1/dossiers/1"])
def test_a_door_that_takes_no_parameter_refuses_them(client: FlaskClient, address: str) -> None:
    refused = client.get(address, query_string={"since": "2026"})
    assert (refused.status_code, refused.json["code"]) == (400, "champ-refuse")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"top": "0"}, "top : La valeur est hors de ce que la description permet"),
        ({"top": "beaucoup"}, "top : Attendu : un nombre entier"),
        ({"top": ["1", "2"]}, "top : Attendu : un nombre entier"),
        ({"tpo": "1"}, "« tpo »"),
        ({"titulaires": "oui"}, "titulaires : "),
    ],
)
def test_a_parameter_that_cannot_be_read(client: FlaskClient, query: dict[str, str], said: str) -> None:
    refused = client.post(ASKED, json={"objet": "Tonte"}, query_string=query)
    assert (refused.status_code, refused.json["code"]) == (400, "champ-refuse")
    assert said in refused.json["detail"]


@pytest.mark.parametrize("headers", [{"Content-Encoding": "gzip"}, {"Content-Type": "multipart/form-data; boundary=x"}])
def test_a_form_is_one_of_texts_without_compression(client: FlaskClient, headers: dict[str, str]) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"} | headers
    refused = client.post("/api/v1/reconcile", data=b"queries={}", headers=form)
    assert (refused.status_code, refused.json["code"]) == (415, "format-refuse")
    assert "formulaire" in refused.json["detail"]
