"""A file, or a decision as a file, sent as the answer to a request."""

from collections.abc import Callable
from typing import Any

from flask import Response

from matcher.render.document import Document, DocumentTable
from matcher.render.json_text import json_text
from matcher.render.workbook import document_workbook

_KINDS = {
    "atom": "application/atom+xml; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "ics": "text/calendar; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}


def sent(name: str, content: bytes | str | dict[str, Any]) -> Response:
    """Return a file called `name`, of the kind that its ending says: as it is, or a JSON object written as the commands write it."""
    body = json_text(content) if isinstance(content, dict) else content
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, content_type=_KINDS[name.rpartition(".")[2]], headers=headers)


def sent_document(
    name: str, its: Document, data: Callable[[], dict[str, Any]], more: Callable[[], DocumentTable] | None = None
) -> Response:
    """Return a decision as the file that its name says: its `data` as JSON, or a workbook with the table `more` too."""
    if name.endswith(".json"):
        return sent(name, data())
    return sent(name, document_workbook(its, *([more()] if more else [])))
