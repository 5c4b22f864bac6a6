"""Weights learned from invented lots: they find what made the winners win, and never see the winner they are tried on."""

from datetime import date

import numpy as np
import pytest

from matcher.domain.lot import Lot, RawPlace
from matcher.evaluation.suites import LabelledLot, slices, winner_rank
from matcher.evaluation.weights import (
    FROM_NOTHING,
    WAYS,
    Way,
    WeightedLot,
    best_way,
    cross_validated_ranks,
    folds_of,
    learn,
    learned_ranks,
    signal_keys,
)
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


def asked(town: str, winner: str) -> LabelledLot:
    reading = read(Lot("Nettoyage de locaux", lieux=(RawPlace(town),)))
    return LabelledLot(LotOnShelf(reading, SHELF, date(2026, 1, 1)), frozenset({winner}), winner)


@pytest.fixture(scope="module")
def suite() -> list[LabelledLot]:
    return [asked(town, f"essai:{town}{rank}") for town in PLACES for rank in range(3)]


def test_the_nearest_always_wins_so_proximity_is_learned(suite: list[LabelledLot]) -> None:
    learned = learn([WeightedLot(lot) for lot in suite], signal_keys(suite))
    shifts = dict(zip(learned.keys, learned.shifts, strict=True))
    idle = {"activity", "capacity", "wording", "freshness"}
    assert all(shifts[key] == pytest.approx(0, abs=1e-3) for key in idle)
    assert shifts["proximity"] > 0
    weights = learned.of(suite[0].ask)
    assert sum(weights.values()) == 100
    assert weights["proximity"] > weights["kind"] > 0
    assert max(learned_ranks(suite, learned)) <= 3


def test_without_a_lot_to_learn_from_the_weights_are_those_by_hand(suite: list[LabelledLot]) -> None:
    assert learn([], signal_keys(suite)).of(suite[0].ask) == DEFAULT


def test_a_strong_ridge_keeps_to_the_weights_by_hand_and_a_weak_one_leaves_them(suite: list[LabelledLot]) -> None:
    choices, keys = [WeightedLot(lot) for lot in suite], signal_keys(suite)
    assert learn(choices, keys, Way(ridge=1e6)).of(suite[0].ask) == DEFAULT
    assert learn(choices, keys, Way(ridge=1e-3)).of(suite[0].ask)["proximity"] > DEFAULT["proximity"] + 10


def test_learned_from_nothing_the_weights_by_hand_count_for_nothing(suite: list[LabelledLot]) -> None:
    choices, keys = [WeightedLot(lot) for lot in suite], signal_keys(suite)
    learned = learn(choices, keys, FROM_NOTHING)
    assert learned.scale == 0
    assert (learned.shifts >= 0).all()
    weights = learned.of(suite[0].ask)
    assert weights["proximity"] > 50
    assert weights["activity"] == 0, "nothing here is known of anyone’s trade"


def test_the_way_is_the_one_that_does_best_on_lots_that_it_has_not_learned_from(suite: list[LabelledLot]) -> None:
    choices, keys, fold = [WeightedLot(lot) for lot in suite], signal_keys(suite), folds_of(suite, folds=4)
    assert best_way(choices, fold, keys).ridge == min(way.ridge for way in WAYS), "the nearest wins without exception"


def test_the_slope_is_that_of_the_loss(suite: list[LabelledLot]) -> None:
    choice, keys = WeightedLot(suite[0]), signal_keys(suite)
    weights = np.linspace(0.5, 2.0, len(keys))
    loss, slope = choice.loss(weights)
    for i in range(len(keys)):
        step = np.zeros(len(keys))
        step[i] = 1e-6
        assert (choice.loss(weights + step)[0] - loss) / 1e-6 == pytest.approx(slope[i], abs=1e-4)


def test_the_lots_of_one_winner_stay_together(suite: list[LabelledLot]) -> None:
    twice = [*suite, *suite]
    folds = folds_of(twice, folds=4)
    assert folds[: len(suite)] == folds[len(suite) :]
    assert set(folds) == set(range(4))
    assert folds == folds_of(twice, folds=4)


def test_tried_on_lots_that_they_never_saw(suite: list[LabelledLot]) -> None:
    for way in (None, FROM_NOTHING):
        assert max(cross_validated_ranks(suite, way, folds=4)) <= 3


def test_a_winner_that_is_not_in_the_catalogue_teaches_nothing(suite: list[LabelledLot]) -> None:
    lost = asked("Lille", "essai:personne")
    loss, slope = WeightedLot(lost).loss(np.ones(len(signal_keys(suite))))
    assert loss == 0
    assert not slope.any()
    assert winner_rank(lost) == 101


def test_every_lot_is_in_one_slice_of_each_cut(suite: list[LabelledLot]) -> None:
    parts = slices(suite)
    assert parts["commune"] == parts["services et travaux"] == list(range(len(suite)))
    assert parts["activité du gagnant non connue"] == list(range(len(suite)))
