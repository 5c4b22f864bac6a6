"""`db`: upgraded, saved, restored, moved, on each database."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from matcher.accounts.api_tokens import issue_token
from matcher.accounts.roles import Role
from matcher.accounts.store import add_account
from matcher.db import HEAD, open_database
from matcher.ownership import FIRST_ORGANISATION
from matcher.paths import shipped_path
from tests.matcher.cli.conftest import Run

GOOD = "carottes bleues du marais"
NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)


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


def test_a_restore_says_what_becomes_of_the_accounts_and_stays_in_the_journal(
    new_url: str, tmp_path: Path, run: Run
) -> None:
    path = tmp_path / "sauvegarde.sqlite"
    for words in (("upgrade",), ("backup", path)):
        run("db", *words, "--db", new_url)
    engine = open_database(new_url)
    add_account(engine, "lea", GOOD, Role.ADMINISTRATOR, FIRST_ORGANISATION, author="essai", now=NOW)
    issue_token(engine, "lea", FIRST_ORGANISATION, Role.READER, name="essai", days=3, author="lea", now=NOW)
    engine.dispose()
    assert "0 fournisseur, 1 compte" in run("db", "restore", path, "--db", new_url).said
    done = run("db", "restore", path, "--remplacer", "--db", new_url)
    assert "Comptes : 1 avant, 0 après ; jetons : 1 avant, 0 après." in done.out
    assert "plus aucun compte" in done.err
    lines = run("account", "audit", "--db", new_url, "--format", "json").json()
    assert (lines[0]["action"], lines[0]["target"]) == ("restaure une sauvegarde", str(path))
    assert "1 avant, 0 après" in lines[0]["detail"]
    assert "ouvre un compte" in {line["action"] for line in lines}, "its own lines outlive it"


@pytest.mark.parametrize("args", [("restore", "absent.sqlite"), ("backup", "absent/s.sqlite"), ("copy",)])
def test_a_wrong_use_is_said(args: tuple[str, ...], own: Path, run: Run) -> None:
    done = run("db", *args)
    assert (done.code, done.out) == (2, "")
    assert "Aide : entremise db" in done.said
