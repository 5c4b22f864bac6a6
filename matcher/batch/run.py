"""Runs a batch: submits its unfinished partitions to worker processes, retries a partition whose worker dies, and writes the rows to the folder."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from typing import Protocol

from importers.formats.parquet import ParquetMissing
from matcher.batch.compute import BatchRequest, Partition, PartitionRows, Work, compute_rows, digest_of_lots
from matcher.batch.folder import BatchFolder, BatchHead
from matcher.batch.pack import Pack, PackRefused
from matcher.render.described_file import SCHEMA_VERSION


class WorkersLost(Exception):
    """The workers do not answer; the message is French and gives the remedy."""


class BatchSlot(Protocol):
    """A worker that computes one partition at a time."""

    def submit(self, work: Work, request: BatchRequest, part: Partition) -> Future[PartitionRows]:
        """Submit a partition. The future raises the computation's exception, or `Workers.deaths` if the process dies."""


@dataclass(frozen=True, slots=True)
class Workers:
    """Worker processes: their slots, the number of `tries` for a partition, and the exception that the death of a process raises (`deaths`)."""

    slots: Sequence[BatchSlot]
    tries: int
    deaths: type[Exception]


@dataclass(frozen=True, slots=True)
class SetAside:
    """A partition that could not be computed, and why, in French."""

    part: Partition
    why: str


@dataclass(frozen=True, slots=True)
class BatchReport:
    """Result of a run: numbers of partitions done now and in earlier runs, rows of all of them, and the partitions that failed (`set_aside`)."""

    done: int
    already: int
    rows: int
    set_aside: tuple[SetAside, ...]


def manifest_head(pack: Pack, parts: Sequence[Partition], size: int, request: BatchRequest) -> BatchHead:
    """Return the first line of the manifest of a batch."""
    return BatchHead(
        schema_version=SCHEMA_VERSION,
        entremise=version("entremise"),
        code=pack.code,
        catalogue=pack.digest,
        suppliers=pack.suppliers,
        on=request.on.isoformat(),
        top=request.top,
        incumbents_first=request.incumbents_first,
        form=request.form,
        partition_lots=size,
        lots=sum(part.lots for part in parts),
        lots_digest=digest_of_lots(parts),
        partitions=len(parts),
    )


def run_batch(
    folder: BatchFolder,
    parts: Sequence[Partition],
    workers: Callable[[], AbstractContextManager[Workers]],
    progress: Callable[[str, int, int], None] = lambda *_: None,
    work: Work = compute_rows,
) -> BatchReport:
    """Compute the unfinished partitions of the folder's share, and write each as it ends. After an interruption, the next run goes on. Raises WorkersLost,
    PackRefused and OSError."""
    head, already = folder.head, len(folder.done)
    mine = [part for part in parts if folder.share.holds(part.number)]
    request = BatchRequest(head.catalogue, date.fromisoformat(head.on), head.top, head.incumbents_first, head.form)
    waiting = [part for part in mine if part.number not in folder.done]
    failed: list[SetAside] = []
    if waiting:
        with workers() as running:
            for ended, (part, value) in enumerate(_compute_partitions(running, work, request, waiting), start=1):
                if isinstance(value, str):
                    folder.set_aside(part, value)
                    failed.append(SetAside(part, value))
                else:
                    folder.keep(part, value)
                progress("partitions", already + ended, len(mine))
    rows = sum(line.rows for line in folder.done.values())
    failed.sort(key=lambda failure: failure.part.number)
    return BatchReport(len(waiting) - len(failed), already, rows, tuple(failed))


def _compute_partitions(
    workers: Workers, work: Work, request: BatchRequest, parts: Sequence[Partition]
) -> Iterator[tuple[Partition, PartitionRows | str]]:
    """Yield each partition as it ends, with its rows, or the reason of its failure in French. A slot has one partition at a time, so that a dead process
    is blamed on one partition."""
    waiting, free = list(reversed(parts)), list(workers.slots)
    running: dict[Future[PartitionRows], tuple[BatchSlot, Partition]] = {}
    failures = Counter[int]()
    while waiting or running:
        while waiting and free:
            slot, part = free.pop(), waiting.pop()
            running[slot.submit(work, request, part)] = slot, part
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            slot, part = running.pop(future)
            free.append(slot)
            if (trouble := _trouble(workers, future)) is None:
                yield part, future.result()
                continue
            failures[part.number] += 1
            if failures[part.number] < workers.tries:
                waiting.append(part)
            else:
                yield part, trouble


def _trouble(workers: Workers, future: Future[PartitionRows]) -> str | None:
    """Return why a partition failed, in French; None if it succeeded. Raises the errors that would fail every partition alike."""
    if future.cancelled():
        raise WorkersLost("Les ouvriers ne répondent plus. Ce qui est fini est gardé : relancez la même commande.")
    error = future.exception()
    if isinstance(error, ParquetMissing | PackRefused):
        raise error
    if isinstance(error, workers.deaths):
        return "le processus qui la calcule meurt, tué ou à court de mémoire"
    return None if error is None else f"le calcul échoue ({error!r})"
