"""`export`: the sample's catalogue in each format."""

import csv
import json
import re
from pathlib import Path

import pytest
from data_inclusion.schema.v1 import Structure

from matcher.catalogue.steward.export_schema import SCHEMA_VERSION
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
