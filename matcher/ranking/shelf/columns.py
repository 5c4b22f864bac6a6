"""Compact columns for a million rows: lists of rows by column."""

from array import array
from dataclasses import dataclass

import numpy as np

from matcher.mapped import Ints, Offsets
from matcher.ranking.shelf.sphere import Rows


@dataclass(frozen=True, eq=False, slots=True)
class Postings:
    """For each of c columns the rows that hold it, ascending and each once: `rows[starts[c]:starts[c + 1]]`."""

    starts: Offsets
    rows: Ints

    def span(self, column: int) -> slice:
        """Return where the rows of a column are."""
        return slice(self.starts[column], self.starts[column + 1])

    def of(self, column: int) -> Ints:
        """Return the rows of a column."""
        return self.rows[self.span(column)]

    def holds(self, column: int, row: int) -> bool:
        """Return whether a row holds a column."""
        rows = self.of(column)
        place = int(rows.searchsorted(rows.dtype.type(row)))  # of another type, all of them would be converted
        return place < len(rows) and int(rows[place]) == row


class Cells:
    """Takes (row, column) cells, rows ascending, and gives them by column."""

    def __init__(self) -> None:
        self._rows, self._columns = array("i"), array("i")

    def add(self, row: int, column: int) -> None:
        """Take one cell; a row takes a column once."""
        self._rows.append(row)
        self._columns.append(column)

    @property
    def columns(self) -> Ints:
        """(cells,) the column of each cell, in the order they were added."""
        return np.array(self._columns, dtype=np.int32)

    def by_column(self, columns: Ints, count: int) -> tuple[Postings, Rows]:
        """Return the cells under these columns (one a cell, those below 0 left out) out of `count`, and where each cell was."""
        order = np.argsort(columns, kind="stable")
        order = order[np.count_nonzero(columns < 0) :]
        starts = np.zeros(count + 1, dtype=np.int64)
        np.cumsum(np.bincount(columns[order], minlength=count), out=starts[1:])
        return Postings(starts, np.array(self._rows, dtype=np.int32)[order]), order
