"""Splits a ranking of suppliers into bands (known for the trade, with a clue, to be called, other trade); each organisation is listed once.

Only suppliers within reach are listed. Within a band the order is by score; among those to call, suppliers with a clue to another trade come last.
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
    beyond_usual,
    known_by_activity,
    likely,
    only_seconds,
    pointed_elsewhere,
    within_reach,
)
from matcher.ranking.shelf.columns import first_of_each
from matcher.ranking.shelf.sphere import Rows
from matcher.ranking.shelf.word_index import Bools
from matcher.ranking.signals import incumbent
from matcher.reference.levers import lever

# Places of each band in a first screen of ten, surest band first; unused places pass to the next band.
FIRST_SCREEN = (4, 3, 3)


def screen_sizes(counts: Sequence[int], places: int) -> tuple[int, ...]:
    """Share a screen of `places` among bands that hold `counts`: in proportion to `FIRST_SCREEN`, rounded up for the surest bands; unused places
    pass to the next band."""
    sizes: list[int] = []
    for size, share in zip(counts, accumulate(FIRST_SCREEN), strict=True):
        sizes.append(min(size, math.ceil(places * share / sum(FIRST_SCREEN)) - sum(sizes)))
    for band, size in enumerate(counts):
        sizes[band] += min(size - sizes[band], places - sum(sizes))
    return tuple(sizes)


@dataclass(frozen=True)
class BandedRanking:
    """A ranking split into bands. `band` (n,): index in `BANDS` of each supplier; `within_reach` (n,): within reach; `kept` (n,): passes the filters of the
    list. Each organisation is listed once, by the best site of its best band (its lead); suppliers refused, of another trade or out of reach are not."""

    ranking: Ranking
    band: NDArray[np.int8]
    within_reach: Bools
    kept: Bools

    @cached_property
    def order(self) -> Rows:
        """Rows that no gate refuses, best score first."""
        return self.ranking.best(len(self.band))

    @cached_property
    def ranks(self) -> Rows:
        """(n,) rank by score of each row, 0 for the refused; independent of filters."""
        ranks = np.zeros(len(self.band), dtype=np.intp)
        ranks[self.order] = np.arange(1, len(self.order) + 1)
        return ranks

    @cached_property
    def unfiltered(self) -> Bools:
        """(n,) True for rows that some filters may list: admitted, within reach, and not of another trade only."""
        return self.ranking.admits & self.within_reach & (self.band < AUTRE)

    @cached_property
    def stands(self) -> Bools:
        """(n,) True for rows that may be listed: those of `unfiltered` that pass the filters."""
        return self.unfiltered & self.kept

    @cached_property
    def _line(self) -> Rows:
        """Admitted rows in order of display: by score; those to call with a clue to another trade at the end."""
        last = (self.ranking.ask.once(pointed_elsewhere) & (self.band == A_APPELER))[self.order]
        return np.concatenate((self.order[~last], self.order[last]))

    @cached_property
    def _surest(self) -> NDArray[np.int8]:
        """Index in `BANDS` of the surest band of each organisation, over its rows in `stands`; AUTRE where it has none."""
        surest = np.full(len(self.band), AUTRE, dtype=np.int8)
        np.minimum.at(surest, self.ranking.ask.shelf.organisations[self.stands], self.band[self.stands])
        return surest

    @cached_property
    def place_counts(self) -> tuple[int, int, int]:
        """Return how many organisations are listed in each band, as `BandCounts.placed`; computed without scores or sorting."""
        connu, indice, a_appeler = np.bincount(self._surest, minlength=AUTRE)[:AUTRE].tolist()
        return connu, indice, a_appeler

    @cached_property
    def _leads(self) -> tuple[Rows, Rows]:
        """The lead rows (best site of the best band of each organisation), best first; and (n,) the lead of each row's organisation, -1 for none."""
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
        """Return the leads among `rows`, best first, as `of` but without sorting the whole shelf; `rows` must hold all of a band, or all its
        first rows."""
        organisations = self.ranking.ask.shelf.organisations
        mine = rows[self.stands[rows] & (self.band[rows] == self._surest[organisations[rows]])]
        ordered = self.ranking.sort_rows(mine)
        return np.asarray(ordered[first_of_each(organisations[ordered])])

    @cached_property
    def places(self) -> Rows:
        """(n,) the place of each row in its band, from 1; 0 for rows that are not listed."""
        places = np.zeros(len(self.band), dtype=np.intp)
        for band in BANDS[:AUTRE]:
            rows = self.of(band)
            places[rows] = np.arange(1, len(rows) + 1)
        return places

    def of(self, band: Band) -> Rows:
        """Return the rows of a band, one for each organisation, best first."""
        return self._rows[band]

    @cached_property
    def _rows(self) -> Mapping[Band, Rows]:
        leads = self._leads[0]
        rows = {band: np.asarray(leads[self.band[leads] == at]) for at, band in enumerate(BANDS[:AUTRE])}
        others = self._unlisted(self.within_reach & (self.band == AUTRE) & ~self.ranking.ask.once(only_seconds))
        return rows | {Band.AUTRE: others}

    @cached_property
    def beyond(self) -> Rows:
        """Rows known for the trade but out of reach, one for each organisation that is not listed, best first."""
        return self._unlisted(~self.within_reach & (self.band == CONNU))

    @cached_property
    def seconders(self) -> Rows:
        """Rows within reach that could only second staff for the lot, one for each organisation that is not listed, best first."""
        return self._unlisted(self.within_reach & self.ranking.ask.once(only_seconds))

    @cached_property
    def ineligible(self) -> Rows:
        """Rows refused only by the article that reserves the lot, one for each organisation that would otherwise be listed, best first."""
        refused = {gate.key: out for gate, out in self.ranking.refused}
        only_by_article = (
            refused.get(FAMILY, np.zeros(len(self.band), dtype=bool))
            & self.within_reach
            & self.kept
            & (self.band < AUTRE)
        )
        for gate, out in refused.items():
            if gate != FAMILY:
                only_by_article &= ~out
        rows = self.ranking.sort_rows(np.flatnonzero(only_by_article & (self._leads[1] < 0)))
        return np.asarray(rows[first_of_each(self.ranking.ask.shelf.organisations[rows])])

    @property
    def _reserved(self) -> bool:
        article = self.ranking.ask.reading.lever
        return bool(article) and not lever(article).open_to_all

    @property
    def share_to_call(self) -> float | None:
        """Expected share, in [0, 1], of suppliers to call that do the trade, by their kinds and clues; None where there are none."""
        rows = self.of(Band.A_APPELER)
        return float(self.ranking.ask.once(likely)[rows].mean()) if len(rows) else None

    @property
    def nearest_km(self) -> float | None:
        """Distance of the nearest supplier known for the trade, else with a clue to it; None where there is none, or no known distance."""
        rows = next((rows for band in (Band.CONNU, Band.INDICE) if len(rows := self.of(band))), ())
        km = [km for row in rows if (km := self.ranking.ask.km(int(row))) is not None]
        return min(km, default=None)

    @property
    def beyond_usual(self) -> int:
        """Number of organisations known for the trade that are listed a little beyond their usual reach."""
        return int(self.ranking.ask.once(beyond_usual)[self.of(Band.CONNU)].sum())

    @cached_property
    def counts(self) -> BandCounts:
        """Numbers of organisations by band, out of reach, able to second staff, and refused."""
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
        """Return the rows of a screen of `count` places, by band, shared by `screen_sizes`."""
        rows = {band: self.of(band) for band in BANDS[:AUTRE]}
        sizes = screen_sizes([len(rows[band]) for band in rows], count)
        return {band: rows[band][:size] for band, size in zip(rows, sizes, strict=True)}

    def screen_matches(self, count: int) -> tuple[Match, ...]:
        """Return the candidates of a screen of `count` places, one band after the other."""
        return self.matches(np.concatenate(list(self.screen(count).values())))

    @cached_property
    def counts_by_activity(self) -> Mapping[str, int]:
        """Return, by activity asked, how many listed organisations are known for it, in the order of the reading."""
        rows, known = self._leads[0], self.ranking.ask.once(known_by_activity)
        return {code: int(np.count_nonzero(its[rows])) for code, its in known.items()}

    def first(self, count: int) -> tuple[Match, ...]:
        """Return the first `count` candidates of each band, one band after the other."""
        return self.matches(np.concatenate([self.of(band)[:count] for band in BANDS[:AUTRE]]))

    def first_by_rank(self, count: int) -> tuple[Match, ...]:
        """Return the union of the first `count` by rank and the first `count` of each band, by rank; then the first `count` of `ineligible`."""
        rows = np.unique(np.concatenate([self.order[:count], *(self.of(band)[:count] for band in BANDS[:AUTRE])]))
        by_rank = rows[np.argsort(self.ranks[rows], kind="stable")]
        return self.matches(np.concatenate((by_rank, self.ineligible[:count])))

    def matches(self, rows: Rows) -> tuple[Match, ...]:
        """Return the candidates of these rows with their reasons, rank and place in their band."""
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

    def _unlisted(self, among: Bools) -> Rows:
        """Return the admitted, filtered rows of `among`, one for each organisation that is not listed, best first."""
        order = self._line[(among & self.kept)[self._line] & (self._leads[1][self._line] < 0)]
        return np.asarray(order[first_of_each(self.ranking.ask.shelf.organisations[order])])


def lay_out_bands(ranking: Ranking, mask: Bools | None = None) -> BandedRanking:
    """Split a ranking into bands. `mask` (n,): rows that pass the filters, all by default; nobody is listed where the need is not clear."""
    ask = ranking.ask
    clear = np.full(len(ask.shelf), ask.reading.clear)
    let_in = clear if mask is None else mask & clear
    return BandedRanking(ranking, ask.once(band_of_each), ask.once(within_reach), let_in)
