"""The candidates of a lot as a decision needs them: whom one may count on, whom one must call first, and of which organisation."""

from collections.abc import Iterable
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
from matcher.ranking.known import INDICE, band_of_each, comes, only_seconds, pointed_elsewhere
from matcher.ranking.known import usual as usual_share
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

# How much likelier to do this trade than one of whom nothing is known is a supplier known for another trade, by its NAF code or
# name alone, and one that a clue points to; no likelier than the least of the credible. Judgement of the trade.
BESIDE, SISTER = 0.4, 3.0
# The levers that reserve a lot; 14 is the two families at once, hence the last resort; 15 holds only for the services it lists.
RESERVING = ("12", "13", "13-1", "15", "14")
# Under this chance of doing it, a supplier that nothing points to is not worth a call.
LEAST = 0.02


class CandidateStanding(StrEnum):
    """Standing of a candidate, in the words of the bands of a list: how surely it can be counted on, the surest first."""

    CREDIBLE = "connu"
    HINT = "indice"
    TO_CALL = "à appeler"


STANDINGS = tuple(CandidateStanding)
# Those whom something points to.
POINTED = frozenset({CandidateStanding.CREDIBLE, CandidateStanding.HINT})
_TO_CALL = STANDINGS.index(CandidateStanding.TO_CALL)
# What confirms a trade beside an award: a class, a name, a brand or a kind points to it, and is to be confirmed.
CONFIRMING = frozenset({Evidence.DECLARED, Evidence.ANSWER, Evidence.SHARED})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A supplier that a decision counts with. `workers` is None where unknown, `distance_km` where it cannot be measured, `at` (latitude and longitude of its
    first site, in degrees) where it is not located.

    `confirmed` is True where the structure itself, a source that lists its trades, or an award declares that it does what is asked. `organisation` is the
    SIREN, else the supplier's id: two establishments of one organisation are one competitor. `fit` is how likely, in [0, 1], it does what is asked: for a
    credible one how surely that is known (1 where it declares it), else how many of its kind do that trade.
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


def lot_candidates(ranking: Ranking) -> tuple[Candidate, ...]:
    """Return whom a lot can count with, best first in each standing: the credible, then, within reach, those whom a clue points to and those
    of whose trade nothing is known."""
    return _candidates(ranking, *_counted(ranking))


def within_calls(ranking: Ranking, calls: int) -> tuple[Candidate, ...]:
    """Return those of `candidates` that can change an opinion: of the organisations that nothing points to, only those among the first
    `calls` that some article is open to. Each comes with all its establishments, in the same order."""
    rows, fit, standing = _counted(ranking)
    shelf, pointed = ranking.ask.shelf, standing[rows] < _TO_CALL
    numbers, organisation = np.unique(shelf.organisations[rows], return_inverse=True)
    open_to = [shelf.kinds.any_of(kinds)[rows] for kinds in {eligible_kinds(code) for code in (*RESERVING, "clause")}]
    chosen = np.zeros(len(numbers), dtype=bool)
    chosen[organisation[pointed]] = True
    # A list cut at its first calls is that of one article, or of those to whom a narrower one is open among them.
    for mask, other in combinations_with_replacement(open_to, 2):
        own = mask & other
        known = np.zeros(len(numbers), dtype=bool)
        known[organisation[own & pointed]] = True
        to_call = organisation[own & ~known[organisation]]
        _, first = np.unique(to_call, return_index=True)
        chosen[to_call[np.sort(first)[:calls]]] = True
    return _candidates(ranking, rows[chosen[organisation]], fit, standing)


def known_candidates(ranking: Ranking) -> tuple[Candidate, ...]:
    """Return the credible alone, best first."""
    fit, rows = _told(ranking), ranking.sort_rows(np.flatnonzero(ranking.credible))
    return tuple(_candidate(ranking, int(row), float(fit[row]), CandidateStanding.CREDIBLE) for row in rows)


