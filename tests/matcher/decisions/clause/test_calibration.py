"""Hours of a whole contract: added up, as posts and people, under no floor."""

from datetime import date

import pytest

from matcher.decisions.calibrated import LEAST_HOURS, CalibratedHours, ToldOfLot, calibrate_lot
from matcher.decisions.clause.calibration import ClauseFloors, ClauseHours, contract_hours, posts
from matcher.decisions.opinion.law import NOTHING_TOLD, legal_position
from matcher.domain.reading import Lot, Reading
from matcher.reference.calibration import Span

ON = date(2026, 11, 27)
ROADS = ("45233222", 1_000_000.0)


def lot(cpv: str, montant: float | None, **told: float) -> CalibratedHours:
    reading = Reading(Lot(cpv, cpv=(cpv,), montant=montant, duree=12.0))
    return calibrate_lot(reading, ToldOfLot(Span(5, 5), **told))


def hours(*lots: CalibratedHours, floors: ClauseFloors | None = None) -> ClauseHours:
    named = [(number, its.reading.lot.objet, its) for number, its in enumerate(lots, start=1)]
    return contract_hours(named, legal_position(lots[0].reading, ON, NOTHING_TOLD), floors or ClauseFloors())


def test_the_hours_of_the_panorama_make_as_many_posts_as_it_says() -> None:
    """Canal Seine-Nord, lock of Oisy: 160,000 h, about 90 full-time equivalents."""
    found = posts(160_000)
    assert found.low <= 90 <= found.high
    assert posts(160_000, 24.0).high == pytest.approx(found.high / 2)


def test_the_lots_add_up_and_one_without_work_is_left_out() -> None:
    one = hours(lot(*ROADS)).insertion
    both = hours(lot(*ROADS), lot("66510000", 90_000.0), lot(*ROADS))
    assert one is not None
    assert both.insertion is not None
    assert both.insertion.likely == pytest.approx(2 * one.likely)
    assert "pas de clause d’insertion" in both.lots[1].no_clause
    assert both.lots[1].hours_to_write is None


def test_a_lot_that_is_not_known_leaves_the_whole_unknown() -> None:
    assert hours(lot(*ROADS), lot("45233222", None)).insertion is None


@pytest.mark.parametrize(
    ("floors", "none"),
    [
        (ClauseFloors(), ""),
        (ClauseFloors(hours=301), "sous le plancher de 301"),
        (ClauseFloors(euros=1_000_001), "que vous avez donné"),
    ],
)
def test_under_a_floor_no_clause_is_proposed(floors: ClauseFloors, none: str) -> None:
    (its,) = hours(lot(*ROADS), floors=floors).lots
    assert none in its.no_clause
    assert bool(its.no_clause) is (its.hours_to_plan is None) is bool(none)


def test_the_hours_to_write_are_the_fewest_and_none_while_a_cost_is_old() -> None:
    (old,) = hours(lot(*ROADS)).lots
    assert (old.hours_to_write, old.hours_to_plan, old.calibrated.unsure) == (None, 300, ("coût de 2012, à réévaluer",))
    (sure,) = hours(lot(*ROADS, hourly=40)).lots
    assert (sure.hours_to_write, sure.calibrated.unsure) == (210, ())
    (painting,) = hours(lot("45442100", 240_000.0, hourly=40)).lots
    assert (painting.hours_to_write, painting.hours_to_plan) == (170, 210)


def test_a_month_of_work_is_the_least_and_hours_already_told_are_kept() -> None:
    assert LEAST_HOURS == 134
    assert hours(lot("45233222", 300_000.0)).lots[0].no_clause
    (painting,) = hours(lot("45442100", 180_000.0, hourly=40)).lots
    assert painting.calibrated.insertion is not None
    assert painting.calibrated.insertion.low < LEAST_HOURS < painting.calibrated.insertion.likely
    assert "sous le plancher de 134" in painting.no_clause.replace("\u00a0", " ")
    assert hours(lot("45233222", 300_000.0, hours=120)).lots[0].hours_to_write == 120
