"""`dossier …` on the command line: from the need to the file handed on, two people at once, and back from the file."""

import csv
import io
import json
import re
from pathlib import Path

import click
import openpyxl
import pytest

from matcher.cli.dossiers.dossier import dossier_command
from tests.matcher.cli.conftest import Done, Run

FIRST, OTHER = "00010101400017", "00010102200010"
LOT = ("--objet", "Entretien des espaces verts", "--lieu", "Maubeuge", "--levier", "12")


@pytest.fixture
def started(own: Path, run: Run) -> Run:
    """A dossier of one lot, two suppliers kept."""
    made = run("dossier", "create", "--titre", "Berges", "--acheteur", "CA de Valbrune", "--par", "Léa")
    assert re.fullmatch(r"Dossier \d{4}-0001 ouvert\.\n", made.out)
    added = run("dossier", "add-lot", 1, *LOT, "--garder", 2, "--par", "Léa")
    assert "3 structures connues" in added.out
    return run


def shown(run: Run) -> dict:  # type: ignore[type-arg]
    found: dict = run("dossier", "show", 1, "--format", "json").json()  # type: ignore[type-arg]
    return found


def names(run: Run) -> list[str]:
    return [entry["match"]["siret"] for entry in shown(run)["lots"][0]["entries"]]


def test_a_tender_from_its_need_to_its_answers(started: Run, own: Path) -> None:
    run = started
    assert names(run) == [FIRST, OTHER]
    assert run("dossier", "move", 1, OTHER, "--place", 1, "--motif", "déjà vu", "--par", "Léa").code == 0
    assert run("dossier", "note", 1, "équipe libre en mars", "--sur", FIRST, "--par", "Léa").code == 0
    assert run("dossier", "status", 1, FIRST, "intéressé", "--le", "2026-11-18", "--par", "Jean").code == 0
    removed = run("dossier", "remove", 1, f"siret:{OTHER}", "--motif", "trop loin", "--par", "Léa")
    assert "retire ESAT LES HORTENSIAS" in removed.out
    assert names(run) == [FIRST]
    assert run("dossier", "keep", 1, OTHER, "--par", "Léa").code == 0
    assert run("dossier", "note", 1, "à relancer", "--par", "Léa").code == 0
    found = shown(run)
    entry = next(one for one in found["lots"][0]["entries"] if one["match"]["siret"] == FIRST)
    assert (entry["note"], entry["status"], entry["status_by"]) == ("équipe libre en mars", "intéressé", "Jean")
    assert (found["note"], found["version"]) == ("à relancer", 8)
    printed = run("dossier", "show", f"{found['number']}")
    for word in ("✓ intéressé", "18 novembre 2026", "Journal", "Léa note sur le dossier : « à relancer »"):
        assert word in printed.said
    assert json.loads(run("dossier", "list", "--acheteur", "VALBRUNE", "--format", "json").out)[0]["suppliers"] == 2
    assert run("dossier", "list", "--territoire", "Bretagne").said == "0 dossier."


def test_a_status_that_contradicts_is_asked_settled_and_undone(started: Run) -> None:
    run, of, by = started, ("dossier", "status", 1, FIRST), ("--par", "Léa")

    def status() -> str:
        return str(next(one for one in shown(run)["lots"][0]["entries"] if one["match"]["siret"] == FIRST)["status"])

    assert run(*of, "intéressé", *by).code == 0
    asked = run(*of, "pas intéressé", *by)
    assert (asked.code, "tant que --trancher ne dit pas laquelle" in asked.said, status()) == (0, True, "intéressé")
    assert "la structure a changé d’avis" in run(*of, "--trancher", "avis", *by).said
    assert status() == "pas intéressé"
    assert "annule la dernière réponse" in run(*of, "--annuler", *by).said
    assert status() == "intéressé"
    assert "annulez d’abord" in run(*of, "à contacter", *by).said
    assert run(*of, "--annuler", *by).code == 0
    assert status() == "à contacter"


def test_a_supplier_outside_the_list_is_added_with_what_refuses_it(started: Run) -> None:
    run = started
    everyone = run("export", "--format", "jsonl").lines()
    frozen = {match["id"] for match in shown(run)["lots"][0]["frozen_matches"]}
    outside = next(supplier for supplier in everyone if supplier["id"] not in frozen and supplier["kinds"] == ["EI"])
    assert run("dossier", "keep", 1, outside["id"], "--par", "Léa").code == 1, "a reason is asked for"
    assert run("dossier", "keep", 1, outside["id"], "--motif", "connu", "--par", "Léa").code == 0
    entry = shown(run)["lots"][0]["entries"][-1]
    assert (entry["added"], entry["reason"], entry["match"]["rank"]) == (True, "connu", None)
    assert entry["refused"]
    assert "ni dans le catalogue" in run("dossier", "keep", 1, "12345678900011", "--motif", "x", "--par", "Léa").said


