"""A file sent as the answer to a request."""

from datetime import date
from typing import Any

from flask import Response

from matcher.exports.json_text import json_text

_KINDS = {
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def sent(name: str, on: date, form: str, content: bytes | dict[str, Any]) -> Response:
    """Return a file called `name` and the day `on`: a workbook as it is, or a JSON object written as the commands write it."""
    body = content if isinstance(content, bytes) else json_text(content)
    headers = {"Content-Disposition": f'attachment; filename="{name}-{on.isoformat()}.{form}"'}
    return Response(body, content_type=_KINDS[form], headers=headers)
