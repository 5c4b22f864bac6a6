"""`review`: the queue with both sides and the evidence, a decision, and its withdrawal."""

from pathlib import Path

from tests.matcher.cli.conftest import Run

SHEET = "Réf;Nom;Type;Commune;Code postal\n"


def imported(folder: Path, run: Run, *lines: str) -> None:
    path = folder / "feuille.csv"
    path.write_text(SHEET + "\n".join(lines) + "\n", encoding="utf-8")
    run("import", "tableur", path, "--format", "json").json()


def test_an_empty_queue_says_so(own: Path, run: Run) -> None:
    assert run("catalogue", "review", "--format", "json").json() == []
    assert "0 paire à juger" in run("catalogue", "review").said


def test_rows_without_a_kind_are_told_by_the_import_and_by_the_queue(own: Path, tmp_path: Path, run: Run) -> None:
    sheet = tmp_path / "noms.csv"
    sheet.write_text("Nom;Commune\nAtelier Zibeline;Lille\n", encoding="utf-8")
    said = run("import", "tableur", sheet).said
    assert "1 à revoir" in " ".join(said.split())
    assert "Pour ce qui est à revoir : entremise catalogue review" in said
    assert (
        "1 ligne sans type, hors du catalogue : entremise catalogue review --lignes" in run("catalogue", "review").said
    )


def test_a_pair_is_listed_decided_and_undone(own: Path, tmp_path: Path, run: Run) -> None:
    one, other = tmp_path / "a", tmp_path / "b"
    one.mkdir()
    other.mkdir()
    known = other / "avec_siret.json"
    known.write_text(
        '[{"id": 900001, "siret": "99900001100013", "kind": "ACI", "name": "ASSOC DES TROIS JONQUILLES", "brand": "", '
        '"address_line_1": "", "post_code": "59600", "city": "Maubeuge", "department": "59"}]',
        encoding="utf-8",
    )
    report = run("import", "emplois", known, "--format", "json")
    assert report.code == 0, report.err
    imported(one, run, "J1;Les Trois Jonquilles;AI;Maubeuge;59600")
    (pair,) = run("catalogue", "review", "--format", "json").json()
    assert (pair["one"]["ref"], pair["other"]["ref"], pair["verdict"]) == ("J1", "900001", "review")
    assert {field["field"]: field["agreement"] for field in pair["fields"]}["nom"] == "concorde"
    shown = run("catalogue", "review").said
    assert "Trois Jonquilles" in shown
    assert "Concordent" in shown
    number = str(pair["id"])
    said = " ".join(run("catalogue", "review", "--same", number, "--who", "Camille").said.split())
    assert (
        f"Paire {number} : « Les Trois Jonquilles » (Maubeuge, tableur feuille:J1) et « ASSOC DES TROIS JONQUILLES »"
        in said
    )
    assert "un seul fournisseur." in said
    (decided,) = run("catalogue", "review", "--decided", "--format", "json").json()
    assert decided["one"]["supplier"] == decided["other"]["supplier"]
    assert decided["decision"]["who"] == "Camille"
    assert "un seul fournisseur" in run("catalogue", "review", "--decided").said
    assert run("catalogue", "review", "--undo", number).code == 0
    assert [p["id"] for p in run("catalogue", "review", "--format", "json").json()] == [pair["id"]]


def test_an_unknown_pair_is_refused(own: Path, run: Run) -> None:
    done = run("catalogue", "review", "--same", "12345")
    assert done.code == 1
    assert "n’existe pas" in done.said
