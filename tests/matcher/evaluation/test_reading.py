"""Suite 2: what is measured on the open half, on contracts labelled by hand and on contracts held out, and that it holds."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from matcher.evaluation import learning
from matcher.evaluation.learning import PastContract, by_hand, digest, examples, learn
from matcher.evaluation.reading import Case, figures, held_out, labelled_by_hand, open_half, reliability
from matcher.evaluation.suites import labelled
from matcher.need.fields import LotsError
from matcher.reading.trade.activities import Sources
from matcher.reference.trades.activities import taxonomy

NEEDS = {
    "98310000": "Blanchisserie du linge de l’établissement",
    "77310000": "Tonte des pelouses de la commune",
    "0": "Prestation mystérieuse",
}


@pytest.fixture
def contracts(tmp_path: Path) -> Path:
    """Invented contracts of two trades from five buyers, and one whose CPV tells nothing."""
    marches = [
        {
            "objet": f"{objet} {chr(97 + rank // 26)}{chr(97 + rank % 26)}ville",
            "codeCPV": cpv,
            "acheteur": {"id": f"{rank % 5:09}00011"},
        }
        for rank in range(60)
        for cpv, objet in NEEDS.items()
    ]
    path = tmp_path / "decp.json"
    path.write_text(json.dumps({"marches": [*marches, {"objet": None, "codeCPV": None, "acheteur": None}]}), "utf-8")
    return path


def test_examples_are_distinct_and_labelled(contracts: Path) -> None:
    found = examples(contracts)
    assert len(found) == 120
    assert {example.code for example in found} == {"linge.blanchisserie", "espaces-verts.creation-entretien"}
    assert len({example.buyer for example in found}) == 5


def test_what_is_labelled_by_hand_is_never_learned(contracts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    objet = f"{NEEDS['77310000']} aaville"
    row = {"groupe": "espaces-verts", "secteur": "", "autres_groupes": "proprete", "tirage": "2"}
    monkeypatch.setattr(learning, "by_hand", lambda: {digest(objet): row})
    monkeypatch.setattr("matcher.evaluation.reading.by_hand", learning.by_hand)
    assert objet not in {example.objet for example in examples(contracts)}
    case = Case(objet, "77310000", "espaces-verts", frozenset({"proprete"}), "")
    assert labelled_by_hand(contracts) == {"2": [case]}


def test_held_out_contracts_are_not_learned_from(contracts: Path) -> None:
    cases, weights = held_out(contracts)
    assert (cases, weights) == held_out(contracts)
    assert cases != held_out(contracts, seed=8)[0]
    assert len(cases) == 40
    assert any(value.get("linge", 0) > 0 for value in weights.values())
    learned_alone = figures(cases, Sources(lexicon=False, learned=weights))
    assert learned_alone["group@1"] == 1.0


def test_a_word_of_one_buyer_is_a_habit() -> None:
    one = [PastContract("", ("tonte", "zzz"), "espaces-verts", "1") for _ in range(20)]
    other = [PastContract("", ("linge",), "linge", str(rank % 4)) for rank in range(20)]
    assert {term for term, _ in learn([*one, *other])} == {"linge"}


def test_a_file_that_is_no_decp_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "autre.json"
    path.write_text("[]", "utf-8")
    with pytest.raises(LotsError, match="DECP"):
        examples(path)


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
    cases = open_half(labelled(shared / "eval" / "reading_dev.jsonl", ("objet", "group", "sector")))
    alone, with_cpv = figures(cases), figures(cases, with_cpv=True)
    assert alone["group@1"] >= 0.80
    assert alone["group@3"] >= 0.92
    assert alone["sector@1"] >= 0.66
    assert alone["sector@5"] >= 0.88
    assert all(with_cpv[name] >= value for name, value in alone.items())


def test_contracts_labelled_by_hand_reach_them_too(shared: Path) -> None:
    draws = labelled_by_hand(shared / "data" / "sources" / "decp_2018_2020.json")
    assert sum(len(cases) for cases in draws.values()) == len(by_hand())
    for cases in draws.values():
        alone = figures(cases)
        assert alone["group@1"] >= 0.80
        assert alone["group@3"] >= 0.92
        assert alone["sector@1"] >= 0.66
        assert alone["sector@5"] >= 0.88


def test_contracts_held_out_are_read_and_confidences_mean_something(shared: Path) -> None:
    cases, weights = held_out(shared / "data" / "sources" / "decp_2018_2020.json")
    both = Sources(learned=weights)
    alone = figures(cases, both)
    assert alone["group@1"] >= 0.68
    assert alone["group@3"] >= 0.87
    assert alone["group@1"] > figures(cases, Sources(learned={}))["group@1"]
    bands = reliability(cases, both)
    shares = [band.right for band in bands]
    # The narrowest bands are of ninety contracts or less: one standard error is .05.
    assert all(later >= earlier - 0.05 for earlier, later in pairwise(shares))
    assert all(-0.25 <= band.confidence - band.right <= 0.2 for band in bands)  # too modest is the lesser fault
