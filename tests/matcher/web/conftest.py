"""The pages over the invented sample, called in this process, on a fixed day."""

import math
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from matcher.accounts.roles import Role, allowed_actions
from matcher.accounts.store import add_account
from matcher.db import open_database
from matcher.ownership import FIRST_ORGANISATION
from matcher.settings import CACHE_VARIABLE
from matcher.web import create_app
from matcher.web.frame.serve import Server
from tests.matcher.web.club_pages import CLOCK, DAY
from tests.matcher.web.reading import read
from tests.waiting import LONGEST_S

TODAY = date(2026, 11, 25)
OPENED = datetime(2026, 11, 2, 9, tzinfo=UTC)
PASSWORD = "une phrase de douze mots ou presque"  # noqa: S105  # of the tests alone
WRONG = "pas celui-ci"
# The login of who administers the installation, and only reads in their organisation.
INSTALLATION = "installation"
# What each person of the team may do, by login.
MAY = {role.value: allowed_actions(role, installation=False) for role in Role} | {
    INSTALLATION: allowed_actions(Role.READER, installation=True)
}


@pytest.fixture
def engine(built: Path) -> Iterator[Engine]:
    """The sample catalogue; read only."""
    engine = open_database(f"sqlite:///{built.as_posix()}")
    yield engine
    engine.dispose()


@pytest.fixture
def app(engine: Engine) -> Flask:
    """The pages over the sample. CSRF is on, as it is for everyone: a test that posts reads its token from the page."""
    app = create_app(engine, today=lambda: TODAY)
    app.testing = True
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript."""
    return app.test_client()


@pytest.fixture
def own(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A copy of the sample catalogue, to write in; what is dropped on the pages goes to the same folder."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    path = tmp_path / "catalogue.sqlite"
    shutil.copyfile(built, path)
    engine = open_database(f"sqlite:///{path.as_posix()}")
    yield engine
    engine.dispose()


@pytest.fixture
def writer(own: Engine) -> FlaskClient:
    """A browser without JavaScript, on a catalogue that may be written."""
    app = create_app(own, today=lambda: TODAY)
    app.testing = True
    return app.test_client()


@pytest.fixture(scope="session")
def peopled(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a catalogue with one account for each role, named after it, and a reader who administers the installation; read only: a
    test takes a copy."""
    path = tmp_path_factory.mktemp("equipe") / "catalogue.sqlite"
    shutil.copy(built, path)
    engine = open_database(f"sqlite:///{path.as_posix()}")
    for login, role in ((INSTALLATION, Role.READER), *((role.value, role) for role in Role)):
        add_account(engine, login, PASSWORD, role, FIRST_ORGANISATION, name=f"Léa {login}", author="essai", now=OPENED)
    engine.dispose()
    return path


@pytest.fixture
def team(peopled: Path, tmp_path: Path) -> Iterator[Flask]:
    """The pages of a team of five, whose writes last for the test."""
    shutil.copy(peopled, tmp_path / "equipe.sqlite")
    engine = open_database(f"sqlite:///{(tmp_path / 'equipe.sqlite').as_posix()}")
    app = create_app(engine, today=lambda: TODAY)
    app.testing = True
    yield app
    engine.dispose()


def signed_in(app: Flask, login: str) -> FlaskClient:
    """The browser of the person of this role, or of this login."""
    client = app.test_client()
    page = read(client, "/connexion")
    sent = {**dict(page.values(page.one('main form[action="/connexion"]'))), "login": str(login), "password": PASSWORD}
    assert client.post("/connexion", data=sent).status_code == 303
    return client


@contextmanager
def serving(app: Flask) -> Iterator[Server]:
    """The pages on a free port of this computer, served by a thread until the end of the block."""
    server = Server(app, "127.0.0.1", 0)
    server.listen()
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.close()
        thread.join(timeout=5)


@contextmanager
def queries(engine: Engine) -> Iterator[list[str]]:
    """The statements that this thread sends to the database inside the block, without those that open a transaction, nor what is looked at again
    every few seconds: a slow machine sent one more, and the worker of an application asks for works meanwhile."""
    sent: list[str] = []
    own_thread = threading.get_ident()

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if threading.get_ident() == own_thread and not statement.startswith(("BEGIN", "PRAGMA")):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("matcher.web.frame.app_state.LOOK_AGAIN_S", math.inf)
            yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def day(with_event: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A copy of it, to write in."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    shutil.copy(with_event, tmp_path / "jour.sqlite")
    engine = open_database(f"sqlite:///{(tmp_path / 'jour.sqlite').as_posix()}")
    yield engine
    engine.dispose()


@pytest.fixture
def organiser(day: Engine, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A browser without JavaScript, at 9 h 25 on the day; the timetable is waited for, however long it takes."""
    monkeypatch.setattr("matcher.web.club.timetable.PATIENCE", LONGEST_S)
    monkeypatch.setattr("matcher.web.club.sequels.PATIENCE", LONGEST_S)
    monkeypatch.setattr("matcher.club.timetable.planning.REPLAN_SECONDS", LONGEST_S)
    app = create_app(day, today=lambda: DAY, clock=lambda: CLOCK)
    app.testing = True
    return app.test_client()
