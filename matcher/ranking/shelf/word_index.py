"""Inverted index of the words (stems) of every supplier's record, with idf weights, for the textual overlap between a lot and records."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.cleaning.words import stems
from matcher.domain.supplier import Supplier
from matcher.mapped import Strings, StringsMaker
from matcher.ranking.shelf.columns import Cells, Postings
from matcher.ranking.shelf.sphere import Floats

Bools = NDArray[np.bool_]

# Words in more than this share of records are not indexed.
MOST_COMMON_SHARE = 0.1
# Words common to names of inclusive suppliers, ignored in names: « Passerelle pour l’emploi » does not match « prêt à l’emploi ».
_MISSION = frozenset(
    stems(
        "action aide atelier avenir centre chantier emploi entraide entreprise établissement insertion partage protégé "
        "service site social solidaire solidarité travail tremplin"
    )
)


@dataclass(frozen=True, eq=False, slots=True)
class Wordings:
    """Index of V sorted stems: `holders` the rows that contain each, `idf` (V,) its weight. `presented` (n,): the record has a presentation or
    declared activities, not only a name."""

    stems: Strings
    idf: Floats
    holders: Postings
    presented: Bools

    def column(self, word: str) -> int | None:
        """Return the column of a stem, None where it is not indexed."""
        place = bisect_left(self.stems, word)
        return place if place < len(self.stems) and self.stems[place] == word else None

    def overlap(self, columns: Iterable[int]) -> Floats:
        """Return (n,) the idf-weighted share, in [0, 1], of these columns (distinct) that each record contains."""
        shared = np.zeros(len(self.presented), dtype=np.float32)
        columns_sorted = sorted(columns)
        for column in columns_sorted:
            shared[self.holders.of(column)] += self.idf[column]
        return shared / self.idf[columns_sorted].sum() if columns_sorted else shared


class WordingsMaker:
    """Builds `Wordings` from suppliers added in order of row: names, brands, presentations, declared activities."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}
        self._cells = Cells()
        self._presented = bytearray()

    def add(self, row: int, supplier: Supplier) -> None:
        """Add the next supplier."""
        named = frozenset(stems(f"{supplier.name} {supplier.brand}")) - _MISSION
        words = " ".join((supplier.description, *(one.wording for one in supplier.activities)))
        for word in named.union(stems(words)):
            self._cells.add(row, self._known.setdefault(word, len(self._known)))
        self._presented.append(bool(supplier.description or supplier.activities))

    def make(self) -> Wordings:
        """Return the index of all suppliers added; idf = ln((1 + n) / df) over the records."""
        n = len(self._presented)
        cell_columns = self._cells.columns
        counts = np.bincount(cell_columns, minlength=len(self._known))
        indexed = sorted(word for word, rank in self._known.items() if counts[rank] <= max(2.0, MOST_COMMON_SHARE * n))
        ranks = np.array([self._known[word] for word in indexed], dtype=np.intp)
        column = np.full(len(self._known), -1, dtype=np.int32)
        column[ranks] = np.arange(len(indexed), dtype=np.int32)
        return Wordings(
            stems=StringsMaker(indexed).made(),
            idf=np.log((1 + n) / counts[ranks]).astype(np.float32),
            holders=self._cells.by_column(column[cell_columns], len(indexed))[0],
            presented=np.frombuffer(self._presented, dtype=bool),
        )
