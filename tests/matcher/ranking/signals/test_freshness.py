"""It fades from one to five years."""

from datetime import date

import pytest

from matcher.ranking.signals import freshness
from tests.factories import supplier
from tests.matcher.ranking.signals.asked import says, value


class TestFreshness:
    def test_it_fades_from_one_to_five_years(self) -> None:
        def fresh(day: date) -> float | None:
            return value(freshness.SIGNAL, "x", supplier(updated=day))

        assert fresh(date(2026, 6, 1)) == 1
        assert fresh(date(2020, 1, 1)) == 0
        assert fresh(date(2023, 11, 24)) == pytest.approx(0.5, abs=0.01)
        assert value(freshness.SIGNAL, "x", supplier()) is None
        assert says(freshness.SIGNAL, "x", supplier(updated=date(2020, 1, 2))) == "dernière source : 02/01/2020"
