"""Output of commands: `--format` and `-o`, writing an answer to the terminal or to a file, common tables and marks, progress bars."""

import io
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from threading import Event, current_thread, main_thread
from types import FrameType
from typing import Any, Final, TypeVar

import click
from click.core import ParameterSource
from rich import box
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from matcher.cli.frame.options import F, RequestRefused, combine_options
from matcher.domain.french import count, enumeration, number, unit
from matcher.private_files import write_whole
from matcher.render.described_file import DescribedFile, head_notice, json_file, json_text
from matcher.render.document import CellMark, Document, DocumentTable
from matcher.render.table import document_workbook
from matcher.render.terminal import UnbrokenConsole, print_document

# Formats that cannot be printed on a terminal, with their French names for the error message.
_FILES_ALONE: Final = {"xlsx": "Un classeur XLSX", "zip": "Un ZIP"}
# Extensions of binary formats: no text is written to a file with one of them.
_NO_TEXT: Final = frozenset({"xlsx", "xls", "ods", "doc", "docx", "odt", "pdf", "zip"})
# Suffix of the JSON schema written beside a JSON or CSV file.
SCHEMA_SUFFIX = ".schema.json"
# Marks used in every list.
KNOWN, UNKNOWN, REFUSED = CellMark.KNOWN.sign, CellMark.UNKNOWN.sign, CellMark.REFUSED.sign
PIPED_WIDTH = 120


def write_answer(content: bytes | str | DescribedFile, output: Path | None) -> None:
    """Write an answer to a file, with its schema beside where it has one, or to standard output. Raises OSError where it cannot be written; the file is then
    unchanged."""
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
    """Context manager: a console on the terminal, or one that writes plain text to a file."""
    if output is None:
        terminal = UnbrokenConsole(highlight=False)
        wide = terminal.is_terminal or os.environ.get("COLUMNS", "").isdigit()
        out = terminal if wide else UnbrokenConsole(highlight=False, width=PIPED_WIDTH)
        # On a terminal the notice is on the error stream already; a redirected file needs its own.
        if not terminal.is_terminal and (notice := head_notice()):
            out.print(f"{notice}\n", soft_wrap=True)
        yield out
        return
    text = io.StringIO()
    if notice := head_notice():
        text.write(f"{notice}\n\n")
    yield UnbrokenConsole(file=text, highlight=False, width=PIPED_WIDTH)
    write_answer(text.getvalue(), output)


Cells = Iterable[Text | str]


def headed_table(columns: Iterable[Column | str], rows: Iterable[Cells], title: str = "", **more: Any) -> Table:
    """Return a table of rows under headers; no text of a cell is read as markup."""
    look = {"title": Text(title) if title else None, "title_justify": "left", "title_style": "bold", **more}
    return _filled(Table(*columns, box=box.SIMPLE_HEAD, pad_edge=False, **look), rows)


def _filled(table: Table, rows: Iterable[Cells]) -> Table:
    for row in rows:
        table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in row))
    return table


def folded_columns(*headers: str, **first: Any) -> list[Column]:
    """Return columns whose longest words go to the next line instead of being cut; `first` are options of the first one."""
    return [Column(header, overflow="fold", **({} if at else first)) for at, header in enumerate(headers)]


def counts_table(counts: Iterable[tuple[int, str]], title: str | None = None) -> Table:
    """Return a table of counts, each with what is counted."""
    look: dict[str, Any] = {"title": title, "title_justify": "left", "title_style": "bold"}
    table = Table(Column(justify="right"), Column(), box=box.SIMPLE, show_header=False, pad_edge=False, **look)
    return _filled(table, ((number(figure), what) for figure, what in counts))


def print_list(table: Table, what: str, out: Console) -> None:
    """Print a table unless it is empty, then its number of rows, named `what` (French, singular)."""
    if table.row_count:
        out.print(table)
    out.print(f"{count(table.row_count, what)}.")


def tally_table(counts: Iterable[tuple[int, str, str]], whole: tuple[int, str, str]) -> Table:
    """Return a table of the non-zero counts, each with its singular and plural words, and of their total."""
    table = counts_table((figure, singular if figure < 2 else many) for figure, singular, many in counts if figure)
    table.add_section()
    figure, singular, many = whole
    table.add_row(number(figure), singular if figure < 2 else many, style="bold")
    return table


