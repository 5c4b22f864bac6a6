"""Suppliers that may answer a lot, by the engine: known for its trade or pointed to, within reach, a bounded number. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from matcher.domain.match import Band
from matcher.domain.reading import Reading
from matcher.need.answer import laid
from matcher.ranking.bands import banded
from matcher.ranking.engine import rank
from matcher.ranking.shelf.shelf import Shelf

MOST_MATCHES = 50
_BANDS = (Band.CONNU, Band.INDICE)


@dataclass(frozen=True, slots=True)
class LotMatch:
    """A supplier that may answer a lot: its band, and its score in [0, 100]."""

    supplier_id: str
    band: Band
    score: float


@dataclass(frozen=True, slots=True)
class LotMatches:
    """Suppliers of a lot, best first; `connu` and `indice` count the organisations of each band, `eligible` those credible to whom the lot
    could be reserved, None where that was not counted."""

    first: tuple[LotMatch, ...] = ()
    connu: int = 0
    indice: int = 0
    eligible: int | None = None


def lot_matches(shelf: Shelf, reading: Reading, on: date, most: int = MOST_MATCHES) -> LotMatches:
    """Return who may answer a lot on a day; nobody where its trade is not understood, or its place where that counts."""
    ask = laid(reading, shelf, on)
    if not ask.understood or not (ask.located or ask.goods or reading.places):
        return LotMatches()
    found = banded(rank(ask))
    rows = {band: found.of(band) for band in _BANDS}
    connu, indice = (len(its) for its in rows.values())

    def first() -> Iterator[LotMatch]:
        left = most
        for band, its in rows.items():
            chosen = its[:left]
            left -= len(chosen)
            scores, _ = found.ranking.scored(chosen)
            for row, score in zip(chosen.tolist(), scores.tolist(), strict=True):
                yield LotMatch(shelf.ids[row], band, score)

    return LotMatches(tuple(first()), connu, indice)
