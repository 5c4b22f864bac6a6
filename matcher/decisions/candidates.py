"""Selects from a ranking the candidates that decision tools count for a lot, with standing (known, clue, to call), chance and organisation."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations_with_replacement
from math import asin, atan2, degrees

import numpy as np
from numpy.typing import NDArray

from matcher.domain.kinds import SupplierKind
from matcher.domain.supplier import Evidence
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.engine import Ranking
from matcher.ranking.known import AUTRE, INDICE, band_of_each, kind_share, only_seconds, pointed_elsewhere, within_reach
from matcher.ranking.shelf.shelf import Shelf
from matcher.ranking.shelf.sphere import Floats, Rows
from matcher.ranking.signals import references
from matcher.ranking.signals.activity import ESTABLISHED, PRIOR
from matcher.ranking.signals.activity import SIGNAL as ACTIVITY
from matcher.ranking.signals.capacity import WORKERS
from matcher.ranking.signals.kind import FOR_ITSELF
from matcher.reference.levers import eligible_kinds
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.links import ALWAYS, doing_too

# Chance of doing this trade, relative to a supplier of unknown trade: BESIDE, known for another trade by NAF code or name only; SISTER, a clue points to
# it. Capped at the chance of the least credible. Judgement of experts.
BESIDE, SISTER = 0.4, 3.0
# Levers that reserve a lot, by article (L2113-12 to 15): 14 opens to both families of suppliers, hence the last resort; 15 only for the services it lists.
RESERVING = ("12", "13", "13-1", "15", "14")
# Least chance of doing the trade for a supplier without any clue to be worth a call.
LEAST = 0.02


class CandidateStanding(StrEnum):
    """Certainty that a candidate does the trade, the surest first, in the words that a list of candidates uses."""

    CREDIBLE = "connu"
    HINT = "indice"
    TO_CALL = "à appeler"


STANDINGS = tuple(CandidateStanding)
# Standings with at least a clue.
POINTED = frozenset({CandidateStanding.CREDIBLE, CandidateStanding.HINT})
_TO_CALL = STANDINGS.index(CandidateStanding.TO_CALL)
# Evidence that confirms a trade, as a contract won does; a NAF class, a name, a brand or a kind is only a clue.
CONFIRMING = frozenset({Evidence.DECLARED, Evidence.ANSWER, Evidence.SHARED})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A supplier counted for a lot. `at`: latitude and longitude of its first site, in degrees. `workers`, `distance_km`, `at` and
    `team`, the people that it has free for this lot, are None if unknown.

    `confirmed`: the supplier itself, a source that lists its trades, or a contract won declares the trade. `organisation`: SIREN, else the supplier's id (two
    establishments of one organisation are one competitor). `fit`: chance in [0, 1] of doing the trade; for a credible one the certainty of its evidence (1 if
    it declares the trade), else the share of its kind that does it.
    """

    id: str
    name: str
    organisation: str
    kinds: tuple[SupplierKind, ...]
    city: str
    distance_km: float | None
    workers: float | None
    standing: CandidateStanding
    fit: float
    at: tuple[float, float] | None = None
    confirmed: bool = False
    team: float | None = None

    def has_team(self, etp: float | None) -> bool:
        """Return whether the people that it has free for this lot suffice for `etp`; False if either is unknown."""
        return etp is not None and self.team is not None and self.team >= etp


def lot_candidates(ranking: Ranking) -> tuple[Candidate, ...]:
    """Return the candidates of a lot by standing, best first in each: the credible, then, within reach, those with a clue, then those of unknown trade."""
    return _candidates(ranking, *_ordered_rows(ranking))


def within_calls(ranking: Ranking, calls: int) -> tuple[Candidate, ...]:
    """Return the `lot_candidates` that can change an opinion: of the organisations of unknown trade, only the first `calls` eligible under some article.
    Each organisation keeps all its establishments, in the same order."""
    rows, fit, standing = _ordered_rows(ranking)
    shelf, pointed = ranking.ask.shelf, standing[rows] < _TO_CALL
    numbers, organisation = np.unique(shelf.organisations[rows], return_inverse=True)
    open_to = [shelf.kinds.any_of(kinds)[rows] for kinds in {eligible_kinds(code) for code in (*RESERVING, "clause")}]
    chosen = np.zeros(len(numbers), dtype=bool)
    chosen[organisation[pointed]] = True
    # The first calls are counted among those eligible under one article, or under two at once.
    for mask, other in combinations_with_replacement(open_to, 2):
        own = mask & other
        known = np.zeros(len(numbers), dtype=bool)
        known[organisation[own & pointed]] = True
        to_call = organisation[own & ~known[organisation]]
        _, first = np.unique(to_call, return_index=True)
        chosen[to_call[np.sort(first)[:calls]]] = True
    return _candidates(ranking, rows[chosen[organisation]], fit, standing)


def unlikely_organisations(ranking: Ranking, kinds: Collection[SupplierKind]) -> frozenset[str]:
    """Return the organisations of these kinds that a list would give to call and `lot_candidates` leaves out: their chance is under `LEAST`."""
    ask = ranking.ask
    candidates, _, _ = _ordered_rows(ranking)
    rows = np.flatnonzero(_counts(ranking) & ask.shelf.kinds.any_of(kinds))
    rows = rows[~np.isin(ask.shelf.organisations[rows], ask.shelf.organisations[candidates])]
    return frozenset(ask.shelf.suppliers[row].organisation for row in rows.tolist())


def known_candidates(ranking: Ranking) -> tuple[Candidate, ...]:
    """Return only the credible candidates, best first."""
    fit, rows = _certainty(ranking), ranking.sort_rows(np.flatnonzero(ranking.credible))
    return tuple(_candidate(ranking, int(row), float(fit[row]), CandidateStanding.CREDIBLE) for row in rows)


