"""The words of every record, by word, weighted so that a rare word counts more than a common one."""

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

# Words that most records or most lots hold: they tell apart neither.
MOST_COMMON_SHARE = 0.1
# What the names of inclusive suppliers share whatever they do: « Passerelle pour l’emploi » is no echo of « prêt à l’emploi ».
_MISSION = frozenset(
    stems(
        "action aide atelier avenir centre chantier emploi entraide entreprise établissement insertion partage protégé "
        "service site social solidaire solidarité travail tremplin"
    )
)


@dataclass(frozen=True, eq=False, slots=True)
class Wordings:
    """V stems, sorted: `holders` the rows of the records that have each, `idf` (V,) its weight.

    `presented` (n,) is True for the records with more than a name.
    """

    stems: Strings
    idf: Floats
    holders: Postings
    presented: Bools

    def column(self, word: str) -> int | None:
        """Return the column of a stem, None where no record, or too many, have it."""
        place = bisect_left(self.stems, word)
        return place if place < len(self.stems) and self.stems[place] == word else None

    def overlap(self, columns: Iterable[int]) -> Floats:
        """Return (n,) the idf-weighted share, in [0, 1], of these columns, each given once, that each record holds."""
        shared = np.zeros(len(self.presented), dtype=np.float32)
        columns_sorted = sorted(columns)
        for column in columns_sorted:
            shared[self.holders.of(column)] += self.idf[column]
        return shared / self.idf[columns_sorted].sum() if columns_sorted else shared


class WordingsMaker:
    """Takes suppliers in the order of their rows and gives their words: names, brands, presentations, declared activities."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}
        self._cells = Cells()
        self._presented = bytearray()

    def add(self, row: int, supplier: Supplier) -> None:
        """Take the next supplier."""
        # The mission that all names share parts none.
        named = frozenset(stems(f"{supplier.name} {supplier.brand}")) - _MISSION
        words = " ".join((supplier.description, *(one.wording for one in supplier.activities)))
        for word in named.union(stems(words)):
            self._cells.add(row, self._known.setdefault(word, len(self._known)))
        self._presented.append(bool(supplier.description or supplier.activities))

    def make(self) -> Wordings:
        """Return the whole. idf = ln((1 + n) / df) over the records themselves."""
        n = len(self._presented)
        cell_columns = self._cells.columns
        counts = np.bincount(cell_columns, minlength=len(self._known))
        telling = sorted(word for word, rank in self._known.items() if counts[rank] <= max(2.0, MOST_COMMON_SHARE * n))
        ranks = np.array([self._known[word] for word in telling], dtype=np.intp)
        column = np.full(len(self._known), -1, dtype=np.int32)
        column[ranks] = np.arange(len(telling), dtype=np.int32)
        return Wordings(
            stems=StringsMaker(telling).made(),
            idf=np.log((1 + n) / counts[ranks]).astype(np.float32),
            holders=self._cells.by_column(column[cell_columns], len(telling))[0],
            presented=np.frombuffer(self._presented, dtype=bool),
        )
