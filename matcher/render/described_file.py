"""Exported files with their schema: JSON with a JSON Schema (draft 2020-12), CSV with a Table Schema (Frictionless).

The schema comes from the declared shape (a TypedDict) of the data if there is one, else it is inferred from the values of the file, and says so in a comment.
Where the catalogue is a sample of invented suppliers, a notice is at the top of every file (in JSON, the first key).
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, TypeVar, cast

import msgspec

T = TypeVar("T")
# Key of the notice in a JSON object.
NOTICE_KEY = "exemple"
_NOTICE: ContextVar[str] = ContextVar("notice", default="")
# Incremented when a field is removed or changes meaning; a new field breaks no reader.
SCHEMA_VERSION: Final = "1"
_JSON_SCHEMA = "https://json-schema.org/draft/2020-12/schema"
_TABLE_SCHEMA = "https://datapackage.org/profiles/2.0/tableschema.json"
_DRAWN = "Établi d’après ce fichier : un autre peut avoir une clé de plus, ou une valeur d’un autre type là où celui-ci n’en a pas."
# An object with more keys than this is a lookup table (by supplier, by column): its keys are data, which another file will not have.
_MOST_KEYS = 60


def head_notice() -> str:
    """Return the notice of the current context (thread or task), empty if none was set."""
    return _NOTICE.get()


def set_head_notice(notice: str) -> None:
    """Set the notice that the current context writes at the top of its files; empty for none."""
    _NOTICE.set(notice)


def with_notice(value: T, notice: str | None = None) -> T:
    """Return a JSON object with a notice, by default this thread's, as its first key; anything else, and an object without a notice, as it is."""
    text = head_notice() if notice is None else notice
    return cast(T, {NOTICE_KEY: text, **value}) if text and isinstance(value, Mapping) else value


def json_text(value: object) -> str:
    """Return a value as indented JSON, one newline at the end. Raises TypeError for what JSON cannot hold."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def json_lines(objects: Iterable[object]) -> bytes:
    """Return objects as JSON Lines in UTF-8, without holding them all in memory; NaN and infinity become null.

    Raises TypeError for a type that msgspec cannot write, and UnicodeEncodeError for a lone surrogate.
    """
    return msgspec.json.Encoder().encode_lines(objects)


@dataclass(frozen=True, slots=True)
class DescribedFile:
    """Content of a file, a function that computes its schema when needed, and, for a table, its number of lines without the header."""

    content: bytes
    schema: Callable[[], Mapping[str, Any]]
    lines: int | None = None


def json_file(value: Any, shape: Any = None) -> DescribedFile:
    """Return a value as a JSON file; `shape` is its declared type, None to infer the schema."""
    payload = with_notice(value)
    return DescribedFile(json_text(payload).encode("utf-8"), lambda: _schema_of([payload], shape))


def jsonl_file(values: Iterable[Any], *shapes: Any) -> DescribedFile:
    """Return values as a JSON Lines file, each value of one of the declared shapes.

    Without shapes all values stay in memory to infer the schema; with shapes each is released once written.
    """
    if shapes:
        return DescribedFile(json_lines(values), lambda: shapes_schema(*shapes))
    items = list(values)
    return DescribedFile(json_lines(items), lambda: _schema_of(items, None))


def shapes_schema(*shapes: Any, title: str = "") -> dict[str, Any]:
    """Return the JSON Schema of a value that has one of these shapes."""
    of_each, defs = msgspec.json.schema_components(shapes, ref_template="#/$defs/{name}")
    title_field = {"title": title} if title else {}
    shape_schema = of_each[0] if len(of_each) == 1 else {"anyOf": [*of_each]}
    named = {"$defs": defs} if defs else {}
    return {"$schema": _JSON_SCHEMA, **title_field, "schema_version": SCHEMA_VERSION, **shape_schema, **named}


def table_schema(fields: Sequence[Mapping[str, Any]], **more: Any) -> dict[str, Any]:
    """Return the Table Schema of these columns; an empty cell is a missing value."""
    head = {"$schema": _TABLE_SCHEMA, **more, "schema_version": SCHEMA_VERSION}
    return {**head, "fields": [*fields], "missingValues": [""]}


def column_schema(name: str, types: set[type]) -> dict[str, Any]:
    """Return the Table Schema field of a column from the types of its values; numbers have a decimal comma, as in French spreadsheets."""
    kinds: tuple[tuple[str, set[type]], ...] = (("any", set()), ("integer", {int}), ("date", {date}))
    for kind, allowed in kinds:
        if types <= allowed:
            return {"name": name, "type": kind}
    decimal = types <= {int, float}
    return {"name": name, "type": "number", "decimalChar": ","} if decimal else {"name": name, "type": "string"}


def _schema_of(values: Sequence[Any], shape: Any) -> dict[str, Any]:
    if shape is not None:
        return shapes_schema(shape)
    seen = _SchemaInference()
    for value in values:
        seen.take(value)
    return {"$schema": _JSON_SCHEMA, "$comment": _DRAWN, "schema_version": SCHEMA_VERSION, **seen.schema()}


_TYPES = ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"), (type(None), "null"))


@dataclass(slots=True)
class _SchemaInference:
    """Statistics to infer the schema at one position of JSON data: types of the values, number of objects, objects that have each key, items of lists."""

    types: set[str] = field(default_factory=set)
    objects: int = 0
    keys: "dict[str, tuple[int, _SchemaInference]]" = field(default_factory=dict)
    items: "_SchemaInference | None" = None

    def take(self, value: Any) -> None:
        if isinstance(value, Mapping):
            self.types.add("object")
            self.objects += 1
            for key, item in value.items():
                met, seen = self.keys.get(key, (0, _SchemaInference()))
                self.keys[key] = met + 1, seen
                seen.take(item)
        elif isinstance(value, list | tuple):
            self.types.add("array")
            self.items = self.items or _SchemaInference()
            for item in value:
                self.items.take(item)
        else:
            self.types.add(next(name for kind, name in _TYPES if isinstance(value, kind)))

    def schema(self) -> dict[str, Any]:
        """Return the inferred schema, empty if every value was null."""
        types = sorted(self.types - ({"integer"} if "number" in self.types else set()))
        if types in ([], ["null"]):
            return {}
        schema: dict[str, Any] = {"type": types[0] if len(types) == 1 else types}
        if self.items is not None:
            schema["items"] = self.items.schema()
        if len(self.keys) > _MOST_KEYS:
            schema["additionalProperties"] = True
        elif self.objects:
            schema["properties"] = {key: seen.schema() for key, (_, seen) in self.keys.items()}
            schema["required"] = [key for key, (met, _) in self.keys.items() if met == self.objects]
        return schema
