"""`import`, `sources`, `stats`, `undo-import`: counts that add up, nothing lost in silence, a catalogue that a refusal leaves as it was, and how it is taken back."""

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

from importers import REGISTRY
from matcher.paths import shipped_path
from tests.conftest import ROOT
from tests.matcher.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("read_here")

COUNTS = ("created", "updated", "unchanged", "merged", "review", "refused")
HEADER = "Nom;SIRET;Type;Commune;Code postal;Latitude;Longitude\n"


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def stats(run: Run) -> Any:
    return run("stats", "--format", "json").json()


def test_the_report_is_that_of_the_contract_and_a_second_run_changes_nothing(new: Path, run: Run) -> None:
    args = ("import", "emplois", shipped_path("data/samples/emplois.json"), "--format", "json")
    first, second = run(*args).json(), run(*args).json()
    for report in (first, second):
        assert report["read"] == sum(report[key] for key in COUNTS) > 0
        assert isinstance(report["reasons"], list)
    assert second["unchanged"] == second["read"]
    assert second["version"] == first["version"] == 1


def test_a_dry_run_says_the_same_and_writes_nothing(new: Path, run: Run) -> None:
    args = ("import", "hosmoz", shipped_path("data/samples/hosmoz.csv"), "--format", "json")
    dry = run(*args, "--dry-run").json()
    assert stats(run)["suppliers"] == 0
    assert run("sources", "--format", "json").json()[3]["last_import"] is None
    wet = run(*args).json()
    assert {key: dry[key] for key in COUNTS} == {key: wet[key] for key in COUNTS}
    assert "rien n’est écrit" in run(*args[:3], "--dry-run").said


BAD_FILES: dict[str, str | bytes] = {
    "vide.csv": "",
    "blanc.csv": " \n \n",
    "coupe.json": '{"results": [\n{"id": 1, "siret": "0001',
    "binaire.csv": b"\x01\0\x02\0",
    "colonnes.csv": "a\tb\n1\t2\n",
    "page.xls": "<html><body><table><tr><td>Nom</td></tr></table></body></html>",
    "abime.xlsx": b"PK\x03\x04 rien de bon",
    "image.png": b"\x89PNG\r\n",
}


@pytest.mark.parametrize("key", list(REGISTRY))
def test_a_file_that_is_no_list_is_refused_by_name_and_nothing_changes(
    key: str, own: Path, tmp_path: Path, run: Run
) -> None:
    before = stats(run)
    for name, content in BAD_FILES.items():
        done = run("import", key, write(tmp_path, name, content))
        assert (done.code, done.out) == (1, ""), (name, done)
        assert f"« {name} »" in done.err
    assert stats(run) == before


