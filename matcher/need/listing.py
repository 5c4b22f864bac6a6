"""A ranking as a page shows it: narrowed, sorted, cut in pages, with how many each other choice would leave."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

import numpy as np

from matcher.domain.kinds import SupplierKind
from matcher.domain.match import Match
from matcher.ranking.engine import Ranking
from matcher.ranking.reach import covered
from matcher.ranking.shelf.sphere import Rows
from matcher.ranking.shelf.word_index import Bools
from matcher.ranking.signals import activity, references
from matcher.ranking.signals.capacity import WORKERS

# Kilometres that a page offers to narrow a list to.
RADII = (10, 25, 50, 100)
# Most services are carried out from nearer than this; whoever declares to come is kept whatever the distance.
USUAL_RADIUS = 50


class ListOrder(StrEnum):
    """Sort order of a list; the first is by rank, which is that of the score."""

    SCORE = "adequation"
    DISTANCE = "distance"
    KNOWN = "connu"


@dataclass(frozen=True, slots=True)
class KnownFilter:
    """Something that a list can be narrowed to, where it is known of the supplier."""

    label: str
    of: Callable[[Ranking], Bools]


KNOWN: Mapping[str, KnownFilter] = MappingProxyType(
    {
        "activite": KnownFilter("l’activité", lambda ranking: np.asarray(~np.isnan(ranking.of(activity.SIGNAL)))),
        "effectif": KnownFilter("l’effectif", lambda ranking: np.asarray(~np.isnan(ranking.ask.shelf[WORKERS]))),
        "reference": KnownFilter("une référence", lambda ranking: np.asarray(~np.isnan(ranking.of(references.SIGNAL)))),
        "zone": KnownFilter("la zone d’intervention", lambda ranking: np.asarray(ranking.ask.shelf.ranged, dtype=bool)),
    }
)


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Filters of a list: any of `kinds`, at most `km` from the place (or declaring to come), all of `known` known; the
    `credible` alone."""

    kinds: frozenset[SupplierKind] = frozenset()
    km: int | None = None
    known: frozenset[str] = frozenset()
    credible: bool = False


@dataclass(frozen=True)
class Listing:
    """`rows` of the shelf in the order shown; `ranks` (n,) the rank of every row, 0 for the refused: the same whatever the sort and
    the narrowing, so that a number said in a meeting is always the same supplier's."""

    ranking: Ranking
    narrowing: Narrowing
    sort: ListOrder
    rows: Rows
    ranks: Rows

    @cached_property
    def credible(self) -> int:
        """How many of the rows shown are credible."""
        return int(np.count_nonzero(self.ranking.credible[self.rows]))

    @cached_property
    def cut(self) -> int | None:
        """Number of leading credible rows; None if the two kinds are interleaved."""
        first = self.ranking.credible[self.rows[: self.credible]]
        return self.credible if 0 < self.credible < len(self.rows) and first.all() else None

    def page(self, number: int, size: int) -> tuple[Match, ...]:
        """Return one page, from 1, of candidates with their reasons; empty past the last one."""
        rows = self.rows[(number - 1) * size : number * size]
        return self.ranking.matches(rows, (int(rank) for rank in self.ranks[rows]))

    def of_kind(self, kind: SupplierKind) -> int:
        """Return how many would remain of this kind alone, everything else as it is."""
        return self._count(replace(self.narrowing, kinds=frozenset({kind})))

    def within(self, km: int | None) -> int:
        """Return how many would remain within this distance (None: any), everything else as it is."""
        return self._count(replace(self.narrowing, km=km))

    def knowing(self, key: str) -> int:
        """Return how many would remain where this is known too, everything else as it is."""
        return self._count(replace(self.narrowing, known=self.narrowing.known | {key}))

    @cached_property
    def all_credible(self) -> int:
        """Return how many would remain of the credible alone, everything else as it is."""
        return self._count(replace(self.narrowing, credible=True))

    @cached_property
    def admitted(self) -> int:
        """How many no gate refuses, narrowed or not."""
        return int(np.count_nonzero(self.ranking.admitted))

    @cached_property
    def unlocated(self) -> int:
        """How many are left out of a distance because nobody knows where they are."""
        if self.narrowing.km is None:
            return 0
        elsewhere = _kept(self.ranking, replace(self.narrowing, km=None))
        return int(np.count_nonzero(elsewhere & np.isnan(self.ranking.ask.distance_km)))

    def _count(self, narrowing: Narrowing) -> int:
        return int(np.count_nonzero(_kept(self.ranking, narrowing)))


def listing(ranking: Ranking, narrowing: Narrowing = Narrowing(), sort: ListOrder = ListOrder.SCORE) -> Listing:
    """Narrow and sort a ranking. Raises KeyError for a `known` that `KNOWN` lacks."""
    order = ranking.best(len(ranking.ask.shelf))
    ranks = np.zeros(len(ranking.ask.shelf), dtype=np.intp)
    ranks[order] = np.arange(1, len(order) + 1)
    rows = order[_kept(ranking, narrowing)[order]]
    return Listing(ranking, narrowing, sort, rows[_order(ranking, rows, sort)], ranks)


def usual_radius(ranking: Ranking) -> int | None:
    """Return the distance that a list is narrowed to until the buyer says otherwise: none for goods, nor without a place."""
    located = not np.isnan(ranking.ask.distance_km).all()
    return USUAL_RADIUS if located and not ranking.ask.goods else None


def _order(ranking: Ranking, rows: Rows, sort: ListOrder) -> Rows:
    """Rows come by rank; the sort is stable."""
    if sort is ListOrder.DISTANCE:
        km = ranking.ask.distance_km[rows]
        return np.argsort(np.where(np.isnan(km), np.inf, km), kind="stable")
    if sort is ListOrder.KNOWN:
        return np.argsort(-ranking.scored(rows)[1], kind="stable")
    return np.arange(len(rows))


def _kept(ranking: Ranking, narrowing: Narrowing) -> Bools:
    kept = ranking.admitted.copy()
    if narrowing.kinds:
        kept &= ranking.ask.shelf.kinds.any_of(narrowing.kinds)
    if narrowing.km is not None:
        kept &= (np.nan_to_num(ranking.ask.distance_km, nan=np.inf) <= narrowing.km) | ranking.ask.once(covered)
    if narrowing.credible:
        kept &= ranking.credible
    for key in sorted(narrowing.known):
        kept &= KNOWN[key].of(ranking)
    return kept
