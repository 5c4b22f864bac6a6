"""Logs: one configuration for every command, in plain words or as JSON lines, without any value that a person gave.

A line has the fields of `FIELDS` and no other. What quotes what was typed is left out: the values in a library's message, which is kept as
it stands in its code, and the messages of exceptions, of which the kinds and the places in the code are kept.
"""

import json
import logging
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from matcher.settings import LogFormat

# What an event may say of itself, beside its message: `extra` of the call that logs it.
FIELDS = ("request_id", "method", "route", "status", "organisation", "work", "kind", "command", "ending", "ms")
_OURS = ("matcher", "importers")
_LOG = logging.getLogger(__name__)


class JsonLines(logging.Formatter):
    """Each event as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        values = {"time": _time(record).isoformat(timespec="milliseconds"), "level": record.levelname.lower()}
        return json.dumps(values | {"logger": record.name} | _values(record), ensure_ascii=False)


class PlainWords(logging.Formatter):
    """Each event as one line for people, and the places of an exception under it."""

    def format(self, record: logging.LogRecord) -> str:
        values = _values(record)
        places = [f"\n    {place}" for place in values.pop("exception", ())]
        message = str(values.pop("message"))
        fields = [f"{name}={value}" for name, value in values.items() if value is not None]
        return " ".join((f"{_time(record).astimezone():%H:%M:%S}", message, *fields)) + "".join(places)


@contextmanager
def log_events(form: LogFormat, *, verbose: bool) -> Iterator[None]:
    """Write events on the error stream inside the block: in plain words, warnings alone; as JSON, what is done too; `verbose`, its steps."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if form is LogFormat.JSON else PlainWords())
    root, ours = logging.getLogger(), [logging.getLogger(name) for name in _OURS]
    levels, hook = [logger.level for logger in ours], threading.excepthook
    root.addHandler(handler)
    for logger in ours:
        logger.setLevel(logging.DEBUG if verbose else logging.INFO if form is LogFormat.JSON else logging.WARNING)

    def log_death(died: threading.ExceptHookArgs) -> None:
        if died.exc_value is not None:
            _LOG.error("un fil s’est arrêté", exc_info=died.exc_value)

    threading.excepthook = log_death
    try:
        yield
    finally:
        threading.excepthook = hook
        for logger, level in zip(ours, levels, strict=True):
            logger.setLevel(level)
        root.removeHandler(handler)


@contextmanager
def command_logged(command: str) -> Iterator[None]:
    """Log the end of a command: how long it took, and by which exception where it did not end by itself."""
    began = perf_counter()
    try:
        yield
    finally:
        stopped = sys.exception()
        ending = "fait" if stopped is None else type(stopped).__name__
        values = {"command": command, "ending": ending, "ms": milliseconds(began)}
        _LOG.info("commande", extra=values, exc_info=stopped if isinstance(stopped, Exception) else None)


def milliseconds(began: float) -> int:
    """Return the whole milliseconds since a time of `perf_counter`."""
    return round((perf_counter() - began) * 1000)


def _time(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)


def _values(record: logging.LogRecord) -> dict[str, Any]:
    """The fields of an event. The message of a library is its words without the values, or its place, since values may be in it already."""
    if record.name.partition(".")[0] in _OURS:
        message = record.getMessage()
    else:
        message = str(record.msg) if record.args else f"{record.module}:{record.lineno}"
    values: dict[str, Any] = {"message": message}
    values |= {name: record.__dict__[name] for name in FIELDS if name in record.__dict__}
    if record.exc_info and (error := record.exc_info[1]):
        values["exception"] = list(_places(error))
    return values


def _places(error: BaseException) -> Iterator[str]:
    """The kind of an exception after its places in the code, then those of what it came from."""
    for frame, line in traceback.walk_tb(error.__traceback__):
        yield f"{frame.f_globals.get('__name__', '?')}:{line} {frame.f_code.co_name}"
    yield type(error).__qualname__
    origin = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if origin is not None:
        yield "d’où :"
        yield from _places(origin)
