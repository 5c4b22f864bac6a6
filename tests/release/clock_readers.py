"""Plugin of pytest (`-p tests.release.clock_readers`): writes to build/clock_readers.txt the tests that read the clock of the product, one a line.

`make later` runs these again on a later day: of a test of many cases the first that reads it, for the others read it in the same place, and all are
run every week. A program in Python that a test starts may read the clock too, and counts as a reading; what
reads a file in a process of its own reads none.
"""

import sys
from collections.abc import Generator
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

import pytest

from matcher import clock
from matcher.jobs.reader_process import _CODE

READINGS = "clock readings"


class CountedClock(datetime):
    """The datetime that the clock of the product reads, with the number of its readings."""

    readings = 0

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Any:
        cls.readings += 1
        return datetime.now(tz)


def _count_program(event: str, given: tuple[Any, ...]) -> None:
    if event == "subprocess.Popen":
        program, *words = map(str, given[1])
        CountedClock.readings += Path(program).name.startswith(("python", "entremise")) and _CODE not in words


class ReaderList:
    """The list of the tests that read the clock, a case of each, made from the reports of all of them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.readers: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if dict(report.user_properties).get(READINGS):
            self.readers.add(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        self.path.parent.mkdir(exist_ok=True)
        first = {reader.partition("[")[0]: reader for reader in sorted(self.readers, reverse=True)}
        self.path.write_text("".join(f"{reader}\n" for reader in sorted(first.values())), encoding="utf-8")


def pytest_configure(config: pytest.Config) -> None:
    patch = pytest.MonkeyPatch()
    patch.setattr(clock, "datetime", CountedClock)
    config.add_cleanup(patch.undo)
    sys.addaudithook(_count_program)
    if not hasattr(config, "workerinput"):  # which is of the processes that run the tests
        config.pluginmanager.register(ReaderList(config.rootpath / "build" / "clock_readers.txt"))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, None, None]:
    CountedClock.readings = 0
    yield


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    yield
    item.user_properties.append((READINGS, CountedClock.readings))
