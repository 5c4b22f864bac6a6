"""Weights learned from past contracts are read as the model that wrote them."""

from math import sqrt

import pytest

from matcher.reading import learned
from matcher.reading.learned import features_of, learned_scores


def test_features_are_stems_and_pairs_without_numbers() -> None:
    assert features_of("Entretien 2019 des locaux scolaires") == [
        "entretien",
        "local",
        "scolair",
        "entretien local",
        "local scolair",
    ]


def test_scores_are_the_mean_weight_over_the_root_of_their_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learned, "_weights", lambda: {"local": {"a": 2.0}, "entretien local": {"a": 1.0, "b": -1.0}})
    assert learned_scores("entretien locaux") == pytest.approx({"a": 3 / sqrt(3), "b": -1 / sqrt(3)})


def test_nothing_known_scores_nothing() -> None:
    assert learned_scores("") == {}
    assert learned_scores("zzzz") == {}
