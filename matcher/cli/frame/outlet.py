"""The outlet of a command's answer: the form asked for it, the terminal or the file that it goes to, its marks and tables; and the bar of long work."""

import io
import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, Final, TypeVar

import click
from click.core import ParameterSource
from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, track
from rich.table import Column, Table
from rich.text import Text

from matcher.cli.frame.options import F, RequestRefused, combine_options
from matcher.domain.french import count, enumeration, number, unit
from matcher.private_files import write_whole
from matcher.render.described_file import DescribedFile, json_file
from matcher.render.document import CellMark, Document, DocumentTable
from matcher.render.head_notice import head_notice
from matcher.render.json_text import json_text
from matcher.render.terminal import UnbrokenConsole, print_document
from matcher.render.workbook import document_workbook

# The forms that no terminal shows, as a refusal calls them.
_FILES_ALONE: Final = {"xlsx": "Un classeur XLSX", "zip": "Un ZIP"}
# Names of files that other programs open as they are: no text is written under one.
_NO_TEXT: Final = frozenset({"xlsx", "xls", "ods", "doc", "docx", "odt", "pdf", "zip"})
# Added to the name of a file for that of its schema.
SCHEMA_SUFFIX = ".schema.json"
# The marks of every list.
KNOWN, UNKNOWN, REFUSED = CellMark.KNOWN.sign, CellMark.UNKNOWN.sign, CellMark.REFUSED.sign
PIPED_WIDTH = 120


def write_answer(content: bytes | str | DescribedFile, output: Path | None) -> None:
    """Send an answer to a file, its schema beside where it has one, or to standard output as it is. Raises OSError where it cannot be written:
    the file is then as it was."""
    described = content if isinstance(content, DescribedFile) else None
    text = content.content if isinstance(content, DescribedFile) else content
    data = text.encode("utf-8") if isinstance(text, str) else text
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    write_whole(output, data)
    Console(stderr=True).print(f"Écrit : {output}", highlight=False)
    if described and output.is_file():  # a pipe or a device has nothing beside it
        write_answer(json_text(described.schema()), output.with_name(f"{output.name}{SCHEMA_SUFFIX}"))


@contextmanager
def console(output: Path | None) -> Iterator[Console]:
    """A console on the terminal, or on a file as plain text."""
    if output is None:
        terminal = UnbrokenConsole(highlight=False)
        wide = terminal.is_terminal or os.environ.get("COLUMNS", "").isdigit()
        out = terminal if wide else UnbrokenConsole(highlight=False, width=PIPED_WIDTH)
        # The error stream says it to a person, not to the file of a redirection.
        if not terminal.is_terminal and (notice := head_notice()):
            out.print(f"{notice}\n", soft_wrap=True)
        yield out
        return
    text = io.StringIO()
    if notice := head_notice():
        text.write(f"{notice}\n\n")
    yield UnbrokenConsole(file=text, highlight=False, width=PIPED_WIDTH)
    write_answer(text.getvalue(), output)


def headed_table(*columns: Column | str, title: str = "", **more: Any) -> Table:
    """An empty table of a list, under its headers."""
    shown = Text(title) if title else None
    return Table(
        *columns, box=box.SIMPLE_HEAD, pad_edge=False, title=shown, title_justify="left", title_style="bold", **more
    )


def counts_table(title: str | None = None) -> Table:
    """An empty table of counts, each before what is counted."""
    columns = (Column(justify="right"), Column())
    return Table(
        *columns,
        box=box.SIMPLE,
        show_header=False,
        pad_edge=False,
        title=title,
        title_justify="left",
        title_style="bold",
    )


def print_list(table: Table, what: str, out: Console) -> None:
    """Print a list, where it has a line, and how many of `what` it holds."""
    if table.row_count:
        out.print(table)
    out.print(f"{count(table.row_count, what)}.")


def tally_table(counts: Iterable[tuple[int, str, str]], whole: tuple[int, str, str]) -> Table:
    """A table of the counts that are not nought, each with its words for one and for many, and of the whole that they add up to."""
    table = counts_table()
    for figure, singular, many in counts:
        if figure:
            table.add_row(number(figure), singular if figure < 2 else many)
    table.add_section()
    figure, singular, many = whole
    table.add_row(number(figure), singular if figure < 2 else many, style="bold")
    return table


