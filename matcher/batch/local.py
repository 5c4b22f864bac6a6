"""Processes of this machine that compute partitions: each maps the same files, and one that dies is replaced."""

import gc
import multiprocessing
import os
import signal
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from threading import Thread

from matcher.batch.compute import BatchAsked, PartitionRows, Work
from matcher.batch.pack import Pack, open_pack
from matcher.batch.partitions import Partition
from matcher.batch.run import Workers

TRIES = 3


class LocalSlot:
    """One process, and another where it has died: an executor of its own, so that its death is that of no other partition."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._executor = self._started()

    def submit(self, work: Work, asked: BatchAsked, part: Partition) -> Future[PartitionRows]:
        """Have a partition computed."""
        try:
            return self._executor.submit(work, asked, part)
        except BrokenExecutor:  # its process died with the former partition
            self._executor = self._started()
            return self._executor.submit(work, asked, part)

    def close(self) -> None:
        """End the process, once it has done what it does."""
        self._executor.shutdown(cancel_futures=True)

    def _started(self) -> ProcessPoolExecutor:
        # A new interpreter: what is forked while threads run, those of the executors, may never wake up.
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(1, mp_context=context, initializer=_enter, initargs=(self._pack,))


@contextmanager
def local_workers(pack: Pack, count: int) -> Iterator[Workers]:
    """Give `count` processes that have the catalogue open; they end with the block."""
    slots = [LocalSlot(pack) for _ in range(count)]
    try:
        yield Workers(slots, TRIES, BrokenExecutor)
    finally:
        for slot in slots:
            slot.close()


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _enter(pack: Pack) -> None:
    """Begin a process: Ctrl-C is for the one that started it, whose death is its own too; the catalogue is opened."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    open_pack(pack)
    gc.freeze()  # tables of a million small objects that stay: no look for rubbish walks them again


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
