"""Suppliers that a published lot suits, and the order in which a supplier reads the lots that suit it: the engine's bands and scores, as arrays. Pure.

A score compares suppliers of one lot, and hardly two lots: of a lot without a place everyone has lost the same points. What is comparable is the lead: the
points that a supplier has above the last one that a buyer would read.
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

# Nobody reads farther in a list (`HALF_CROWD` of proximity says the same). Half as many would tell fewer winners of their lot, twice as many would tell
# of half as many lots again.
READ = 40
# Suppliers that are kept for one lot of each of the two first bands: more than answer any.
MOST = 100
# The articles by which a lot could be reserved, for a family each.
RESERVING = ("12", "13")


@dataclass(frozen=True, eq=False, slots=True)
class LotMatches:
    """Suppliers that one lot suits, one an organisation, the surest band first and each band best first.

    `rows` (k,) are those of the shelf; `band` (k,) the place in `BANDS` of each; `place` (k,) its place in its band, from 1; `score` (k,)
    its score and `lead` (k,) what it is above the score of the last that a buyer reads; `wanted` (k,) True where the lot is reserved to its
    kind, or names it. `connu` and `indice` are how many organisations these bands hold, kept or not; `credible` how many are credible,
    `reservable` how many of those each article of `RESERVING` admits.
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
    """Return whom a lot suits: the known and the pointed to within reach, at most `most` of each, and some of those to call."""
    ranking = laid_out(ask)
    read = ranking.ranking.best(READ)
    rows, places = _placed(ranking, read, most)
    score = ranking.ranking.score_rows(rows)[0]
    least = float(ranking.ranking.score_rows(read[-1:])[0].sum())  # 0 where nobody is read
    connu, indice, _ = ranking.place_counts
    return LotMatches(
        rows=rows,
        band=ranking.band[rows],
        place=places,
        score=score.astype(np.float32),
        lead=(score - least).astype(np.float32),
        wanted=wanted(ask)[rows],
        connu=connu,
        indice=indice,
        credible=_credible(ranking),
        reservable=MappingProxyType({code: _credible(ranking, code) for code in RESERVING}),
    )


def laid_out(ask: LotOnShelf) -> BandedRanking:
    """Return the bands of those who may be written to about a lot: nobody where its trade and its place are not understood, or its place is not known."""
    return lay_out_bands(rank(ask), np.full(len(ask.shelf), bool(ask.reading.places)))


def suited(ranking: BandedRanking) -> Rows:
    """Return the rows of those whom a lot suits, as `matches` lays them out."""
    return _placed(ranking, ranking.ranking.best(READ), MOST)[0]


def _placed(ranking: BandedRanking, read: Rows, most: int) -> tuple[Rows, Rows]:
    """Return the rows of those whom a lot suits and the place of each in its band: the first of the known and of those pointed to; of those
    to call, who is among the `read`, whose kind answers such needs, and whom nothing points to another trade."""
    known, pointed = (ranking.leading(np.flatnonzero(ranking.band == band))[:most] for band in (CONNU, INDICE))
    elsewhere = ranking.ranking.ask.once(pointed_elsewhere)[read]
    to_call = ranking.leading(read[(ranking.band[read] == A_APPELER) & ~elsewhere])
    likely = ~seldom(ranking)[to_call]
    places = (np.arange(1, len(known) + 1), np.arange(1, len(pointed) + 1), np.flatnonzero(likely) + 1)
    return np.concatenate((known, pointed, to_call[likely])), np.concatenate(places)


def seldom(ranking: BandedRanking) -> Bools:
    """(n,) True for whom, were its trade known, the lot would seldom be: suppliers of its kind rarely answer such needs."""
    return kind.SIGNAL.disfavours(ranking.ranking.of(kind.SIGNAL))


def own_order(wanted: Bools, lead: Floats) -> Rows:
    """(k,) lots of one supplier, the first to read first: those reserved to its kind, then by lead. A trade that is known is already in the lead."""
    return np.lexsort((-lead, ~wanted))


def wanted(ask: LotOnShelf) -> Bools:
    """(n,) True for the kinds that a lot is reserved to, or names."""
    return ask.shelf.kinds.any_of(wanted_kinds(ask))


def wanted_kinds(ask: LotOnShelf) -> frozenset[SupplierKind]:
    """Return the kinds that a lot is reserved to by its article, else those that its text asks for; none where it is open to all."""
    article = ask.reading.lever
    if article and not lever(article).open_to_all:
        return eligible_kinds(article)
    return ask.wanted_kinds


def _credible(ranking: BandedRanking, article: str = "") -> int:
    """Return how many organisations within reach of a lot are credible, of the kinds that an article admits where one is given."""
    which = ranking.stands & ranking.ranking.credible
    if article:
        which &= ranking.ranking.ask.shelf.kinds.any_of(eligible_kinds(article))
    return len(np.unique(ranking.ranking.ask.shelf.organisations[which]))
