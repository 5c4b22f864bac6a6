"""`export`: the sample's catalogue in each format."""

import csv
import json
import re
from pathlib import Path

import pytest
from data_inclusion.schema.v1 import Structure

from matcher.catalogue.steward.export_schema import SCHEMA_VERSION
from tests.conftest import ROOT
from tests.matcher.cli.conftest import Run


@pytest.mark.parametrize("fmt", ["jsonl", "csv", "geojson", "data-inclusion"])
def test_the_whole_catalogue_leaves_in_each_format(run: Run, own: Path, tmp_path: Path, fmt: str) -> None:
    path = tmp_path / f"catalogue.{fmt}"
    done = run("export", "--format", fmt, "-o", str(path))
    assert done.code == 0
    count = run("stats", "--format", "json").json()["suppliers"]
    (line,) = run("account", "audit", "--nature", "fichier emporté", "--format", "json").json()
    assert line["action"] == "sort le catalogue"
    told, left = re.fullmatch(rf"{fmt}, (\d+) fournisseurs?, (\d+) non repris", line["detail"]).groups()  # type: ignore[union-attr]
    assert int(told) + int(left) == count
    text = path.read_text(encoding="utf-8-sig")
    schema = json.loads((tmp_path / f"catalogue.{fmt}.schema.json").read_text(encoding="utf-8"))
    assert schema["schema_version"] == SCHEMA_VERSION
    if fmt == "data-inclusion":
        for structure in json.loads(text):
            Structure.model_validate(structure, context={"ignore_warnings": False})
        left_out = sum(
            int(number) for number in re.findall(r"^(\d+) fournisseurs? .* : non repris", done.err, re.MULTILINE)
        )
        assert len(json.loads(text)) + left_out == count
    elif fmt == "geojson":
        assert len({feature["properties"]["id"] for feature in json.loads(text)["features"]}) == count
    else:
        assert len(text.splitlines()) == count + (fmt == "csv")


def test_contacts_leave_where_they_are_asked_for_and_never_to_be_published(run: Run, own: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "plie.csv"
    sheet.write_text(
        "Nom;Type;Commune;Tél;mail contact;Observations\n"
        "Atelier Zibeline;EI;Maubeuge;03 27 00 00 01;contact@zibeline.example;à ne pas rappeler\n",
        encoding="utf-8",
    )
    assert run("import", "tableur", sheet).code == 0
    path = tmp_path / "liste.csv"
    assert run("export", "--format", "csv", "--coordonnees", "-o", str(path)).code == 0
    (line,) = (
        its
        for its in csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines(), delimiter=";")
        if "Zibeline" in its["Fournisseur"]
    )
    assert (line["Téléphone"], line["Courriel"]) == ("03 27 00 00 01", "contact@zibeline.example")
    assert line["Sources des coordonnées"] == "tableur"
    assert "rappeler" not in path.read_text(encoding="utf-8-sig"), "a note of the team"
    (audited,) = run("account", "audit", "--nature", "fichier emporté", "--format", "json").json()
    assert audited["target"].endswith("avec les coordonnées")
    assert "Téléphone" not in run("export", "--format", "csv").said
    assert run("export", "--format", "csv", "--coordonnees", "--publier").code == 2
    assert run("export", "--format", "jsonl", "--coordonnees").code == 2


def test_nothing_without_a_public_name_nor_of_a_private_list_is_published(run: Run, own: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "adherents.csv"
    sheet.write_text("Nom;Commune\nZibeline;Maubeuge\nOryx;Maubeuge\n", encoding="utf-8")
    assert run("import", "tableur", sheet, "--nom", "Adhérents CRESS").code == 0
    waiting = [row["supplier"] for row in run("catalogue", "review", "--lignes", "--format", "json").json()]
    for each in waiting:
        assert run("catalogue", "review", "--garder", each, "ACI").code == 0
    assert run("catalogue", "correct", waiting[0], "--champ", "nom=Zibeline", "--par", "Léa").code == 0
    inside, published = (run("export", "--format", "csv", *more) for more in ((), ("--publier",)))
    assert all(each in inside.out for each in waiting), "the list may be handed over"
    assert "adherents-cress" not in published.out
    assert "1 fournisseur sans nom qui puisse être publié : non repris." in published.err
    assert "1 fournisseur dont l’identifiant nomme une liste privée : non repris." in published.err


def test_structures_go_out_with_the_day_of_their_source_and_come_back_the_same(
    run: Run, new: Path, tmp_path: Path
) -> None:
    listed = ROOT / "tests" / "fixtures" / "importers" / "emplois_marche.json"
    first, second = tmp_path / "un.json", tmp_path / "deux.json"
    assert run("import", "emplois", listed, "--date-donnees", "2026-10-15").code == 0
    done = run("export", "--format", "data-inclusion", "-o", str(first))
    assert "sans date de mise à jour" not in done.err
    structures = json.loads(first.read_text(encoding="utf-8"))
    assert {structure["date_maj"] for structure in structures} == {"2026-10-15"}
    other = f"sqlite:///{tmp_path / 'autre.sqlite'}"
    assert run("import", "data-inclusion", str(first), "--db", other).code == 0
    assert run("export", "--format", "data-inclusion", "-o", str(second), "--db", other).code == 0
    back = json.loads(second.read_text(encoding="utf-8"))
    without_mentions = [[{**its, "mentions": None} for its in found] for found in (structures, back)]
    assert without_mentions[0] == without_mentions[1]
