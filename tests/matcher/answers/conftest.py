"""Two installations, for the tests of answers that travel."""

from pathlib import Path

import pytest

from tests.matcher.answers.installations import Installation


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Installation, Installation]:
    """Installations A and B, of the same suppliers."""
    return Installation(tmp_path / "a", monkeypatch), Installation(tmp_path / "b", monkeypatch)
