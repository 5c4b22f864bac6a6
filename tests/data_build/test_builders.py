"""The builders of data/reference: each is listed and can be run alone; learning from contracts gives telling words only."""

import csv
import json
from importlib import import_module
from pathlib import Path

import pytest

from data.build.__main__ import BUILDERS, main
from data.build.terms import build
from matcher.evaluation.learning import FEWEST_EXAMPLES, LEAST_WEIGHT
from tests.conftest import ROOT


def test_every_builder_is_listed_and_has_its_function() -> None:
    modules = {path.stem for path in (ROOT / "data/build").glob("*.py") if "\ndef build(" in path.read_text("utf-8")}
    assert set(BUILDERS) == modules
    for name in ("naf", "samples", "terms"):  # the others need shapely, which only the `reference` extra installs
        assert callable(import_module(f"data.build.{name}").build)


def test_an_unknown_table_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inconnue"]) == 2
    assert "Table inconnue : inconnue" in capsys.readouterr().err


def contracts(folder: Path) -> Path:
    """Invented contracts of two trades, each object different, with a CPV that tells and one that does not."""
    towns = [f"commune{chr(97 + rank)}{chr(97 + rank // 3)}" for rank in range(FEWEST_EXAMPLES + 4)]
    marches = [
        {"objet": f"{objet} à {town}", "codeCPV": cpv, "acheteur": {"id": f"{rank % 4:09}00011"}}
        for rank, town in enumerate(towns)
        for objet, cpv in (
            ("Blanchisserie du linge", "98310000"),
            ("Tonte des pelouses", "77310000"),
            ("Prestation mystérieuse", "0"),
        )
    ]
    path = folder / "contrats.json"
    path.write_text(json.dumps({"marches": [*marches, *marches]}), encoding="utf-8")
    return path


def test_words_are_learned_from_contracts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.build.packages.REFERENCE", tmp_path)
    build(contracts(tmp_path))
    first = (tmp_path / "termes_appris.csv").read_bytes()
    rows = list(csv.DictReader(first.decode().splitlines(), delimiter=";"))
    weights = {(row["terme"], row["cible"]): float(row["poids"]) for row in rows}
    assert [(row["terme"], row["cible"]) for row in rows] == sorted(weights)
    assert all(abs(weight) >= LEAST_WEIGHT for weight in weights.values())
    assert any(term == "ling" or term.startswith("blanch") for term, target in weights if target == "linge")
    assert any(weight > 0 for (_, target), weight in weights.items() if target == "espaces-verts")
    assert not any("communea" in term or term.startswith("myster") for term, _ in weights)
    build(contracts(tmp_path))
    assert (tmp_path / "termes_appris.csv").read_bytes() == first
