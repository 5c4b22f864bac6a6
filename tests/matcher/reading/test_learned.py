"""Weights learned from past contracts are read as the model that wrote them."""

from math import sqrt

import pytest

from matcher.cleaning.words import stems
from matcher.reading.learned import features_of, learned_scores, learned_weights


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
