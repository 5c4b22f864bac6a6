"""The application's clock: every other module takes the current date and time from here (but the HTTP server's own
timestamps); `on_day` can shift it for tests and replays."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

_ahead = timedelta()


def utc_now() -> datetime:
    """Return the current time, in UTC."""
    return datetime.now(UTC) + _ahead


def now() -> datetime:
    """Return the current UTC time without a zone (naive), as stored in databases."""
    return utc_now().replace(tzinfo=None)


def local_now() -> datetime:
    """Return the current time, in the computer's time zone."""
    return utc_now().astimezone()


def today() -> date:
    """Return the current date, in the computer's time zone."""
    return local_now().date()


def seconds_since_written(path: Path) -> float:
    """Return the age of a file in seconds, by the clock of its file system (another computer's for a shared folder), whatever `on_day` set. Raises
    OSError."""
    with tempfile.TemporaryFile(dir=path.parent) as written_now:
        return os.fstat(written_now.fileno()).st_mtime - path.stat().st_mtime


@contextmanager
def on_day(day: date | None) -> Iterator[None]:
    """Shift the clock of this process so that today is `day`, at the same time of day; None does nothing."""
    global _ahead
    before = _ahead
    if day is not None:
        here = local_now()
        _ahead += datetime.combine(day, here.time()).astimezone() - here
    try:
        yield
    finally:
        _ahead = before
