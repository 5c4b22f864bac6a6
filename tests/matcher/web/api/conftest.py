"""Programs that ask: on the computer that serves the sample, or with a token of a team."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.accounts.api_tokens import issue_token
from matcher.accounts.roles import Role
from matcher.ownership import FIRST_ORGANISATION
from matcher.web import create_app
from matcher.web.frame.app_state import EXTENSION
from tests.matcher.cli.conftest import run, sample  # noqa: F401 - the fixtures that call the command line

SUPPLIER = "siret:00010001600013"


@pytest.fixture
def machine(engine: Engine) -> FlaskClient:
    """A program, on the computer that serves the sample."""
    return create_app(engine).test_client()


@pytest.fixture
def writing_machine(own: Engine) -> FlaskClient:
    """The same on a catalogue that may be written."""
    return create_app(own).test_client()


def token(app: Flask, login: str, role: Role = Role.READER, given: datetime | None = None) -> dict[str, str]:
    """The headers of a program that acts for a person of the team, for a day."""
    engine, now = app.extensions[EXTENSION].engine, given or datetime.now(UTC)
    its = issue_token(engine, login, FIRST_ORGANISATION, role, name="Essai", days=1, author=login, now=now)
    return {"Authorization": f"Bearer {its}"}
