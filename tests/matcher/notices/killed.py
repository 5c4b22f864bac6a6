"""A process that imports notices by parts of two and is killed in the midst of the second: `python -m tests.matcher.notices.killed URL`.

The notices of that part are then written, in a transaction that nothing ends, and their lots are not.
"""

import os
import signal
import sys
from itertools import count
from pathlib import Path
from typing import Any

from matcher.db import open_database
from matcher.notices import intake
from tests.matcher.notices.written import NOW, importer, notice

TOLD = [notice(f"26-{number}") for number in range(1, 6)]
_written, _parts = intake.rewrite_lots, count()


def _killed(*given: Any) -> None:
    if next(_parts):
        os.kill(os.getpid(), signal.SIGKILL)
    _written(*given)


if __name__ == "__main__":
    intake.PART, intake.rewrite_lots = 2, _killed
    intake.take_notice_files(open_database(sys.argv[1]), importer(*TOLD), [Path(__file__)], now=NOW)
