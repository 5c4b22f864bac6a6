"""The words of every record as one sparse matrix, weighted so that a rare word tells more than a common one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from matcher.cleaning.words import stems
from matcher.domain.supplier import Supplier
from matcher.ranking.sphere import Floats

Bools = NDArray[np.bool_]

# Words that most records or most lots hold: they tell apart neither.
MOST_COMMON_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Wordings:
    """`present` (n, V) holds the idf of each stem that a record has; `column` maps a stem to its column, `idf` (V,).

    `own` keeps each record's stems; `presented` (n,) tells the records that say more than a name.
    """

    column: dict[str, int]
    idf: Floats
    present: csr_matrix
    own: tuple[frozenset[str], ...]
    presented: Bools

    @classmethod
    def of(cls, suppliers: Sequence[Supplier]) -> "Wordings":
        """Index names, brands, presentations and declared activities. idf = ln((1 + n) / df) over the records themselves."""
        own = tuple(frozenset(stems(text_of(supplier))) for supplier in suppliers)
        counts: dict[str, int] = {}
        for words in own:
            for word in words:
                counts[word] = counts.get(word, 0) + 1
        ceiling = max(2.0, MOST_COMMON_SHARE * len(own))
        kept = sorted(word for word, n in counts.items() if n <= ceiling)
        column = {word: i for i, word in enumerate(kept)}
        idf = np.array([np.log((1 + len(own)) / counts[word]) for word in kept], dtype=np.float32)
        cells = [(i, column[word]) for i, words in enumerate(own) for word in sorted(words) if word in column]
        rows, columns = (np.array(axis, dtype=np.int32) for axis in (zip(*cells, strict=True) if cells else ((), ())))
        present = csr_matrix((idf[columns], (rows, columns)), shape=(len(own), len(kept)))
        presented = np.array([bool(s.description or s.activities) for s in suppliers], dtype=bool)
        return cls(column, idf, present, own, presented)

    def overlap(self, words: Sequence[str]) -> Floats:
        """Return (n,) the idf-weighted share, in [0, 1], of the lot's words that each record holds."""
        columns = sorted({self.column[word] for word in words if word in self.column})
        if not columns:
            return np.zeros(self.present.shape[0], dtype=np.float32)
        asked = np.zeros(self.present.shape[1], dtype=np.float32)
        asked[columns] = 1.0
        return np.asarray(self.present @ asked / self.idf[columns].sum(), dtype=np.float32)


def text_of(supplier: Supplier) -> str:
    """Everything a record says in words, joined."""
    return " ".join((supplier.name, supplier.brand, supplier.description, *(a.wording for a in supplier.activities)))
