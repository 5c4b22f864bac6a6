"""Splits the lots of a batch into partitions and computes their rows: ranks suppliers for each lot exactly as the command `match` does.

The same input gives the same bytes. Pack: the snapshot of the catalogue that a batch's processes open; its shelf is the suppliers as arrays.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

import msgspec

from matcher.batch.pack import opened_pack
from matcher.batch.row_format import LotUnderstoodShape, content
from matcher.domain.need import Need
from matcher.need.answer import clarifying_question, rank_need
from matcher.need.as_json import match_lines
from matcher.need.sourced import with_sources
from matcher.ranking.profiles import DEFAULT, INCUMBENTS_FIRST
from matcher.reading.trade.chosen_model import choose_model
from matcher.reference.calibration import follow_lines
from matcher.render.described_file import json_lines
from matcher.rows import chunks

_NEEDS = msgspec.json.Decoder(list[Need])


@dataclass(frozen=True, slots=True)
class Partition:
    """Consecutive lots of a batch: `number` from 1, how many `lots`, the ids of the `first` and `last`, and all of them as JSON (`encoded`)."""

    number: int
    lots: int
    first: str
    last: str
    encoded: bytes

    def needs(self) -> list[Need]:
        """Return the lots, decoded."""
        return _NEEDS.decode(self.encoded)

    def __str__(self) -> str:
        many = f"lots {self.first} à {self.last}" if self.lots > 1 else f"lot {self.first}"
        return f"partition {self.number}, {many}"


def partitions(needs: Iterable[Need], size: int) -> Iterator[Partition]:
    """Yield partitions of `size` lots; the last may be smaller."""
    for number, part in enumerate(chunks(needs, size), start=1):
        first, last = part[0].lot.lot_id, part[-1].lot.lot_id
        yield Partition(number, len(part), first, last, msgspec.json.encode(part))


def digest_of_lots(parts: Iterable[Partition]) -> str:
    """Return a digest of all lots, and of their split into partitions."""
    digest = sha256()
    for part in parts:
        digest.update(sha256(part.encoded).digest())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class BatchShare:
    """Share of a batch computed by one of several machines: the partitions number, number + of, number + 2 × of… By default, all."""

    number: int = 1
    of: int = 1

    def holds(self, partition: int) -> bool:
        """Return True if the partition of this number belongs to the share; each belongs to exactly one."""
        return partition % self.of == self.number % self.of

    @property
    def mark(self) -> str:
        """Suffix of the names of the share's files: « -3-sur-8 », empty for the whole batch."""
        return f"-{self.number}-sur-{self.of}" if self.of > 1 else ""


WHOLE = BatchShare()


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """Parameters of a batch: the digest of the `catalogue`, the day (`on`), the options `--top` and `--titulaires`, and the rows' file format (`form`)."""

    catalogue: str
    on: date
    top: int
    incumbents_first: bool
    form: str


@dataclass(frozen=True, slots=True)
class PartitionRows:
    """Rows of a partition: their number, and their file's content."""

    rows: int
    content: bytes


# Function that computes a partition's rows in another process; picklable, so at the top level of a module.
Work = Callable[[BatchRequest, Partition], PartitionRows]


def compute_rows(request: BatchRequest, part: Partition) -> PartitionRows:
    """Return the rows of a partition, with the pack that this process has open. Raises PackRefused if none is open."""
    pack = opened_pack(request.catalogue)
    # Settings of the team that prepared the pack: its lines of the table of workforces, and its model that reads trades.
    follow_lines(pack.team)
    choose_model(pack.reader)
    weights = INCUMBENTS_FIRST if request.incumbents_first else DEFAULT

    def lines() -> Iterator[Mapping[str, Any]]:
        for need in part.needs():  # one at a time, to bound memory
            ranking = rank_need(need, pack.shelf, weights, request.on)
            question = clarifying_question(ranking.ranking.ask.reading)
            matches = () if question else with_sources(ranking.first_by_rank(request.top), pack.sources_of)
            reading = ranking.ranking.ask.reading
            understood: LotUnderstoodShape = {
                "activities": [guess.code for guess in reading.activities],
                "sure": reading.understood,
                "doubts": [str(doubt) for doubt in (*reading.doubts, *need.faults)],
            }
            candidates: Iterable[Mapping[str, Any]] = match_lines(need.lot.lot_id, question, matches)
            if not question and not matches:  # the lot is clear, but no supplier of the catalogue suits it
                candidates = [{"lot_id": need.lot.lot_id, "question": None}]
            for line in candidates:
                yield {**line, "understood": understood}

    rows = json_lines(lines())
    return PartitionRows(rows.count(b"\n"), content(rows, request.form))
