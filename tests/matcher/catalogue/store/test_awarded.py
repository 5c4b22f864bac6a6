"""The end of a contract, counted in months from its notification; not known where either is not, or cannot be."""

from datetime import date

import pytest

from matcher.catalogue.store.awarded import end_of


@pytest.mark.parametrize(
    ("notified", "months", "ends"),
    [
        (date(2024, 2, 29), 12.0, date(2025, 2, 28)),
        (date(2024, 8, 31), 6.0, date(2025, 2, 28)),
        (date(2024, 12, 15), 1.0, date(2025, 1, 15)),
        (date(2024, 12, 15), None, None),
        (None, 12.0, None),
        (date(9999, 6, 1), 12.0, None),
        (date(2024, 12, 15), 0.0, None),
        (date(2024, 12, 15), 1_000_000.0, None),
    ],
)
def test_the_end_of_a_term(notified: date | None, months: float | None, ends: date | None) -> None:
    assert end_of(notified, months) == ends
