"""Indices of prices: how far a cost has grown, from the values that a team noted alone."""

from datetime import date

import pytest

from matcher.reference.price_index import IndexValue, cost_update, latest_year

NOTED = (
    IndexValue("ICHT-IME", date(2012, 6, 1), 100.0, "insee.fr"),
    IndexValue("ICHT-IME", date(2012, 12, 1), 104.0, "insee.fr"),
    IndexValue("ICHT-IME", date(2026, 9, 1), 142.8, "JO"),
    IndexValue("BT01", date(2026, 9, 1), 130.0, "JO"),
)


def test_a_cost_grows_from_the_mean_of_its_year_to_the_last_month_and_cites_both() -> None:
    its = cost_update(NOTED, "ICHT-IME", 2012)
    assert its is not None
    assert its.times == pytest.approx(1.4)
    assert its.says == "indice ICHT-IME 102 (moyenne 2012) → 142,8 (09/2026), insee.fr ; JO"
    assert (its.fresh(date(2026, 12, 1)), its.fresh(date(2027, 9, 30)), its.fresh(date(2027, 10, 1))) == (
        True,
        True,
        False,
    )


@pytest.mark.parametrize(("name", "year"), [("ICHT-IME", 2015), ("BT01", 2012), ("ICHT-IME", 2026), ("TP01", 2012)])
def test_without_a_value_of_its_year_and_a_later_one_nothing_is_said(name: str, year: int) -> None:
    assert cost_update(NOTED, name, year) is None


@pytest.mark.parametrize(
    ("text", "year"), [("vers 2012", 2012), ("2004-2016", 2016), ("juillet 2025", 2025), ("", None)]
)
def test_a_year_is_the_latest_that_is_named(text: str, year: int | None) -> None:
    assert latest_year(text) == year
