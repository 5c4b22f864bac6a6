"""The whole API against its own description: whatever is sent, no error of ours and nothing that the description does not say."""

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import BaseSchema, Case, GenerationMode, openapi

from matcher.accounts.api_tokens import issue_token
from matcher.accounts.calls import TokenCalls
from matcher.accounts.roles import Role
from matcher.db import open_database
from matcher.ownership import FIRST_ORGANISATION
from matcher.web import create_app
from matcher.web.api.frame.endpoint import ENDPOINTS, Endpoint
from matcher.web.frame.app_state import EXTENSION
from matcher.web.frame.problem import API_ROOT
from tests.waiting import tries

# What is well formed and makes no sense (a CPV that does not exist) is refused by 422: the description cannot say it all.
# Few examples, the same each time: a door is a few lines over rooms that have tests of their own.
kept = settings(
    max_examples=tries(4),
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
# Characters of a text past which no server takes it in an address: the same form, in a body, is sent longer ones by another door.
_LONGEST_IN_ADDRESS = 200_000
_REFUSED = ["400", "404", "413", "415", "422"]
_MADE_NO_SENSE = ["2xx", "304", "401", "403", "404", "409", "422"]


@pytest.fixture(scope="module")
def served(peopled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, dict[str, str]]]:
    """The API of a team, and the headers of a program of its administrator that may ask as often as it wants."""
    path = tmp_path_factory.mktemp("api") / "catalogue.sqlite"
    shutil.copy(peopled, path)
    engine = open_database(f"sqlite:///{path.as_posix()}")
    who, now = Role.ADMINISTRATOR, datetime.now(UTC)
    token = issue_token(engine, who, FIRST_ORGANISATION, who, name="Essai", author=who, now=now)
    app = create_app(engine)
    app.extensions[EXTENSION].calls = TokenCalls(engine, most=1_000_000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("matcher.web.api.frame.admission.knock", lambda *_, **__: timedelta())
        yield app, {"Authorization": f"Bearer {token}"}
    engine.dispose()


@pytest.fixture(scope="module", params=GenerationMode)
def described(
    request: pytest.FixtureRequest, served: tuple[Flask, dict[str, str]]
) -> tuple[BaseSchema, GenerationMode]:
    """The description, and whether what is sent keeps to it. A wrong request has its token all the same: another test goes without."""
    schema = openapi.from_wsgi("/api/v1/openapi.json", served[0])
    if request.param is GenerationMode.NEGATIVE:
        del schema.raw_schema["security"]
        for methods in schema.raw_schema["paths"].values():
            for asked in methods.get("get", {}).get("parameters", ()):
                if asked["schema"].get("maxLength", 0) > _LONGEST_IN_ADDRESS:
                    del asked["schema"]["maxLength"]
    schema.config.checks.positive_data_acceptance.expected_statuses = _MADE_NO_SENSE
    schema.config.checks.negative_data_rejection.expected_statuses = _REFUSED
    return schema, request.param


def whole(value: Any) -> Any:
    """A body whose whole numbers are written so: 4.0 is an integer to JSON Schema, and is refused where one is expected."""
    match value:
        case dict():
            return {name: whole(one) for name, one in value.items()}
        case list():
            return [whole(one) for one in value]
        case float() if value.is_integer():
            return int(value)
    return value


@pytest.mark.parametrize("door", ENDPOINTS.values(), ids=ENDPOINTS)
def test_every_door_keeps_to_its_description(
    door: Endpoint, described: tuple[BaseSchema, GenerationMode], served: tuple[Flask, dict[str, str]]
) -> None:
    schema, mode = described
    path = API_ROOT + re.sub(r"<(?:[^<>]*:)?(\w+)>", r"{\1}", door.rule)

    @kept
    @given(schema[path][door.method].as_strategy(generation_mode=mode))
    def check(case: Case) -> None:
        case.body = whole(case.body)
        case.call_and_validate(headers=served[1])

    try:
        check()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE  # a door that takes nothing can be sent nothing wrong
