"""Responses that download a file: CSV, JSON, workbook or calendar; also a decision as JSON or workbook, and the words of the audit journal on it."""

from collections.abc import Callable
from typing import Any

from flask import Response, g
from werkzeug.http import parse_options_header

from matcher.domain.french import count
from matcher.render.described_file import DescribedFile, json_text, with_notice
from matcher.render.document import Document, DocumentTable
from matcher.render.table import document_workbook

_KINDS = {
    "atom": "application/atom+xml; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "geojson": "application/geo+json",
    "ics": "text/calendar; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}


def attachment(name: str, content: bytes | str | dict[str, Any] | DescribedFile, rows: int | None = None) -> Response:
    """Return the download of `content` as a file called `name`, whose extension gives its media type; a dict is written as JSON.

    `rows` is the number of lines exported, for the audit journal; a described file has its own count."""
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
    """Return the download of a decision: its `data` where `name` ends in .json, else a workbook of the document and the table `more`."""
    if name.endswith(".json"):
        return attachment(name, data(), document.lines)
    tables = [more()] if more else []
    return attachment(name, document_workbook(document, *tables), document.lines + sum(len(one.rows) for one in tables))


def attachment_words(response: Response) -> str:
    """Return the audit journal's words on a downloaded file: its name, and its number of lines where known."""
    name = parse_options_header(response.headers.get("Content-Disposition", ""))[1].get("filename", "")
    rows: int | None = g.get("rows_sent")
    return ", ".join(filter(None, (name, "" if rows is None else count(rows, "ligne"))))
