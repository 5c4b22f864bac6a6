"""Worker processes of a batch: Ctrl+C while one starts is heard once it has, so that none is left half started."""

import os
import signal
from collections.abc import Callable
from multiprocessing import resource_tracker, util
from pathlib import Path
from typing import Any

import pytest

from matcher.batch.local import local_workers
from matcher.batch.pack import Pack

NO_PACK = Pack(Path("absent"), "", "", 0, ())


def test_ctrl_c_while_a_process_starts_leaves_none(monkeypatch: pytest.MonkeyPatch) -> None:
    spawn: Callable[..., int] = util.spawnv_passfds
    started: list[int] = []

    def interrupted(path: bytes, args: list[bytes], passfds: Any) -> int:
        started.append(spawn(path, args, passfds))
        os.kill(os.getpid(), signal.SIGINT)
        return started[-1]

    resource_tracker.ensure_running()
    monkeypatch.setattr(util, "spawnv_passfds", interrupted)
    handler = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), local_workers(NO_PACK, 1) as workers:
        workers.slots[0].submit(None, None, None)  # type: ignore[arg-type]
    assert signal.getsignal(signal.SIGINT) is handler
    (pid,) = started
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
