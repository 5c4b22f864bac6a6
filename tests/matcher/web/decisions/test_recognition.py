"""« Rapprocher » answers one number by its address, a column of numbers by its form, keeps none and sends the same as files; names pasted are a sheet."""

import io
import json

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.catalogue.store.read import load_suppliers
from matcher.decisions.purchases.verification import MOST_NUMBERS
from matcher.web import create_app
from tests.matcher.web.conftest import TODAY
from tests.matcher.web.reading import finished, read, send

pytestmark = pytest.mark.usefixtures("read_here")


@pytest.fixture
def app(own: Engine) -> Flask:
    app = create_app(own, today=lambda: TODAY)
    app.testing = True
    return app


@pytest.fixture
def known(own: Engine) -> str:
    return next(one.siret for one in load_suppliers(own) if one.siret and one.kinds)


def test_one_number_has_an_address(client: FlaskClient, known: str) -> None:
    page = read(client, f"/verifier?numeros={known}")
    assert (page.status, page.path) == (200, "/rapprocher")
    assert "inclusif" in page.text
    assert "faites confirmer" in page.text


def test_a_column_is_answered_and_carried_away(client: FlaskClient, known: str) -> None:
    column = f"{known}\n{known}\n12345\n"
    page = send(client, "/verifier", "/verifier", {"numeros": column})
    assert len(page.all("tbody tr")) == 2
    assert "1 numéro répété" in page.text
    token = page.all('input[name="csrf_token"]')[0]["value"]
    sent = {"csrf_token": token, "numeros": column}
    told = json.loads(client.post("/verifier/verification.json", data=sent).text)
    assert [one["standing"] for one in told["numbers"]] == ["inclusif", "numéro illisible"]
    book = openpyxl.load_workbook(io.BytesIO(client.post("/verifier/verification.xlsx", data=sent).data))
    assert [row[1] for row in book["Les numéros"].values][1:] == ["inclusif", "numéro illisible"]


def test_nothing_or_too_much_is_refused_in_words(client: FlaskClient) -> None:
    empty = send(client, "/verifier", "/verifier", {"numeros": " \n"})
    assert (empty.status, "au moins un SIRET" in empty.text) == (422, True)
    assert empty.one("#numeros")["aria-describedby"] == "numeros-faute"
    long = send(client, "/verifier", "/verifier", {"numeros": "1\n" * (MOST_NUMBERS + 1)})
    assert (long.status, "au plus à la fois" in long.text) == (422, True)


def test_names_that_are_pasted_are_a_sheet_to_settle(app: Flask, client: FlaskClient) -> None:
    column = "ATELIERS DES BORDS DE SAMBRE ; Maubeuge\n\nIMPRIMERIE EXEMPLE\tLille\n"
    sheet = send(client, "/rapprocher", "/verifier", {"numeros": column})
    finished(app)
    page = read(client, sheet.path)
    assert "noms-colles.csv" in page.text
    assert len(page.all("#tableau-noms tbody tr")) == 2
    assert "IMPRIMERIE EXEMPLE" in page.text