def _counted(ranking: Ranking) -> tuple[Rows, Floats, NDArray[np.int8]]:
    """The rows of the candidates, by standing, then best first; (n,) how likely each does what is asked; (n,) the place of its standing."""
    credible, clue = ranking.credible, ranking.ask.once(band_of_each) == INDICE
    fit = np.where(credible, _told(ranking), _fit(ranking))
    standing = np.where(credible, 0, np.where(clue, 1, 2)).astype(np.int8)
    order = ranking.best(len(ranking.ask.shelf))
    last = ranking.ask.once(pointed_elsewhere)[order] & (standing[order] == _TO_CALL)  # as a list shows them
    order = np.concatenate((order[~last], order[last]))
    rows = order[(fit[order] >= LEAST) | (clue & (fit > 0))[order]]
    return rows[np.argsort(standing[rows], kind="stable")], fit, standing


def _candidates(ranking: Ranking, rows: Rows, fit: Floats, standing: NDArray[np.int8]) -> tuple[Candidate, ...]:
    columns = zip(rows.tolist(), fit[rows].tolist(), standing[rows].tolist(), strict=True)
    return tuple(_candidate(ranking, row, likely, STANDINGS[its]) for row, likely, its in columns)


def eligible_to(lever: str, candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Return those who can answer under a lever (see reference.levers)."""
    kinds = eligible_kinds(lever)
    return tuple(candidate for candidate in candidates if not kinds.isdisjoint(candidate.kinds))


def unlisted_levers(shelf: Shelf) -> frozenset[str]:
    """Return the reserving levers for which a catalogue holds nobody, wherever: no directory of theirs was loaded."""
    return frozenset(code for code in RESERVING if not shelf.kinds.any_of(eligible_kinds(code)).any())


def _first_site(ranking: Ranking, row: int) -> tuple[float, float] | None:
    points = ranking.ask.shelf.points
    sites = points.of(row)
    if not len(sites):
        return None
    x, y, z = (float(axis) for axis in points.vectors[:, sites[0]])
    return round(degrees(asin(max(-1.0, min(z, 1.0)))), 4), round(degrees(atan2(y, x)), 4)


def _told(ranking: Ranking) -> Floats:
    """(n,) how surely the trade of each credible one is known: a contract won proves it, even where no list of trades has it."""
    return np.fmax(ranking.of(ACTIVITY), ESTABLISHED)


def _fit(ranking: Ranking) -> Floats:
    """(n,) how likely each does what is asked, 0 for the refused, those out of reach, who works for itself or only seconds staff, and all those of a lot in doubt."""
    ask = ranking.ask
    if not ask.is_understood:
        return np.zeros(len(ask.shelf), dtype=np.float32)
    usual = ask.once(usual_share)
    activity = ranking.of(ACTIVITY)
    faint = np.where(activity >= PRIOR, 1, BESIDE)  # a clue worth no more than nothing known
    beside = np.minimum(np.where(ask.once(band_of_each) == INDICE, SISTER, faint) * usual, ESTABLISHED)
    beside = np.where(activity >= ESTABLISHED, ESTABLISHED, beside)  # a name that says the trade
    fit = np.where(np.isnan(activity), usual, np.where(activity > 0, beside, 0))
    # Whoever a clue points to is counted, however seldom its kind does the trade: a list shows it too.
    fit = np.where(ask.once(band_of_each) == INDICE, np.fmax(fit, LEAST), fit)
    counts = ranking.admits & ask.once(comes) & ~ask.shelf[FOR_ITSELF] & ~ask.once(only_seconds)
    return np.asarray(np.where(counts, fit, 0), dtype=np.float32)


def _answering(ask: LotOnShelf) -> frozenset[str]:
    """The activities whose declaration confirms what is asked first, or the way in which the need is met."""
    codes = {ask.reading.mode, *ask.asked_codes[:1]} - {""}
    return frozenset(
        name for name, column in taxonomy().index.items() if any(doing_too(code)[column] >= ALWAYS for code in codes)
    )


def _winners(ask: LotOnShelf) -> frozenset[int]:
    """The rows of those who won a contract for it under their own SIRET."""
    codes = {ask.reading.mode, *ask.asked_codes[:1]} - {""}
    return frozenset(row for code in codes for row in references.winner_rows(ask, code).tolist())


def _confirmed(ranking: Ranking, row: int) -> bool:
    ask = ranking.ask
    answering = ask.once(_answering)
    declared = (clue.code in answering for clue in ask.shelf.suppliers[row].clues if clue.evidence in CONFIRMING)
    return row in ask.once(_winners) or any(declared)


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
        confirmed=standing is CandidateStanding.CREDIBLE and _confirmed(ranking, row),
    )
