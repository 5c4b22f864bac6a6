"""Runs a function that parses an untrusted file in a sandboxed child process, with limits on CPU time, memory and silence, and yields its values.

One process for each reading: a new interpreter without the server's secrets, whose JSON answer is validated against the function's types. If it crashes,
the server goes on.
"""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from types import UnionType
from typing import IO, Any, ParamSpec, Self, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from matcher.jobs.reader_child import ReadingEnd, ReadingLimits, ReadingRequest, ReadValue, decode_value, encode_value
from matcher.jobs.stop import Stop
from matcher.typed_values import decode_json

P = ParamSpec("P")
T = TypeVar("T")
_Told = ReadValue[msgspec.Raw]
_MESSAGE: Any = _Told | ReadingEnd

# For a page: its largest file (64 MiB of CSV) needs half of this. On a busy machine a reader, of low priority, gets a sixth of a processor: with a
# shorter silence, a sheet of twenty lines was refused.
PAGE = ReadingLimits(seconds=20, memory=384 * 2**20, silence=120)
# For a command: the person can stop it, and a national register has forty million lines.
COMMAND = ReadingLimits(seconds=0, memory=2 * 2**30, silence=24 * 3600)
# Most bytes of one value: ten times twenty thousand lines of a workbook.
_LONGEST_VALUE = 64 * 2**20
_LOOK_S = 0.5
_CODE = "from matcher.jobs.reader_child import run_reader; run_reader()"
# The only environment variables passed to the child: no database URL, no key.
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "SYSTEMROOT")
# Return codes of a process killed for exceeding its CPU time or memory.
_AT_A_LIMIT = {-getattr(signal, name, 0) for name in ("SIGXCPU", "SIGKILL", "SIGABRT")} - {0}
_DAMAGED = "le fichier est abîmé, ou d’une forme qui ne se lit pas"
_CURE = "Ouvrez-le dans un tableur, n’y gardez que ce qui sert, et enregistrez-le en CSV (UTF-8), en plusieurs fichiers s’il est long."


class ReadRefused(Exception):
    """A file could not be read. The message is French, names the file and gives the remedy."""


def apart(
    function: Callable[P, T],
    *refusals: type[Exception],
    limits: ReadingLimits = PAGE,
    stop: Stop | None = None,
    cure: str = _CURE,
) -> Callable[P, T]:
    """Wrap `function` so that it runs in a reader process: a top-level function with type hints, whose first argument is a file's path, or has it as
    attribute `path`. If it returns an iterator, its values are streamed. The wrapper raises ReadRefused, with the message of an exception of `refusals`, or
    with the limit reached and the `cure` to suggest; and Stopped."""
    returned = get_type_hints(function)["return"]
    streams = get_origin(returned) is Iterator
    wanted = get_args(returned)[0] if streams else returned
    types = {member.__name__: member for member in get_args(wanted)} if isinstance(wanted, UnionType) else {}

    def values(*arguments: Any) -> Iterator[Any]:
        request = ReadingRequest(
            _name(function), [msgspec.Raw(encode_value(arg)) for arg in arguments], list(map(_name, refusals)), limits
        )
        name = Path(getattr(arguments[0], "path", arguments[0])).name
        for message in _answers(name, request, stop or Stop(), cure):
            yield decode_value(message.value, types.get(message.kind, wanted))

    def value(*arguments: Any) -> Any:
        (single,) = values(*arguments)
        return single

    return values if streams else value  # type: ignore[return-value]  # as `function`, by the types that it declares


def _name(function: Any) -> str:
    return f"{function.__module__}:{function.__qualname__}"


def _answers(name: str, request: ReadingRequest, stop: Stop, cure: str) -> Iterator[_Told]:
    """Start a reader process and yield its values; it is killed at the end, or when the iterator is closed."""
    end: ReadingEnd | None = None
    with tempfile.TemporaryFile() as file:
        with (
            _start_interpreter(file) as process,
            stop.ending(process.kill),
            _Patience(request.limits, process.kill) as patience,
        ):
            try:
                for message in patience.exchange(process, request):
                    if isinstance(message, ReadingEnd):
                        end = message
                        break
                    yield message
                else:
                    process.wait()  # its return code gives the reason
            finally:
                process.kill()
        stop.check()
        if end == ReadingEnd():
            return
        if end is not None and end.refusal:
            raise ReadRefused(end.refusal)
        beyond = end is not None or patience.lost or process.returncode in _AT_A_LIMIT
        file.seek(0)
        trouble = RuntimeError(file.read().decode(errors="replace"))
        why, limits = _DAMAGED, request.limits
        if patience.silent:  # caused by a busy server as much as by the file: the child has a low priority
            why = (
                f"plus rien n’en a été lu pendant {limits.silence:g} secondes : le serveur est très occupé, ou le fichier trop lourd. "
                "Réessayez dans quelques minutes, ou allégez-le"
            )
        elif beyond:
            seconds = f"{limits.seconds} secondes de calcul, " if limits.seconds else ""
            memory = f"{limits.memory // 2**20} Mio de mémoire"
            why = f"sa lecture demande plus qu’un fichier n’a le droit de prendre ({seconds}{memory})"
        raise ReadRefused(f"« {name} » : {why}. {cure}") from trouble


def _start_interpreter(file: IO[bytes]) -> "subprocess.Popen[bytes]":
    """Start a new interpreter with the same module path, which waits for its request on stdin."""
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    environment["PYTHONPATH"] = os.pathsep.join(str(Path(folder).resolve()) for folder in sys.path)
    command = [sys.executable, "-P", "-c", _CODE]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=file, env=environment)  # noqa: S603  # our own code, no shell


class _Patience:
    """Watchdog that kills a process after too long a silence between two values; the time that the caller spends on a value does not count."""

    def __init__(self, limits: ReadingLimits, kill: Callable[[], None]) -> None:
        self._silence, self._kill = limits.silence, kill
        self._since: float | None = None
        self._over = Event()
        self._thread = Thread(target=self._watch, name="entremise-patience", daemon=True)
        self.lost = self.silent = False

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def exchange(self, process: "subprocess.Popen[bytes]", request: ReadingRequest) -> Iterator[_Told | ReadingEnd]:
        """Send the request to a process, and stream its answer."""
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("a reader process without pipes")
        with suppress(BrokenPipeError), process.stdin:  # a process already dead is detected below
            process.stdin.write(encode_value(request))
        while True:
            self._since = monotonic()
            line = process.stdout.readline(_LONGEST_VALUE)
            self._since = None
            if not line.endswith(b"\n"):
                if line:  # a value too long, or cut by the death of the process
                    self.lost = True
                    self._kill()
                return
            yield decode_json(line, _MESSAGE)

    def _watch(self) -> None:
        while not self._over.wait(_LOOK_S):
            if (since := self._since) is not None and monotonic() - since > self._silence:
                self.silent = True
                self._kill()