@pytest.mark.parametrize("key", sorted(REGISTRY.keys() - {"emplois", "finess", "recherche-entreprises", "decp"}))
def test_a_zip_bomb_is_refused_before_it_is_opened(key: str, own: Path, tmp_path: Path, run: Run) -> None:
    with zipfile.ZipFile(tmp_path / "bombe.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(30 * 2**20))
    done = run("import", key, tmp_path / "bombe.xlsx")
    assert done.code == 1
    assert "par prudence" in done.said


@pytest.mark.parametrize("key", list(REGISTRY))
def test_a_missing_file_or_a_folder_is_wrong_usage(key: str, new: Path, tmp_path: Path, run: Run) -> None:
    for path in (tmp_path / "absent.csv", tmp_path, "/dev/zero"):
        assert run("import", key, path).code == 2
    assert not new.exists()


def test_the_line_of_a_fault_is_said(new: Path, tmp_path: Path, run: Run) -> None:
    cut = run("import", "emplois", write(tmp_path, "coupe.json", BAD_FILES["coupe.json"]))
    assert "« coupe.json », ligne 2" in cut.said
    quoted = run("import", "tableur", write(tmp_path, "t.csv", f'{HEADER}A;;;;;;\n"B;;;;;;\n'))
    assert "« t.csv », ligne 3" in quoted.said
    for done in (cut, quoted):
        assert "Unterminated" not in done.said


def test_doubtful_values_are_kept_flagged_and_counted(new: Path, tmp_path: Path, run: Run) -> None:
    rows = (
        "Flottant;4.1E+13;EA;Lille;59000;;\n"
        "Zéro perdu;10001600013;ACI;Maubeuge;59600;;\n"
        "Espaces;000 100 024\u00a000017;ACI;Arras;62000;;\n"
        "Clé fausse;12345678901234;EI;Lille CEDEX;59020 CEDEX;;\n"
        "Nulle part;;EA;Ville-qui-n-existe-pas;99999;;\n"
        "En mer;;ACI;Calais;62100;48.0;-10.5\n"
        ";;EA;Lille;59000;;\n"
    )
    report = run("import", "tableur", write(tmp_path, "t.csv", HEADER + rows), "--format", "json").json()
    assert report["read"] == 7
    assert report["created"] == 6
    assert report["reasons"][0]["lines"] == [8]
    flags = {flag["flag"]: flag["lines"] for flag in report["flags"]}
    assert flags["SIRET invalide (clé)"] == [5]
    (wrong,) = [line for line in run("export", "--format", "jsonl").lines() if line["name"] == "Clé fausse"]
    assert (wrong["siret"], wrong["id"].startswith("siret:")) == (None, False)
    assert 2 in flags["SIRET arrondi par le tableur : mettez sa colonne au format texte et redonnez-le"]
    assert flags["commune introuvable"] == [6]
    assert any(lines == [7] for flag, lines in flags.items() if "coordonnées" in flag)
    assert stats(run)["suppliers"] == 6


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_the_encoding_of_a_sheet_does_not_matter(encoding: str, new: Path, tmp_path: Path, run: Run) -> None:
    write(tmp_path, "t.csv", f"{HEADER}Élan d’Été;;EA;Béthune;62400;;\n".encode(encoding))
    assert run("import", "tableur", tmp_path / "t.csv").code == 0
    best = run("match", "--objet", "Traiteur", "--format", "jsonl").lines()[0]
    assert (best["name"], best["city"]) == ("Élan d’Été", "Béthune")


def test_a_complete_file_under_its_floor_is_refused(own: Path, run: Run) -> None:
    before = stats(run)
    done = run("import", "finess", shipped_path("data/samples/finess.csv"), "--complet")
    assert done.code == 1
    assert "--complet" in done.said
    assert stats(run) == before


def test_a_complete_file_that_shrank_by_half_is_refused(new: Path, tmp_path: Path, run: Run) -> None:
    rows = [f"Atelier {n};;EA;Lille;59000;;\n" for n in range(10)]
    assert run("import", "tableur", write(tmp_path, "t.csv", HEADER + "".join(rows)), "--complet").code == 0
    before = stats(run)
    assert run("import", "tableur", write(tmp_path, "t.csv", HEADER + "".join(rows[:3])), "--complet").code == 1
    assert stats(run) == before
    report = run(
        "import", "tableur", write(tmp_path, "t.csv", HEADER + "".join(rows[:8])), "--complet", "--format", "json"
    )
    assert report.json()["gone"] == 2
    assert stats(run)["suppliers"] == 10


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ("", "vide"),
        ('"Nom" = "nom"\n"x" = ', "ligne 2"),
        ('{"Nom":\n}', "ligne 2"),
        ('"Nom" = 3', "colonne « Nom »"),
        ('"Nom" = "zzz"', "Champs possibles"),
        ('"Absente" = "nom"', "colonne « Absente »"),
    ],
)
def test_a_broken_mapping_is_refused_in_french(mapping: str, said: str, new: Path, tmp_path: Path, run: Run) -> None:
    table, path = write(tmp_path, "t.csv", f"{HEADER}A;;EA;Lille;59000;;\n"), write(tmp_path, "m.toml", mapping)
    done = run("import", "tableur", table, "--mapping", path)
    assert done.code == 1
    assert said in done.said
    assert "Expect" not in done.said


def test_a_mapping_for_another_directory_is_refused_not_forgotten(new: Path, tmp_path: Path, run: Run) -> None:
    mapping = write(tmp_path, "m.toml", '"Nom" = "nom"')
    assert run("import", "hosmoz", shipped_path("data/samples/hosmoz.csv"), "--mapping", mapping).code == 2


def test_the_report_has_no_place_to_go_so_nothing_is_imported(new: Path, tmp_path: Path, run: Run) -> None:
    done = run("import", "hosmoz", shipped_path("data/samples/hosmoz.csv"), "-o", tmp_path / "absent" / "rapport.txt")
    assert done.code == 2
    assert not new.exists()


def test_the_real_directories_give_5820_suppliers_and_a_second_run_changes_nothing(
    shared: Path, real_catalogue: str, tmp_path: Path, run: Run
) -> None:
    copy = f"sqlite:///{(tmp_path / 'copie.sqlite').as_posix()}"
    shutil.copy(real_catalogue.removeprefix("sqlite:///"), tmp_path / "copie.sqlite")
    assert run("stats", "--db", copy, "--format", "json").json()["suppliers"] == 5820
    for key, name in (("emplois", "les_emplois_marche.json"), ("finess", "finess_esat_ea_2021.csv")):
        report = run("import", key, shared / "data/sources" / name, "--db", copy, "--format", "json").json()
        assert report["unchanged"] == report["read"]
    assert json.loads(run("stats", "--db", copy, "--format", "json").out)["version"] == 2


