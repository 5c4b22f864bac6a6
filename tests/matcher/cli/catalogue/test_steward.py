"""`show`, `conflicts`, `quality`, `correct`, `add`, `withdraw`, `opt-out`, `forget`, `purge` on the command line."""

import csv
import io
from pathlib import Path

import pytest

from matcher.paths import shipped_path
from matcher.settings import RETENTION_VARIABLE
from tests.matcher.cli.conftest import Run

SIRET = "00010101400017"
GREEN = "espaces-verts.creation-entretien"


def test_show_prints_and_gives_json(sample: Path, run: Run) -> None:
    shown = run("catalogue", "show", SIRET)
    assert shown.code == 0
    for word in ("LES ATELIERS DES BORDS", "finess", "hosmoz", "À demander", "Comment le joindre"):
        assert word in shown.said
    told = run("catalogue", "show", SIRET, "--format", "json").json()
    assert (told["id"], told["corrections"]) == (f"siret:{SIRET}", [])
    assert next(field for field in told["fields"] if field["field"] == "workers")["origins"][0]["source"] == "hosmoz"
    assert run("catalogue", "show", "995900001", "--format", "json").json() == told
    assert run("catalogue", "show", "12345678900011").code == 1


def test_a_correction_is_written_shown_ranked_and_withdrawn(own: Path, run: Run) -> None:
    lot = ("--objet", "Entretien des espaces verts", "--lieu", "Maubeuge", "--siret", SIRET)
    before = run("explain", *lot, "--format", "json").json()["match"]
    done = run(
        "catalogue",
        "correct",
        SIRET,
        "--champ",
        "effectif=32",
        "--ne-fait-pas",
        GREEN,
        "--par",
        "Léa",
        "--motif",
        "appel",
    )
    assert done.out == f"Correction 1 écrite. Fournisseur : siret:{SIRET}.\n"
    assert "correction 1, Léa" in run("catalogue", "show", SIRET).said
    assert "ne fait pas : Création et entretien des espaces verts" in run("catalogue", "show", SIRET).said
    after = run("explain", *lot, "--format", "json").json()["match"]
    activity = next(c for c in after["contributions"] if c["signal"] == "activity")
    assert activity["value"] == 0
    assert activity["says"].startswith("l’équipe note qu’il ne le fait pas (")
    for key, name in (("hosmoz", "hosmoz.csv"), ("finess", "finess.csv")):
        assert run("import", key, shipped_path(f"data/samples/{name}")).code == 0
    assert run("explain", *lot, "--format", "json").json()["match"] == after
    assert run("catalogue", "withdraw", 1).code == 0
    assert run("explain", *lot, "--format", "json").json()["match"] == before
    assert run("catalogue", "withdraw", 1).code == 1


def test_wrong_corrections_are_refused(own: Path, run: Run) -> None:
    assert run("catalogue", "correct", SIRET, "--champ", "nom", "--par", "Léa").code == 2
    assert run("catalogue", "correct", SIRET, "--champ", "nom=A").code == 2
    refused = run("catalogue", "correct", SIRET, "--champ", "effectif=beaucoup", "--par", "Léa")
    assert (refused.code, "nombre illisible" in refused.said) == (1, True)


def test_a_supplier_is_added_and_ranked(own: Path, run: Run) -> None:
    named = (
        "--nom",
        "Atelier Neuf",
        "--type",
        "EA",
        "--commune",
        "59600 Maubeuge",
        "--activite",
        GREEN,
        "--par",
        "Léa",
    )
    assert "equipe:1" in run("catalogue", "add", *named, "--champ", "telephone=0320000000").said
    best = run("match", "--objet", "Entretien des espaces verts", "--lieu", "Maubeuge", "--format", "jsonl").lines()
    assert "Atelier Neuf" in {line["name"] for line in best[:3]}
    assert run("catalogue", "show", "equipe:1", "--format", "json").json()["contacts"][0]["value"] == "+33320000000"


