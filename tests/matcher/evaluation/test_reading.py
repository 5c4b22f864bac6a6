"""Suite 2: what is measured on the open half and on contracts labelled by hand, and that it holds."""

import json
from pathlib import Path

import pytest

from matcher.evaluation.reading import (
    Case,
    by_hand,
    labelled_by_hand,
    object_digest,
    open_half,
    reading_figures,
    reliability,
)
from matcher.evaluation.suites import read_suite
from matcher.need.fields import LotsError
from matcher.reference.trades.activities import taxonomy


def test_labels_by_hand_are_found_by_their_digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    objet = "Tonte des pelouses de la commune"
    path = tmp_path / "decp.json"
    path.write_text(json.dumps({"marches": [{"objet": objet, "codeCPV": "77310000"}, {"objet": None}]}), "utf-8")
    row = {"groupe": "espaces-verts", "secteur": "", "autres_groupes": "proprete", "tirage": "2"}
    monkeypatch.setattr("matcher.evaluation.reading.by_hand", lambda: {object_digest(objet): row})
    case = Case(objet, "77310000", "espaces-verts", frozenset({"proprete"}), "")
    assert labelled_by_hand(path) == {"2": [case]}


def test_a_file_that_is_no_decp_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "autre.json"
    path.write_text("[]", "utf-8")
    with pytest.raises(LotsError, match="DECP"):
        labelled_by_hand(path)


def test_bands_say_how_often_the_first_group_is_right() -> None:
    cases = [
        Case("Nettoyage des locaux", "", "proprete", frozenset(), ""),
        Case("Tonte des pelouses", "", "linge", frozenset(), ""),
        Case("zzzz", "", "", frozenset(), ""),
    ]
    bands = reliability(cases)
    assert sum(band.count for band in bands) == 3
    assert bands[0].right == 0.0
    assert bands[-1].right < 1.0
    assert all(0 <= band.confidence <= band.most for band in bands)


def test_labels_by_hand_name_groups_and_sectors_that_exist() -> None:
    names = taxonomy()
    for row in by_hand().values():
        assert not row["groupe"] or names.group(row["groupe"])
        assert not row["secteur"] or names.sector(row["secteur"]).group == row["groupe"]
        assert all(names.group(code) for code in row["autres_groupes"].split())


def test_the_open_half_reaches_the_goals(shared: Path) -> None:
    cases = open_half(read_suite(shared / "eval" / "reading_dev.jsonl", ("objet", "group", "sector")))
    alone, with_cpv = reading_figures(cases), reading_figures(cases, with_cpv=True)
    assert alone["group@1"] >= 0.77
    assert alone["group@3"] >= 0.92
    assert alone["sector@1"] >= 0.66
    assert alone["sector@5"] >= 0.88
    assert all(with_cpv[name] >= value for name, value in alone.items())


def test_contracts_labelled_by_hand_reach_them_too(shared: Path) -> None:
    draws = labelled_by_hand(shared / "data" / "sources" / "decp_2018_2020.json")
    assert sum(len(cases) for cases in draws.values()) == len(by_hand())
    for cases in draws.values():
        alone = reading_figures(cases)
        assert alone["group@1"] >= 0.80
        assert alone["group@3"] >= 0.92
        assert alone["sector@1"] >= 0.66
        assert alone["sector@5"] >= 0.88
