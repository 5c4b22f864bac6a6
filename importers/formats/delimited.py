"""Parses delimited text (CSV): finds the delimiter by the best header, and yields rows of cells with the line where each starts."""

import csv
from collections import Counter
from collections.abc import Callable, Generator, Iterable
from itertools import chain, islice, tee
from pathlib import Path

from importers.formats.limits import MAX_COLUMNS
from importers.importer import SourceError

DELIMITERS = (";", ",", "|", "\t")
_SAMPLE_ROWS = 10
_END = "\0fin"


def find_delimiter(lines: Iterable[str], score: Callable[[list[str]], int]) -> str:
    """Return the delimiter for which one of the first ten rows has the best `score` as a header.

    Ties go to the delimiter that cuts most rows into the same, largest number of cells; else `;`."""
    samples: dict[str, list[list[str]]] = {}
    for delimiter, copy in zip(DELIMITERS, tee(lines, len(DELIMITERS)), strict=True):
        rows = (cells for cells in csv.reader(copy, delimiter=delimiter) if cells)
        try:
            samples[delimiter] = list(islice(rows, _SAMPLE_ROWS))
        except csv.Error:
            samples[delimiter] = []

    def rank(delimiter: str) -> tuple[int, int]:
        widths = Counter(map(len, samples[delimiter]))
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
        return max(map(score, samples[delimiter]), default=0), (width - 1) * count

    return max(DELIMITERS, key=rank)


def split_rows(path: Path, lines: Iterable[str], delimiter: str) -> Generator[tuple[int, list[str]], None, None]:
    """Yield (line, cells) for every row of `lines` that is not blank; `line` counts physical lines from 1. Raises SourceError for an unclosed quote, too many
    cells or too long a cell."""
    reader = csv.reader(chain(lines, [_END]), delimiter=delimiter)
    start = 1
    try:
        for cells in reader:
            if cells and _END in cells[-1]:
                if cells != [_END]:
                    raise SourceError(path, "un guillemet ouvert n’est jamais refermé.", line=start)
                return
            if len(cells) > MAX_COLUMNS:
                raise SourceError(path, f"{len(cells)} cellules sur une ligne ; {MAX_COLUMNS} au plus.", line=start)
            if cells:
                yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        raise SourceError(
            path,
            "le texte n’est pas un CSV lisible : une cellule y est démesurée, ou un caractère interdit.",
            line=start,
        ) from error
