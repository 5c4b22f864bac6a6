"""Rows of a batch: those of `match --format jsonl`, with what describes them in each form."""

from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints, is_typeddict

from matcher.batch.parquet import parquet_of
from matcher.need.json_shapes import MatchShape, QuestionShape
from matcher.render.described_file import described, table_schema

FORMS = ("jsonl", "parquet")
TITLE = "Candidats de chaque lot, ou la question à poser"
_DUCKDB_TYPES = {str: "VARCHAR", int: "BIGINT", float: "DOUBLE", bool: "BOOLEAN"}
_TABLE_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean"}
_FIELDS: dict[str, Any] = get_type_hints(MatchShape) | get_type_hints(QuestionShape)


def content(lines: bytes, form: str) -> bytes:
    """Return rows, given as JSON lines, in one of `FORMS`. Raises ParquetMissing."""
    if form == "jsonl":
        return lines
    return parquet_of(lines, {name: _duckdb_type(hint) for name, hint in _FIELDS.items()})


def schema(form: str) -> dict[str, Any]:
    """Return what describes the rows: JSON Schema (draft 2020-12) for JSON lines, Table Schema (Frictionless) for Parquet."""
    if form == "jsonl":
        return described(MatchShape, QuestionShape, title=TITLE)
    fields = [{"name": name, "type": _TABLE_TYPES.get(_known(hint), "array")} for name, hint in _FIELDS.items()]
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
