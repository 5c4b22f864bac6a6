"""Figures of a ranking suite: slices, and what one ranking gains on another with its standard error."""

from datetime import date

import pytest

from matcher.domain.reading import Lot, RawPlace
from matcher.evaluation.suites import LotToRank, differences, slices
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.lay_out import build_shelf
from matcher.reading.reader import read
from tests.factories import MAUBEUGE, supplier

SHELF = build_shelf(
    [supplier("Nettoyage A", "EI", MAUBEUGE, id="essai:a"), supplier("B", "ESAT", MAUBEUGE, id="essai:b")]
)


def lot(winner: str) -> LotToRank:
    reading = read(Lot("Nettoyage de locaux", lieux=(RawPlace("Maubeuge"),)))
    return LotToRank(LotOnShelf(reading, SHELF, date(2026, 1, 1)), frozenset({winner}), winner)


def test_every_lot_is_in_one_slice_of_each_cut() -> None:
    parts = slices([lot("essai:a"), lot("essai:b")])
    assert parts["commune"] == parts["services et travaux"] == [0, 1]
    assert parts["activité du gagnant connue"] == [0]
    assert parts["activité du gagnant non connue"] == [1]


def test_lots_of_one_winner_count_as_one_draw() -> None:
    suite = [lot("essai:a")] * 3 + [lot("essai:b")]
    found = differences(suite, [1, 1, 1, 20], [20, 20, 20, 20])
    assert found["hit@10"] == pytest.approx(0.75)
    apart = [lot(f"essai:{name}") for name in "abcd"]
    assert found["± hit@10"] > differences(apart, [1, 1, 1, 20], [20, 20, 20, 20])["± hit@10"] > 0
    assert differences(suite, [3, 5, 7, 9], [3, 5, 7, 9])["± mrr"] == 0
