"""The engine: gates, then signals × weights, then a list whose explanation is the computation itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matcher.domain.match import Contribution, Match, Refusal, WhyNot
from matcher.domain.supplier import Supplier
from matcher.ranking.ask import Ask
from matcher.ranking.gates import GATES, Gate
from matcher.ranking.profiles import DEFAULT
from matcher.ranking.shelf import Bools
from matcher.ranking.signal import Signal
from matcher.ranking.signals import SIGNALS
from matcher.reference.communes import commune

Points = NDArray[np.float64]

# From which values a candidate is credible without a call: its activity is the lot’s (neither a sister one nor its group
# alone), and it is within two half-distances (40 km for most services) or declares to come.
CREDIBLE: Mapping[str, float] = {"activity": 0.6, "proximity": 0.25}


@dataclass(frozen=True)
class Ranking:
    """A lot's whole ranking: `order` the rows admitted, best first; values, points and score over the whole shelf."""

    ask: Ask
    weights: tuple[tuple[Signal, int], ...]
    order: NDArray[np.intp]
    values: Points
    points: Points
    score: Points
    coverage: Points
    refused: tuple[tuple[Gate, Bools], ...]

    def top(self, count: int) -> tuple[Match, ...]:
        """Return the first `count` candidates with their reasons; fewer, or none, where there are no more."""
        return tuple(self._match(int(row), rank) for rank, row in enumerate(self.order[:count], start=1))

    @cached_property
    def credible(self) -> Bools:
        """(n,) True for the admitted who are known to do what is asked and to be within reach.

        Each signal of `CREDIBLE` must reach its value; one that knows nothing of anyone (a lot without a place) is set aside,
        but activity never is: whom nothing says to do it is to be called. Nobody is credible for a lot that is in doubt.
        """
        credible = np.zeros(len(self.ask.shelf), dtype=bool)
        if not self.ask.understood:
            return credible
        credible[self.order] = True
        for i, (signal, _) in enumerate(self.weights):
            least = CREDIBLE.get(signal.key)
            if least is not None and (signal.key == "activity" or not np.isnan(self.values[i]).all()):
                credible &= self.values[i] >= least
        return credible

    def refusals(self) -> tuple[Refusal, ...]:
        """Return, per gate that refused anyone, its reason and how many it alone or first refused."""
        seen = np.zeros(len(self.ask.shelf), dtype=bool)
        result = []
        for gate, refused in self.refused:
            count = int((refused & ~seen).sum())
            seen |= refused
            if count:
                result.append(Refusal(gate.key, gate.reason(self.ask), count))
        return tuple(result)

    def why_not(self, key: str) -> WhyNot | None:
        """Say where a supplier (id or SIRET) stands: its rank and reasons, or every gate that refuses it. None: not on the shelf."""
        row = self.ask.shelf.find(key)
        if row is None:
            return None
        supplier = self.ask.shelf.suppliers[row]
        reasons = tuple(gate.says(self.ask, row) for gate, refused in self.refused if refused[row])
        rank = None if reasons else int(np.flatnonzero(self.order == row)[0]) + 1
        return WhyNot(supplier.id, supplier.name, rank, reasons, self._match(row, rank))

    def _match(self, row: int, rank: int | None) -> Match:
        supplier = self.ask.shelf.suppliers[row]
        km = self.ask.km(row)
        return Match(
            rank=rank,
            id=supplier.id,
            siret=supplier.siret,
            name=supplier.name,
            kinds=supplier.kinds,
            city=_town(supplier),
            score=round(float(self.score[row]), 2),
            coverage=round(float(self.coverage[row]), 4),
            distance_km=None if km is None else round(km, 1),
            credible=bool(self.credible[row]),
            contributions=tuple(self._contribution(row, i) for i in range(len(self.weights))),
        )

    def _contribution(self, row: int, i: int) -> Contribution:
        signal, weight = self.weights[i]
        value = float(self.values[i, row])
        known = not np.isnan(value)
        return Contribution(
            signal=signal.key,
            label=signal.label,
            value=round(value, 4) if known else None,
            weight=weight,
            points=round(float(self.points[i, row]), 2),
            says=signal.say(self.ask, row, value) if known else signal.unknown(self.ask, row),
        )


def _town(supplier: Supplier) -> str:
    """The commune of the first site under its official name, else as its source writes it; empty where unknown."""
    if not supplier.sites:
        return ""
    site = supplier.sites[0]
    found = commune(site.insee)
    return found.name if found else site.city


def rank(
    ask: Ask,
    weights: Mapping[str, int] = DEFAULT,
    gates: Sequence[Gate] = GATES,
    signals: Sequence[Signal] = SIGNALS,
) -> Ranking:
    """Rank every admitted supplier of the shelf. Ties break by coverage, distance, then id: same input, same list.

    score = Σ weight × value, or weight × prior where the value is unknown; coverage = the share of weight that is known.
    Points are rounded to the hundredth before they are added, so that what is shown adds up.
    """
    weighted = tuple((signal, weights[signal.key]) for signal in signals if weights.get(signal.key))
    values = np.array([signal.values(ask) for signal, _ in weighted], dtype=np.float64)
    known = ~np.isnan(values)
    share = np.array([weight for _, weight in weighted], dtype=np.float64)[:, None]
    priors = np.array([signal.prior for signal, _ in weighted])[:, None]
    points = np.round(share * np.where(known, values, priors), 2)
    score = np.round(points.sum(axis=0), 2)
    coverage = (share * known).sum(axis=0) / share.sum()
    refused = tuple((gate, gate.refuses(ask)) for gate in gates)
    admitted = np.ones(len(ask.shelf), dtype=bool)
    for _, out in refused:
        admitted &= ~out
    rows = np.flatnonzero(admitted)
    km = np.where(np.isnan(ask.distance_km), np.inf, ask.distance_km)
    order = rows[np.lexsort((rows, km[rows], -coverage[rows], -score[rows]))]
    return Ranking(ask, weighted, order, values, points, score, coverage, refused)
