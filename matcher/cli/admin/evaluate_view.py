"""Terminal tables for `entremise evaluate`: figures by name, calibration bands (intervals of stated probability), results on the corpus."""

from collections.abc import Mapping, Sequence
from math import isnan
from typing import TYPE_CHECKING

from rich.table import Column, Table

from matcher.cli.frame.outlet import console
from matcher.domain.french import count, number
from matcher.evaluation.reading import ConfidenceBand

if TYPE_CHECKING:
    from matcher.evaluation.corpus import SentenceRead


def print_figures(title: str, rows: Mapping[str, Mapping[str, float]], decimals: int = 2) -> None:
    """Print a table of figures, a line a method, a column a figure; « — » for NaN."""
    names = (Column(name, justify="right") for name in next(iter(rows.values())))
    table = Table("", *names, title=title, title_justify="left")
    for label, figures in rows.items():
        table.add_row(label, *("—" if isnan(value) else number(value, decimals) for value in figures.values()))
    with console(None) as out:
        out.print(table)


def print_bands(tables: Mapping[str, Sequence[ConfidenceBand]]) -> None:
    """Print the calibration table: how often the likeliest group is right, by confidence of the reading."""
    names = ("confiance", "marchés", "confiance moyenne", "part juste")
    columns = (Column(name, justify="right") for name in names)
    table = Table("", *columns, title="Ce que valent les confiances (premier groupe lu)", title_justify="left")
    for label, bands in tables.items():
        for band in bands:
            share = (number(value, 2) for value in (band.confidence, band.right))
            table.add_row(label, f"≤ {number(band.most, 2)}", number(band.count), *share)
    with console(None) as out:
        out.print(table)


def print_corpus(reads: Sequence["SentenceRead"], curve: Mapping[float, float]) -> None:
    """Print the cross-validated reading of the corpus: by genre, calibration, confusions, learning curve."""
    from matcher.evaluation import corpus  # it loads SciPy

    print_figures(f"Corpus, {count(len(reads), 'phrase')}, en {corpus.FOLDS} plis", corpus.by_genre(reads), decimals=3)
    print_figures("Plusieurs métiers dans une phrase", {"corpus": corpus.doubles(reads)}, decimals=3)
    tenths = {
        f"≤ {number(most, 1)}": {"phrases": float(size), "part": share, "juste": right}
        for most, size, share, right in corpus.tenths(reads)
    }
    print_figures("Ce que valent les parts", tenths)
    pairs = {f"{trade} lu {first}": {"fois": float(times)} for trade, first, times in corpus.worst_pairs(reads)}
    print_figures("Les paires les plus confondues", pairs, decimals=0)
    parts = {number(part, 3): {"métier@1": right} for part, right in curve.items()}
    print_figures("Part du corpus apprise", parts, decimals=3)