def test_two_people_at_once_and_nothing_lost(started: Run) -> None:
    run = started
    assert run("dossier", "note", 1, "la mienne", "--version", 2, "--par", "Léa").code == 0
    refused = run("dossier", "note", 1, "la sienne", "--version", 2, "--par", "Jean")
    assert refused.code == 1
    assert "Léa a modifié le dossier" in refused.said
    assert "« la mienne »" in refused.said
    assert shown(run)["note"] == "la mienne"


def test_the_message_its_merge_and_its_links_then_sent(started: Run, tmp_path: Path) -> None:
    run = started
    assert run("catalogue", "correct", FIRST, "--champ", "courriel=contact@atelier.example", "--par", "Léa").code == 0
    path = tmp_path / "message.txt"
    assert run("dossier", "message", 1, "--signature", "Léa", "-o", path).code == 0
    text = path.read_text(encoding="utf-8")
    assert text.startswith("Consultation préalable")
    assert "R2111-1" in text
    rows = list(
        csv.DictReader(io.StringIO(run("dossier", "message", 1, "--publipostage").out.lstrip("\ufeff")), delimiter=";")
    )
    assert [row["Courriel"] for row in rows] == ["contact@atelier.example", "non connu"]
    link = run("dossier", "message", 1, "--liens").out
    assert link.startswith("mailto:contact@atelier.example?subject=Consultation")
    other = shown(run)["lots"][0]["entries"][1]["match"]["siret"]
    assert run("dossier", "sent", 1, path, "--par", "Léa").code == 0
    assert [entry["status"] for entry in shown(run)["lots"][0]["entries"]] == ["contacté", "à contacter"]
    assert run("catalogue", "correct", other, "--champ", "telephone=03 27 00 00 00", "--par", "Léa").code == 0
    assert run("dossier", "sent", 1, path, "--par", "Léa").code == 0
    assert {entry["status"] for entry in shown(run)["lots"][0]["entries"]} == {"contacté"}
    assert run("privacy", "opt-out", FIRST, "--par", "Léa").code == 0
    assert "contact@atelier.example" not in run("dossier", "message", 1, "--publipostage").out
    assert shown(run)["lots"][0]["entries"][0]["match"]["name"] == "Retiré à sa demande"
    assert "structure que le catalogue écarte" not in run("dossier", "since", 1).said


def test_files_and_back(started: Run, tmp_path: Path) -> None:
    run = started
    for fmt in ("xlsx", "csv", "json"):
        assert run("dossier", "export", 1, "--format", fmt, "-o", tmp_path / f"d.{fmt}").code == 0
    book = openpyxl.load_workbook(tmp_path / "d.xlsx")
    assert book.sheetnames == ["Liste", "Liste figée", "Critères", "Décisions", "Journal", "Reprise"]
    assert run("dossier", "export", 1).code == 2
    brought = run("dossier", "import", tmp_path / "d.json", "--par", "Jean")
    assert re.search(r"Dossier \d{4}-0002 importé", brought.said)
    twin = run("dossier", "show", 2, "--format", "json").json()
    assert twin["lots"] == shown(run)["lots"]
    assert run("dossier", "import", tmp_path / "d.csv", "--par", "Jean").code == 1
    assert run("dossier", "import", tmp_path / "rien.json", "--par", "Jean").code == 2


def test_closed_deleted_restored(started: Run) -> None:
    run = started
    assert run("dossier", "close", 1, "--motif", "attribué", "--par", "Léa").code == 0
    assert "rouvrez-le" in run("dossier", "note", 1, "x", "--par", "Léa").said
    assert run("dossier", "reopen", 1, "--par", "Léa").code == 0
    assert run("dossier", "delete", 1, "--par", "Léa").code == 0
    assert run("dossier", "list").said == "0 dossier."
    assert "restore 1" in run("dossier", "show", 1).said
    assert "Berges" in run("dossier", "list", "--supprimes").said
    assert run("dossier", "restore", 1, "--par", "Léa").code == 0
    assert run("dossier", "edit", 1, "--territoire", "Avesnois", "--par", "Léa").code == 0
    assert shown(run)["territory"] == "Avesnois"
    assert shown(run)["title"] == "Berges"
    assert run("dossier", "remove-lot", 1, "--motif", "doublon", "--par", "Léa").code == 0
    assert shown(run)["lots"] == []


