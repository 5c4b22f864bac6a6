"""`account …`: a password is typed or piped, never on the line, and never shown."""

import io
import re
from pathlib import Path

import click
import pytest

from matcher.accounts.api_tokens import bearer
from matcher.accounts.sessions import ProvenIdentity, sign_in_by, sign_in_by_password
from matcher.cli.accounts import account_command
from matcher.clock import now
from matcher.db import open_database
from matcher.paths import shipped_path
from tests.matcher.cli.conftest import Run

GOOD, OTHER = "cheval agrafe pile correcte", "girafe marteau lune bleue"


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{GOOD}\n"))
    return monkeypatch


def test_accounts_from_opening_to_closing(new: Path, run: Run, typed: pytest.MonkeyPatch) -> None:
    done = run("account", "add", "lea@mairie.example", "--role", "administrateur", "--nom", "Léa", "--par", "essai")
    assert (done.code, done.out) == (
        0,
        "Compte « lea@mairie.example » ouvert : administrateur, administre l’installation.\n",
    )
    typed.setattr("sys.stdin", io.StringIO(f"{OTHER}\r\n"))
    assert "choisira le sien" in run("account", "add", "jean", "--role", "lecteur").out
    assert run("account", "role", "jean", "acheteur", "--par", "Léa").code == 0
    assert "seul à administrer" in run("account", "installation", "lea@mairie.example", "--retirer").said
    assert run("account", "installation", "jean").out == "Compte « jean » : administre l’installation.\n"
    assert "acheteur, installation" in run("account", "list").said
    assert run("account", "installation", "jean", "--retirer").code == 0
    found = run("account", "list", "--format", "json").json()
    assert [(one["login"], *one["roles"].values(), one["active"], one["temporary"]) for one in found] == [
        ("jean", "acheteur", True, True),
        ("lea@mairie.example", "administrateur", True, False),
    ]
    engine = open_database(f"sqlite:///{new.as_posix()}")
    sign_in_by_password(engine, "Jean", OTHER, address="192.0.2.1", now=now())
    engine.dispose()
    assert run("account", "revoke", "jean").out == "1 session fermée.\n"
    assert run("account", "disable", "jean").code == 0
    assert "désactivé" in run("account", "list").said
    assert run("account", "enable", "jean").code == 0
    typed.setattr("sys.stdin", io.StringIO(f"{GOOD}\n"))
    assert run("account", "password", "jean", "--par", "Léa").code == 0
    told = run("account", "audit", "--de", "Léa").said
    assert "Léa change un mot de passe jean" in told
    assert "Léa change un rôle jean (lecteur → acheteur)" in told
    lines = run("account", "audit", "--derniers", 1, "--format", "json").json()
    assert [line["action"] for line in lines] == ["change un mot de passe"]
    assert GOOD not in run("account", "audit").said
    signed = run("account", "audit", "--nature", "connexion", "--format", "csv").out.splitlines()
    assert [row.split(";")[1:4] for row in signed[1:]] == [["connexion", "jean", "se connecte"]]
    first = run("account", "audit", "--derniers", 2)
    (older,) = re.findall(r"--avant (\d+)", first.out)
    assert "change un mot de passe" not in run("account", "audit", "--avant", older).out
    assert run("account", "audit", "--du", "2040-01-01").out == "0 ligne.\n"


def test_an_account_for_a_provider_has_no_password_and_is_detached_where_it_was_bound(
    new: Path, run: Run, typed: pytest.MonkeyPatch
) -> None:
    done = run("account", "add", "lea@mairie.example", "--role", "administrateur", "--sans-mot-de-passe")
    assert done.code == 0
    (found,) = run("account", "list", "--format", "json").json()
    assert (found["has_password"], found["identity_since"]) == (False, None)
    assert "rattaché à aucune identité" in run("account", "unbind", "lea@mairie.example").said
    assert run("account", "password", "lea@mairie.example").code == 0
    assert "sa seule façon d’entrer" in run("account", "password", "lea@mairie.example", "--retirer").said
    engine = open_database(f"sqlite:///{new.as_posix()}")
    its = ProvenIdentity("https://fi.example", "a1", "lea@mairie.example", "", "", "", "jeton")
    sign_in_by(engine, lambda: its, via="ProConnect", address="192.0.2.1", now=now())
    engine.dispose()
    assert run("account", "password", "lea@mairie.example", "--retirer").out.startswith(
        "Mot de passe de « lea@mairie.example » retiré"
    )
    assert "retire un mot de passe" in run("account", "audit", "--derniers", 1).said
    assert run("account", "unbind", "lea@mairie.example").out.startswith("Compte « lea@mairie.example » détaché")


