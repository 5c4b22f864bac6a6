"""Selects the suppliers that a published lot suits, from the engine's ranking, and orders the lots of one supplier; numpy arrays. Pure.

The ranking is in bands (by how surely the supplier does the trade: known, pointed to by a clue, to call, other), by score in each. A score compares the
suppliers of one lot, not two lots: without a known place, all lose the same points. Across lots, the lead is compared: the points that a supplier has
above the last one that a buyer would read (rank 40). The shelf is the catalogue's suppliers loaded as arrays; rows are indices into it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from matcher.domain.kinds import SupplierKind
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.bands import BandedRanking, lay_out_bands
from matcher.ranking.engine import rank
from matcher.ranking.known import A_APPELER, CONNU, INDICE, pointed_elsewhere
from matcher.ranking.shelf.sphere import Floats, Rows
from matcher.ranking.shelf.word_index import Bools
from matcher.ranking.signals import kind
from matcher.reference.levers import eligible_kinds, lever

# Suppliers that a buyer reads in a list (`HALF_CROWD` of proximity agrees). With 20, fewer winners would have been notified of their lot; with 80, each
# supplier would be notified of half as many lots again.
READ = 40
# Most suppliers stored for one lot in each of the first two bands: more than ever answer.
MOST = 100
# The law articles by which a lot could be reserved (12: disability, 13: insertion).
RESERVING = ("12", "13")


@dataclass(frozen=True, eq=False, slots=True)
class LotMatches:
    """Suppliers that one lot suits, one for each organisation, the surest band first and each band best first.

    `rows` (k,) are indices into the shelf; `band` (k,) indices into `BANDS`; `place` (k,) the rank in the band, from 1; `score` (k,); `lead` (k,)
    the score minus that of the last supplier that a buyer reads; `wanted` (k,) True if the lot is reserved to the supplier's kind, or names it.
    `connu` and `indice` count all organisations of these bands, stored or not; `credible` the credible ones, `reservable` how many of these each
    article of `RESERVING` admits.
    """

    rows: Rows
    band: NDArray[np.int8]
    place: Rows
    score: Floats
    lead: Floats
    wanted: Bools
    connu: int
    indice: int
    credible: int
    reservable: Mapping[str, int]


def matches(ask: LotOnShelf, most: int = MOST) -> LotMatches:
    """Return the suppliers that a lot suits: at most `most` of each of the bands `connu` and `indice` within reach, and some of the band to call."""
    ranking = laid_out(ask)
    read = ranking.ranking.best(READ)
    rows, places = _suited_rows(ranking, read, most)
    score = ranking.ranking.score_rows(rows)[0]
    least = float(ranking.ranking.score_rows(read[-1:])[0].sum())  # 0 where nobody is read
    connu, indice, _ = ranking.place_counts
    return LotMatches(
        rows=rows,
        band=ranking.band[rows],
        place=places,
        score=score.astype(np.float32),
        lead=(score - least).astype(np.float32),
        wanted=is_of_wanted_kind(ask)[rows],
        connu=connu,
        indice=indice,
        credible=_credible(ranking),
        reservable=MappingProxyType({code: _credible(ranking, code) for code in RESERVING}),
    )


def laid_out(ask: LotOnShelf) -> BandedRanking:
    """Return the banded ranking of a lot; nobody is selected in it if the lot's place is not known."""
    return lay_out_bands(rank(ask), np.full(len(ask.shelf), bool(ask.reading.places)))


def suited(ranking: BandedRanking) -> Rows:
    """Return the rows of the suppliers that a lot suits, as `matches` does."""
    return _suited_rows(ranking, ranking.ranking.best(READ), MOST)[0]


def _suited_rows(ranking: BandedRanking, read: Rows, most: int) -> tuple[Rows, Rows]:
    """Return (rows of the suppliers that a lot suits, rank of each in its band): the first `most` of `connu` and of `indice`; of those to call, the ones
    in `read` whose kind answers such needs and that no clue points to another trade."""
    known, pointed = (ranking.leading(np.flatnonzero(ranking.band == band))[:most] for band in (CONNU, INDICE))
    elsewhere = ranking.ranking.ask.once(pointed_elsewhere)[read]
    to_call = ranking.leading(read[(ranking.band[read] == A_APPELER) & ~elsewhere])
    likely = ~seldom(ranking)[to_call]
    places = (np.arange(1, len(known) + 1), np.arange(1, len(pointed) + 1), np.flatnonzero(likely) + 1)
    return np.concatenate((known, pointed, to_call[likely])), np.concatenate(places)


def seldom(ranking: BandedRanking) -> Bools:
    """(n,) True for suppliers whose kind rarely answers such needs."""
    return kind.SIGNAL.disfavours(ranking.ranking.of(kind.SIGNAL))


def own_order(wanted: Bools, lead: Floats) -> Rows:
    """(k,) indices that sort the lots of one supplier: reserved to its kind first, then by lead. The lead already counts a known trade."""
    return np.lexsort((-lead, ~wanted))


def is_of_wanted_kind(ask: LotOnShelf) -> Bools:
    """(n,) True for suppliers of a kind that the lot is reserved to, or names."""
    return ask.shelf.kinds.any_of(wanted_kinds(ask))


def wanted_kinds(ask: LotOnShelf) -> frozenset[SupplierKind]:
    """Return the kinds that a lot is reserved to by its article, else those that its text asks for; empty if it is open to all."""
    article = ask.reading.lever
    if article and not lever(article).open_to_all:
        return eligible_kinds(article)
    return ask.wanted_kinds


def _credible(ranking: BandedRanking, article: str = "") -> int:
    """Return how many organisations within reach of a lot are credible; with an article, of the kinds that it admits."""
    which = ranking.stands & ranking.ranking.credible
    if article:
        which &= ranking.ranking.ask.shelf.kinds.any_of(eligible_kinds(article))
    return len(np.unique(ranking.ranking.ask.shelf.organisations[which]))
