"""Baseline ranking by distance, kind of supplier and NAF code (national code of activity), which the real ranking must beat."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from matcher.domain.supplier import Evidence
from matcher.evaluation.suites import LotToRank, winner_rank
from matcher.ranking.ask import LotOnShelf, Signal
from matcher.ranking.shelf.shelf import Shelf
from matcher.ranking.shelf.sphere import Floats
from matcher.ranking.signals import kind, proximity

HALF_KM = 20.0
WEIGHTS: Mapping[str, int] = {"distance": 50, "kind": 30, "naf": 20}


def _naf(ask: LotOnShelf) -> Floats:
    """Return an array (suppliers,): 1 where the supplier's NAF code fits the lot's likeliest activity, NaN elsewhere."""
    values = np.full(len(ask.shelf), np.nan, dtype=np.float32)
    if ask.reading.activities:
        values[ask.shelf.once(_by_naf).get(ask.reading.activities[0].code, [])] = 1.0
    return values


def _by_naf(shelf: Shelf) -> Mapping[str, list[int]]:
    """Return, for each activity code, the rows of the suppliers whose NAF code fits it."""
    rows: dict[str, list[int]] = defaultdict(list)
    for row, card in enumerate(shelf.suppliers):
        for clue in card.clues:
            if clue.evidence is Evidence.NAF:
                rows[clue.code].append(row)
    return rows


def _signal(key: str, like: Signal) -> Signal:
    return Signal(
        key=key, label=like.label, told=like.told, prior=0.0, values=_VALUES[key], say=like.say, mail=like.mail
    )


# Each signal as an array (suppliers,): nearness, halved every 20 km, and whether the NAF code fits.
_VALUES: Mapping[str, Callable[[LotOnShelf], Floats]] = {
    "distance": lambda ask: np.asarray(np.exp2(ask.distance_km / np.float32(-HALF_KM))),
    "naf": _naf,
}
SIGNALS = (_signal("distance", proximity.SIGNAL), kind.SIGNAL, _signal("naf", kind.SIGNAL))


def plain_ranks(suite: Sequence[LotToRank]) -> list[int]:
    """Return, per lot, the rank of its winner by these three signals, after the usual gates (refusals)."""
    return [winner_rank(lot, WEIGHTS, SIGNALS) for lot in suite]
