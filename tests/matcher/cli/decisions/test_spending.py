"""`historique`: the share in three forms, the lines back in their order, and every file that cannot be used."""

import io
from pathlib import Path

import openpyxl
import pytest

from tests.matcher.cli.conftest import Run

OTHER = "55208131766522"
SHEET = (
    "N° SIRET;Tiers;Dépense (k€);Libellé;Ville\n"
    f"{OTHER};Autre;12;Entretien des espaces verts;Maubeuge\n"
    "{known};Connu;3;Entretien des espaces verts;Maubeuge\n"
    ";;1;Rien;Maubeuge\n"
    "Total;;16;;\n"
)


@pytest.fixture
def sheet(sample: Path, run: Run, tmp_path: Path) -> Path:
    known = run("match", "--objet", "Entretien des espaces verts", "--lieu", "Maubeuge", "--format", "jsonl").lines()
    path = tmp_path / "depenses.csv"
    path.write_text(SHEET.format(known=known[0]["siret"]), encoding="utf-8")
    return path


def test_the_share_the_doubts_and_the_similar_suppliers(sample: Path, run: Run, sheet: Path) -> None:
    told = run("historique", sheet, "--montants", "ht", "--format", "json").json()
    (shares,) = told["shares"]
    assert (shares["tax"], shares["sure"], shares["at_most"]) == ("HT", pytest.approx(3 / 16), pytest.approx(4 / 16))
    assert [line["standing"] for line in told["lines"]] == ["absent du catalogue", "inclusif", "fournisseur illisible"]
    assert told["lines"][0]["similar"]["credible"] >= len(told["lines"][0]["similar"]["first"]) > 0
    assert told["remarks"] == ["1 ligne de total n’est pas comptée."]
    shown = run("historique", sheet).said.replace("\u00a0", " ").replace("\u202f", " ")
    assert "18,8 % des dépenses connues sont inclusives : 3 000 € sur 16 000 € HT ou TTC" in shown
    assert all(word in shown for word in told["lines"][0]["similar"]["first"][0]["name"].split(" (")[0].split())


def test_the_workbook_keeps_the_lines_and_their_order(sample: Path, run: Run, sheet: Path) -> None:
    made = sheet.with_name("sortie.xlsx")
    assert run("historique", sheet, "-o", made).code == 0
    book = openpyxl.load_workbook(io.BytesIO(made.read_bytes()))
    assert book.sheetnames == [
        "Réponse",
        "Ce que l’on sait",
        "Inclusif, par famille",
        "Inclusif, par type",
        "Fournisseurs semblables",
        "À préciser",
        "Lignes",
    ]
    head, *lines = book["Lignes"].values
    assert head[:5] == ("N° SIRET", "Tiers", "Dépense (k€)", "Libellé", "Ville")
    assert [line[1] for line in lines] == ["Autre", "Connu", None]
    assert lines[0][0] == OTHER


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("Objet;Montant\nTonte;1\n", 1, "il manque la colonne qui donne le SIRET ou le nom du fournisseur"),
        ("SIRET;Montant\n", 1, "aucune ligne"),
        ("", 1, "vide"),
        ("SIRET\n" + f"{OTHER}\n" * 20_001, 1, "20 000 au plus"),
    ],
)
def test_what_cannot_be_read_is_refused_in_french(
    sample: Path, run: Run, tmp_path: Path, text: str, code: int, said: str
) -> None:
    path = tmp_path / "d.csv"
    path.write_text(text, encoding="utf-8")
    done = run("historique", path)
    assert done.code == code
    assert said in done.said.replace("\u202f", " ")
