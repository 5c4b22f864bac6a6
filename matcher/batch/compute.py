"""Partitions of a batch, and the rows of each, computed by what `match` computes: the same lots on the same catalogue give the same bytes, in any process."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from types import NoneType
from typing import Any, TypedDict, get_args, get_origin, get_type_hints, is_typeddict

import msgspec

from matcher.batch.pack import opened_pack
from matcher.batch.parquet import parquet_of
from matcher.domain.need import Need
from matcher.need.answer import clarifying_question, rank_need
from matcher.need.as_json import match_lines
from matcher.need.json_shapes import MatchShape
from matcher.need.sourced import with_sources
from matcher.ranking.profiles import DEFAULT, INCUMBENTS_FIRST
from matcher.reading.trade.chosen_model import choose_model
from matcher.reference.calibration import follow_lines
from matcher.render.described_file import shapes_schema, table_schema
from matcher.render.json_text import json_lines
from matcher.rows import chunks

_NEEDS = msgspec.json.Decoder(list[Need])
FORMS = ("jsonl", "parquet")
TITLE = "Candidats de chaque lot, ou la question à poser"
_DUCKDB_TYPES = {str: "VARCHAR", int: "BIGINT", float: "DOUBLE", bool: "BOOLEAN"}
_TABLE_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean"}


class LotUnderstoodShape(TypedDict):
    """Lecture du lot : les codes de ses activités, les plus probables d’abord ; si elles sont sûres ; ses doutes et ses champs inutilisables."""

    activities: list[str]
    sure: bool
    doubts: list[str]


class BatchMatchShape(MatchShape):
    """Un candidat d’un lot, comme « match » le donne, et ce qui est compris du lot."""

    understood: LotUnderstoodShape


class BatchLotShape(TypedDict):
    """Un lot sans candidat : ce qu’il faut en demander, nul où il est assez compris mais où le catalogue n’a personne."""

    lot_id: str
    question: str | None
    understood: LotUnderstoodShape


_FIELDS: dict[str, Any] = get_type_hints(BatchMatchShape) | get_type_hints(BatchLotShape)


def content(lines: bytes, form: str) -> bytes:
    """Return rows, given as JSON lines, in one of `FORMS`. Raises ParquetMissing."""
    if form == "jsonl":
        return lines
    return parquet_of(lines, {name: _duckdb_type(hint) for name, hint in _FIELDS.items()})


def schema(form: str) -> dict[str, Any]:
    """Return what describes the rows: JSON Schema (draft 2020-12) for JSON lines, Table Schema (Frictionless) for Parquet."""
    if form == "jsonl":
        return shapes_schema(BatchMatchShape, BatchLotShape, title=TITLE)
    fields = []
    for name, hint in _FIELDS.items():
        known = _known(hint)
        fields.append({"name": name, "type": "object" if is_typeddict(known) else _TABLE_TYPES.get(known, "array")})
    return table_schema(fields, title=TITLE)


def _known(hint: Any) -> Any:
    """A type without the null that stands for what is not known."""
    (known,) = [one for one in get_args(hint) if one is not NoneType] if NoneType in get_args(hint) else [hint]
    return known


def _duckdb_type(hint: Any) -> str:
    known = _known(hint)
    if get_origin(known) is list:
        return f"{_duckdb_type(get_args(known)[0])}[]"
    if is_typeddict(known):
        fields = ", ".join(f'"{name}" {_duckdb_type(its)}' for name, its in get_type_hints(known).items())
        return f"STRUCT({fields})"
    return _DUCKDB_TYPES[known]


@dataclass(frozen=True, slots=True)
class Partition:
    """Some lots of a batch: its `number` from 1, how many `lots` it has, the `first` and the `last` of them, and all of them as JSON (`given`)."""

    number: int
    lots: int
    first: str
    last: str
    encoded: bytes

    def needs(self) -> list[Need]:
        """Return its lots."""
        return _NEEDS.decode(self.encoded)

    def __str__(self) -> str:
        many = f"lots {self.first} à {self.last}" if self.lots > 1 else f"lot {self.first}"
        return f"partition {self.number}, {many}"


def partitions(needs: Iterable[Need], size: int) -> Iterator[Partition]:
    """Yield the partitions of lots, `size` lots each but for the last."""
    for number, part in enumerate(chunks(needs, size), start=1):
        first, last = part[0].lot.lot_id, part[-1].lot.lot_id
        yield Partition(number, len(part), first, last, msgspec.json.encode(part))


def digest_of_lots(parts: Iterable[Partition]) -> str:
    """Return a digest of all the lots of partitions, and of where each begins."""
    digest = sha256()
    for part in parts:
        digest.update(sha256(part.encoded).digest())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class BatchShare:
    """Partitions of a batch that one machine of several computes: one in `of`, from the one of this `number` on. By default, all of them."""

    number: int = 1
    of: int = 1

    def holds(self, partition: int) -> bool:
        """Return whether the partition of this number is of the share: each is of one."""
        return partition % self.of == self.number % self.of

    @property
    def mark(self) -> str:
        """End of the names of its own files: « -3-sur-8 », empty for the whole."""
        return f"-{self.number}-sur-{self.of}" if self.of > 1 else ""


WHOLE = BatchShare()


@dataclass(frozen=True, slots=True)
class BatchAsked:
    """Question put to every lot of a batch: the digest of the `catalogue`, the day (`on`) it is asked, `--top` and `--titulaires` of `match`, and
    the form of the rows."""

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


def compute_rows(request: BatchAsked, part: Partition) -> PartitionRows:
    """Return the rows of a partition, on the catalogue that this process has open. Raises PackRefused where it has not."""
    pack = opened_pack(request.catalogue)
    follow_lines(pack.team)
    choose_model(pack.reader)
    weights = INCUMBENTS_FIRST if request.incumbents_first else DEFAULT

    def lines() -> Iterator[Mapping[str, Any]]:
        for need in part.needs():  # one after the other: what is made for one is gone before the next
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
            if not question and not matches:  # nobody in the catalogue may answer
                candidates = [{"lot_id": need.lot.lot_id, "question": None}]
            for line in candidates:
                yield {**line, "understood": understood}

    rows = json_lines(lines())
    return PartitionRows(rows.count(b"\n"), content(rows, request.form))
