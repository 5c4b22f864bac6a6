"""« Les annuaires ouverts »: the button where it is of use, what each gave, and a failure that says so."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.accounts.roles import Role
from matcher.db import open_database
from matcher.web import create_app
from matcher.web.frame.app_state import EXTENSION
from tests.importers.server import Server
from tests.matcher.catalogue.intake.test_online_sources import apart, services
from tests.matcher.web.conftest import TODAY, queries, signed_in
from tests.matcher.web.reading import fill, finished, read

__all__ = ["apart", "services"]  # fixtures
HERE = "/catalogue/annuaires"
BUTTON = f"form[action='{HERE}']"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{(tmp_path / 'vide.sqlite').as_posix()}")
    yield engine
    engine.dispose()


@pytest.fixture
def app(empty: Engine) -> Flask:
    app = create_app(empty, today=lambda: TODAY)
    app.testing = True
    return app


def test_an_empty_catalogue_is_filled_in_one_button(app: Flask, client: FlaskClient, services: Server) -> None:
    page = fill(client, read(client, "/"), BUTTON)
    assert page.path == HERE
    finished(app)
    page = read(client, HERE)
    assert page.text.count("lignes lues") + page.text.count("ligne lue") == 2
    assert "404" in page.text
    assert "Le catalogue est celui d’avant." in page.text
    assert page.one(BUTTON), "what failed can be asked again"
    assert "Le catalogue est vide" not in read(client, "/").text
    assert read(client, "/catalogue/imports").one(BUTTON)


def test_what_goes_on_is_shown_and_stopped(app: Flask, client: FlaskClient, empty: Engine) -> None:
    app.extensions[EXTENSION].works.wake = lambda: None  # nobody does it
    page = fill(client, read(client, HERE), BUTTON)
    assert page.text.count("En attente de son tour") == 3
    assert page.all(BUTTON) == []
    with queries(empty) as sent:
        read(client, HERE)
    assert len(sent) <= 11  # one of them says who the organisation is
    stopped = fill(client, page, f"form[action='{HERE}/arret']")
    assert "Arrêté." in stopped.text
    assert stopped.one(BUTTON)


def test_who_may_not_import_is_not_offered_it(team: Flask) -> None:
    reader = signed_in(team, Role.READER)
    assert read(reader, "/").all(f"a[href='{HERE}'], {BUTTON}") == []
    assert reader.get(HERE).status_code == 403
