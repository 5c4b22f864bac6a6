"""The pages over the invented sample, called in this process, on a fixed day."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from matcher.db import open_database
from matcher.settings import CACHE_VARIABLE
from matcher.web import create_app

TODAY = date(2026, 11, 25)


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


@contextmanager
def queries(engine: Engine) -> Iterator[list[str]]:
    """The statements sent to the database inside the block, without those that open a transaction."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
