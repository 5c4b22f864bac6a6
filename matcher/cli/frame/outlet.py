"""The outlet of a command's answer: the form that is asked for it, and the terminal or the file that it goes to."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, Final

import click
from click.core import ParameterSource
from rich.console import Console

from matcher.cli.frame.console import console
from matcher.cli.frame.options import format_option, output_option, together, write
from matcher.render.described_file import DescribedFile, json_file
from matcher.render.document import Document, DocumentTable
from matcher.render.terminal import print_document
from matcher.render.workbook import document_workbook

# The forms that no terminal shows, as a refusal calls them.
_FILES_ALONE: Final = {"xlsx": "Un classeur XLSX", "zip": "Un ZIP"}


@dataclass(frozen=True, slots=True)
class Outlet:
    """The form of an answer, one of those that its command gives, and its file; without one it is printed."""

    form: str
    path: Path | None

    def send(self, *, table: Callable[[Console], None] | None = None, **files: Callable[[], Any]) -> None:
        """Write the answer in its form: a `table` is printed, another form is a file, or what is to be written as JSON."""
        if self.form == "table" and table is not None:
            with console(self.path) as out:
                table(out)
            return
        made = files[self.form]()
        write(made if isinstance(made, bytes | str | DescribedFile) else json_file(made), self.path)

    def send_document(
        self, its: Document, more: Callable[[], DocumentTable] | None = None, **files: Callable[[], Any]
    ) -> None:
        """Write a document: as a terminal shows it, as a workbook with the table `more` too, or as one of its `files`."""
        self.send(
            table=lambda out: print_document(its, out),
            xlsx=lambda: document_workbook(its, *([more()] if more else [])),
            **files,
        )


def outlet_options(*forms: str, file: str = "") -> Callable[[Callable[..., None]], Callable[..., None]]:
    """`--format`, one of these forms, and `-o`, given to a command as its `outlet`; `file` is the name of a file in an example.

    Without `--format`, the form is that of the file's name where it is one of them, else the first.
    """

    def placed(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def with_outlet(fmt: str, output: Path | None, **given: Any) -> None:
            chosen = click.get_current_context().get_parameter_source("fmt") is not ParameterSource.DEFAULT
            named = output.suffix.lower().removeprefix(".") if output is not None else ""
            form = named if named in forms and not chosen else fmt
            if form in _FILES_ALONE and output is None:
                raise click.UsageError(f"{_FILES_ALONE[form]} ne s’affiche pas : ajoutez « -o {file}.{form} ».")
            command(outlet=Outlet(form, output), **given)

        return together(format_option(*forms), output_option)(with_outlet)

    return placed
