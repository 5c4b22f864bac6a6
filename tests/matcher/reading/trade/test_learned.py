"""Weights learned from past contracts are read as the model that wrote them."""

from math import sqrt

import pytest

from matcher.cleaning.words import stems
from matcher.reading.trade.learned import HUSHED, features_of, learned_scores, learned_weights


def test_features_are_stems_and_pairs_without_numbers_or_references() -> None:
    assert features_of(stems("Entretien 2019 des locaux scolaires 18TX004")) == [
        "entretien",
        "local",
        "scolair",
        "entretien local",
        "local scolair",
    ]


def test_scores_are_the_sum_of_weights_over_the_root_of_their_number() -> None:
    weights = {"local": {"a": 2.0}, "entretien local": {"a": 1.0, "b": -1.0}}
    assert learned_scores(stems("entretien locaux"), weights) == pytest.approx({"a": 3 / sqrt(3), "b": -1 / sqrt(3)})


def test_nothing_known_scores_nothing() -> None:
    assert learned_scores((), learned_weights()) == {}
    assert learned_scores(("zzzz",), learned_weights()) == {}


def test_what_was_learned_of_settled_stems_hardly_gainsays_what_a_person_said() -> None:
    weights = {"lavag": {"a": 3.0, "b": -1.0, "b.leaf": 2.0}, "vehicul": {"a": 2.0}}
    settled = dict.fromkeys((0, 1), frozenset({"b"}))
    said = learned_scores(("lavag", "vehicul"), weights, settled)
    root = sqrt(3)
    assert said == pytest.approx({"a": HUSHED * 5 / root, "b": -HUSHED / root, "b.leaf": 2 / root})
    assert learned_scores(("lavag", "vehicul"), weights, {0: frozenset({"b"})})["a"] == pytest.approx(
        (HUSHED * 3 + 2) / root
    )
    backing = learned_scores(("lavag", "vehicul"), {"vehicul": {"b": 2.0}}, settled)
    assert backing == pytest.approx({"b": 2 / root})


def test_a_stem_that_also_stands_outside_a_term_is_not_settled() -> None:
    weights = {"vehicul": {"a": 2.0}}
    assert learned_scores(("vehicul", "x", "vehicul"), weights, {0: frozenset({"b"})}) == learned_scores(
        ("vehicul", "x", "vehicul"), weights
    )


def test_kinds_of_suppliers_are_no_features() -> None:
    assert features_of(stems("Nettoyage par une EA ou un ESAT")) == ["nettoyag"]
