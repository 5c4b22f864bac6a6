"""`familles`: the families in three forms, from any sheet of purchases, and what cannot be used."""

import io
from pathlib import Path

import openpyxl
import pytest

from tests.matcher.cli.conftest import Run

SHEET = (
    "Objet;Montant;Service;Année\nNettoyage des locaux;40 k€;Mairie;2026\nNettoyage des locaux de l’école;30 k€;Éducation;2026\n"
    "Entretien des espaces verts;;Mairie;2026\nTotal;70 k€;;\n"
)


@pytest.fixture
def sheet(sample: Path, tmp_path: Path) -> Path:
    path = tmp_path / "achats.csv"
    path.write_text(SHEET, encoding="utf-8")
    return path


def test_the_table_says_what_the_json_does(run: Run, sheet: Path) -> None:
    told = run("familles", sheet, "--acheteur", "autre", "--montants", "ht", "--format", "json").json()
    assert [one["amount"] for one in told["families"]] == [70_000, None]
    assert told["families"][0]["direct"] is False
    shown = run("familles", sheet).said.replace("\u00a0", " ").replace("\u202f", " ")
    assert "2 montants ne disent ni HT ni TTC" in shown
    assert "2 familles pour 3 lignes" in shown
    assert "À regrouper entre services" in shown


def test_the_workbook_has_every_line_with_what_its_family_says(run: Run, sheet: Path) -> None:
    made = sheet.with_name("familles.xlsx")
    assert run("familles", sheet, "--montants", "ht", "-o", made).code == 0
    book = openpyxl.load_workbook(io.BytesIO(made.read_bytes()))
    assert book.sheetnames == ["Réponse", "Familles", "À regrouper entre services", "Lignes"]
    head, *lines = book["Lignes"].values
    assert head[:4] == ("Objet", "Montant", "Service", "Année")
    assert len(lines) == 3
    assert all("R2122-8" in str(line[-1]) for line in lines[:2])


def test_a_sheet_without_need_is_refused(run: Run, sheet: Path) -> None:
    sheet.write_text("Fournisseur;Montant\nA;1\n", encoding="utf-8")
    assert run("familles", sheet).code == 1
    assert run("familles", sheet, "--format", "xlsx").code == 2
