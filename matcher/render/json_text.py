"""JSON as the commands write it and the pages send it: indented, or an object a line; French letters as they are."""

import json
from collections.abc import Iterable


def json_text(value: object) -> str:
    """Return a value as indented JSON, one newline at the end. Raises TypeError for what JSON cannot hold."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def json_lines(objects: Iterable[object]) -> str:
    """Return objects as JSON lines, one each. Raises TypeError for what JSON cannot hold."""
    encode = json.JSONEncoder(ensure_ascii=False).encode  # `dumps` makes one for each
    return "".join(encode(one) + "\n" for one in objects)
