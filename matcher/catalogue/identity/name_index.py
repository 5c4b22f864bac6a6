"""Trigram index of names: finds the names most like a given one, by the three-letter runs they share, rare runs counting most."""

from collections.abc import Sequence

import numpy as np

from matcher.cleaning.names import name_key
from matcher.mapped import Ints
from matcher.ranking.shelf.columns import Cells

_LETTERS = 3
# Likeness is divided by the square root of a name's length (a cosine would divide by more): a truncated name stays near the whole one.
_LENGTH = 0.5


class NameIndex:
    """Names indexed by three-letter runs. A name is identified by its rank in `names`."""

    def __init__(self, names: Sequence[str]) -> None:
        cells = Cells()
        self._columns: dict[str, int] = {}
        for rank, name in enumerate(names):
            for run in _runs(name):
                cells.add(rank, self._columns.setdefault(run, len(self._columns)))
        columns = cells.columns
        self._holders, _ = cells.by_column(columns, len(self._columns))
        holder_counts = np.diff(self._holders.starts)
        self._worth = np.log1p(len(names) / np.maximum(holder_counts, 1)) if len(names) else np.zeros(0)
        lengths = np.bincount(self._holders.rows, weights=np.repeat(self._worth, holder_counts), minlength=len(names))
        self._short = np.maximum(lengths, 1e-9) ** -_LENGTH

    def nearest(self, name: str, most: int, among: Ints | None = None) -> list[int]:
        """Return the ranks of the names most like `name`, likeliest first, at most `most`; only ranks of `among` (ascending), if given."""
        columns = [column for run in _runs(name) if (column := self._columns.get(run)) is not None]
        if not columns:
            return []
        holders = [self._holders.of(column) for column in columns]
        worth = np.repeat(self._worth[columns], [len(rows) for rows in holders])
        likeness = np.bincount(np.concatenate(holders), weights=worth, minlength=len(self._short)) * self._short
        ranks = np.flatnonzero(likeness) if among is None else among[likeness[among] > 0]
        if len(ranks) > most:
            ranks = ranks[np.argpartition(-likeness[ranks], most - 1)[:most]]
        return [int(rank) for rank in ranks[np.lexsort((ranks, -likeness[ranks]))]]


def _runs(name: str) -> dict[str, None]:
    """The three-letter runs of a name, each once, in order."""
    key = f" {name_key(name)} "
    return dict.fromkeys(key[at : at + _LETTERS] for at in range(len(key) - _LETTERS + 1))
