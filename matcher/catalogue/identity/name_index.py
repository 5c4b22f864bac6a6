"""Trigram index of names: finds the names most similar to a given one, by the three-letter runs that both contain, rare runs counting most."""

from collections.abc import Sequence

import numpy as np

from matcher.cleaning.names import name_key
from matcher.mapped import Ints
from matcher.ranking.shelf.columns import Cells

_LETTERS = 3
# Long names share more trigrams by chance, so similarity is divided by (sum of the name's trigram weights) ** 0.5. A stronger penalty would push full names
# away from their truncated form.
_LENGTH_EXPONENT = 0.5


class NameIndex:
    """Names indexed by three-letter runs. A name is identified by its position in `names`."""

    def __init__(self, names: Sequence[str]) -> None:
        cells = Cells()
        self._columns: dict[str, int] = {}
        for position, name in enumerate(names):
            for run in _runs(name):
                cells.add(position, self._columns.setdefault(run, len(self._columns)))
        columns = cells.columns
        self._holders, _ = cells.by_column(columns, len(self._columns))
        holder_counts = np.diff(self._holders.starts)
        self._weights = np.log1p(len(names) / np.maximum(holder_counts, 1)) if len(names) else np.zeros(0)
        lengths = np.bincount(self._holders.rows, weights=np.repeat(self._weights, holder_counts), minlength=len(names))
        self._length_penalty = np.maximum(lengths, 1e-9) ** -_LENGTH_EXPONENT

    def nearest(self, name: str, most: int, among: Ints | None = None) -> list[int]:
        """Return the positions of the names most similar to `name`, best first, at most `most`; only positions of `among` (ascending), if given."""
        columns = [column for run in _runs(name) if (column := self._columns.get(run)) is not None]
        if not columns:
            return []
        holders = [self._holders.of(column) for column in columns]
        weights = np.repeat(self._weights[columns], [len(rows) for rows in holders])
        penalty = self._length_penalty
        similarity = np.bincount(np.concatenate(holders), weights=weights, minlength=len(penalty)) * penalty
        positions = np.flatnonzero(similarity) if among is None else among[similarity[among] > 0]
        if len(positions) > most:
            positions = positions[np.argpartition(-similarity[positions], most - 1)[:most]]
        return [int(position) for position in positions[np.lexsort((positions, -similarity[positions]))]]


def _runs(name: str) -> dict[str, None]:
    """The three-letter runs of a name, each once, in order."""
    key = f" {name_key(name)} "
    return dict.fromkeys(key[at : at + _LETTERS] for at in range(len(key) - _LETTERS + 1))
