"""Rows of the tables of `data/reference` that the ground floor reads, in a wheel and in a checkout alike."""

import csv
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent


def table_rows(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of `data/reference/<name>.csv`. Raises FileNotFoundError where the installation lacks it."""
    path = Path("data", "reference", f"{name}.csv")  # in a wheel, data/ lies inside matcher
    shipped = next((root / path for root in (_ROOT, _ROOT / "matcher") if (root / path).exists()), _ROOT / path)
    with shipped.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file, delimiter=";"))
