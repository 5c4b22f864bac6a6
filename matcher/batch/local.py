"""Processes of this machine that compute partitions: each maps the same files, and one that dies is replaced."""

import gc
import multiprocessing
import os
import signal
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from functools import cache
from threading import Thread

from matcher.batch.compute import BatchAsked, Partition, PartitionRows, Work
from matcher.batch.pack import Pack, open_pack
from matcher.batch.run import Workers

TRIES = 3
# What is made for a lot is in no circle, and goes with it: rubbish is looked for after so many objects, not after hundreds.
_RUBBISH = 50_000


class LocalSlot:
    """One process, and another where it has died: an executor of its own, so that its death is that of no other partition."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._executor = _started()

    def submit(self, work: Work, request: BatchAsked, part: Partition) -> Future[PartitionRows]:
        """Have a partition computed."""
        try:
            return self._executor.submit(_computed, self._pack, work, request, part)
        except BrokenExecutor:  # its process died with the former partition
            self._executor = _started()
            return self._executor.submit(_computed, self._pack, work, request, part)

    def close(self) -> None:
        """End the process, once it has done what it does."""
        with suppress(RuntimeError):  # Ctrl+C before its first process has started: there is none to wait for
            self._executor.shutdown(cancel_futures=True)


@contextmanager
def local_workers(pack: Pack, count: int) -> Iterator[Workers]:
    """Give `count` processes, each of which opens the catalogue for its first partition; they end with the block."""
    slots = [LocalSlot(pack) for _ in range(count)]
    try:
        yield Workers(slots, TRIES, BrokenExecutor)
    finally:
        for slot in slots:
            slot.close()


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _started() -> ProcessPoolExecutor:
    # A new interpreter: what is forked while threads run, those of the executors, may never wake up.
    return ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"), initializer=_enter)


def _enter() -> None:
    """Begin a process: Ctrl-C is for the one that started it, whose death is its own too."""

    def end_with_parent() -> None:
        parent = multiprocessing.parent_process()
        if parent is not None:
            parent.join()
            os._exit(1)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=end_with_parent, daemon=True).start()


def _computed(pack: Pack, work: Work, request: BatchAsked, part: Partition) -> PartitionRows:
    """Compute a partition in a process. Raises PackRefused, which an initializer could not: its executor turns any failure into a death."""
    _open_once(pack)
    return work(request, part)


@cache
def _open_once(pack: Pack) -> None:
    open_pack(pack)
    gc.freeze()  # tables of a million small objects that stay: no look for rubbish walks them again
    gc.set_threshold(_RUBBISH)
