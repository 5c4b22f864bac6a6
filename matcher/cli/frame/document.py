"""A decision written in the format that is asked: on the terminal, as JSON, as a workbook."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from matcher.cli.frame.console import console
from matcher.cli.frame.options import write
from matcher.render.described_file import json_file
from matcher.render.document import Document, DocumentTable
from matcher.render.terminal import print_document
from matcher.render.workbook import document_workbook


def needs_a_file(fmt: str, output: Path | None, example: str) -> None:
    """Raise click.UsageError where a workbook has no file to go to."""
    if fmt == "xlsx" and output is None:
        raise click.UsageError(f"Un classeur XLSX ne s’affiche pas : ajoutez « -o {example} ».")


def send_document(
    its: Document,
    fmt: str,
    output: Path | None,
    data: Callable[[], Any],
    more: Callable[[], DocumentTable] | None = None,
) -> None:
    """Write a document: its `data` as JSON, a workbook with the table `more` too, or what a terminal shows."""
    if fmt == "json":
        write(json_file(data()), output)
    elif fmt == "xlsx":
        write(document_workbook(its, *([more()] if more else [])), output)
    else:
        with console(output) as out:
            print_document(its, out)
