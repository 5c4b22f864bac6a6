"""JSON as the commands write it and the pages send it: indented, French letters as they are."""

import json


def json_text(value: object) -> str:
    """Return a value as indented JSON, one newline at the end. Raises TypeError for what JSON cannot hold."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
