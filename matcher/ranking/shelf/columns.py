"""Compact columns for a million rows: texts end to end in one array of bytes, and lists of rows by column."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import NDArray

from matcher.ranking.shelf.sphere import Rows

Ints = NDArray[np.int32]
Offsets = NDArray[np.int64]
Bytes = NDArray[np.uint8]


@dataclass(frozen=True, eq=False, slots=True)
class Strings(Sequence[str]):
    """n texts in UTF-8, end to end: text i is `blob[starts[i]:starts[i + 1]]`. A text exists only once it is asked for."""

    starts: Offsets
    blob: Bytes

    def __len__(self) -> int:
        return len(self.starts) - 1

    @overload
    def __getitem__(self, row: int) -> str: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[str]: ...
    def __getitem__(self, row: int | slice) -> str | Sequence[str]:
        if isinstance(row, slice):
            return [self[i] for i in range(*row.indices(len(self)))]
        at = row if row >= 0 else row + len(self)
        return self.blob[self.starts[at] : self.starts[at + 1]].tobytes().decode("utf-8")


class StringsMaker:
    """Takes texts one by one and gives their column."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._starts = array("q", [0])
        self._blob = bytearray()
        for text in texts:
            self.add(text)

    def add(self, text: str) -> None:
        """Take the next text."""
        self._blob += text.encode("utf-8")
        self._starts.append(len(self._blob))

    def made(self) -> Strings:
        """Return the column; it takes no more after that."""
        return Strings(np.array(self._starts, dtype=np.int64), np.frombuffer(self._blob, dtype=np.uint8))


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
        """Whether a row holds a column."""
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
