"""What is said of a coverage: what the lots that nobody known covers have instead, those that are far from all, those that are not read."""

from datetime import date

import numpy as np
import pytest

from matcher.decisions.coverage.answer import Coverage
from matcher.decisions.coverage.compute import CoverMatrix
from matcher.decisions.coverage.document import coverage_headline, coverage_remarks
from tests.matcher.decisions.coverage.test_compute import FAR, UNREAD, C, H, K, lot, matrix


def said(its: CoverMatrix) -> list[str]:
    return list(coverage_remarks(Coverage(its, "Réseau", (), (), 1, 2, date(2026, 11, 20))))


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (
            [[K, K], [K, FAR]],
            "2 lots sur 2 ont au moins une structure connue pour le métier et à portée, dont 1 une seule.",
        ),
        (
            [[H, C], [C, FAR], [C, C], [FAR, FAR]],
            (
                "Aucun lot sur 4 n’a de structure connue pour le métier et à portée : 1 a un indice à vérifier, 2 n’ont que des "
                "structures à appeler et 1 n’a personne à portée."
            ),
        ),
        (
            [[K, K], [FAR, H]],
            "1 lot sur 2 a au moins une structure connue pour le métier et à portée ; 1 lot n’en a aucune : 1 a un indice à vérifier.",
        ),
    ],
)
def test_the_answer_says_what_uncovered_lots_have_instead(lines: list[list[int]], says: str) -> None:
    assert coverage_headline(matrix(*lines)) == says


def test_a_lot_that_is_far_from_all_asks_for_its_place_to_be_looked_at() -> None:
    its = matrix([K, C], [FAR, FAR])
    assert said(its) == []
    its.km[1] = np.float32(160)
    (far,) = said(its)
    assert "de 40 km de toutes ces structures : L1 (Arras, Artois). Vérifiez leur lieu" in far.replace("\u00a0", " ")


def test_of_many_lots_that_are_not_read_some_are_named_and_the_others_counted() -> None:
    lots = [lot(f"L{at}", unread="lieu non lu") for at in range(6)]
    (unread,) = said(matrix(*[[UNREAD]] * 6, lots=lots))
    assert "L0 (lieu non lu), L1 (lieu non lu), L2 (lieu non lu) et 3 autres" in unread