def facts_grid() -> Table:
    """An empty grid of facts, each after its label."""
    return Table.grid(Column(style="dim", no_wrap=True), Column(), padding=(0, 2))


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
        write_answer(made if isinstance(made, bytes | str | DescribedFile) else json_file(made), self.path)

    def send_document(
        self, document: Document, more: Callable[[], DocumentTable] | None = None, **files: Callable[[], Any]
    ) -> None:
        """Write a document: as a terminal shows it, as a workbook with the table `more` too, or as one of its `files`."""
        self.send(
            table=lambda out: print_document(document, out),
            xlsx=lambda: document_workbook(document, *([more()] if more else [])),
            **files,
        )


def output_option(function: F) -> F:
    """`-o FILE`: write there instead of the terminal. A place where no file can be is refused before any work."""
    return click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path),
        metavar="FICHIER",
        callback=_writable,
        help="Écrit dans ce fichier, et à côté le schéma d’un JSON ou d’un CSV.",
    )(function)


def _writable(_ctx: click.Context, param: click.Parameter, path: Path | None) -> Path | None:
    if path is None:
        return None
    if path.is_dir():
        raise click.BadParameter(f"« {path} » est un dossier : donnez un nom de fichier.", param=param)
    if not path.parent.is_dir():
        raise click.BadParameter(f"le dossier « {path.parent} » n’existe pas.", param=param)
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise RequestRefused(f"« {path} » ne peut pas être écrit : accès refusé.")
    return path


def format_option(*choices: str) -> Callable[[F], F]:
    """`--format`, the first choice by default."""
    return click.option(
        "--format",
        "fmt",
        type=click.Choice(choices),
        default=choices[0],
        show_default=True,
        help="Forme de la réponse.",
    )


def outlet_options(*forms: str, file: str = "") -> Callable[[Callable[..., None]], Callable[..., None]]:
    """`--format`, one of these forms, and `-o`, given to a command as its `outlet`; `file` is the name of a file in an example.

    Without `--format`, the form is that of the file's name where it is one of them, else the first.
    """

    def with_form(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def with_outlet(fmt: str, output: Path | None, **options: Any) -> None:
            chosen = click.get_current_context().get_parameter_source("fmt") is not ParameterSource.DEFAULT
            named = output.suffix.lower().removeprefix(".") if output is not None else ""
            form = named if named in forms and not chosen else fmt
            if named in _NO_TEXT and form != named:
                others = enumeration([f"« .{its} »" for its in forms if its != "table"], "ou")
                raise click.UsageError(
                    f"« {output} » : ce qui s’écrit ici est de la forme « {form} », que ce nom annoncerait mal. Donnez un nom en {others}."
                )
            if form in _FILES_ALONE and output is None:
                raise click.UsageError(f"{_FILES_ALONE[form]} ne s’affiche pas : ajoutez « -o {file}.{form} ».")
            command(outlet=Outlet(form, output), **options)

        return combine_options(format_option(*forms), output_option)(with_outlet)

    return with_form


T = TypeVar("T")
_LOG = logging.getLogger(__name__)


def track_items(items: Sequence[T], label: str, *, quiet: bool = False) -> Iterator[T]:
    """Yield the items under a progress bar; nothing is drawn where quiet, or where the error stream is not a terminal."""
    console = Console(stderr=True)
    _LOG.debug("%s : %d", label, len(items))
    yield from track(items, label, console=console, disable=quiet or not console.is_terminal, transient=True)


@contextmanager
def counting(label: str, *, quiet: bool = False) -> Iterator[Callable[[str, int, int], None]]:
    """Give a callback `(step, done, total, 0 where unknown)` that moves a bar, as the intake calls it."""
    console = Console(stderr=True)
    # The words alone are folded on a narrow terminal: a figure that is cut is another figure.
    words = TextColumn("{task.description}", table_column=Column(no_wrap=False))
    columns = (words, BarColumn(20), TextColumn("{task.fields[far]}"), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=quiet or not console.is_terminal, transient=True) as bar:
        task, before = bar.add_task(label, total=None, far=""), ""

        def move(step: str, done: int, total: int) -> None:
            nonlocal before
            if step != before:
                _LOG.debug("%s : %s", label, step)
                before = step
            far = " · ".join(
                filter(None, (unit(100 * done // total, "%") if total else "", number(done) if done else ""))
            )
            bar.update(task, description=f"{label} : {step}", completed=done, total=total or None, far=far)

        yield move
