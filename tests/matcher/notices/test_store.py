"""Positions in the list of lots: what is read back is what was written, and nothing else is read."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.notices.store import LotPosition


@given(st.builds(LotPosition, st.none() | st.datetimes(), st.integers(0, 999_999_999)))
def test_a_position_is_read_as_it_is_written(its: LotPosition) -> None:
    assert LotPosition.read(str(its)) == its


@pytest.mark.parametrize(
    "written",
    ["", "12", "~", "2026-12-15~1", "2026-13-45T00:00:00~1", "~99999999999", "é~1", "2026-12-15T11:00:00-05:00~1"],
)
def test_what_is_no_position_is_not_read(written: str) -> None:
    with pytest.raises(ValueError, match=r"position|month|Invalid"):
        LotPosition.read(written)


def test_a_lot_without_a_date_has_a_position() -> None:
    assert LotPosition.read("~7") == (None, 7)
    assert LotPosition.read("2026-12-15T11:00:00~7") == (datetime(2026, 12, 15, 11), 7)  # noqa: DTZ001  # as it is kept
