"""Conversion of JSON, and of the plain values that it gives, to typed values, by msgspec, in a server of several threads.

msgspec 0.22 describes a type the first time that it meets it, and crashes the process where two threads do so at once: one describes it here.
"""

from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")
_DESCRIBING = Lock()
_DESCRIBED: set[Any] = set()


def convert_value(
    value: Any, wanted: type[T], *, strict: bool = True, dec_hook: Callable[[type, Any], Any] | None = None
) -> T:
    """Return a plain value (dict, list, text, number…) as the type `wanted`; unless `strict`, texts are read as numbers and dates too.

    `dec_hook` builds the types that msgspec lacks. Raises msgspec.ValidationError."""
    _describe(wanted)
    return msgspec.convert(value, wanted, strict=strict, dec_hook=dec_hook)


def decode_json(content: str | bytes, wanted: type[T]) -> T:
    """Return JSON as the type `wanted`. Raises msgspec.DecodeError, and its ValidationError."""
    _describe(wanted)
    return msgspec.json.decode(content, type=wanted)


def _describe(wanted: Any) -> None:
    if wanted not in _DESCRIBED:
        with _DESCRIBING:
            msgspec.json.Decoder(wanted)
            _DESCRIBED.add(wanted)
