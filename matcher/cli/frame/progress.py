"""Progress on long work, on the error stream so that an answer can be piped."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, track

T = TypeVar("T")
_LOG = logging.getLogger(__name__)


def tracked(items: Sequence[T], label: str, *, quiet: bool = False) -> Iterator[T]:
    """Yield the items under a progress bar; nothing is drawn where quiet, or where the error stream is not a terminal."""
    console = Console(stderr=True)
    _LOG.debug("%s : %d", label, len(items))
    yield from track(items, label, console=console, disable=quiet or not console.is_terminal, transient=True)


@contextmanager
def counting(label: str, *, quiet: bool = False) -> Iterator[Callable[[str, int, int], None]]:
    """Give a callback `(step, done, total, 0 where unknown)` that moves a bar, as the intake calls it."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=quiet or not console.is_terminal, transient=True) as bar:
        task, before = bar.add_task(label, total=None), ""

        def move(step: str, done: int, total: int) -> None:
            nonlocal before
            if step != before:
                _LOG.debug("%s : %s", label, step)
                before = step
            bar.update(task, description=f"{label} : {step}", completed=done, total=total or None)

        yield move
