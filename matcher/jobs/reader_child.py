"""Child side of the sandbox that parses foreign files: reads a request on stdin, calls its function under resource limits, writes values as JSON lines."""

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

# Lower priority than the server's.
_NICENESS = 10


class ReadingLimits(msgspec.Struct, frozen=True):
    """Limits of one reading: `seconds` of CPU time (0 for no limit), `memory` in bytes, `silence` in seconds between two values."""

    seconds: int
    memory: int
    silence: float


class ReadingRequest(msgspec.Struct):
    """Request to a reader process: a function, its arguments in order, the exceptions whose message is shown to the person, and the limits. Functions
    and exceptions are named « module:name »."""

    function: str
    arguments: list[msgspec.Raw]
    refusals: list[str]
    limits: ReadingLimits


class ReadValue(msgspec.Struct, Generic[T], tag="value"):
    """One value that the function yields, and the name of its type."""

    kind: str
    value: T


class ReadingEnd(msgspec.Struct, tag="end"):
    """Last line of the answer, without which it is incomplete; `refusal` is the message of an expected exception, `memory` True for a MemoryError."""

    refusal: str = ""
    memory: bool = False


def encode_value(value: Any) -> bytes:
    """Return a value as JSON; a path is written as its bytes."""
    return msgspec.json.encode(value, enc_hook=lambda item: os.fsencode(item) if isinstance(item, Path) else item)


def decode_value(data: bytes | msgspec.Raw, wanted: Any) -> Any:
    """Return the value of JSON data, of the type `wanted`. Raises msgspec.ValidationError for another type."""
    return msgspec.json.decode(data, type=wanted, dec_hook=lambda _, text: Path(os.fsdecode(base64.b64decode(text))))


def set_limits(limits: ReadingLimits) -> None:
    """Set the resource limits and the priority of this process; nothing on Windows, which has none."""
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
    """Return the top-level object named « module:name »."""
    module, _, own = name.partition(":")
    return getattr(importlib.import_module(module), own)


def call_function(request: ReadingRequest) -> Iterator[Any]:
    """Call the requested function, and yield the values that it yields, or the single value that it returns."""
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
        os.dup2(2, 1)  # a library's prints go to stderr, not into the answer
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
