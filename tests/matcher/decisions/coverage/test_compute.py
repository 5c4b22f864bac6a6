"""The matrix: organisations count once, what hangs on one is told, what nobody covers too; alone where one suffices, else the fewest."""

from dataclasses import replace

import numpy as np
import pytest

from matcher.decisions.assumptions import DEFAULT
from matcher.decisions.coverage.compute import (
    STANDINGS,
    Answering,
    ComparedStructure,
    CoveredLot,
    CoverMatrix,
    LotStanding,
    cover,
    likely_answers,
    territory_labels,
    trade_labels,
)
from matcher.decisions.groupement.compute import LotPart
from tests.matcher.decisions.people import candidate

K, H, C, FAR, UNREAD = (
    STANDINGS.index(one)
    for one in (LotStanding.KNOWN, LotStanding.HINT, LotStanding.TO_CALL, LotStanding.FAR, LotStanding.UNREAD)
)


def lot(label: str, trade: str = "Nettoyage", territory: str = "Artois", unread: str = "") -> CoveredLot:
    return CoveredLot(label, label, "", trade, territory, ("Arras",), None, unread)


def structure(name: str, organisation: str = "") -> ComparedStructure:
    return ComparedStructure(name, name, organisation or name, (), "Arras", None, None, "", located=True)


def matrix(*lines: list[int], lots: list[CoveredLot] | None = None, same: bool = False) -> CoverMatrix:
    standing = np.array(lines, dtype=np.int8)
    structures = tuple(structure(f"S{at}", "une" if same and at < 2 else "") for at in range(standing.shape[1]))
    km = np.tile(np.arange(standing.shape[1], 0, -1, dtype=np.float32), (len(lines), 1))
    none = np.full(standing.shape, -1, dtype=np.int32)
    return CoverMatrix(tuple(lots or [lot(f"L{at}") for at in range(len(lines))]), structures, standing, km, none, ())


def test_two_establishments_of_one_organisation_count_once() -> None:
    its = matrix([K, K, FAR], same=True)
    assert its.known_organisations.tolist() == [1]
    assert its.indispensable.tolist() == [[True, True, False]]
    assert its.count(0, LotStanding.KNOWN) == 1


def test_the_surest_come_first_then_the_nearest() -> None:
    its = matrix([C, K, K, H])
    assert its.of(0, LotStanding.KNOWN, LotStanding.HINT, LotStanding.TO_CALL) == [2, 1, 3, 0]
    assert its.lots_of(1, LotStanding.KNOWN) == [0]


def test_cover_counts_each_lot_read_once_and_names_those_without_anybody() -> None:
    lots = [lot("A"), lot("B"), lot("C", trade="Peinture"), lot("D", trade="", unread="métier non lu")]
    its = matrix([K, K], [H, FAR], [K, FAR], [UNREAD, UNREAD], lots=lots)
    cleaning, painting = cover(its, trade_labels)
    assert (cleaning.label, cleaning.lots, cleaning.covered, cleaning.single, cleaning.nobody) == (
        *("Nettoyage", 2, 1, 0),
        (1,),
    )
    assert (painting.label, painting.lots, painting.covered, painting.single) == ("Peinture", 1, 1, 1)
    assert painting.known == (0,)
    assert sum(one.lots for one in (cleaning, painting)) == len(its.compared_lots)


def test_a_lot_of_two_territories_counts_in_each_and_who_is_known_leads() -> None:
    both = replace(lot("A", territory="Laon et Soissons"), territories=("Laon", "Soissons"))
    found = cover(matrix([FAR], [K], lots=[both, lot("B", territory="Soissons")]), territory_labels)
    assert [(one.label, one.lots, one.covered) for one in found] == [("Soissons", 2, 1), ("Laon", 1, 0)]


def test_a_distance_that_is_not_known_is_none_and_comes_last() -> None:
    its = matrix([K, K])
    its.km[0, 1] = np.nan
    assert its.distance(0, 1) is None
    assert its.of(0, LotStanding.KNOWN) == [0, 1]


@pytest.mark.parametrize(
    ("etp", "workers", "expected"),
    [
        (
            None,
            (4, 2),
            Answering(alone=("essai:A", "essai:B")),
        ),  # of a size that is not known, nothing excludes anybody
        (2, (4, 2), Answering(alone=("essai:A",))),
        (3, (4, 2), Answering(together=(("essai:A", "essai:B"),))),
        (9, (4, 2), Answering(short=True)),
        (9, (4, None), Answering(alone=("essai:B",))),  # a workforce that is not known is not zero
        (9, (), Answering()),
    ],
)
def test_a_lot_of_one_part_is_carried_alone_or_by_the_fewest_who_add_up(
    etp: float | None, workers: tuple[float | None, ...], expected: Answering
) -> None:
    known = tuple(candidate(name, workers=many) for name, many in zip("AB", workers, strict=False))
    assert likely_answers([LotPart("", known, etp)], DEFAULT) == expected


def test_a_lot_of_two_parts_is_answered_by_a_groupement() -> None:
    parts = [LotPart("nettoyage", (candidate("A"),)), LotPart("restauration", (candidate("B"),))]
    assert likely_answers(parts, DEFAULT) == Answering(together=(("essai:A", "essai:B"),))


def test_the_nearest_of_those_whose_place_is_known_is_told() -> None:
    its = matrix([K, C], [FAR, FAR])
    assert its.nearest(0) == 1.0
    its.km[1] = np.nan
    assert its.nearest(1) is None
