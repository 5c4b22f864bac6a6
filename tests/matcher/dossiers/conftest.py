"""Fixtures of the tests of dossiers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from matcher.domain.persona import Persona
from matcher.dossiers.dossier import Dossier
from matcher.reference.wordings import speak_to
from tests.matcher.dossiers.answered import followed_list


@pytest.fixture
def dossier(engine: Engine, tmp_path: Path) -> Dossier:
    """A list frozen, of which two are followed."""
    return followed_list(engine, tmp_path)


@pytest.fixture
def winner() -> Iterator[None]:
    """Write as a winner while a test runs."""
    speak_to(Persona.WINNER)
    yield
    speak_to(Persona.BUYER)
