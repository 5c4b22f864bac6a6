"""Each work that writes, killed inside the write lock: the catalogue is that of before or that of after, and the next writer comes in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.strikes import READY, Writer, struck, writer
from tests.waiting import tries

pytestmark = pytest.mark.slow(reason="it kills what writes, on each database")

KILLS = 2 + tries(1)


@pytest.fixture(scope="module")
def process() -> Iterator[Writer]:
    with writer() as one:
        yield one


@pytest.mark.parametrize("work", READY)
def test_killed_inside_the_write_lock_a_work_is_done_or_is_not(
    work: str, new_url: str, process: Writer, tmp_path: Path
) -> None:
    assert struck(work, new_url, tmp_path, process, KILLS).faults == ()
