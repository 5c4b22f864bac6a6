"""`export`: the sample's catalogue in each format."""

import json
from pathlib import Path

import pytest

from tests.matcher.cli.conftest import Run


@pytest.mark.parametrize("fmt", ["jsonl", "csv", "geojson"])
def test_the_whole_catalogue_leaves_in_each_format(run: Run, sample: Path, tmp_path: Path, fmt: str) -> None:
    path = tmp_path / f"catalogue.{fmt}"
    done = run("export", "--format", fmt, "-o", str(path))
    assert done.code == 0
    count = run("stats", "--format", "json").json()["suppliers"]
    text = path.read_text(encoding="utf-8-sig")
    if fmt == "geojson":
        assert len({feature["properties"]["id"] for feature in json.loads(text)["features"]}) == count
    else:
        assert len(text.splitlines()) == count + (fmt == "csv")