def _ordered_rows(ranking: Ranking) -> tuple[Rows, Floats, NDArray[np.int8]]:
    """Return the shelf rows of the candidates, by standing then best first, and two (n,) arrays over the whole shelf: chance of doing the trade, index of
    the standing."""
    credible, clue = ranking.credible, ranking.ask.once(band_of_each) == INDICE
    fit = np.where(credible, _certainty(ranking), _fit(ranking))
    standing = np.where(credible, 0, np.where(clue, 1, 2)).astype(np.int8)
    order = ranking.best(len(ranking.ask.shelf))
    last = ranking.ask.once(pointed_elsewhere)[order] & (standing[order] == _TO_CALL)  # as a list shows them
    order = np.concatenate((order[~last], order[last]))
    rows = order[(fit[order] >= LEAST) | (clue & (fit > 0))[order]]
    return rows[np.argsort(standing[rows], kind="stable")], fit, standing


def _candidates(ranking: Ranking, rows: Rows, fits: Floats, standings: NDArray[np.int8]) -> tuple[Candidate, ...]:
    columns = zip(rows.tolist(), fits[rows].tolist(), standings[rows].tolist(), strict=True)
    return tuple(_candidate(ranking, row, likely, STANDINGS[its]) for row, likely, its in columns)


def eligible_to(lever: str, candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Return the candidates eligible under a lever (see reference.levers)."""
    kinds = eligible_kinds(lever)
    return tuple(candidate for candidate in candidates if not kinds.isdisjoint(candidate.kinds))


def unlisted_levers(shelf: Shelf) -> frozenset[str]:
    """Return the reserving levers without any eligible supplier in the whole catalogue: their directories were not loaded."""
    return frozenset(code for code in RESERVING if not shelf.kinds.any_of(eligible_kinds(code)).any())


def _first_site(ranking: Ranking, row: int) -> tuple[float, float] | None:
    points = ranking.ask.shelf.points
    sites = points.of(row)
    if not len(sites):
        return None
    x, y, z = (float(axis) for axis in points.vectors[:, sites[0]])
    return round(degrees(asin(max(-1.0, min(z, 1.0)))), 4), round(degrees(atan2(y, x)), 4)


def _certainty(ranking: Ranking) -> Floats:
    """Return (n,) the certainty of the trade of each credible supplier, at least `ESTABLISHED`: a contract won proves it without any list of trades."""
    return np.fmax(ranking.of(ACTIVITY), ESTABLISHED)


def _fit(ranking: Ranking) -> Floats:
    """Return (n,) the chance that each supplier does the trade; 0 if it may not be counted, or the lot is unclear."""
    ask = ranking.ask
    if not ask.is_understood:
        return np.zeros(len(ask.shelf), dtype=np.float32)
    usual = ask.once(kind_share)
    activity = ranking.of(ACTIVITY)
    faint = np.where(activity >= PRIOR, 1, BESIDE)  # weak clue: same chance as unknown
    beside = np.minimum(np.where(ask.once(band_of_each) == INDICE, SISTER, faint) * usual, ESTABLISHED)
    beside = np.where(activity >= ESTABLISHED, ESTABLISHED, beside)  # name that states the trade
    fit = np.where(np.isnan(activity), usual, np.where(activity > 0, beside, 0))
    # A supplier with a clue is always counted, however rare the trade in its kind: the list of candidates shows it.
    fit = np.where(ask.once(band_of_each) == INDICE, np.fmax(fit, LEAST), fit)
    return np.asarray(np.where(_counts(ranking), fit, 0), dtype=np.float32)


def _counts(ranking: Ranking) -> NDArray[np.bool_]:
    """Return (n,) whether each supplier may be counted: admitted, within reach, not for itself only, nor lending staff only, nor set aside by a list as of
    another trade."""
    ask = ranking.ask
    within = ranking.admits & ask.once(within_reach) & ~ask.shelf[FOR_ITSELF] & ~ask.once(only_seconds)
    return np.asarray(within & (ask.once(band_of_each) != AUTRE))


def _confirming(ask: LotOnShelf) -> tuple[frozenset[str], frozenset[int]]:
    """Return what confirms that a supplier does the first activity of the need, or its way of execution: the activities to declare, and the shelf
    rows of those that won a contract for it under their own SIRET."""
    codes = {ask.reading.mode, *ask.asked_codes[:1]} - {""}
    activities = frozenset(
        name for name, column in taxonomy().index.items() if any(doing_too(code)[column] >= ALWAYS for code in codes)
    )
    return activities, frozenset(row for code in codes for row in references.winner_rows(ask, code).tolist())


def _is_confirmed(ranking: Ranking, row: int) -> bool:
    ask = ranking.ask
    activities, winners = ask.once(_confirming)
    declared = (clue.code in activities for clue in ask.shelf.suppliers[row].clues if clue.evidence in CONFIRMING)
    return row in winners or any(declared)


def _candidate(ranking: Ranking, row: int, fit: float, standing: CandidateStanding) -> Candidate:
    card = ranking.ask.shelf.suppliers[row]
    workers = float(ranking.ask.shelf[WORKERS][row])
    return Candidate(
        id=card.id,
        name=card.name,
        organisation=card.organisation,
        kinds=card.kinds,
        city=card.city,
        distance_km=ranking.ask.km(row),
        workers=workers if workers > 0 else None,
        standing=standing,
        fit=round(fit, 4),
        at=_first_site(ranking, row),
        confirmed=standing is CandidateStanding.CREDIBLE and _is_confirmed(ranking, row),
    )
