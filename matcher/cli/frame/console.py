"""Consoles of rich on the terminal or a file, and the three marks (known, unknown, refused) of every list."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from matcher.cli.frame.options import write
from matcher.render.document import CellMark

KNOWN, UNKNOWN, REFUSED = CellMark.KNOWN.sign, CellMark.UNKNOWN.sign, CellMark.REFUSED.sign


PIPED_WIDTH = 120


@contextmanager
def console(output: Path | None) -> Iterator[Console]:
    """A console on the terminal, or on a file as plain text."""
    if output is None:
        terminal = Console(highlight=False)
        yield terminal if terminal.is_terminal else Console(highlight=False, width=PIPED_WIDTH)
        return
    text = io.StringIO()
    yield Console(file=text, highlight=False, width=PIPED_WIDTH)
    write(text.getvalue(), output)
