"""A batch, partition by partition: handed to workers, tried again where one dies, set aside where it ends all that try it."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from typing import Protocol

from importers.formats.parquet import ParquetMissing
from matcher.batch.compute import BatchAsked, Partition, PartitionRows, Work, compute_rows, digest_of_lots
from matcher.batch.folder import BatchFolder, BatchHead
from matcher.batch.pack import Pack, PackRefused
from matcher.render.described_file import SCHEMA_VERSION


class WorkersLost(Exception):
    """Workers that answer no more; the message is French and gives what to do."""


class BatchSlot(Protocol):
    """Place where one partition at a time is computed."""

    def submit(self, work: Work, request: BatchAsked, part: Partition) -> Future[PartitionRows]:
        """Have a partition computed there. Its future fails with what its computation raised, or with the death of its process."""


@dataclass(frozen=True, slots=True)
class Workers:
    """Processes that compute partitions: a place for each, how many `tries` of a partition are asked of them, and what the death of one raises."""

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
    """End of a batch: the partitions done this time, those that were done already, the rows of all of them, and what was set aside."""

    done: int
    already: int
    rows: int
    set_aside: tuple[SetAside, ...]


def head_of(pack: Pack, parts: Sequence[Partition], size: int, request: BatchAsked) -> BatchHead:
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
    """Compute the partitions of its share that a folder lacks, and write each there as it ends. What is cut is taken up by the next run.

    Raises WorkersLost, PackRefused and OSError.
    """
    head, already = folder.head, len(folder.done)
    mine = [part for part in parts if folder.share.holds(part.number)]
    request = BatchAsked(head.catalogue, date.fromisoformat(head.on), head.top, head.incumbents_first, head.form)
    waiting = [part for part in mine if part.number not in folder.done]
    aside: list[SetAside] = []
    if waiting:
        with workers() as running:
            for ended, (part, value) in enumerate(_computed(running, work, request, waiting), start=1):
                if isinstance(value, str):
                    folder.set_aside(part, value)
                    aside.append(SetAside(part, value))
                else:
                    folder.keep(part, value)
                progress("partitions", already + ended, len(mine))
    rows = sum(line.rows for line in folder.done.values())
    return BatchReport(len(waiting) - len(aside), already, rows, tuple(sorted(aside, key=lambda one: one.part.number)))


def _computed(
    workers: Workers, work: Work, request: BatchAsked, parts: Sequence[Partition]
) -> Iterator[tuple[Partition, PartitionRows | str]]:
    """Yield each partition as it ends, with its rows or why it has none. A place has one partition at a time, so that a death is that of one."""

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
    """Return why a partition was not computed, in French; None where it was. Raises what would end any other in the same way."""
    if future.cancelled():
        raise WorkersLost("Les ouvriers ne répondent plus. Ce qui est fini est gardé : relancez la même commande.")
    error = future.exception()
    if isinstance(error, ParquetMissing | PackRefused):
        raise error
    if isinstance(error, workers.deaths):
        return "le processus qui la calcule meurt, tué ou à court de mémoire"
    return None if error is None else f"le calcul échoue ({error!r})"
