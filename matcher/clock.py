"""Clock of the product: the only module that reads the date and the time."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

_ahead = timedelta()


def utc_now() -> datetime:
    """Return this moment, in UTC."""
    return datetime.now(UTC) + _ahead


def now() -> datetime:
    """Return this moment in UTC without its zone, as databases hold it."""
    return utc_now().replace(tzinfo=None)


def local_now() -> datetime:
    """Return this moment, in the zone of this computer."""
    return utc_now().astimezone()


def today() -> date:
    """Return the day, in the zone of this computer."""
    return local_now().date()


def seconds_since_written(path: Path) -> float:
    """Return the age of a file in seconds, by the clock that dates the files of its folder: that of another computer where the folder is
    shared, which neither `on_day` nor this computer's clock moves. Raises OSError."""
    with tempfile.TemporaryFile(dir=path.parent) as written_now:
        return os.fstat(written_now.fileno()).st_mtime - path.stat().st_mtime


@contextmanager
def on_day(day: date | None) -> Iterator[None]:
    """Move the clock of this process so that today is `day`, at the same time of the day; None leaves it as it is."""
    global _ahead
    before = _ahead
    if day is not None:
        here = local_now()
        _ahead += datetime.combine(day, here.time()).astimezone() - here
    try:
        yield
    finally:
        _ahead = before
