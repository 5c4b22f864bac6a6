"""The suite of families: pairs counted by hand, whole buyers drawn, and figures that repeat."""

import json
from pathlib import Path

import pytest

from matcher.decisions.purchases.families.likeness import compare_need
from matcher.evaluation import families
from matcher.evaluation.families import (
    ClassedContract,
    activities_of,
    classed_contracts,
    contract_families,
    count_pairs,
    family_figures,
    of_whole_buyers,
)

NEEDS = {"90910000": "Nettoyage des locaux", "77310000": "Entretien des espaces verts", "55520000": "Fourniture de repas"}  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    marches = [
        {
            "id": f"{rank:03}{code}",
            "objet": f"{objet} {rank}",
            "codeCPV": code,
            "acheteur": {"id": f"{rank % 8:09}00011"},
        }
        for rank in range(24)
        for code, objet in NEEDS.items()
    ]
    found = tmp_path / "decp.json"
    found.write_text(json.dumps({"marches": [*marches, {"id": "z", "objet": "", "codeCPV": "x"}]}), "utf-8")
    return found


def test_pairs_are_counted_by_group_and_by_class() -> None:
    part = [ClassedContract("", one, "") for one in ("9091", "9091", "7731", "7731")]
    its = count_pairs(["a", "a", "a", "b"], part)
    assert (its.both, its.grouped, its.classed) == (1, 3, 2)
    assert (its.precision, its.recall) == (1 / 3, 1 / 2)
    alone = count_pairs([1], part[:1])
    assert (alone.precision, alone.recall) == (1.0, 1.0)


def test_a_draw_takes_buyers_whole_until_it_is_full(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = classed_contracts(path)
    assert len(held) == 72
    monkeypatch.setattr(families, "SIZE", 20)
    drawn = of_whole_buyers(held, 1)
    assert len(drawn) == 20
    assert len({its.buyer for its in drawn}) == 3
    assert drawn == of_whole_buyers(held, 1) != of_whole_buyers(held, 2)


def test_families_and_the_plain_reference_find_the_classes_of_plain_needs(path: Path) -> None:
    held = classed_contracts(path)[:12]
    needs = [compare_need(its.objet) for its in held]
    for groups in (contract_families(held, needs), activities_of(needs)):
        assert count_pairs(groups, held).precision == 1.0
    figures = family_figures(path)
    assert figures == family_figures(path)
    assert set(figures) == {
        f"{how}, {draw}"
        for how in ("familles", "activité lue seule")
        for draw in ("d’acheteurs entiers", "tirés un à un")
    }
