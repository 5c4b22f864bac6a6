"""`demo`: from nothing to a ranked list, in a catalogue of its own."""

from pathlib import Path

import pytest

from matcher.web.frame.serve import Server
from tests.matcher.cli.conftest import Run


def test_it_builds_its_catalogue_and_ranks_then_changes_nothing(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matcher.cli.admin.demo.data_folder", lambda: tmp_path)
    first, second = run("demo", "--top", 2), run("demo")
    assert (first.code, second.code) == (0, 0)
    assert "Maubeuge" in first.said
    assert "inventés" in first.said
    assert second.said.count("inchangé.") == 3
    assert [path.name for path in tmp_path.glob("*.sqlite")] == ["exemple.sqlite"]


def test_it_opens_the_pages_where_someone_can_close_them(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matcher.cli.admin.demo._somebody_is_there", lambda: True)
    monkeypatch.setattr("matcher.cli.admin.demo._has_screen", lambda: False)
    monkeypatch.setattr("matcher.cli.admin.demo.PORT", 0)
    monkeypatch.setattr(Server, "run", lambda self: None)
    database = f"sqlite:///{(tmp_path / 'exemple.sqlite').as_posix()}"
    assert "Pages ouvertes : http://127.0.0.1:" in run("demo", "--db", database).said
    assert "Pages ouvertes" not in run("demo", "--no-serve", "--db", database).said
