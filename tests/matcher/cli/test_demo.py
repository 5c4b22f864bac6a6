"""`demo`: from nothing to a ranked list, in a catalogue of its own."""

from pathlib import Path

import pytest

from tests.matcher.cli.conftest import Run


def test_it_builds_its_catalogue_and_ranks_then_changes_nothing(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matcher.cli.demo.data_folder", lambda: tmp_path)
    first, second = run("demo", "--top", 2), run("demo")
    assert (first.code, second.code) == (0, 0)
    assert "Maubeuge" in first.said
    assert "inventés" in first.said
    assert second.said.count("inchangé.") == 3
    assert [path.name for path in tmp_path.glob("*.sqlite")] == ["exemple.sqlite"]
