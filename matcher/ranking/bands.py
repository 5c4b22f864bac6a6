"""List of a ranking in bands: an organisation stands once, in its surest band, among those within reach.

The score orders those known and pointed to, so that nobody of unknown trade stands above one who is known for it; of those to call,
whoever is pointed to another trade comes last.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from matcher.domain.match import Band, BandCounts, Match
from matcher.ranking.engine import Ranking
from matcher.ranking.gates import FAMILY
from matcher.ranking.known import (
    A_APPELER,
    AUTRE,
    BANDS,
    CONNU,
    band_of_each,
    comes,
    known_by_activity,
    likely,
    only_seconds,
    pointed_elsewhere,
)
from matcher.ranking.shelf.columns import first_of_each
from matcher.ranking.shelf.sphere import Rows
from matcher.ranking.shelf.word_index import Bools
from matcher.ranking.signals import incumbent
from matcher.reference.levers import lever

# Places of a first screen of ten that each band has, the surest first; one that is left free passes to the next.
FIRST_SCREEN = (4, 3, 3)


def screen_sizes(counts: Sequence[int], places: int) -> tuple[int, ...]:
    """Return how many of a screen of `places` each band fills, of those it holds: its share of `FIRST_SCREEN`, where a part of a place is
    the surest band's, and a free place passes to the next."""
    sizes: list[int] = []
    for size, share in zip(counts, accumulate(FIRST_SCREEN), strict=True):
        sizes.append(min(size, math.ceil(places * share / sum(FIRST_SCREEN)) - sum(sizes)))
    for band, size in enumerate(counts):
        sizes[band] += min(size - sizes[band], places - sum(sizes))
    return tuple(sizes)


