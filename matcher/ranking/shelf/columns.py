"""Compact columns for a million rows: lists of rows by column; and orders of whole numbers that rows are sorted by, the same on any machine."""

from array import array
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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


Numbers = NDArray[np.integer]


def stable_order(keys: NDArray[np.int64]) -> Rows:
    """Return the places of these keys, the least first, ties in their order: what a stable sort gives, in a third of its time.

    A sort that is not stable finds which keys are equal; a second one, of whole numbers that hold the place too, puts those right.
    """
    quick = np.argsort(keys)
    ordered = keys[quick]
    step = np.empty(len(keys), dtype=np.int64)
    step[:1] = 0
    np.not_equal(ordered[1:], ordered[:-1], out=step[1:], casting="unsafe")
    placed = np.cumsum(step) << 32 | quick
    placed.sort()
    return np.asarray(placed & 0xFFFF_FFFF, dtype=np.intp)


def first_of_each(numbers: Numbers) -> Rows:
    """Return the places where each of these whole numbers, none below 0, stands first, in order."""
    at = np.arange(len(numbers))
    first = np.empty(int(numbers.max(initial=-1)) + 1, dtype=np.intp)
    first[numbers[::-1]] = at[::-1]  # of one number the last that is set stays
    return np.asarray(at[first[numbers] == at])
