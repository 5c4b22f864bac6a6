"""An answer written to a file has its schema beside; one that goes to a device, or is no data, has none."""

import csv
import json
import os
from pathlib import Path

import pytest

from tests.matcher.cli.conftest import Run


@pytest.mark.parametrize(
    "words",
    [
        ("match", "--objet", "Entretien des espaces verts", "--lieu", "Maubeuge"),
        ("catalogue", "quality"),
        ("annonces", "list"),
    ],
    ids=" ".join,
)
def test_a_csv_has_the_table_schema_of_its_columns_beside(
    words: tuple[str, ...], sample: Path, run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "sortie.csv"
    assert run(*words, "--format", "csv", "-o", file).code == 0
    schema = json.loads((tmp_path / "sortie.csv.schema.json").read_text(encoding="utf-8"))
    with file.open(encoding="utf-8-sig", newline="") as opened:
        header, *lines = csv.reader(opened, delimiter=";")
    assert [one["name"] for one in schema["fields"]] == header
    assert schema["schema_version"]
    for at, one in enumerate(schema["fields"]):
        if one["type"] == "integer":
            assert all(line[at].lstrip("-").isdigit() for line in lines if line[at])


def test_a_device_and_a_table_for_people_have_no_schema(sample: Path, run: Run, tmp_path: Path) -> None:
    assert run("read", "--objet", "Tonte", "--format", "json", "-o", os.devnull).code == 0
    assert run("read", "--objet", "Tonte", "-o", tmp_path / "lecture.txt").code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["lecture.txt"]
