"""Dataclasses to plain JSON and back, with the place of the first value of another type."""

import types
from collections.abc import Hashable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


class FrozenError(Exception):
    """A frozen object that cannot be read. The message is French and says which part."""


def plain(value: Any) -> Any:
    """Return a value made of dataclasses, tuples, enumerations, dates and plain values as JSON holds it."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


def built(wanted: type[T], value: Any, where: str) -> T:
    """Return the dataclass `wanted` that `plain` gave `value` for; what is missing takes its default.

    Raises FrozenError, which names the place (`where`), at the first value of another type.
    """
    if not isinstance(value, Mapping):
        raise _refused(where)
    hints = _hints(wanted)  # type: ignore[arg-type]  # a class is hashable
    given: dict[str, Any] = {}
    for field in fields(wanted):  # type: ignore[arg-type]  # a dataclass, by contract
        if field.name in value:
            given[field.name] = _value(hints[field.name], value[field.name], f"{where}.{field.name}")
        elif field.default is MISSING and field.default_factory is MISSING:
            raise _refused(f"{where}.{field.name}")
    return wanted(**given)


def _value(wanted: Any, value: Any, where: str) -> Any:
    origin, inner = get_origin(wanted), get_args(wanted)
    if origin in (types.UnionType, Union):
        if value is None and types.NoneType in inner:
            return None
        (wanted,) = (one for one in inner if one is not types.NoneType)
        return _value(wanted, value, where)
    if origin is tuple and isinstance(value, list):
        return tuple(_value(inner[0], item, f"{where}[{at}]") for at, item in enumerate(value))
    if origin is dict and isinstance(value, Mapping):
        return dict(value)
    if isinstance(wanted, type) and is_dataclass(wanted):
        return built(wanted, value, where)
    if isinstance(wanted, type) and issubclass(wanted, date | Enum) and isinstance(value, str):
        return _worded(wanted, value, where)
    if wanted is float and type(value) is int:
        return float(value)
    if type(value) is not wanted:
        raise _refused(where)
    return value


def _worded(wanted: type[date] | type[Enum], value: str, where: str) -> date | Enum:
    try:
        return wanted.fromisoformat(value) if issubclass(wanted, date) else wanted(value)
    except ValueError as error:
        raise _refused(where) from error


@lru_cache(maxsize=64)
def _hints(wanted: Hashable) -> dict[str, Any]:
    return get_type_hints(wanted)


def _refused(where: str) -> FrozenError:
    return FrozenError(f"« {where} » manque, ou n’est pas de la forme attendue.")
