"""Converts Python objects to JSON-ready dicts with the fields, types and order that a shape declares.

A shape is a TypedDict (or another annotated class) if a JSON Schema is published for it, else a string of field names.
"""

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from types import NoneType
from typing import Any, Final, get_args, get_origin, get_type_hints

import msgspec

_NUMBERS: Final = frozenset((bool, int, float, NoneType))
# Suffix, in a string of field names, of a field whose empty text becomes null.
_NULL_IF_EMPTY: Final = "?"
_NONE_GIVEN: Final[Mapping[str, Any]] = {}


def shaped(shape: Any, value: object = None, /, **overrides: Any) -> dict[str, Any]:
    """Return the JSON object of a shape: its fields as given, else the attributes of `value` of the same names.

    An empty text is null where the shape allows null, a tuple a list, a date ISO text, an enumeration its value, an object of a nested shape is
    shaped in turn (a dict is taken as it is), and a NotRequired field that is empty is left out. `shape` is an annotated class, or
    names in one line: « city? » is null where it is empty, « date=lot.on » another attribute, or one further in.
    `shaped("id city? date=lot.on", bid, id=7)` is `{"id": 7, "city": None, "date": "2026-03-01"}`.

    Raises TypeError for a given name that the shape does not have, AttributeError for a field that is neither given nor an attribute.
    """
    of: Any = type(value)
    return _plan(shape, of, tuple(overrides))(value, overrides)


def json_value(value: Any) -> Any:
    """Return a value without declared shape as JSON data: dates as ISO text, enumerations by value, other objects as dicts of their fields.

    The values of a dict are not converted: they must be JSON already.
    """
    of: Any = type(value)
    return _conversion(of)(value)


@cache
def _conversion(kind: type) -> Callable[[Any], Any]:
    """Return the function that converts values of a type to JSON data."""
    if issubclass(kind, str):
        return str.__str__  # the text alone of an enumeration
    if issubclass(kind, bool | int | float | NoneType | dict):
        return lambda value: value
    if kind in (tuple, list):
        return lambda values: [json_value(item) for item in values]
    if issubclass(kind, Mapping):
        return dict
    if issubclass(kind, tuple):  # one with names
        return lambda value: {name: json_value(item) for name, item in value._asdict().items()}
    return kind.isoformat if issubclass(kind, date) else lambda value: msgspec.json.decode(msgspec.json.encode(value))


_Plan = Callable[[Any, Mapping[str, Any]], dict[str, Any]]


@cache
def _plan(shape: Any, of: type, values: tuple[str, ...] = ()) -> _Plan:
    """Compile the function (value, overrides) → dict for a shape, a class `of` the value, and the names in `values`, which are overridden."""
    fields, optional = _fields(shape)
    if strange := set(values) - fields.keys():
        raise TypeError(f"{shape}: no field {', '.join(sorted(strange))}")
    known: dict[str, Any] = {"json_value": json_value, "none_given": _NONE_GIVEN, "empty": ("", (), [], {})}
    pairs = []
    for name, (kind, attribute) in fields.items():
        source, kind_held = f"given[{name!r}]", Any
        if name not in values:  # the declared type of the attribute or property, Any if unknown
            source, declared = f"value.{attribute}", getattr(of, attribute, None)
            annotated, key = (declared.fget, "return") if isinstance(declared, property) else (of, attribute)
            kind_held = _hints(annotated).get(key, Any)
        pair = f"{name!r}: {_code(kind, kind_held, source, f'plan_{name}', known)}"
        if name in optional:
            expression = source if name in values else f"getattr(value, {name!r}, '')"
            pair = f"**({{}} if {expression} in empty else {{{pair}}})"
        pairs.append(pair)
    # As fast as a dict written by hand, which a list of 185,000 candidates needs; the names are those of declared fields.
    plan: _Plan = eval(f"lambda value, given: {{{', '.join(pairs)}}}", known)  # noqa: S307
    return plan


def _fields(shape: Any) -> tuple[dict[str, tuple[Any, str]], frozenset[str]]:
    """Return, by field name in order, its type and the attribute to read, and the set of optional fields."""
    if not isinstance(shape, str):
        fields = {name: (kind, name) for name, kind in get_type_hints(shape).items()}
        return fields, getattr(shape, "__optional_keys__", frozenset())
    fields = {}
    for word in shape.split():
        written, _, attribute = word.partition("=")
        name = written.removesuffix(_NULL_IF_EMPTY)
        fields[name] = (Any if name == written else str | None, attribute or name)
    return fields, frozenset()


@cache
def _hints(of: Any) -> dict[str, Any]:
    try:
        return get_type_hints(of)
    except NameError:  # of a type imported for mypy alone
        return {}


def _code(kind: Any, kind_held: Any, source: str, plan: str, known: dict[str, Any]) -> str:
    """Return the Python expression that converts the expression `source`, of type `kind_held`, to a field of type `kind`; names it uses go into `known`."""
    inner = get_args(kind)
    if NoneType in inner:
        return _code_or_null(next(each for each in inner if each is not NoneType), kind_held, source, plan, known)
    if kind in _NUMBERS or kind_held is str:
        return source
    if isinstance(kind_held, type) and issubclass(kind_held, StrEnum):
        return f"{source}._value_"
    if get_origin(kind) is list:
        item = get_args(kind_held)[0] if get_origin(kind_held) in (tuple, list) else Any
        code = _code(inner[0], item, "item", plan, known)
        return f"[*{source}]" if code == "item" else f"[{code} for item in {source}]"
    if kind is Any or inner or not hasattr(kind, "__annotations__"):
        return f"(text if type(text := {source}) is str else json_value(text))"
    return _code_of_shape(kind, kind_held, source, plan, known)


def _code_of_shape(kind: Any, kind_held: Any, source: str, plan: str, known: dict[str, Any]) -> str:
    """Return the expression for a field of nested shape; if the type of the source is unknown, a dict is taken as JSON already."""
    if isinstance(kind_held, type) and kind_held not in (Any, dict):
        known[plan] = _plan(kind, kind_held)
        return f"{plan}({source}, none_given)"
    known["shaped"], known[plan] = shaped, kind
    return f"({source} if type({source}) is dict else shaped({plan}, {source}))"


def _code_or_null(kind: Any, kind_held: Any, source: str, plan: str, known: dict[str, Any]) -> str:
    """Return the expression for a nullable field: null if the source is None or an empty text."""
    if kind in _NUMBERS:
        return source
    items = get_args(kind_held)
    sure = next((each for each in items if each is not NoneType), Any) if NoneType in items else kind_held
    if sure is str:
        return f"({source} or None)"
    empty = " or text == ''" if sure is Any else ""
    return f"(None if (text := {source}) is None{empty} else {_code(kind, sure, 'text', plan, known)})"
