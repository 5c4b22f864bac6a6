"""Bands of a ranking: known for the trade, pointed to by a clue, to be called, known for something else.

A band is decided before the score, which orders inside it: no neighbour of unknown trade stands above one who is known for it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matcher.domain.match import Band, BandCounts, Match
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.engine import Ranking
from matcher.ranking.shelf.sphere import Rows
from matcher.ranking.shelf.word_index import Bools
from matcher.ranking.signals import activity, proximity, references
from matcher.reference.trades.activities import taxonomy

BANDS = tuple(Band)
CONNU, INDICE, A_APPELER, AUTRE = range(len(BANDS))
# Guessed less likely than this share of the first, an activity is not one that the lot asks for.
ASKED_SHARE = 0.5


@dataclass(frozen=True)
class BandedRanking:
    """A ranking in bands: `band` (n,) the place in `BANDS` of each supplier, `comes` (n,) True within reach.

    An organisation stands once, by the best site of its best band; who is refused, known for something else, or beyond reach has no place.
    """

    ranking: Ranking
    band: NDArray[np.int8]
    comes: Bools

    @cached_property
    def order(self) -> Rows:
        """The rows that no gate refuses, best first by score."""
        return self.ranking.best(len(self.band))

    @cached_property
    def ranks(self) -> Rows:
        """(n,) the rank by score of each row, 0 for the refused."""
        ranks = np.zeros(len(self.band), dtype=np.intp)
        ranks[self.order] = np.arange(1, len(self.order) + 1)
        return ranks

    @cached_property
    def _leads(self) -> tuple[Rows, Rows]:
        """The rows that stand for their organisation, best first: its best site of its best band; and (n,) the lead of each row, else -1."""
        order, band = self.order, self.band[self.order]
        _, organisation = np.unique(self._organisations[order], return_inverse=True)
        stands = self.comes[order] & (band < AUTRE)
        surest = np.full(organisation.max(initial=-1) + 1, AUTRE, dtype=np.int8)
        np.minimum.at(surest, organisation[stands], band[stands])
        leading = np.flatnonzero(stands & (band == surest[organisation]))
        _, first = np.unique(organisation[leading], return_index=True)
        leading = leading[np.sort(first)]
        lead_of = np.full(len(surest), -1, dtype=np.intp)
        lead_of[organisation[leading]] = order[leading]
        leads = np.full(len(self.band), -1, dtype=np.intp)
        leads[order] = lead_of[organisation]
        return order[leading], leads

    @cached_property
    def places(self) -> Rows:
        """(n,) the place of each row in its band, from 1; 0 for who has none."""
        places = np.zeros(len(self.band), dtype=np.intp)
        for band in range(AUTRE):
            rows = self.of(band)
            places[rows] = np.arange(1, len(rows) + 1)
        return places

    @property
    def _organisations(self) -> NDArray[np.int64]:
        """(n,) the SIREN of each supplier, a number of its own where it is not known."""
        sirens = self.ranking.ask.shelf.sirens.astype(np.int64)
        return np.where(sirens > 0, sirens, -1 - np.arange(len(sirens)))

    def of(self, band: int) -> Rows:
        """Return the rows that stand in a band, one an organisation, best first."""
        leads = self._leads[0]
        return np.asarray(leads[self.band[leads] == band])

    @cached_property
    def counts(self) -> BandCounts:
        """How many organisations each band holds, and how many are known beyond reach."""
        order = self.order[self._leads[1][self.order] < 0]
        near, band, whose = self.comes[order], self.band[order], self._organisations[order]
        others, far = whose[near & (band == AUTRE)], whose[~near & (band == CONNU)]
        connu, indice, a_appeler = (len(self.of(one)) for one in (CONNU, INDICE, A_APPELER))
        return BandCounts(connu, indice, a_appeler, len(np.unique(others)), len(np.unique(far)))

    def first(self, count: int) -> tuple[Match, ...]:
        """Return the first `count` by rank."""
        return self.matches(self.order[:count])

    def first_of_each(self, count: int) -> tuple[Match, ...]:
        """Return the first `count` by rank and the first `count` of each band, by rank."""
        listed = np.concatenate([self.order[:count], *(self.of(band)[:count] for band in range(AUTRE))])
        rows = np.unique(listed)
        return self.matches(rows[np.argsort(self.ranks[rows], kind="stable")])

    def matches(self, rows: Rows) -> tuple[Match, ...]:
        """Return these rows with their reasons, their rank, their band and their place in it."""
        found = self.ranking.matches(rows, (int(rank) or None for rank in self.ranks[rows]))
        return tuple(self._placed(match, row) for match, row in zip(found, rows.tolist(), strict=True))

    def _placed(self, match: Match, row: int) -> Match:
        lead = int(self._leads[1][row])
        return replace(
            match,
            band=BANDS[self.band[row]],
            place=int(self.places[row]) or None,
            folded="" if lead in (-1, row) else self.ranking.ask.shelf.ids[lead],
        )


def banded(ranking: Ranking) -> BandedRanking:
    """Lay a ranking out in bands."""
    return BandedRanking(ranking, _bands(ranking.ask), ranking.ask.once(proximity.comes))


def _bands(ask: LotOnShelf) -> NDArray[np.int8]:
    """(n,) the place in `BANDS` of each supplier; all are to be called where the trade is not understood."""
    found = np.full(len(ask.shelf), A_APPELER, dtype=np.int8)
    if not (ask.reading.activities or ask.reading.mode):
        return found
    found[ask.once(activity.elsewhere)] = AUTRE
    found[ask.once(activity.best) > 0] = INDICE
    found[known(ask)] = CONNU
    found[ask.once(activity.values) == 0] = AUTRE
    return found


def known(ask: LotOnShelf) -> Bools:
    """Return (n,) True for whom a trade that is asked is known and not guessed: told by a source, by the kind, or by a past contract."""
    asked = np.zeros(len(taxonomy().codes), dtype=bool)
    for code in asked_codes(ask):
        near = (
            activity.SAME if "." in code else activity.LEAF_AND_GROUP
        )  # whoever does one trade of a group does of the group
        asked |= activity.nearness(code) >= np.float32(near)
    found = ask.shelf.does.surely(asked, len(ask.shelf))
    found[references.won(ask)] = True
    return found


def asked_codes(ask: LotOnShelf) -> tuple[str, ...]:
    """Return the activities that a lot asks for: its mode alone where the text says how the need is met."""
    if ask.reading.mode:
        return (ask.reading.mode,)
    guesses: Iterable[tuple[str, float]] = [(its.code, its.confidence) for its in ask.reading.activities]
    most = max((confidence for _, confidence in guesses), default=0.0)
    return tuple(code for code, confidence in guesses if confidence >= ASKED_SHARE * most)
