"""Rows of the shipped tables: UTF-8, `;`, one header line, one line a fact."""

import csv

from matcher.paths import shipped


def rows(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of `data/reference/<name>.csv`. Raises FileNotFoundError where the installation lacks it."""
    with shipped(f"data/reference/{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file, delimiter=";"))
