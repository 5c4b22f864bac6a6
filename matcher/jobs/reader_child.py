"""Script of a reader process: it calls one function under limits, and writes each of its values as a line of JSON."""

import base64
import importlib
import inspect
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Generic, TypeVar, get_type_hints

import msgspec

T = TypeVar("T")

# The server and whoever reads its pages come first.
_NICENESS = 10


class ReadingLimits(msgspec.Struct, frozen=True):
    """Limits of one reading: `seconds` of processor (0 for no limit), `memory` in bytes, `silence` in seconds between two values."""

    seconds: int
    memory: int
    silence: float


class ReadingRequest(msgspec.Struct):
    """Request to a reader process: a function, its arguments in order, the exceptions whose message is for the person who asked, and the
    limits. What is of a module is named « module:name »."""

    function: str
    arguments: list[msgspec.Raw]
    refusals: list[str]
    limits: ReadingLimits


class ReadValue(msgspec.Struct, Generic[T], tag="value"):
    """One value of the function, and the name of its type."""

    kind: str
    value: T


class ReadingEnd(msgspec.Struct, tag="end"):
    """End of the values, without which they are not whole; in `refusal`, why there are no more, in French; `memory` where it lacked."""

    refusal: str = ""
    memory: bool = False


def encode_value(value: Any) -> bytes:
    """Return a value as JSON; a path as the bytes that name it."""
    return msgspec.json.encode(value, enc_hook=lambda it: os.fsencode(it) if isinstance(it, Path) else it)


def decode_value(data: bytes | msgspec.Raw, wanted: Any) -> Any:
    """Return the value of the type `wanted` that JSON holds. Raises msgspec.ValidationError for one of another type."""
    return msgspec.json.decode(data, type=wanted, dec_hook=lambda _, it: Path(os.fsdecode(base64.b64decode(it))))


def set_limits(limits: ReadingLimits) -> None:
    """Keep this process within limits, where the system has any: Windows has not."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    if limits.seconds:
        resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds + 1))
    os.nice(_NICENESS)


def load_name(name: str) -> Any:
    """Return what is at the top level of a module, « module:name »."""
    module, _, own = name.partition(":")
    return getattr(importlib.import_module(module), own)


def call_function(request: ReadingRequest) -> Iterator[Any]:
    """Yield the values of the function that is asked for: those it yields, else the one it returns."""
    function = load_name(request.function)
    hints = get_type_hints(function)
    wanted = [hints[parameter] for parameter in inspect.signature(function).parameters]
    returned = function(*(decode_value(raw, each) for raw, each in zip(request.arguments, wanted, strict=False)))
    if isinstance(returned, Iterator):
        yield from returned
    else:
        yield returned


def run_reader() -> None:
    """Read the request on the standard input, answer it, and end."""
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)  # what a library prints is no answer
        request = msgspec.json.decode(sys.stdin.buffer.read(), type=ReadingRequest)
        set_limits(request.limits)
        end = ReadingEnd()
        try:
            for value in call_function(request):
                answers.write(encode_value(ReadValue(type(value).__name__, value)))
                answers.write(b"\n")
        except MemoryError:
            end = ReadingEnd(memory=True)
        except tuple(map(load_name, request.refusals)) as refusal:
            end = ReadingEnd(str(refusal).encode("utf-8", "replace").decode())
        answers.write(encode_value(end) + b"\n")
