"""Splits the lots of a batch into partitions, and computes each partition's rows (candidates of each lot, as the command `match`); deterministic."""

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
    """Return the schema of the rows: JSON Schema (draft 2020-12) for JSON lines, Table Schema (Frictionless) for Parquet."""
    if form == "jsonl":
        return shapes_schema(BatchMatchShape, BatchLotShape, title=TITLE)
    fields = []
    for name, hint in _FIELDS.items():
        plain = _not_null(hint)
        fields.append({"name": name, "type": "object" if is_typeddict(plain) else _TABLE_TYPES.get(plain, "array")})
    return table_schema(fields, title=TITLE)


def _not_null(hint: Any) -> Any:
    """Return T for the type `T | None`, and any other type as it is."""
    (plain,) = [arg for arg in get_args(hint) if arg is not NoneType] if NoneType in get_args(hint) else [hint]
    return plain


def _duckdb_type(hint: Any) -> str:
    plain = _not_null(hint)
    if get_origin(plain) is list:
        return f"{_duckdb_type(get_args(plain)[0])}[]"
    if is_typeddict(plain):
        fields = ", ".join(f'"{name}" {_duckdb_type(inner)}' for name, inner in get_type_hints(plain).items())
        return f"STRUCT({fields})"
    return _DUCKDB_TYPES[plain]


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
class BatchAsked:
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
Work = Callable[[BatchAsked, Partition], PartitionRows]


def compute_rows(request: BatchAsked, part: Partition) -> PartitionRows:
    """Return the rows of a partition, with the catalogue that this process has open. Raises PackRefused if none is open."""
    pack = opened_pack(request.catalogue)
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
            if not question and not matches:  # nobody in the catalogue may answer
                candidates = [{"lot_id": need.lot.lot_id, "question": None}]
            for line in candidates:
                yield {**line, "understood": understood}

    rows = json_lines(lines())
    return PartitionRows(rows.count(b"\n"), content(rows, request.form))
