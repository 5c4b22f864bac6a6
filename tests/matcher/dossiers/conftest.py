"""Fixtures of the tests of dossiers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from matcher.domain.persona import Persona
from matcher.dossiers.dossier import Dossier
from matcher.reference.wordings import set_persona
from tests.matcher.dossiers.answered import followed_list


@pytest.fixture
def dossier(engine: Engine, tmp_path: Path) -> Dossier:
    """A list frozen, of which two are followed."""
    return followed_list(engine, tmp_path)


@pytest.fixture
def winner() -> Iterator[None]:
    """Write as a winner while a test runs."""
    set_persona(Persona.WINNER)
    yield
    set_persona(Persona.BUYER)
