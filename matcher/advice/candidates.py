"""The candidates of a lot as a decision needs them: whom one may count on, whom one must call first, and of which organisation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from matcher.domain.kinds import SupplierKind
from matcher.ranking.engine import CREDIBLE, Ranking
from matcher.ranking.signal import all_unknown
from matcher.ranking.sphere import Floats
from matcher.ranking.wording import Bools
from matcher.reference.levers import eligible_kinds
from matcher.reference.usages import usual_kinds

# From how usually a kind answers such needs a supplier whose trade is not known is worth a call.
PLAUSIBLE = 0.5
# Of a kind that usually answers such needs, the share that does this very trade: a hypothesis, to be settled by a call.
DOES = 0.6


class Standing(StrEnum):
    """What one knows of a candidate."""

    CREDIBLE = "crédible"
    TO_CALL = "à appeler"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A supplier that a decision counts with. `workers` is None where unknown, and `distance_km` where it cannot be measured.

    `organisation` is the SIREN, else the supplier's id: two establishments of one organisation are one competitor. `fit` is how
    likely, in [0, 1], it does what is asked: 1 for a credible one, else how usually its kind answers such needs.
    """

    id: str
    name: str
    organisation: str
    kinds: tuple[SupplierKind, ...]
    distance_km: float | None
    workers: float | None
    standing: Standing
    fit: float


def candidates(ranking: Ranking) -> tuple[Candidate, ...]:
    """Return whom a lot can count with, best first: the credible, then those within reach of whom nothing says what they do, and
    whose kind usually answers such needs."""
    credible, plausible = ranking.credible, _plausible(ranking)
    rows = [int(row) for row in ranking.best(len(ranking.ask.shelf)) if credible[row] or plausible[row]]
    rows.sort(key=lambda row: not credible[row])
    usual = _usual(ranking)
    return tuple(_candidate(ranking, row, usual, credible=bool(credible[row])) for row in rows)


def eligible_to(lever: str, found: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Return those who can answer under a lever (see reference.levers)."""
    kinds = eligible_kinds(lever)
    return tuple(candidate for candidate in found if not kinds.isdisjoint(candidate.kinds))


def organisations(found: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Return the first, that is the best placed, candidate of each organisation."""
    first: dict[str, Candidate] = {}
    for candidate in found:
        first.setdefault(candidate.organisation, candidate)
    return tuple(first.values())


def _usual(ranking: Ranking) -> Mapping[SupplierKind, float]:
    reading = ranking.ask.reading
    guesses = [(guess.code, guess.confidence) for guess in reading.activities]
    return usual_kinds([(reading.mode, 1.0)] if reading.mode else guesses)


def _plausible(ranking: Ranking) -> Bools:
    """(n,) admitted, within reach, of a kind that answers such needs, and of whom nothing says what they do; nobody for a lot in doubt."""
    ask = ranking.ask
    if not ask.understood:
        return np.zeros(len(ask.shelf), dtype=bool)
    usual = _usual(ranking)
    near = _values(ranking, "proximity")
    within = (near >= CREDIBLE["proximity"]) | bool(np.isnan(near).all())
    fitting = ask.shelf.kinds.any_of([kind for kind in SupplierKind if usual[kind] >= PLAUSIBLE])
    return np.asarray(ranking.admitted & within & fitting & np.isnan(_values(ranking, "activity")))


def _values(ranking: Ranking, key: str) -> Floats:
    for (signal, _), values in zip(ranking.weights, ranking.values, strict=True):
        if signal.key == key:
            return values
    return all_unknown(ranking.ask)


def _candidate(ranking: Ranking, row: int, usual: Mapping[SupplierKind, float], *, credible: bool) -> Candidate:
    card = ranking.ask.shelf.suppliers[row]
    workers = float(ranking.ask.shelf.workers[row])
    return Candidate(
        id=card.id,
        name=card.name,
        organisation=card.siret[:9] or card.id,
        kinds=card.kinds,
        distance_km=ranking.ask.km(row),
        workers=workers if workers > 0 else None,
        standing=Standing.CREDIBLE if credible else Standing.TO_CALL,
        fit=1.0 if credible else DOES * max(usual[kind] for kind in card.kinds),
    )
