"""Configures the logs of every command, as plain text or JSON lines, without any value that a person typed.

A line has the fields of `FIELDS` and no others. Of a library's message, the format string is logged without its values; of an exception, the type and the
places in the code, never the message.
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

# Fields that an event may have beside its message, given as `extra` of the logging call.
FIELDS = ("request_id", "method", "route", "status", "organisation", "work", "kind", "command", "ending", "ms")
_OURS = ("matcher", "importers")
_LOG = logging.getLogger(__name__)


class JsonLines(logging.Formatter):
    """Formats each event as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        values = {"time": _time(record).isoformat(timespec="milliseconds"), "level": record.levelname.lower()}
        return json.dumps(values | {"logger": record.name} | _values(record), ensure_ascii=False)


class PlainWords(logging.Formatter):
    """Formats each event as one line of text, with the places of an exception under it."""

    def format(self, record: logging.LogRecord) -> str:
        values = _values(record)
        places = [f"\n    {place}" for place in values.pop("exception", ())]
        message = str(values.pop("message"))
        fields = [f"{name}={value}" for name, value in values.items() if value is not None]
        return " ".join((f"{_time(record).astimezone():%H:%M:%S}", message, *fields)) + "".join(places)


@contextmanager
def log_events(form: LogFormat, *, verbose: bool) -> Iterator[None]:
    """Log to stderr inside the block: from level WARNING in plain text, INFO as JSON, DEBUG if `verbose`."""
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
    """Log the end of a command: its duration, and the exception that ended it, if any."""
    began = perf_counter()
    try:
        yield
    finally:
        stopped = sys.exception()
        ending = "fait" if stopped is None else type(stopped).__name__
        values = {"command": command, "ending": ending, "ms": milliseconds(began)}
        _LOG.info("commande", extra=values, exc_info=stopped if isinstance(stopped, Exception) else None)


def milliseconds(began: float) -> int:
    """Return the whole milliseconds since `began`, a value of `perf_counter`."""
    return round((perf_counter() - began) * 1000)


def _time(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)


def _values(record: logging.LogRecord) -> dict[str, Any]:
    """Return the fields of an event. A library's message is its format string, or its place in the code if values may be formatted in already."""
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
    """Yield the places in the code of an exception, its type, then the same for its cause."""
    for frame, line in traceback.walk_tb(error.__traceback__):
        yield f"{frame.f_globals.get('__name__', '?')}:{line} {frame.f_code.co_name}"
    yield type(error).__qualname__
    origin = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if origin is not None:
        yield "d’où :"
        yield from _places(origin)
