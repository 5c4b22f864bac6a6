"""A small catalogue of gardeners, one of whom follows a lot by its link."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.db import open_database
from matcher.notices.watching.watches import Watch
from matcher.web import create_app
from tests.matcher.notices.watching.followed import NOW, TODAY, follow, gardeners, take
from tests.matcher.notices.written import notice


@dataclass
class Follower:
    """Whoever has the link of a watch: its browser, its watch, where the link leads."""

    engine: Engine
    client: FlaskClient
    watch: Watch
    link: str


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An empty catalogue, to write in."""
    engine = open_database(f"sqlite:///{(tmp_path / 'catalogue.sqlite').as_posix()}")
    yield engine
    engine.dispose()


@pytest.fixture
def pages(engine: Engine) -> Callable[[], FlaskClient]:
    """A browser on the pages of that morning."""
    return create_app(engine, today=lambda: TODAY, clock=lambda: NOW).test_client


@pytest.fixture
def follower(engine: Engine, pages: Callable[[], FlaskClient]) -> Follower:
    """The first of two gardeners, with a lot that suits both."""
    gardeners(engine, 2)
    take(engine, notice())
    watch, secret = follow(engine, 1)
    return Follower(engine, pages(), watch, f"/veille/{secret}")
