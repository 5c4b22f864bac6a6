"""Works of a batch that strike the process that does them: in a module of their own, for that process imports them by name."""

import os
import signal
from pathlib import Path

from matcher.batch.compute import BatchRequest, Partition, PartitionRows, compute_rows


def struck_once(mark: Path, asked: BatchRequest, part: Partition) -> PartitionRows:
    """Kill the process at the second partition, the first time; at the third, each time; and fail at the fourth."""
    if part.number == 2 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if part.number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    if part.number == 4:
        raise RecursionError("une lecture sans fin")
    return compute_rows(asked, part)
