"""Plain ranking by distance, kind and NAF code, on three weights and one distance: what the ranking must be worth more than."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from matcher.domain.supplier import Evidence
from matcher.evaluation.suites import LabelledLot, winner_rank
from matcher.ranking.ask import LotOnShelf, Signal
from matcher.ranking.shelf.shelf import Shelf
from matcher.ranking.shelf.sphere import Floats
from matcher.ranking.signals import kind, proximity

HALF_KM = 20.0
WEIGHTS: Mapping[str, int] = {"distance": 50, "kind": 30, "naf": 20}


def _naf(ask: LotOnShelf) -> Floats:
    """(n,) 1 for whom the NAF code is of the likeliest activity of the lot, NaN elsewhere."""
    values = np.full(len(ask.shelf), np.nan, dtype=np.float32)
    if ask.reading.activities:
        values[ask.shelf.once(_by_naf).get(ask.reading.activities[0].code, [])] = 1.0
    return values


def _by_naf(shelf: Shelf) -> Mapping[str, list[int]]:
    """The rows whose NAF code is of each activity."""
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


# (n,) a nearness halved every 20 km, whatever is asked; and whose NAF code fits
_VALUES: Mapping[str, Callable[[LotOnShelf], Floats]] = {
    "distance": lambda ask: np.asarray(np.exp2(ask.distance_km / np.float32(-HALF_KM))),
    "naf": _naf,
}
SIGNALS = (_signal("distance", proximity.SIGNAL), kind.SIGNAL, _signal("naf", kind.SIGNAL))


def plain_ranks(suite: Sequence[LabelledLot]) -> list[int]:
    """Return, per lot, the rank of its winner by these alone, behind the same gates."""
    return [winner_rank(lot, WEIGHTS, SIGNALS) for lot in suite]
