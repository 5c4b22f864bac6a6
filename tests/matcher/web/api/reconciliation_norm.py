"""Answers of the W3C Reconciliation Service API 0.2 as JSON Schema, written from the text of the specification of the Entity Reconciliation
Community Group (https://reconciliation-api.github.io/specs/0.2/), which has schemas of its own: none is copied here."""

from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator

_TEXT, _NUMBER, _FLAG, _WHOLE = ({"type": name} for name in ("string", "number", "boolean", "integer"))
_NAME = {"type": "string", "minLength": 1}


def _object(must: Mapping[str, Any], may: Mapping[str, Any] | None = None, *, closed: bool = False) -> dict[str, Any]:
    its = {"type": "object", "required": list(must), "properties": {**must, **(may or {})}}
    return its | {"additionalProperties": False} if closed else its


def _array(items: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _template(mark: str) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^https?://.*{mark}"}


_TYPE = _object({"id": _NAME, "name": _NAME}, {"description": _TEXT})
_TYPES = _array({"oneOf": [_object({"id": _NAME}, {"name": _TEXT}), _NAME]})
_FEATURE = _object({"id": _NAME, "value": {"oneOf": [_FLAG, _NUMBER]}})
_CANDIDATE = _object(
    {"id": _NAME, "name": _NAME, "score": _NUMBER},
    {"description": _TEXT, "type": _TYPES, "features": _array(_FEATURE), "match": _FLAG},
)
_SERVICE = _object({"service_url": _TEXT, "service_path": _TEXT})
_VALUES = (
    {},
    {"id": _NAME, "name": _NAME},
    {"str": _TEXT},
    {"float": _NUMBER},
    {"int": _WHOLE},
    {"date": _TEXT},
)

MANIFEST = _object(
    {
        "versions": {"type": "array", "contains": {"const": "0.2"}},
        "name": _NAME,
        "identifierSpace": _NAME,
        "schemaSpace": _NAME,
    },
    {
        "defaultTypes": _array(_TYPE) | {"uniqueItems": True},
        "documentation": _TEXT,
        "view": _object({"url": _template(r"\{\{id\}\}")}),
        "preview": _object({"url": _template(r"\{\{id\}\}"), "width": _WHOLE, "height": _WHOLE}),
        "suggest": _object({}, dict.fromkeys(("entity", "property", "type"), _SERVICE)),
        "extend": _object({"propose_properties": _SERVICE}, {"property_settings": {"type": "array"}}),
        "batchSize": _WHOLE,
        "authentication": _object({"type": {"enum": ["basic", "apiKey", "oauth2"]}}),
    },
)
RESULTS = {"type": "object", "additionalProperties": _object({"result": _array(_CANDIDATE)})}
EXTENSION = _object(
    {
        "meta": _array(_object({"id": _NAME, "name": _NAME})),
        "rows": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": _array({"oneOf": [_object(its, closed=True) for its in _VALUES]}),
            },
        },
    }
)
SUPPLIERS = _object(
    {"result": _array(_object({"id": _NAME, "name": _NAME}, {"description": _TEXT, "notable": _TYPES}))}
)
NAMES = _object({"result": _array(_TYPE)})
PROPOSED = _object({"properties": _array(_TYPE)}, {"type": _TEXT, "limit": _WHOLE})


def kept(schema: Mapping[str, Any], told: Any) -> Any:
    """Return an answer that keeps to its schema. Raises ValidationError."""
    Draft202012Validator(schema).validate(told)
    return told
