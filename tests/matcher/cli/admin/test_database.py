"""`db`: upgraded, saved, restored, moved, on each database."""

from pathlib import Path

import pytest

from matcher.db import HEAD
from matcher.paths import shipped_path
from tests.matcher.cli.conftest import Run


def stats(run: Run, url: str) -> object:
    return run("stats", "--db", url, "--format", "json").json()


def test_upgrade_says_where_the_database_is(new_url: str, run: Run) -> None:
    assert f"est créée (format {HEAD})" in run("db", "upgrade", "--db", new_url).said
    assert f"est à jour (format {HEAD})" in run("db", "upgrade", "--db", new_url).said


def test_a_catalogue_goes_to_another_database_and_comes_back(
    sample: Path, new_url: str, tmp_path: Path, run: Run
) -> None:
    there, back = f"sqlite:///{sample.as_posix()}", f"sqlite:///{(tmp_path / 'retour.sqlite').as_posix()}"
    done = run("db", "copy", "--to", new_url)
    assert (done.code, done.err) == (0, "")
    assert "contient maintenant : 44 fournisseurs" in done.said
    assert stats(run, new_url) == stats(run, there)
    refused = run("db", "copy", "--to", new_url)
    assert refused.code == 1
    assert "--remplacer" in refused.said
    assert run("db", "copy", "--to", new_url, "--remplacer").code == 0
    assert run("db", "copy", "--db", new_url, "--to", back).code == 0
    assert stats(run, back) == stats(run, there)


def test_a_backup_is_made_and_restored(new_url: str, tmp_path: Path, run: Run) -> None:
    path = tmp_path / "sauvegarde.sqlite"
    run("import", "emplois", shipped_path("data/samples/emplois.json"), "--db", new_url)
    before = stats(run, new_url)
    assert "26 fournisseurs" in run("db", "backup", path, "--db", new_url).said
    assert run("db", "backup", path, "--db", new_url).code == 1
    run("import", "hosmoz", shipped_path("data/samples/hosmoz.csv"), "--db", new_url)
    assert run("db", "restore", path, "--db", new_url).code == 1
    assert "est restaurée : 26 fournisseurs" in run("db", "restore", path, "--remplacer", "--db", new_url).said
    assert stats(run, new_url) == before


@pytest.mark.parametrize("args", [("restore", "absent.sqlite"), ("backup", "absent/s.sqlite"), ("copy",)])
def test_a_wrong_use_is_said(args: tuple[str, ...], own: Path, run: Run) -> None:
    done = run("db", *args)
    assert (done.code, done.out) == (2, "")
    assert "Aide : entremise db" in done.said
