"""`sources` and `stats`: each directory and how to get it; what the catalogue holds."""

from pathlib import Path

import pytest

from importers import REGISTRY
from tests.matcher.cli.conftest import Run


def test_each_directory_says_what_it_holds_its_licence_and_how_to_get_it(sample: Path, run: Run) -> None:
    sources = {source["key"]: source for source in run("sources", "--format", "json").json()}
    assert list(sources) == list(REGISTRY)
    assert sources.keys() >= {"emplois", "marche", "hosmoz", "finess", "asp", "asp-rome", "tableur"}
    for source in sources.values():
        assert all(source[key] for key in ("title", "licence", "holds", "obtain"))
    assert sources["emplois"]["last_import"]["file"] == "emplois.json"
    assert sources["marche"]["last_import"] is None
    said = run("sources").said
    assert "dernier import le 1ᵉʳ novembre 2026 (emplois.json)" in said
    assert "jamais importé" in said


def test_counts_agree_with_each_other(sample: Path, run: Run) -> None:
    figures = run("stats", "--format", "json").json()
    assert figures["suppliers"] >= figures["organisations"] > 0
    assert sum(figures["by_kind"].values()) >= figures["suppliers"]
    assert set(figures["by_source"]) == {"emplois", "finess", "hosmoz"}
    assert f"{figures['suppliers']} fournisseurs" in run("stats").said


def test_an_empty_catalogue_is_created_and_counted(new: Path, run: Run) -> None:
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
