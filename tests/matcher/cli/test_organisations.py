"""`organisation …`, and the commands that touch what one owns where there are several."""

from pathlib import Path

import pytest

from matcher.accounts.organisations import list_organisations
from matcher.accounts.roles import Role
from matcher.accounts.store import add_account
from matcher.clock import now
from matcher.db import open_database
from matcher.ownership import FIRST_ORGANISATION
from tests.matcher.cli.conftest import Run

OTHER = "Agglomération d’Outremont"


def test_an_organisation_is_opened_described_and_has_members(new: Path, run: Run) -> None:
    engine = open_database(f"sqlite:///{new.as_posix()}")
    add_account(engine, "lea", "cheval agrafe pile", Role.BUYER, FIRST_ORGANISATION, author="essai", now=now())
    assert run("organisation", "create", OTHER, "--lieu", "Maubeuge").out == f"Organisation 2 ouverte : « {OTHER} ».\n"
    assert run("--organisation", "2", "organisation", "edit", "--siret", "215 903 923 00013").code == 0
    assert run("--organisation", "2", "organisation", "edit", "--personne", "attributaire").code == 0
    its = list_organisations(engine)[1].its
    assert (its.name, its.siret, its.place, its.persona) == (OTHER, "21590392300013", "Maubeuge", "attributaire")
    assert run("--organisation", OTHER, "organisation", "member", "lea", "--role", "lecteur").code == 0
    told = " ".join(run("organisation", "list").said.split())
    assert "lea (acheteur)" in told
    assert "lea (lecteur)" in told
    assert "acheteur (Première organisation), lecteur" in " ".join(run("account", "list").said.split())
    assert run("--organisation", OTHER, "organisation", "member", "lea", "--retirer").code == 0
    assert "n’est pas membre" in run("--organisation", OTHER, "organisation", "member", "lea", "--retirer").said
    engine.dispose()


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (("create", ""), "Donnez le nom"),
        (("create", "première organisation"), "existe déjà"),
        (("create", "B", "--siret", "123"), "14 chiffres"),
        (("create", "B", "--lieu", "Nullepart-sur-Rien"), "n’est pas un lieu connu"),
        (("create", "B", "--famille", "xyz"), "inconnue : xyz"),
        (("create", "B", "--responsable", "Ville"), "l’adresse postale et le courriel"),
        (
            ("create", "B", "--responsable", "V", "--adresse", "1 rue", "--courriel", "v"),
            "une adresse de courriel seule",
        ),
        (("member", "personne", "--role", "lecteur"), "Il n’y a pas de compte"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_written(new: Path, run: Run, said: tuple[str, ...], fault: str) -> None:
    done = run("organisation", *said)
    assert done.code == 1
    assert fault in done.said
    engine = open_database(f"sqlite:///{new.as_posix()}")
    assert len(list_organisations(engine)) == 1
    engine.dispose()


def test_a_command_asks_whose_only_where_there_are_several(new: Path, run: Run) -> None:
    assert run("dossier", "new", "--titre", "Berges", "--par", "Léa").code == 0
    assert run("organisation", "create", OTHER).code == 0
    refused = run("dossier", "list")
    assert (refused.code, OTHER in refused.said, "entremise --organisation" in refused.said) == (1, True, True)
    assert "Berges" in run("--organisation", "1", "dossier", "list").said
    assert "Berges" not in run("--organisation", OTHER, "dossier", "list").said
    assert "pas de dossier 1" in run("--organisation", OTHER, "dossier", "show", "1").said
    assert "Il n’y a pas d’organisation « Ailleurs »" in run("--organisation", "Ailleurs", "dossier", "list").said
