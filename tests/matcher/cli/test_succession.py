"""A move as a steward meets it: a closed door, what to do, a pair to judge, one supplier; and lists that share references."""

from pathlib import Path

import pytest

from tests.factories import siret
from tests.matcher.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("read_here")

OLD, NEW = siret(1), siret(2)
STOCK = "siret,etatAdministratifEtablissement,dateDebut,dateDernierTraitementEtablissement\n"
LINKS = (
    "siretEtablissementPredecesseur,siretEtablissementSuccesseur,dateLienSuccession,transfertSiege,continuiteEconomique,"
    "dateDernierTraitementLienSuccession\n"
)


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def sirene(folder: Path) -> tuple[Path, Path]:
    stock = f"{STOCK}{OLD},F,2024-03-12,2026-11-01\n{NEW},A,2024-03-12,2026-11-01\n"
    links = f"{LINKS}{OLD},{NEW},2024-03-11,true,true,2026-11-01\n"
    return write(folder, "stock.csv", stock), write(folder, "liens.csv", links)


def sheet(folder: Path, name: str, ref: str, number: str, address: str) -> Path:
    head = "Réf;Nom;SIRET;Type;Adresse;Code postal;Commune\n"
    return write(folder, name, f"{head}{ref};Les Jardins de la Jonquille;{number};ACI;{address};59600;Maubeuge\n")


def test_a_move_is_followed_from_the_closed_door_to_the_open_one(new: Path, tmp_path: Path, run: Run) -> None:
    stock, links = sirene(tmp_path)
    asked = ("--objet", "Entretien des espaces verts", "--lieu", "Maubeuge")
    assert run("import", "tableur", sheet(tmp_path, "ancienne.csv", "1", OLD, "12 rue des Lilas")).code == 0
    for path in (stock, links):
        assert run("catalogue", "enrich", "--from", "sirene", path).code == 0
    shown = run("catalogue", "show", OLD).said
    assert "fermé depuis le 12/03/2024 d’après Sirene" in shown
    assert f"continue sous le SIRET {NEW}, absent du catalogue" in shown
    assert "importez un annuaire récent qui le liste" in run("explain", *asked, "--siret", OLD).said
    assert run("match", *asked, "--format", "jsonl").lines() == []
    imported = run("import", "tableur", sheet(tmp_path, "nouvelle.csv", "1", NEW, "8 avenue du Port"))
    assert "1 paire à juger au catalogue : entremise catalogue review" in imported.said
    for path in (stock, links):
        assert run("catalogue", "enrich", "--from", "sirene", path).code == 0
    (pair,) = run("catalogue", "review", "--format", "json").json()
    assert pair["reason"].endswith(f"le SIRET {OLD} continue sous {NEW} depuis le 12/03/2024.")
    assert f"paire {pair['id']} avec « Les Jardins de la Jonquille »" in run("catalogue", "show", OLD).said
    assert run("catalogue", "show", OLD, "--format", "json").json()["waiting"][0]["number"] == pair["id"]
    assert "continue sous" in run("catalogue", "review").said
    assert run("catalogue", "review", "--same", pair["id"], "--who", "Camille").code == 0
    (best,) = run("match", *asked, "--format", "jsonl").lines()
    assert best["siret"] == NEW
    assert run("explain", *asked, "--siret", OLD, "--format", "json").json()["id"] == f"siret:{NEW}"
    joined = run("catalogue", "show", OLD, "--format", "json").json()
    assert (joined["siret"], joined["closed"], joined["waiting"]) == (NEW, None, [])
    assert {origin["list"] for value in joined["kinds"] for origin in value["origins"]} == {"ancienne", "nouvelle"}
    assert run("catalogue", "review", "--undo", pair["id"]).code == 0
    assert run("catalogue", "show", OLD, "--format", "json").json()["closed"]


def test_two_sheets_may_share_references_and_a_sheet_may_be_named(new: Path, tmp_path: Path, run: Run) -> None:
    north, south = sheet(tmp_path, "nord 2026-11.csv", "P01", OLD, ""), sheet(tmp_path, "sud.csv", "P01", NEW, "")
    for path in (north, south):
        assert run("import", "tableur", path, "--complet", "--format", "json").json()["created"] == 1
    next_month = sheet(tmp_path, "Nord 2026-12 v2.csv", "P01", OLD, "")
    again = run("import", "tableur", next_month, "--complet", "--format", "json").json()
    assert (again["unchanged"], again["gone"]) == (1, 0)
    renamed = sheet(tmp_path, "export (3).csv", "P01", OLD, "")
    named = run("import", "tableur", renamed, "--nom", "Nord", "--format", "json").json()
    assert named["unchanged"] == 1
    sources = [supplier["sources"] for supplier in run("export", "--format", "jsonl").lines()]
    assert [[(s["source"], s["ref"], s["list"]) for s in own] for own in sources] == [
        [("tableur", "P01", "nord")],
        [("tableur", "P01", "sud")],
    ]
    assert run("import", "emplois", renamed, "--nom", "Nord").code == 2


def test_a_list_of_organisations_is_taken_back(new: Path, tmp_path: Path, run: Run) -> None:
    assert run("import", "tableur", sheet(tmp_path, "nord.csv", "1", OLD, "")).code == 0
    before = run("catalogue", "show", OLD, "--format", "json").json()
    head = "SIREN,Nom ou raison sociale de l'entreprise,Famille juridique de l'entreprise\n"
    path = write(tmp_path, "ess.csv", f"{head}{OLD[:9]},LES JARDINS,Associations\n")
    assert run("import", "ess", path).code == 0
    assert "ESS" in run("stats", "--format", "json").json()["by_kind"]
    undone = run("catalogue", "undo-import", 2)
    assert "1 qualité d’organisation retirée ou rendue" in undone.said
    assert "ESS" not in run("stats", "--format", "json").json()["by_kind"]
    assert run("catalogue", "show", OLD, "--format", "json").json() == before
