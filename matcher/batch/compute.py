"""Rows of a partition, computed by what `match` computes: the same lots on the same catalogue give the same bytes, in any process."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from matcher.batch.pack import opened
from matcher.batch.partitions import Partition
from matcher.batch.rows import content
from matcher.need.answer import question_of, ranked
from matcher.need.as_json import match_lines
from matcher.need.sourced import sourced
from matcher.ranking.profiles import DEFAULT, INCUMBENTS_FIRST
from matcher.reading.trade.chosen_model import choose_model
from matcher.reference.calibration import follow
from matcher.render.json_text import json_lines


@dataclass(frozen=True, slots=True)
class BatchAsked:
    """Question put to every lot of a batch: the digest of the `catalogue`, the day (`on`) it is asked, as `--top` and `--titulaires` of
    `match` say it, and the form of the rows."""

    catalogue: str
    on: date
    top: int
    incumbents_first: bool
    form: str


@dataclass(frozen=True, slots=True)
class PartitionRows:
    """Rows of a partition: how many, and their file."""

    rows: int
    content: bytes


# Computes the rows of a partition, in another process: a function at the top level of a module.
Work = Callable[[BatchAsked, Partition], PartitionRows]


def rows_of(asked: BatchAsked, part: Partition) -> PartitionRows:
    """Return the rows of a partition, on the catalogue that this process has open. Raises PackRefused where it has not."""
    pack = opened(asked.catalogue)
    follow(pack.team)
    choose_model(pack.reader)
    weights = INCUMBENTS_FIRST if asked.incumbents_first else DEFAULT

    def lines() -> Iterator[Mapping[str, Any]]:
        for need in part.needs():  # one after the other: what is made for one is gone before the next
            found = ranked(need, pack.shelf, weights, asked.on)
            question = question_of(found.ranking.ask.reading)
            matches = () if question else sourced(found.first_by_rank(asked.top), pack.sources_of)
            yield from match_lines(need.lot.lot_id, question, matches)

    rows = json_lines(lines())
    return PartitionRows(rows.count(b"\n"), content(rows, asked.form))
