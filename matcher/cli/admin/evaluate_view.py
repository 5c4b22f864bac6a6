"""Tables of figures on the terminal."""

from collections.abc import Mapping, Sequence
from math import isnan

from rich.table import Column, Table

from matcher.cli.frame.outlet import console
from matcher.domain.french import number
from matcher.evaluation.reading import ConfidenceBand


def print_figures(title: str, rows: Mapping[str, Mapping[str, float]], decimals: int = 2) -> None:
    """Print figures by name, a line a way; — where there is none."""
    names = (Column(name, justify="right") for name in next(iter(rows.values())))
    table = Table("", *names, title=title, title_justify="left")
    for label, its in rows.items():
        table.add_row(label, *("—" if isnan(value) else number(value, decimals) for value in its.values()))
    with console(None) as out:
        out.print(table)


def print_bands(tables: Mapping[str, Sequence[ConfidenceBand]]) -> None:
    """How often the likeliest group is right, by how sure the reading says it is."""
    names = ("confiance", "marchés", "confiance moyenne", "part juste")
    columns = (Column(name, justify="right") for name in names)
    table = Table("", *columns, title="Ce que valent les confiances (premier groupe lu)", title_justify="left")
    for label, bands in tables.items():
        for band in bands:
            share = (number(value, 2) for value in (band.confidence, band.right))
            table.add_row(label, f"≤ {number(band.most, 2)}", number(band.count), *share)
    with console(None) as out:
        out.print(table)
