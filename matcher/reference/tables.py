"""Reads the shipped CSV tables of data/reference as dictionaries: UTF-8, separator `;`, one header line."""

import csv
from pathlib import Path

from matcher.paths import shipped_path


class TableRefused(ValueError):
    """A table of data/reference that cannot be used. The message is French and names the file, the line, the column and what to do."""


def rows(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of `data/reference/<name>.csv`. Raises FileNotFoundError where the installation lacks it."""
    return read_rows(shipped_path(f"data/reference/{name}.csv"))


def read_rows(path: Path) -> tuple[dict[str, str], ...]:
    """Return the rows of a table at any path."""
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file, delimiter=";")  # csv.DictReader takes three times as long
        header = next(lines, [])
        return tuple(dict(zip(header, line, strict=False)) for line in lines if line)
