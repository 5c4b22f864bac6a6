"""File format of a batch's rows (a candidate of a lot, or the question to ask about it): JSON lines or Parquet, and the schema that describes them."""

from types import NoneType
from typing import Any, TypedDict, get_args, get_origin, get_type_hints, is_typeddict

from matcher.batch.parquet import parquet_of
from matcher.need.json_shapes import MatchShape
from matcher.render.described_file import shapes_schema, table_schema

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
