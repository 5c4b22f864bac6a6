"""Runs the partitions of a batch in processes of this machine: all memory-map the same catalogue files, and a process that dies is replaced."""

import gc
import multiprocessing
import os
import signal
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from functools import cache
from threading import Thread, current_thread, main_thread
from types import FrameType

from matcher.batch.compute import BatchRequest, Partition, PartitionRows, Work
from matcher.batch.pack import Pack, open_pack
from matcher.batch.run import Workers

TRIES = 3
# Threshold of the cyclic garbage collector: a lot's objects are in no reference cycle, so that frequent collections would be wasted.
_GC_THRESHOLD = 50_000


class LocalSlot:
    """One worker process, replaced if it dies; it has an executor of its own, so that its death breaks no other partition."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._executor = _start_pool()

    def submit(self, work: Work, request: BatchRequest, part: Partition) -> Future[PartitionRows]:
        """Submit a partition to the process."""
        with _interrupts_deferred():
            try:
                return self._executor.submit(_compute_in_worker, self._pack, work, request, part)
            except BrokenExecutor:  # its process died with the former partition
                self._executor = _start_pool()
                return self._executor.submit(_compute_in_worker, self._pack, work, request, part)

    def close(self) -> None:
        """End the process, after its current partition."""
        self._executor.shutdown(cancel_futures=True)


@contextmanager
def local_workers(pack: Pack, count: int) -> Iterator[Workers]:
    """Give `count` processes, which open the catalogue at their first partition and end with the block."""
    slots = [LocalSlot(pack) for _ in range(count)]
    try:
        yield Workers(slots, TRIES, BrokenExecutor)
    finally:
        for slot in slots:
            slot.close()


@contextmanager
def _interrupts_deferred() -> Iterator[None]:
    """Hold Ctrl+C until the block ends, which may start a process: one half started waits for what its parent never sends, and its parent for its end."""
    handler = signal.getsignal(signal.SIGINT)
    if current_thread() is not main_thread() or not callable(handler):
        yield
        return
    received: list[tuple[int, FrameType | None]] = []
    signal.signal(signal.SIGINT, lambda number, frame: received.append((number, frame)))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
    for number, frame in received[:1]:
        handler(number, frame)


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _start_pool() -> ProcessPoolExecutor:
    # A new interpreter (spawn): a fork while the executors' threads run may deadlock.
    return ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"), initializer=_enter)


def _enter() -> None:
    """Initialise a worker process: it ignores Ctrl+C, which is the parent's, and exits when the parent dies."""

    def end_with_parent() -> None:
        parent = multiprocessing.parent_process()
        if parent is not None:
            parent.join()
            os._exit(1)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=end_with_parent, daemon=True).start()


def _compute_in_worker(pack: Pack, work: Work, request: BatchRequest, part: Partition) -> PartitionRows:
    """Compute a partition in a worker process. Opens the catalogue here, not in the initializer, whose errors the executor would hide: PackRefused."""
    _open_once(pack)
    return work(request, part)


@cache
def _open_once(pack: Pack) -> None:
    open_pack(pack)
    gc.freeze()  # the collector skips the millions of small objects of the reference tables
    gc.set_threshold(_GC_THRESHOLD)
