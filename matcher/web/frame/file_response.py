"""A file, or a decision as a file, sent as the answer to a request."""

from collections.abc import Callable
from typing import Any

from flask import Response, g
from werkzeug.http import parse_options_header

from matcher.domain.french import count
from matcher.render.described_file import DescribedFile
from matcher.render.document import Document, DocumentTable
from matcher.render.head_notice import with_notice
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


def attachment(name: str, content: bytes | str | dict[str, Any] | DescribedFile, rows: int | None = None) -> Response:
    """Return a file called `name`, of the type of its ending; a JSON object is written as the commands write it.

    `rows` counts the lines of a list that leave with it, for the journal; a table has its own count."""
    if isinstance(content, DescribedFile):
        rows = rows if content.lines is None else content.lines
        content = content.content
    body = json_text(with_notice(content)) if isinstance(content, dict) else content
    g.rows_sent = rows
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, content_type=_KINDS[name.rpartition(".")[2]], headers=headers)


def document_attachment(
    name: str, document: Document, data: Callable[[], dict[str, Any]], more: Callable[[], DocumentTable] | None = None
) -> Response:
    """Return a decision as the file of this name: its `data` as JSON, or a workbook with the table `more` too."""
    if name.endswith(".json"):
        return attachment(name, data(), document.lines)
    tables = [more()] if more else []
    return attachment(name, document_workbook(document, *tables), document.lines + sum(len(one.rows) for one in tables))


def attachment_words(response: Response) -> str:
    """Return the words of the journal for a file that leaves: its name, and its number of lines where that is known."""
    name = parse_options_header(response.headers.get("Content-Disposition", ""))[1].get("filename", "")
    rows: int | None = g.get("rows_sent")
    return ", ".join(filter(None, (name, "" if rows is None else count(rows, "ligne"))))
