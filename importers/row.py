"""A row whose every column is taken, ignored by name, or reported: a new column in an export is noticed, not lost."""

from collections.abc import Iterable, Mapping


class Row:
    """One row of a table, from column name to raw text. `line` is its line in the file, from 1."""

    __slots__ = ("_cells", "_taken", "line")

    def __init__(self, cells: Mapping[str, str], line: int) -> None:
        self._cells = cells
        self._taken: set[str] = set()
        self.line = line

    @property
    def cells(self) -> Mapping[str, str]:
        """The raw text of each column; nothing of it counts as taken."""
        return self._cells

    def take(self, *columns: str) -> str:
        """Return the first non-empty value among `columns`, stripped; empty where none has one. All count as taken."""
        self._taken.update(columns)
        for column in columns:
            value = self._cells.get(column, "").strip()
            if value:
                return value
        return ""

    def ignore(self, columns: Iterable[str]) -> None:
        """Declare columns that hold nothing for the catalogue, or that must not enter it (names of persons)."""
        self._taken.update(columns)

    def leftovers(self) -> tuple[str, ...]:
        """Return the columns neither taken nor ignored, in the order of the file."""
        return tuple(column for column in self._cells if column not in self._taken)
