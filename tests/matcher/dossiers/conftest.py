"""What the tests of answers stand on."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from matcher.dossiers.dossier import Dossier
from tests.matcher.dossiers.answered import followed_list


@pytest.fixture
def dossier(engine: Engine, tmp_path: Path) -> Dossier:
    """A list frozen, of which two are followed."""
    return followed_list(engine, tmp_path)