def test_each_directory_says_what_it_holds_its_licence_and_how_to_get_it(sample: Path, run: Run) -> None:
    sources = {source["key"]: source for source in run("sources", "--format", "json").json()}
    assert list(sources) == [*REGISTRY, "eforms", "boamp", "avis"]
    assert "Licence Ouverte 2.0" in sources["boamp"]["mention"]
    assert sources.keys() >= {"emplois", "marche", "hosmoz", "finess", "asp", "asp-rome", "tableur"}
    for source in sources.values():
        assert all(source[key] for key in ("title", "licence", "holds", "obtain"))
    assert sources["emplois"]["last_import"]["file"] == "emplois.json"
    assert sources["marche"]["last_import"] is None
    said = run("sources").said
    assert "date des données inconnue, importé le 1ᵉʳ novembre 2026 (emplois.json)" in said
    assert "jamais importé" in said


def test_counts_agree_with_each_other(sample: Path, run: Run) -> None:
    figures = run("stats", "--format", "json").json()
    assert figures["suppliers"] >= figures["organisations"] > 0
    assert sum(figures["by_kind"].values()) >= figures["suppliers"]
    assert set(figures["by_source"]) == {"emplois", "finess", "hosmoz"}
    assert f"{figures['suppliers']} fournisseurs" in run("stats").said


def test_an_empty_catalogue_is_created_and_counted(new: Path, run: Run) -> None:
    assert run("db", "upgrade").code == 0
    figures = run("stats", "--format", "json").json()
    assert (figures["suppliers"], figures["by_kind"]) == (0, {})
    assert new.is_file()
    assert run("stats").code == 0


@pytest.mark.parametrize("command", ["stats", "sources"])
def test_an_answer_may_go_to_a_file(command: str, sample: Path, tmp_path: Path, run: Run) -> None:
    for form in ("table", "json"):
        done = run(command, "--format", form, "-o", tmp_path / form)
        assert (done.code, done.out) == (0, "")
        assert (tmp_path / form).stat().st_size > 100


def test_the_date_of_the_data_is_the_option_else_that_of_the_rows_else_unknown(
    new: Path, tmp_path: Path, run: Run
) -> None:
    (tmp_path / "liste.csv").write_text("Nom;Type;Commune\nLes Lilas;EA;Arras\n", encoding="utf-8")

    def dated(*args: object) -> object:
        return run("import", *args, "--format", "json").json()["data_date"]

    assert dated("finess", shipped_path("data/samples/finess.csv")) > "2020"
    assert dated("tableur", tmp_path / "liste.csv") is None
    assert "date des données inconnue, importé le" in run("sources").said
    assert dated("tableur", tmp_path / "liste.csv", "--date-donnees", "2021-03-08") == "2021-03-08"
    assert "données de mars 2021, importé le" in run("sources").said
    assert run("catalogue", "imports", "--format", "json").json()[0]["data_date"] == "2021-03-08"
    refused = run("import", "tableur", tmp_path / "liste.csv", "--date-donnees", "2199-01-01")
    assert (refused.code, "dans l’avenir" in refused.said) == (2, True)


def test_a_letter_to_a_publisher_is_ready_to_send(sample: Path, run: Run) -> None:
    said = run("sources", "--lettre", "hosmoz").out
    assert "À l’attention de Hosmoz" in said
    assert "$" not in said
    assert "dont 15 figurent dans ce que nous avons déjà de vous" in said
    refused = run("sources", "--lettre", "finess")
    assert (refused.code, "cette source est ouverte (Licence Ouverte)" in refused.said) == (1, True)


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
    run("import", "hosmoz", shipped_path("data/samples/hosmoz.csv"))
    refused = run("catalogue", "undo-import", 3)
    assert refused.code == 1
    assert "Défaites-les d’abord" in refused.said or "défaites" in refused.said.lower()


def test_an_empty_history_says_where_to_begin(new: Path, run: Run) -> None:
    assert "entremise sources" in run("catalogue", "imports").said
    assert run("db", "upgrade").code == 0
    assert "entremise sources" in run("catalogue", "imports").said
    assert run("catalogue", "imports", "--format", "json").json() == []


def test_lines_name_their_file_where_several_are_imported(new: Path, tmp_path: Path, run: Run) -> None:
    for name in ("nord", "sud"):
        (tmp_path / f"{name}.csv").write_text(f"Référence;Nom;SIRET\n{name};Atelier {name};4.1E+13\n", encoding="utf-8")
    report = run("import", "tableur", tmp_path / "nord.csv", tmp_path / "sud.csv", "--format", "json").json()
    lines = next(flag["lines"] for flag in report["flags"] if "SIRET" in flag["flag"])
    assert lines == ["nord.csv:2", "sud.csv:2"]
    assert run("import", "tableur", tmp_path / "nord.csv", "--format", "json").json()["flags"][0]["lines"] == [2]
