"""`rapprocher`: one line a row as its contract says, the sheet given back, and its answers taken in when it returns."""

import io
import json
from pathlib import Path

import openpyxl
import pytest

from tests.matcher.cli.conftest import Run


@pytest.fixture
def known(own: Path, run: Run) -> dict[str, str]:
    """A supplier of the catalogue: its name, town and number."""
    one = run("match", "--objet", "Entretien des espaces verts", "--lieu", "Maubeuge", "--format", "jsonl").lines()[0]
    shown = run("export", "--format", "jsonl").lines()
    its = next(line for line in shown if line["siret"] == one["siret"])
    return {"name": its["name"], "city": its["sites"][0]["city"], "siret": its["siret"]}


@pytest.fixture
def sheet(known: dict[str, str], tmp_path: Path) -> Path:
    path = tmp_path / "tiers.csv"
    path.write_text(
        f"Ligne;Raison sociale;Ville;N° SIRET\nA7;{known['name'].upper()};{known['city']};\n12;{known['name']};;\n;Onet;;\n3;;;{known['siret']}\n",
        encoding="utf-8",
    )
    return path


def test_a_row_gives_a_line_of_json(run: Run, sheet: Path, known: dict[str, str]) -> None:
    out = sheet.with_name("o.jsonl")
    assert run("rapprocher", sheet, "-o", out).code == 0
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [line["ligne"] for line in lines] == ["A7", 12, 4, 3]
    assert [line["certitude"] for line in lines] == ["sure", "a_confirmer", "inconnu", "sure"]
    assert [line["siret"] for line in lines] == [known["siret"], None, None, known["siret"]]
    assert set(lines[1]) == {"ligne", "nom", "certitude", "siret", "options"}
    assert lines[1]["options"][0].keys() == {"siret", "name", "city", "evidence"}
    assert lines[2]["options"] == []


def test_the_sheet_comes_back_is_answered_and_serves_the_next(run: Run, sheet: Path, known: dict[str, str]) -> None:
    made = sheet.with_name("o.xlsx")
    assert run("rapprocher", sheet, "-o", made).code == 0
    book = openpyxl.load_workbook(io.BytesIO(made.read_bytes()))
    head, *lines = book["Rapprochement"].values
    assert head[:6] == ("Ligne", "Raison sociale", "Ville", "N° SIRET", "Certitude", "SIRET reconnu")
    assert [line[4] for line in lines] == ["sûr", "à confirmer", "inconnu", "sûr"]
    assert known["siret"] in lines[1][head.index("Possible 1")]

    book["Rapprochement"].cell(3, head.index("Votre réponse") + 1, known["siret"])
    book.save(made)
    unsigned = run("rapprocher", made, "-o", made)
    assert (unsigned.code, "--par" in unsigned.said) == (2, True)
    assert run("rapprocher", made, "--par", "Léa", "-o", made).code == 0
    again = openpyxl.load_workbook(io.BytesIO(made.read_bytes()))
    assert tuple(next(again["Rapprochement"].values)) == head
    told = run("rapprocher", sheet, "--format", "jsonl").lines()
    assert [line["certitude"] for line in told] == ["sure", "sure", "inconnu", "sure"]
    assert told[1]["options"][0]["evidence"] == "Réponse déjà donnée."


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("Objet;Montant\nTonte;1\n", 1, "il manque la colonne qui donne le SIRET ou le nom du fournisseur"),
        ("Fournisseur\n", 1, "aucune ligne"),
    ],
)
def test_what_cannot_be_read_is_refused_in_french(
    sample: Path, run: Run, tmp_path: Path, text: str, code: int, said: str
) -> None:
    path = tmp_path / "d.csv"
    path.write_text(text, encoding="utf-8")
    done = run("rapprocher", path)
    assert (done.code, said in done.said) == (code, True)


def test_the_terminal_says_what_is_to_be_confirmed(run: Run, sheet: Path) -> None:
    shown = run("rapprocher", sheet).said
    assert "2 lignes reconnues, 1 à confirmer, 1 sans fournisseur du catalogue." in shown
    assert "ligne 3" in shown


def test_columns_said_for_a_sheet_of_purchases_serve_every_command_of_purchases(
    own: Path, run: Run, tmp_path: Path
) -> None:
    path, mapping = tmp_path / "t.csv", tmp_path / "c.toml"
    path.write_text("Qui;Combien;Ou\nOnet;12;Lille\n", encoding="utf-8")
    mapping.write_text('"Qui" = "fournisseur"\n"Combien" = "montant"\n', encoding="utf-8")
    assert run("rapprocher", path).code == 1
    assert run("rapprocher", path, "--mapping", mapping).code == 0
    told = run("historique", path, "--format", "json").json()
    assert told["columns"][0] == "« Qui » : le nom du fournisseur (comme dit pour un fichier de même en-tête)"
    assert any(said.startswith("Colonne « Ou » (1 valeur, par exemple « Lille »)") for said in told["columns"])