def facts_grid(facts: Iterable[tuple[str, Text | str]], labels: Column | None = None) -> Table:
    """Return a grid of two columns: label (`labels` is its column where it is not a plain one), fact."""
    return _filled(Table.grid(labels or Column(style="dim", no_wrap=True), Column(), padding=(0, 2)), facts)


@dataclass(frozen=True, slots=True)
class Outlet:
    """Destination of an answer: its format, one of those of the command, and its file (None: the terminal)."""

    form: str
    path: Path | None

    def send(self, *, table: Callable[[Console], None] | None = None, **files: Callable[[], Any]) -> None:
        """Write the answer in the chosen format: `table` prints on a console; the function of another format returns a file, or an object to write as JSON."""
        if self.form == "table" and table is not None:
            with console(self.path) as out:
                table(out)
            return
        made = files[self.form]()
        write_answer(made if isinstance(made, bytes | str | DescribedFile) else json_file(made), self.path)

    def send_document(
        self, document: Document, more: Callable[[], DocumentTable] | None = None, **files: Callable[[], Any]
    ) -> None:
        """Write a document: printed, as a workbook (with one more table, `more`), or in another format of `files`."""
        self.send(
            table=lambda out: print_document(document, out),
            xlsx=lambda: document_workbook(document, *([more()] if more else [])),
            **files,
        )


def output_option(function: F) -> F:
    """Add `-o FILE`: write to a file instead of the terminal. A path that cannot be written is refused before any work."""
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
    """Add `--format`, the first choice by default."""
    return click.option(
        "--format",
        "fmt",
        type=click.Choice(choices),
        default=choices[0],
        show_default=True,
        help="Forme de la réponse.",
    )


def outlet_options(*forms: str, file: str = "") -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Decorator: add `--format` (one of `forms`) and `-o`, passed to the command as one `outlet`; `file` is a file name for the error message's example.
    Without `--format`, the format is that of the file's extension where it is one of `forms`, else the first."""

    def with_form(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def with_outlet(fmt: str, output: Path | None, **options: Any) -> None:
            chosen = click.get_current_context().get_parameter_source("fmt") is not ParameterSource.DEFAULT
            named = output.suffix.lower().removeprefix(".") if output is not None else ""
            form = named if named in forms and not chosen else fmt
            if named in _NO_TEXT and form != named:
                others = enumeration([f"« .{other} »" for other in forms if other != "table"], "ou")
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
    """Yield the items under a progress bar, drawn unless `quiet` or the error stream is not a terminal."""
    _LOG.debug("%s : %d", label, len(items))
    if quiet or not (console := Console(stderr=True)).is_terminal:
        yield from items
        return
    from rich.progress import track  # not for every command

    yield from track(items, label, console=console, transient=True)


@contextmanager
def counting(label: str, *, quiet: bool = False) -> Iterator[Callable[[str, int, int], None]]:
    """Context manager: a callback `(step, done, total)` that moves a progress bar; `total` is 0 where unknown. Raises KeyboardInterrupt at the next step
    where Python dropped the one of Ctrl+C, as it does inside a callback of the garbage collector."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # not for every command

    console = Console(stderr=True)
    # On a narrow terminal only the words wrap, never the figures: a cut figure would be read as another.
    words = TextColumn("{task.description}", table_column=Column(no_wrap=False))
    columns = (words, BarColumn(20), TextColumn("{task.fields[far]}"), TimeElapsedColumn())
    bar = Progress(*columns, console=console, disable=quiet or not console.is_terminal, transient=True)
    with _recording_interrupts() as interrupted, bar:
        task, before = bar.add_task(label, total=None, far=""), ""

        def move(step: str, done: int, total: int) -> None:
            nonlocal before
            if interrupted.is_set():
                raise KeyboardInterrupt
            if step != before:
                _LOG.debug("%s : %s", label, step)
                before = step
            figures = (unit(100 * done // total, "%") if total else "", number(done) if done else "")
            far = " · ".join(filter(None, figures))
            bar.update(task, description=f"{label} : {step}", completed=done, total=total or None, far=far)

        yield move


@contextmanager
def _recording_interrupts() -> Iterator[Event]:
    """Context manager: an event set by Ctrl+C, which raises KeyboardInterrupt as well; never set where Ctrl+C is ignored (« entremise import … & »)
    or already recorded, nor outside the main thread."""
    interrupted = Event()
    if current_thread() is not main_thread() or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield interrupted
        return

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        interrupted.set()
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)
    try:
        yield interrupted
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