def test_quality_in_its_three_forms(sample: Path, tmp_path: Path, run: Run) -> None:
    told = run("catalogue", "quality", "--format", "json").json()
    assert told["suppliers"] == run("stats", "--format", "json").json()["suppliers"]
    assert [source["source"] for source in told["sources"]] == ["emplois", "finess", "hosmoz"]
    printed = run("catalogue", "quality").said
    assert "À demander" in printed
    assert "les activités : manque à" in printed
    path = tmp_path / "qualite.csv"
    assert run("catalogue", "quality", "--format", "csv", "-o", path).code == 0
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig")), delimiter=";"))
    assert rows[0][0] == "Source"
    assert len(rows) == 1 + 3 * len(told["sources"][0]["fields"])


def test_who_has_no_place_is_counted_alike_everywhere(own: Path, tmp_path: Path, run: Run) -> None:
    path = tmp_path / "liste.csv"
    path.write_text("Nom;Type;Commune;Code postal\nPointe Blanche;ACI;Saint-Pierre;97500\n", encoding="utf-8")
    assert run("import", "tableur", path).code == 0
    quality, figures = (run(*words, "--format", "json").json() for words in (("catalogue", "quality"), ("stats",)))
    without = quality["without_place"]
    assert without == figures["suppliers"] - figures["with_coordinates"] > 0
    assert f"{without} fournisseur sans coordonnées connues" in run("export", "--format", "geojson").err
    printed = run("catalogue", "quality").said
    assert f"{without} sans coordonnées connues" in printed
    assert "lieu non connu" not in printed, "no other count under that name"


def test_conflicts_lists_what_sources_disagree_on(own: Path, tmp_path: Path, run: Run) -> None:
    assert run("catalogue", "conflicts").said == "0 désaccord sur 0 fournisseur."
    path = tmp_path / "t.csv"
    path.write_text(f"Nom;SIRET;Type;Effectif\nImprimerie du Pont;{SIRET};EA;900\n", encoding="utf-8")
    assert run("import", "tableur", path).code == 0
    found = run("catalogue", "conflicts", "--format", "json").json()
    assert {conflict["field"] for conflict in found} == {"nom", "effectif"}
    assert "effectifs très différents" in run("catalogue", "conflicts").said
    assert "effectifs très différents" in run("catalogue", "show", SIRET).said


def test_opt_out_leaves_every_list_and_import(own: Path, run: Run) -> None:
    before = run("stats", "--format", "json").json()["suppliers"]
    assert run("privacy", "opt-out", SIRET).code == 2
    assert "est retiré du catalogue" in run("privacy", "opt-out", SIRET, "--par", "Léa").said
    for _ in range(2):
        assert run("stats", "--format", "json").json()["suppliers"] == before - 1
        assert run("catalogue", "show", SIRET).code == 1
        assert run("match", "--objet", "Espaces verts", "--top", "100", "--format", "csv").out.count(SIRET) == 0
        report = run("import", "hosmoz", shipped_path("data/samples/hosmoz.csv"), "--format", "json").json()
        assert [reason["count"] for reason in report["reasons"]] == [1]
    assert run("privacy", "opt-out", SIRET, "--annuler").code == 0
    assert run("import", "hosmoz", shipped_path("data/samples/hosmoz.csv")).code == 0
    assert run("catalogue", "show", SIRET).code == 0


def test_forget_and_purge(own: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("catalogue", "correct", SIRET, "--champ", "telephone=0320000000", "--par", "Léa").code == 0
    assert "rien n’est écrit : 1 fiche nettoyée" in run("privacy", "forget", "03 20 00 00 00", "--dry-run").said
    assert "1 fiche nettoyée" in run("privacy", "forget", "03 20 00 00 00").said
    assert run("catalogue", "show", SIRET, "--format", "json").json()["contacts"] == []
    assert run("privacy", "forget", "Dupont").code == 1
    assert "0 fiche" in run("privacy", "purge", "--dry-run").said
    monkeypatch.setenv(RETENTION_VARIABLE, "toujours")
    refused = run("privacy", "purge")
    assert (refused.code, RETENTION_VARIABLE in refused.said) == (1, True)
