"""Every page that an address alone opens asks the database little, and as little the second time: taken from the routes themselves."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from tests.matcher.web.conftest import queries
from tests.matcher.web.test_routes import ROUTES

MOST = 11
ON_PAPER = "/candidats/imprimer"  # it gives telephones and the logo beside what the list gives: two more
PLAIN = sorted(address for address, methods in ROUTES.items() if "GET" in methods and "<" not in address)


@pytest.mark.parametrize("address", PLAIN)
def test_a_page_asks_little(client: FlaskClient, engine: Engine, address: str) -> None:
    need = {"besoin": "Entretien des espaces verts", "lieu": "Maubeuge", "q": "Lille"}
    client.get(address, query_string=need).close()
    with queries(engine) as sent:
        answer = client.get(address, query_string=need)
        answer.close()
    assert answer.status_code < 500
    assert len(sent) <= (MOST + 2 if address == ON_PAPER else MOST), sent


def test_the_pages_counted_are_those_that_exist(app: Flask) -> None:
    assert {"/", "/candidats", "/avis", "/dossiers", "/catalogue", "/catalogue/imports", "/aide/methode"} <= set(PLAIN)
    assert {
        rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments
    } == set(PLAIN)
