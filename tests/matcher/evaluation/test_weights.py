"""Weights learned from invented lots: they find what made the winners win, and never see the winner they are tried on."""

from datetime import date

import numpy as np
import pytest

from matcher.domain.reading import Lot, RawPlace
from matcher.evaluation.suites import LotToRank, winner_rank
from matcher.evaluation.weights import WeightedLot, cross_validated_ranks, learn_weights, winner_folds
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.lay_out import build_shelf
from matcher.ranking.profiles import DEFAULT
from matcher.reading.reader import read
from tests.factories import DENAIN, LILLE, MARSEILLE, MAUBEUGE, supplier

PLACES = {"Maubeuge": MAUBEUGE, "Denain": DENAIN, "Lille": LILLE, "Marseille": MARSEILLE}
KINDS = ("EI", "EI", "ESAT")
SHELF = build_shelf(
    supplier(f"S{town}{rank}", KINDS[rank], at, id=f"essai:{town}{rank}")
    for town, at in PLACES.items()
    for rank in range(3)
)


def asked(town: str, winner: str) -> LotToRank:
    reading = read(Lot("Nettoyage de locaux", lieux=(RawPlace(town),)))
    return LotToRank(LotOnShelf(reading, SHELF, date(2026, 1, 1)), frozenset({winner}), winner)


@pytest.fixture(scope="module")
def suite() -> list[LotToRank]:
    return [asked(town, f"essai:{town}{rank}") for town in PLACES for rank in range(3)]


def test_the_nearest_always_wins_so_proximity_is_learned(suite: list[LotToRank]) -> None:
    weights = learn_weights([WeightedLot(lot) for lot in suite])
    assert sum(weights.values()) == 100
    assert weights["proximity"] > weights["kind"] > 0
    assert max(winner_rank(lot, weights) for lot in suite) <= 3


def test_without_a_lot_to_learn_from_the_weights_are_those_by_hand() -> None:
    assert learn_weights([]) == DEFAULT


def test_a_strong_ridge_keeps_to_the_weights_by_hand_and_a_weak_one_leaves_them(suite: list[LotToRank]) -> None:
    choices = [WeightedLot(lot) for lot in suite]
    assert learn_weights(choices, ridge=1e6) == DEFAULT
    assert learn_weights(choices, ridge=1e-3)["proximity"] > DEFAULT["proximity"] + 10


def test_the_slope_is_that_of_the_loss(suite: list[LotToRank]) -> None:
    choice = WeightedLot(suite[0])
    weights = np.linspace(0.5, 2.0, len(DEFAULT))
    loss, slope = choice.loss(weights)
    for i in range(len(weights)):
        step = np.zeros(len(weights))
        step[i] = 1e-6
        assert (choice.loss(weights + step)[0] - loss) / 1e-6 == pytest.approx(slope[i], abs=1e-4)


def test_the_lots_of_one_winner_stay_together(suite: list[LotToRank]) -> None:
    twice = [*suite, *suite]
    folds = winner_folds(twice, folds=4)
    assert folds[: len(suite)] == folds[len(suite) :]
    assert set(folds) == set(range(4))
    assert folds == winner_folds(twice, folds=4)


def test_tried_on_lots_that_they_never_saw(suite: list[LotToRank]) -> None:
    assert max(cross_validated_ranks(suite, [WeightedLot(lot) for lot in suite], folds=4)) <= 3


def test_a_winner_that_is_not_in_the_catalogue_teaches_nothing() -> None:
    lost = asked("Lille", "essai:personne")
    loss, slope = WeightedLot(lost).loss(np.ones(len(DEFAULT)))
    assert loss == 0
    assert not slope.any()
    assert winner_rank(lost) == 101