def test_a_person_is_forgotten_in_dossiers_too(started: Run) -> None:
    run = started
    assert run("dossier", "note", 1, "vu Jeanne Martin", "--par", "Léa").code == 0
    assert "1 texte ou contact" in run("privacy", "forget", "Jeanne Martin").said
    assert shown(run)["note"] == "vu"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("show", 9), 1, "pas de dossier 9"),
        (("show", "neuf"), 2, "nombre entier"),
        (("create", "--par", "Léa"), 2, "--titre"),
        (("create", "--titre", "x"), 2, "--par"),
        (("create", "--titre", "x", "--par", "Léa", "--echeance", "demain"), 2, "n’est pas une date"),
        (("create", "--titre", "x", "--par", "Léa", "--echeance", "2020-01-01"), 1, "est passé"),
        (("edit", 1, "--par", "Léa", "--echeance", "2020-01-01"), 1, "est passé"),
        (("add-lot", 1, "--par", "Léa"), 2, "--objet"),
        (("add-lot", 1, *LOT, "--garder", "-1", "--par", "Léa"), 2, "0 ou plus"),
        (("add-lot", 9, *LOT, "--par", "Léa"), 1, "pas de dossier 9"),
        (("status", 1, FIRST, "ravi", "--par", "Léa"), 2, "choisissez parmi"),
        (("status", 1, FIRST, "--par", "Léa"), 2, "Donnez un statut"),
        (("status", 1, FIRST, "--annuler", "--par", "Léa"), 1, "n’est à annuler"),
        (("move", 1, FIRST, "--place", 8, "--motif", "x", "--par", "Léa"), 1, "La place 8"),
        (("remove", 1, FIRST, "--par", "Léa"), 1, "motif"),
        (("note", 1, "x", "--sur", "rien", "--par", "Léa"), 1, "ne s’appelle « rien »"),
        (("note", 1, "x", "--sur", "00019999900019", "--par", "Léa"), 1, "n’est pas dans la liste"),
        (("keep", 1, FIRST, "--lot", 4, "--par", "Léa"), 1, "pas de lot 4"),
    ],
)
def test_what_cannot_be_done_is_said(started: Run, words: tuple[object, ...], code: int, said: str) -> None:
    done: Done = started("dossier", *words)
    assert (done.code, said in done.said) == (code, True), done.said


def test_every_command_and_option_of_dossier_has_its_help() -> None:
    for name, command in dossier_command.commands.items():
        assert (command.help or "").strip(), name
        assert all(param.help for param in command.params if isinstance(param, click.Option)), name


def test_where_the_purchase_stands_is_said_filtered_and_sorted(started: Run, tmp_path: Path) -> None:
    run = started
    run("dossier", "create", "--titre", "Linge", "--par", "Léa")
    said = run(
        "dossier", "edit", 1, "--etape", "sourcing", "--suivi-par", "Zoé", "--offres", "22/01/2027", "--par", "Léa"
    )
    assert "Léa fait avancer le dossier (étape : sourcing" in said.said
    assert "Rien n’a changé" in run("dossier", "edit", 1, "--etape", "sourcing", "--par", "Léa").said
    assert run("dossier", "edit", 1, "--par", "Léa").code == 2
    step = run(
        "dossier",
        "edit",
        1,
        "--prochaine",
        "Relancer",
        "--prochaine-le",
        "2026-12-01",
        "--acheteur",
        "CA",
        "--par",
        "Léa",
    )
    assert "décrit le dossier" in step.said
    found = shown(run)
    assert (found["stage"], found["offers_by"], found["follower"]) == ("sourcing", "2027-01-22", "Zoé")
    assert (found["next_step"], found["next_on"]) == ("Relancer", "2026-12-01")
    assert "Suivi par" in run("dossier", "show", 1).said
    run("dossier", "edit", 1, "--prochaine", "", "--par", "Léa")
    assert shown(run)["next_on"] is None
    for asked in (
        ("--etape", "sourcing"),
        ("--suivi-par", "zoe"),
        ("--offres-avant", "2027-01-22"),
        ("--texte", "berges"),
    ):
        assert [line["id"] for line in run("dossier", "list", *asked, "--format", "json").json()] == [1], asked
    ordered = [
        line["id"] for line in run("dossier", "list", "--tri", "dossier", "--inverse", "--format", "json").json()
    ]
    assert ordered == [2, 1]
    (first, *_) = csv.DictReader(
        io.StringIO(run("dossier", "list", "--tri", "dossier", "--format", "csv").out.lstrip("\ufeff")), delimiter=";"
    )
    assert (first["Dossier"], first["Étape"]) == ("Berges", "sourcing")
    assert run("dossier", "list", "--format", "xlsx").code == 2
    path = tmp_path / "dossiers.xlsx"
    assert run("dossier", "list", "--format", "xlsx", "-o", path).code == 0
    assert openpyxl.load_workbook(path).sheetnames == ["Dossiers"]
