"""Scoring engine: ranks suppliers for a lot (a buyer's need): gates exclude some, signals × weights score the others; returns the reasons."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isnan
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.domain.match import Contribution, Match, Refusal, WhyNot
from matcher.ranking.ask import DECIMALS, LotOnShelf, Signal, all_unknown, tells
from matcher.ranking.gates import GATES, Gate
from matcher.ranking.known import BANDS, CONNU, band_of_each, known_by_activity, within_reach
from matcher.ranking.profiles import DEFAULT
from matcher.ranking.shelf.columns import stable_order
from matcher.ranking.shelf.sphere import Floats, Rows
from matcher.ranking.shelf.word_index import Bools
from matcher.ranking.signals import SIGNALS

Points = NDArray[np.float64]

# Greatest difference between an unrounded sum and the score: half a hundredth for each signal, plus floating-point error.
ROUNDING, PRECISION = 0.005, 0.001
# Rows summed at a time: few enough for the processor's cache.
BLOCK = 16_384


class _Part(NamedTuple):
    """Points (in hundredths) and values of one signal for some rows."""

    signal: Signal
    weight: int
    hundredths: Points
    values: Floats


@dataclass(frozen=True)
class Ranking:
    """A lot with the suppliers to rank: the `weights` of signals, and for each gate `refused` (n,). Scores are computed lazily, for some rows."""

    ask: LotOnShelf
    weights: tuple[tuple[Signal, int], ...]
    refused: tuple[tuple[Gate, Bools], ...]

    @cached_property
    def _signals(self) -> tuple[tuple[Signal, int, Floats], ...]:
        """Each signal with its weight and values (n,), computed once; signals without weight and without values are left out."""
        weighted = ((signal, weight, self.ask.once(signal.values)) for signal, weight in self.weights)
        return tuple((signal, weight, values) for signal, weight, values in weighted if weight or tells(values))

    def top(self, count: int) -> tuple[Match, ...]:
        """Return the first `count` candidates with their reasons, or fewer."""
        rows = self.best(count)
        return self.matches(rows, range(1, len(rows) + 1))

    def best(self, count: int) -> Rows:
        """Return the rows of the first `count` candidates, best first. Ties break by coverage, distance, then id. An approximate sum over the whole
        shelf preselects the rows; only these are scored exactly and sorted."""
        return self.sort_rows(self._likely(count))[:count]

    def sort_rows(self, rows: Rows) -> Rows:
        """Return these rows, best first."""
        rows = np.sort(rows)  # ties stay in the order of the rows
        hundredths, unknown = _sum_points(self._parts(rows), len(rows))
        km = self.ask.distance_km[rows]
        # One integer packs the three sort keys, for speed: lost hundredths, weight of unknowns (14 bits), distance (32 bits of a float,
        # whose order is that of positive floats).
        lost = (100 * 100 - hundredths).astype(np.int64) << 14 | unknown.astype(np.int64)
        far = np.where(np.isnan(km), np.float32(np.inf), np.abs(km)).view(np.int32)
        return np.asarray(rows[stable_order(lost << 32 | far)])

    def score_rows(self, rows: Rows) -> tuple[Points, Points]:
        """Return the score, in [0, 100], and the coverage, in [0, 1], of these rows. Points are rounded to the hundredth before they are summed, so
        that the displayed ones add up."""
        return self._scored(self._parts(rows), len(rows))

    def _parts(self, rows: Rows) -> list[_Part]:
        return [_part(*its, rows) for its in self._signals]

    def _scored(self, parts: Sequence[_Part], many: int) -> tuple[Points, Points]:
        hundredths, unknown = _sum_points(parts, many)
        weight = sum(part.weight for part in parts)
        return hundredths / 100, (weight - unknown) / weight

    @cached_property
    def admits(self) -> Bools:
        """(n,) True for suppliers whom no gate refuses."""
        admitted = np.ones(len(self.ask.shelf), dtype=bool)
        for _, out in self.refused:
            admitted &= ~out
        return admitted

    @cached_property
    def credible(self) -> Bools:
        """(n,) True for admitted suppliers known for the trade and within reach; all False for a lot that is not understood."""
        if not self.ask.is_understood:
            return np.zeros(len(self.ask.shelf), dtype=bool)
        return np.asarray(self.admits & (self.ask.once(band_of_each) == CONNU) & self.ask.once(within_reach))

    def of(self, signal: Signal) -> Floats:
        """Return (n,) the values of one signal; all unknown where it is not used."""
        values_of_signal = (values for one, _, values in self._signals if one.key == signal.key)
        return next(values_of_signal, all_unknown(self.ask))

    def refusals(self) -> tuple[Refusal, ...]:
        """Return, per gate that refused anyone, its reason and how many suppliers no earlier gate had refused."""
        seen = np.zeros(len(self.ask.shelf), dtype=bool)
        result = []
        for gate, refused in self.refused:
            count = int(np.count_nonzero(refused & ~seen))
            seen |= refused
            if count:
                result.append(Refusal(gate.key, gate.reason(self.ask), count))
        return tuple(result)

    def refused_by(self, gate: str) -> Rows:
        """Return the rows that `refusals` counts under this gate, nearest to the lot first."""
        rows = np.zeros(0, dtype=np.intp)
        seen = np.zeros(len(self.ask.shelf), dtype=bool)
        for gate_met, refused in self.refused:
            if gate_met.key == gate:
                rows = np.flatnonzero(refused & ~seen)
            seen |= refused
        km = self.ask.distance_km[rows]
        return np.asarray(rows[np.argsort(np.where(np.isnan(km), np.inf, km), kind="stable")])

    def why_not(self, key: str) -> WhyNot | None:
        """Return the rank and reasons of a supplier (id or SIRET), or every gate that refuses it. None: not on the shelf."""
        row = self.ask.shelf.find(key)
        if row is None:
            return None
        supplier = self.ask.shelf.suppliers[row]
        reasons = tuple(gate.says(self.ask, row) for gate, refused in self.refused if refused[row])
        place = None if reasons else int(np.flatnonzero(self.best(len(self.ask.shelf)) == row)[0]) + 1
        (match,) = self.matches(np.array([row]), [place])
        return WhyNot(supplier.id, supplier.name, place, reasons, match)

    def _likely(self, count: int) -> Rows:
        """Return a superset of the first `count` candidates and their ties: admitted rows, ascending, by approximate sums."""
        if count >= len(self.ask.shelf):
            return np.flatnonzero(self.admits)
        quick = self._quick
        least = np.partition(quick, len(quick) - count)[len(quick) - count]
        margin = 2 * (ROUNDING * len(self._signals) + PRECISION)
        return np.flatnonzero((quick >= least - margin) & self.admits)

    @cached_property
    def _quick(self) -> Floats:
        """(n,) approximate scores, before rounding; -inf for the refused."""
        told_signals = [its for its in self._signals if tells(its[-1])]
        same = sum(weight * signal.prior for signal, weight, values in self._signals if not tells(values))
        total = np.where(self.admits, np.float32(same), np.float32(-np.inf))
        for first in range(0, len(total), BLOCK):
            block = slice(first, first + BLOCK)
            for signal, weight, values in told_signals:
                block_values = values[block]  # none below 0, so that fmax picks the known term
                total[block] += np.fmax(
                    block_values * np.float32(weight), np.isnan(block_values) * np.float32(weight * signal.prior)
                )
        return total

    def matches(self, rows: Rows, ranks: Iterable[int | None]) -> tuple[Match, ...]:
        """Return the candidates of these rows, with their reasons and the given ranks."""
        parts, at = self._parts(rows), rows.tolist()
        score, coverage = self._scored(parts, len(at))
        reasons = zip(*(self._contributions(at, part) for part in parts), strict=True)
        band = (BANDS[place] for place in self.ask.once(band_of_each)[rows].tolist())
        known = [(code, mask[rows].tolist()) for code, mask in self.ask.once(known_by_activity).items()]
        known_for = [tuple(code for code, mask in known if mask[place]) for place in range(len(at))]
        figures = zip(score.tolist(), coverage.tolist(), self.credible[rows].tolist(), strict=True)
        matches = []
        for row, place_in_list, (points, share, credible), in_band, codes, contributions in zip(
            at, ranks, figures, band, known_for, reasons, strict=False
        ):
            supplier = self.ask.shelf.suppliers[row]
            match = Match(
                rank=place_in_list,
                id=supplier.id,
                siret=supplier.siret,
                name=supplier.name,
                kinds=supplier.kinds,
                city=supplier.city,
                score=points,
                coverage=round(share, 4),
                distance_km=self.ask.km(row),
                credible=credible,
                band=in_band,
                known_for=codes,
                contributions=tuple([part for part in contributions if part.weight or part.value is not None]),
            )
            matches.append(match)
        return tuple(matches)

    def _contributions(self, rows: Sequence[int], part: _Part) -> list[Contribution]:
        """Return the points and texts of one signal for each of these rows."""
        signal, weight, ask, contributions = part.signal, part.weight, self.ask, []
        key, label, field, say, stance = signal.key, signal.label, signal.field, signal.say, signal.stance
        for row, points, value in zip(rows, (part.hundredths / 100).tolist(), part.values.tolist(), strict=True):
            shown_value = None if isnan(value) else round(value, DECIMALS)
            short, spoken, question, quotes, own = say(ask, row, shown_value)
            words = short, stance(shown_value), spoken, question, quotes, own or field
            contributions.append(Contribution(key, label, shown_value, weight, points, *words))
        return contributions


def _part(signal: Signal, weight: int, values: Floats, rows: Rows) -> _Part:
    """Return the points of a signal for some rows, rounded to the hundredth, from its values (n,)."""
    prior = signal.prior * weight
    if not tells(values):
        return _Part(signal, weight, np.full(len(rows), np.rint(100 * prior)), values[: len(rows)])
    row_values = values[rows]
    points = row_values.astype(np.float64)
    points *= weight
    points[np.isnan(row_values)] = prior
    points *= 100
    return _Part(signal, weight, np.rint(points, out=points), row_values)


def _sum_points(parts: Iterable[_Part], many: int) -> tuple[Points, Points]:
    """Return each row's sum of hundredths of points, and its weight of unknown values."""
    hundredths, unknown = np.zeros(many), np.zeros(many)
    for part in parts:
        hundredths += part.hundredths
        unknown += np.isnan(part.values) * float(part.weight)
    return hundredths, unknown


def rank(
    ask: LotOnShelf,
    weights: Mapping[str, int] | None = None,
    gates: Sequence[Gate] = GATES,
    signals: Sequence[Signal] = SIGNALS,
) -> Ranking:
    """Return the (lazy) ranking of a lot; deterministic. score = Σ weight × value, or weight × prior where the value is unknown; coverage = the share
    of weight that is known."""
    weights = DEFAULT if weights is None else weights
    weighted = tuple((signal, weights[signal.key]) for signal in signals if signal.key in weights)
    return Ranking(ask, weighted, tuple((gate, gate.refuses(ask)) for gate in gates))