@dataclass(frozen=True)
class BandedRanking:
    """A ranking in bands: `band` (n,) the place in `BANDS` of each supplier, `comes` (n,) True within reach, `kept` (n,) True for whom
    the filters of a list let in.

    An organisation stands once, by the best site of its best band; who is refused, known for something else, or beyond reach has no place.
    """

    ranking: Ranking
    band: NDArray[np.int8]
    comes: Bools
    kept: Bools

    @cached_property
    def order(self) -> Rows:
        """The rows that no gate refuses, best first by score."""
        return self.ranking.best(len(self.band))

    @cached_property
    def ranks(self) -> Rows:
        """(n,) the rank by score of each row, 0 for the refused: the same under any filter."""
        ranks = np.zeros(len(self.band), dtype=np.intp)
        ranks[self.order] = np.arange(1, len(self.order) + 1)
        return ranks

    @cached_property
    def stands(self) -> Bools:
        """(n,) True for who may have a place: admitted, within reach, let in, and not known for something else alone."""
        return self.ranking.admits & self.comes & self.kept & (self.band < AUTRE)

    @cached_property
    def _line(self) -> Rows:
        """The rows in the order of their places: by score; of those to call, whoever is pointed to another trade comes after the others."""
        last = (self.ranking.ask.once(pointed_elsewhere) & (self.band == A_APPELER))[self.order]
        return np.concatenate((self.order[~last], self.order[last]))

    @cached_property
    def _surest(self) -> NDArray[np.int8]:
        """The place in `BANDS` of the surest band of each organisation, among its rows that stand; that of AUTRE where none does."""
        surest = np.full(len(self.band), AUTRE, dtype=np.int8)
        np.minimum.at(surest, self.ranking.ask.shelf.organisations[self.stands], self.band[self.stands])
        return surest

    @cached_property
    def place_counts(self) -> tuple[int, int, int]:
        """Return how many organisations have a place, by band, as `BandCounts.placed`: nobody is scored nor sorted for it."""
        connu, indice, a_appeler = np.bincount(self._surest, minlength=AUTRE)[:AUTRE].tolist()
        return connu, indice, a_appeler

    @cached_property
    def _leads(self) -> tuple[Rows, Rows]:
        """The rows that stand for their organisation, first first: its best site of its best band; and (n,) the lead of each row, else -1."""
        order, band = self._line, self.band[self._line]
        organisation = self.ranking.ask.shelf.organisations[order]
        leading = np.flatnonzero(self.stands[order] & (band == self._surest[organisation]))
        leading = leading[first_of_each(organisation[leading])]
        lead_of = np.full(len(self.band), -1, dtype=np.intp)
        lead_of[organisation[leading]] = order[leading]
        leads = np.full(len(self.band), -1, dtype=np.intp)
        leads[order] = lead_of[organisation]
        return order[leading], leads

    def leading(self, rows: Rows) -> Rows:
        """Return those of `rows` that stand for an organisation, one each, best first: its best site of its surest band, where all of that
        band are among `rows`, or all that come before. The same as `of`, without a sort of the whole shelf."""
        organisations = self.ranking.ask.shelf.organisations
        mine = rows[self.stands[rows] & (self.band[rows] == self._surest[organisations[rows]])]
        ordered = self.ranking.sort_rows(mine)
        return np.asarray(ordered[first_of_each(organisations[ordered])])

    @cached_property
    def places(self) -> Rows:
        """(n,) the place of each row in its band, from 1; 0 for who has none."""
        places = np.zeros(len(self.band), dtype=np.intp)
        for band in BANDS[:AUTRE]:
            rows = self.of(band)
            places[rows] = np.arange(1, len(rows) + 1)
        return places

    def of(self, band: Band) -> Rows:
        """Return the rows of a band, one an organisation, best first."""
        return self._rows[band]

    @cached_property
    def _rows(self) -> Mapping[Band, Rows]:
        leads = self._leads[0]
        rows = {band: np.asarray(leads[self.band[leads] == at]) for at, band in enumerate(BANDS[:AUTRE])}
        others = self._once(self.comes & (self.band == AUTRE) & ~self.ranking.ask.once(only_seconds))
        return rows | {Band.AUTRE: others}

    @cached_property
    def beyond(self) -> Rows:
        """The rows of those known for the trade, but beyond reach, one an organisation that has no place, best first."""
        return self._once(~self.comes & (self.band == CONNU))

    @cached_property
    def seconders(self) -> Rows:
        """The rows of those within reach that could second staff for the lot, and do nothing else of it, one an organisation, best first."""
        return self._once(self.comes & self.ranking.ask.once(only_seconds))

    @cached_property
    def ineligible(self) -> Rows:
        """The rows of those whom the article of the lot alone refuses, and who would have a place without it, one an organisation, best first."""
        refused = {gate.key: out for gate, out in self.ranking.refused}
        alone = refused.get(FAMILY, np.zeros(len(self.band), dtype=bool)) & self.comes & self.kept & (self.band < AUTRE)
        for gate, out in refused.items():
            if gate != FAMILY:
                alone &= ~out
        rows = self.ranking.sort_rows(np.flatnonzero(alone & (self._leads[1] < 0)))
        return np.asarray(rows[first_of_each(self.ranking.ask.shelf.organisations[rows])])

    @property
    def _reserved(self) -> bool:
        article = self.ranking.ask.reading.lever
        return bool(article) and not lever(article).open_to_all

    @property
    def share_to_call(self) -> float | None:
        """The share, in [0, 1], of those to call that should do the trade, by their kinds and clues; None where there are none."""
        rows = self.of(Band.A_APPELER)
        return float(self.ranking.ask.once(likely)[rows].mean()) if len(rows) else None

    @property
    def nearest_km(self) -> float | None:
        """Return how far the nearest of those known is, else of those pointed to; None where nobody is, or no distance is known."""
        rows = next((rows for band in (Band.CONNU, Band.INDICE) if len(rows := self.of(band))), ())
        km = [km for row in rows if (km := self.ranking.ask.km(int(row))) is not None]
        return min(km, default=None)

    @cached_property
    def counts(self) -> BandCounts:
        """Return how many organisations each band holds, and how many are known beyond reach."""
        return BandCounts(
            *self.place_counts,
            autre=len(self.of(Band.AUTRE)),
            plus_loin=len(self.beyond),
            personnel=len(self.seconders),
            titulaires=self._incumbents,
            non_eligibles=len(self.ineligible) if self._reserved else None,
        )

    @property
    def _incumbents(self) -> int | None:
        if not self.ranking.ask.reading.buyer:
            return None
        return int(np.count_nonzero(self.ranking.ask.once(incumbent.values)[self._leads[0]] == 1))

    def screen(self, count: int) -> dict[Band, Rows]:
        """Return the rows of a screen of `count` places, by band, as `screen_sizes` shares them."""
        rows = {band: self.of(band) for band in BANDS[:AUTRE]}
        sizes = screen_sizes([len(rows[band]) for band in rows], count)
        return {band: rows[band][:size] for band, size in zip(rows, sizes, strict=True)}

    def screen_matches(self, count: int) -> tuple[Match, ...]:
        """Return the candidates of a screen of `count` places, one band after the other."""
        return self.matches(np.concatenate(list(self.screen(count).values())))

    @cached_property
    def counts_by_activity(self) -> Mapping[str, int]:
        """Return how many of the organisations that stand each activity asked is known of, in the order of the reading."""
        rows, known = self._leads[0], self.ranking.ask.once(known_by_activity)
        return {code: int(np.count_nonzero(its[rows])) for code, its in known.items()}

    def first(self, count: int) -> tuple[Match, ...]:
        """Return the first `count` of each band that has places, one band after the other."""
        return self.matches(np.concatenate([self.of(band)[:count] for band in BANDS[:AUTRE]]))

    def first_by_rank(self, count: int) -> tuple[Match, ...]:
        """Return the first `count` by rank and the first `count` of each band, by rank; then the first `count` of those that the article of
        the lot alone refuses."""
        rows = np.unique(np.concatenate([self.order[:count], *(self.of(band)[:count] for band in BANDS[:AUTRE])]))
        return self.matches(
            np.concatenate((rows[np.argsort(self.ranks[rows], kind="stable")], self.ineligible[:count]))
        )

    def matches(self, rows: Rows) -> tuple[Match, ...]:
        """Return these rows with their reasons, their rank and their place in their band."""
        matches = self.ranking.matches(rows, (rank or None for rank in self.ranks[rows].tolist()))
        at = zip(rows.tolist(), self._leads[1][rows].tolist(), self.places[rows].tolist(), strict=True)
        ids = self.ranking.ask.shelf.ids
        placed = []
        for match, (row, lead, place) in zip(matches, at, strict=True):
            gates = (gate.says(self.ranking.ask, row) for gate, out in self.ranking.refused if out[row])
            refused = "" if match.rank else next(gates, "")
            folded = "" if lead in (-1, row) else ids[lead]
            placed.append(structs.replace(match, place=place or None, folded=folded, refused=refused))
        return tuple(placed)

    def _once(self, among: Bools) -> Rows:
        """These rows, admitted and let in, one for each organisation that has no place, best first."""
        order = self._line[(among & self.kept)[self._line] & (self._leads[1][self._line] < 0)]
        return np.asarray(order[first_of_each(self.ranking.ask.shelf.organisations[order])])


def lay_out_bands(ranking: Ranking, mask: Bools | None = None) -> BandedRanking:
    """Lay a ranking out in bands, of those that the filters of a list let in; of all by default, of nobody where the need is not clear."""
    ask = ranking.ask
    clear = np.full(len(ask.shelf), ask.reading.clear)
    let_in = clear if mask is None else mask & clear
    return BandedRanking(ranking, ask.once(band_of_each), ask.once(comes), let_in)
