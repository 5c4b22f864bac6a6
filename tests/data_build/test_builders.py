"""The builders of data: each is listed and can be run alone; the corpus is checked against the suites beside the project."""

import json
from importlib import import_module
from pathlib import Path

import pytest

from data.build.__main__ import BUILDERS, main
from data.build.corpus import build
from matcher.reading.trade.corpus import CorpusError, shipped_corpus
from tests.conftest import ROOT


def test_every_builder_is_listed_and_has_its_function() -> None:
    modules = {path.stem for path in (ROOT / "data/build").glob("*.py") if "\ndef build(" in path.read_text("utf-8")}
    assert set(BUILDERS) == modules
    for name in (
        "naf",
        "samples",
        "corpus",
        "lecteur",
    ):  # the others need shapely, which only the `reference` extra installs
        assert callable(import_module(f"data.build.{name}").build)


def test_an_unknown_table_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inconnue"]) == 2
    assert "Table inconnue : inconnue" in capsys.readouterr().err


def test_a_sentence_of_a_suite_is_found_in_the_corpus(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "eval").mkdir()
    suite = tmp_path / "eval" / "suite.jsonl"
    suite.write_text(json.dumps({"objet": "une phrase que personne n’a écrite"}), encoding="utf-8")
    build(tmp_path)
    assert "aucune copiée" in capsys.readouterr().out
    copied = max(shipped_corpus(), key=lambda sentence: len(sentence.objet))
    suite.write_text(json.dumps({"objet": copied.objet.upper()}), encoding="utf-8")
    with pytest.raises(CorpusError, match="1 phrase"):
        build(tmp_path)
    suite.unlink()
    (tmp_path / "data" / "sources").mkdir(parents=True)
    contracts = tmp_path / "data" / "sources" / "decp_2020.json"
    contracts.write_text(json.dumps({"marches": [{"objet": copied.objet}, {"objet": None}]}), encoding="utf-8")
    with pytest.raises(CorpusError, match="1 phrase"):
        build(tmp_path)
