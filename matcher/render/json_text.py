"""Serialises values to JSON for commands and pages: indented, or JSON Lines; accented letters are not escaped."""

import json
from collections.abc import Iterable

import msgspec


def json_text(value: object) -> str:
    """Return a value as indented JSON, one newline at the end. Raises TypeError for what JSON cannot hold."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def json_lines(objects: Iterable[object]) -> bytes:
    """Return objects as JSON Lines in UTF-8, without holding them all in memory; NaN and infinity become null.

    Raises TypeError for a type that msgspec cannot write, and UnicodeEncodeError for a lone surrogate.
    """
    return msgspec.json.Encoder().encode_lines(objects)