def test_a_password_is_asked_twice_at_a_terminal(new: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([GOOD, OTHER, GOOD, GOOD])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda asked: next(answers))
    assert "diffèrent" in run("account", "add", "lea", "--role", "lecteur").said
    assert run("account", "add", "lea", "--role", "lecteur").code == 0


@pytest.mark.parametrize(
    ("words", "piped", "code", "said"),
    [
        (("add", "lea", "--role", "lecteur"), "", 1, "au clavier"),
        (("add", "lea", "--role", "lecteur"), "court\n", 1, "12 à 128"),
        (("add", "lea", "--role", "chef"), GOOD, 2, "choisissez parmi lecteur"),
        (("add", "lea"), GOOD, 2, "--role"),
        (("role", "personne", "lecteur"), "", 1, "pas de compte"),
        (("add", "lea", "--role", "lecteur", "--password", GOOD), "", 2, "Option inconnue"),
    ],
)
def test_what_cannot_be_done_is_said(
    new: Path,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    piped: str,
    code: int,
    said: str,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(piped))
    done = run("account", *words)
    assert (done.code, said in done.said) == (code, True), done.said


def test_no_option_takes_a_password_and_each_has_its_help() -> None:
    for name, command in account_command.commands.items():
        assert (command.help or "").strip(), name
        for param in command.params:
            if isinstance(param, click.Option):
                assert param.help, name
                assert "password" not in param.name


def test_a_token_is_given_listed_and_revoked(new: Path, run: Run, typed: pytest.MonkeyPatch) -> None:
    run("account", "add", "lea", "--role", "acheteur")
    token = run("account", "token", "create", "lea", "--nom", "Tableur", "--jours", 30).out.strip()
    engine = open_database(f"sqlite:///{new.as_posix()}")
    assert bearer(engine, token, now=now()).account.login == "lea"
    engine.dispose()
    (told,) = run("account", "token", "list", "lea", "--format", "json").json()
    assert (told["name"], told["role"], token in str(told)) == ("Tableur", "lecteur", False)
    assert "Tableur : lecteur" in run("account", "token", "list", "lea").said
    assert (
        "pas plus que votre rôle"
        in run("account", "token", "create", "lea", "--nom", "x", "--role", "gestionnaire").said
    )
    assert run("account", "token", "revoke", "lea", told["id"]).out == f"Jeton {told['id']} révoqué.\n"
    assert "0 jeton." in run("account", "token", "list", "lea").said


def test_commands_that_write_are_in_the_journal_without_the_values(new: Path, run: Run) -> None:
    listed = shipped_path("data/samples/emplois.json")
    run("import", "emplois", listed, "--dry-run")
    assert run("account", "audit", "--format", "json").json() == []
    assert run("import", "emplois", listed).code == 0
    key = "00010001600013"
    assert run("catalogue", "correct", key, "--champ", "effectif=32", "--par", "Léa").code == 0
    assert run("catalogue", "withdraw", 1).code == 0
    assert run("privacy", "forget", "jean@structure.example", "--dry-run").code == 0
    assert run("privacy", "forget", "jean@structure.example").code == 0
    assert run("privacy", "opt-out", key, "--par", "Léa").code == 0
    assert run("privacy", "purge").code == 0
    assert run("catalogue", "undo-import", 999).code == 1
    lines = run("account", "audit", "--format", "json").json()[::-1]
    assert [line["action"] for line in lines] == [
        "importe des fichiers",
        "corrige le catalogue",
        "retire une correction",
        "oublie une personne",
        "retire un fournisseur à sa demande",
        "efface les contacts trop vieux",
    ]
    assert (lines[0]["target"], lines[0]["detail"].partition(" :")[0]) == ("import 1", "emplois, emplois.json")
    assert (lines[1]["who"], lines[1]["detail"]) == ("Léa", "correction 1 : effectif")
    assert (lines[4]["who"], lines[4]["target"]) == ("Léa", key)
    assert "jean@" not in str(lines)
