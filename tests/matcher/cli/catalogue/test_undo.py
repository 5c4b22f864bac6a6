"""`imports` and `undo-import`: what came in, and taken back."""

from pathlib import Path

from matcher.paths import shipped
from tests.conftest import ROOT
from tests.matcher.cli.conftest import Run


def test_the_history_says_what_came_in(own: Path, run: Run) -> None:
    past = run("catalogue", "imports", "--format", "json").json()
    assert [entry["id"] for entry in past] == [3, 2, 1]
    assert [entry["source"] for entry in past] == ["hosmoz", "finess", "emplois"]
    assert {"file_name", "started", "finished", "seconds", "counts", "sha256", "complete", "undone"} <= past[0].keys()
    said = run("catalogue", "imports").said
    assert "hosmoz.csv" in said
    assert past[0]["sha256"][:12] in said


def test_an_import_is_taken_back_by_its_number(own: Path, run: Run) -> None:
    before = run("stats", "--format", "json").json()
    path = own.with_name("mes_fournisseurs.csv")
    path.write_text("Nom;SIRET\nAteliers inventés;00019999900010\n", encoding="utf-8")
    run("import", "tableur", path)
    done = run("catalogue", "undo-import", 4)
    assert done.code == 0
    assert "1 fiche retirée, 0 rendue à l’état d’avant" in done.said
    assert run("stats", "--format", "json").json() == before | {"version": before["version"] + 2}
    assert run("catalogue", "imports", "--format", "json").json()[0]["undone"]
    assert "défait le" in run("catalogue", "imports").said
    again = run("catalogue", "undo-import", 4)
    assert (again.code, again.out) == (1, "")
    assert "déjà été défait" in again.said


def test_an_import_of_notices_is_taken_back_in_the_same_words(own: Path, run: Run) -> None:
    imported = run(
        "import", "eforms", ROOT / "tests" / "fixtures" / "eforms" / "cn_24_FRA_comments.xml", "--format", "json"
    )
    assert imported.json()["run"] == 4
    assert "1 nouvel avis" in run("catalogue", "imports").said
    said = run("catalogue", "undo-import", 4).said
    assert "défait : 0 fiche retirée, 0 rendue à l’état d’avant, 1 avis retiré ou rendu." in said
    assert run("annonces", "list", "--format", "json").json() == []


def test_what_is_refused_is_said(own: Path, run: Run) -> None:
    assert run("catalogue", "undo-import", 9).code == 1
    assert run("catalogue", "undo-import", "dernier").code == 2
    run("import", "hosmoz", shipped("data/samples/hosmoz.csv"))
    refused = run("catalogue", "undo-import", 3)
    assert refused.code == 1
    assert "Défaites-les d’abord" in refused.said or "défaites" in refused.said.lower()


def test_an_empty_history_says_where_to_begin(new: Path, run: Run) -> None:
    assert "entremise sources" in run("catalogue", "imports").said
    assert run("catalogue", "imports", "--format", "json").json() == []


def test_lines_name_their_file_where_several_are_imported(new: Path, tmp_path: Path, run: Run) -> None:
    for name in ("nord", "sud"):
        (tmp_path / f"{name}.csv").write_text(f"Référence;Nom;SIRET\n{name};Atelier {name};4.1E+13\n", encoding="utf-8")
    report = run("import", "tableur", tmp_path / "nord.csv", tmp_path / "sud.csv", "--format", "json").json()
    lines = next(flag["lines"] for flag in report["flags"] if "SIRET" in flag["flag"])
    assert lines == ["nord.csv:2", "sud.csv:2"]
    assert run("import", "tableur", tmp_path / "nord.csv", "--format", "json").json()["flags"][0]["lines"] == [2]
