"""One clock: the product's days and moments are of the same time, which can be set to another day."""

import os
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from matcher import clock
from matcher.clock import on_day

TOLERANCE = timedelta(minutes=1)


def test_the_clock_is_this_computers() -> None:
    assert abs(clock.utc_now() - datetime.now(UTC)) < TOLERANCE
    assert abs(clock.local_now() - datetime.now(UTC)) < TOLERANCE
    assert clock.now().tzinfo is None
    assert abs(clock.now().replace(tzinfo=UTC) - clock.utc_now()) < TOLERANCE


@pytest.mark.parametrize("day", [date(2020, 2, 29), date(2026, 6, 1), date(2027, 1, 31)])
def test_a_day_is_the_whole_day(day: date) -> None:
    hour = clock.local_now().replace(tzinfo=None)
    with on_day(day):
        moment = clock.local_now()
        assert (clock.today(), moment.date()) == (day, day)
        assert abs(clock.utc_now() - moment) < TOLERANCE
        assert abs(datetime.combine(day, hour.time()) - moment.replace(tzinfo=None)) < TOLERANCE, "the same time of it"
    assert abs(clock.utc_now() - datetime.now(UTC)) < TOLERANCE, "and back"


def test_no_day_leaves_the_clock_as_it_is() -> None:
    with on_day(date(2020, 1, 1)), on_day(None):
        assert clock.today() == date(2020, 1, 1)


def test_the_age_of_a_file_is_of_no_day_that_is_set_nor_of_this_computer_s_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time", lambda: 4e9)  # in 2096
    path = tmp_path / "fichier"
    path.touch()
    hour_ago = path.stat().st_mtime - 3600
    os.utime(path, (hour_ago, hour_ago))
    with on_day(date(2040, 1, 1)):
        assert 3600 <= clock.seconds_since_written(path) < 3660
