"""JSON as the commands write it and the pages send it: indented, or an object a line; French letters as they are."""

import json
from collections.abc import Iterable

import msgspec


def json_text(value: object) -> str:
    """Return a value as indented JSON, one newline at the end. Raises TypeError for what JSON cannot hold."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def json_lines(objects: Iterable[object]) -> bytes:
    """Return objects as JSON lines, one each, in UTF-8, each let go of once it is written; NaN and infinity are null.

    Raises TypeError for what msgspec cannot write, and UnicodeEncodeError for half a character.
    """
    return msgspec.json.Encoder().encode_lines(objects)
