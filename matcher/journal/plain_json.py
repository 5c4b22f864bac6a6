"""Dataclasses to plain JSON and back, with the place of the first value of another type."""

import json
import re
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

# What msgspec says of an object that it refuses: the field that is missing, if that is it, then the object's place under its root.
_REFUSED = re.compile(r"(?:required field `(\w+)`)?(?: - at `\$([^`]*)`)?$")


class FrozenError(Exception):
    """A frozen object that cannot be read. The message is French and says which part."""


def plain(value: Any) -> Any:
    """Return a value made of dataclasses, tuples, enumerations, dates and plain values as JSON holds it."""
    return json.loads(json.dumps(msgspec.to_builtins(value)))  # which leaves tuples, and whole numbers of any size


def built(wanted: type[T], value: Any, where: str) -> T:
    """Return the dataclass `wanted` that `plain` gave `value` for; what is missing takes its default.

    Raises FrozenError, which names the place (`where`), at the first value of another type.
    """
    try:
        return msgspec.convert(value, wanted)
    except msgspec.ValidationError as error:
        missing, place = _REFUSED.findall(str(error))[0]
        told = f"{where}{place}.{missing}".rstrip(".")
        raise FrozenError(f"« {told} » manque, ou n’est pas de la forme attendue.") from error
