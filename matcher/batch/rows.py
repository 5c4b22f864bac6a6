"""Rows of a batch: those of `match --format jsonl`, with what describes them in each form."""

from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints, is_typeddict

import msgspec

from matcher.batch.parquet import parquet_of
from matcher.need.json_shapes import MatchShape, QuestionShape

# Raised where a field is taken out or changes meaning; one more field changes nothing for who reads the others.
SCHEMA_VERSION = "1"
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
    return (_json_schema if form == "jsonl" else _table_schema)() | {"schema_version": SCHEMA_VERSION}


def _json_schema() -> dict[str, Any]:
    shapes, defs = msgspec.json.schema_components((MatchShape, QuestionShape), ref_template="#/$defs/{name}")
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": TITLE}
    return head | {"anyOf": list(shapes), "$defs": defs}


def _table_schema() -> dict[str, Any]:
    fields = [{"name": name, "type": _TABLE_TYPES.get(_known(hint), "array")} for name, hint in _FIELDS.items()]
    return {"$schema": "https://datapackage.org/profiles/2.0/tableschema.json", "title": TITLE, "fields": fields}


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
