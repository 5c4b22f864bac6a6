"""Months of contracts, and when most people are at work."""

from datetime import date

import pytest

from matcher.decisions.clause.timeline import ContractMonths, Peak, Timeline


def test_the_peak_is_the_first_stretch_with_most_people() -> None:
    spans = (
        ContractMonths(date(2027, 4, 1), 10, 0.8),
        ContractMonths(date(2027, 3, 15), 18, 0.5),
        ContractMonths(date(2027, 9, 1), 8, 0.4),
    )
    found = Timeline(spans)
    assert (found.first, found.last) == (date(2027, 3, 1), date(2028, 8, 1))
    peak = found.peak
    assert (peak.first, peak.last, peak.contracts) == (date(2027, 9, 1), date(2028, 1, 1), 3)


def test_a_month_begun_counts_and_gaps_hold_nobody() -> None:
    found = Timeline((ContractMonths(date(2026, 12, 1), 0.5, 1.0), ContractMonths(date(2027, 3, 1), 1.5, 2.0)))
    assert len(found.months) == 5
    assert found.peak == Peak(date(2027, 3, 1), date(2027, 4, 1), 1, 2.0)


@pytest.mark.parametrize(("months", "periods"), [(1, 1), (12, 12), (13, 5), (18, 6), (36, 12), (48, 4), (600, 50)])
def test_hours_by_period_add_up(months: float, periods: int) -> None:
    span = ContractMonths(date(2027, 3, 1), months, 1.0)
    assert len(span.periods) == len(span.spread(1_070)) == periods
    assert sum(span.spread(1_070)) == 1_070
    assert max(span.spread(1_070)[:-1] or (0,)) - min(span.spread(1_070)[:-1] or (0,)) <= 1
