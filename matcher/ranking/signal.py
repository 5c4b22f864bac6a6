"""Type of a signal: one documented pure function over the whole shelf, and the sentence that says its value."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from matcher.ranking.ask import LotOnShelf
from matcher.ranking.shelf.sphere import Floats


@dataclass(frozen=True, slots=True)
class Signal:
    """`values` gives (n,) numbers in [0, 1], NaN where unknown; an unknown counts as `prior` in the score.

    `say` gives the French sentence for one row, with the two values compared; `unknown` the one for a row whose value is NaN.
    `told` is for the buyer, in French: what is compared, and what a value means.
    """

    key: str
    label: str
    prior: float
    values: Callable[[LotOnShelf], Floats]
    say: Callable[[LotOnShelf, int, float], str]
    unknown: Callable[[LotOnShelf, int], str]
    told: str = ""


def all_unknown(ask: LotOnShelf) -> Floats:
    """Return (n,) NaN, one number that all rows share: the lot says nothing that this signal could compare."""
    return np.broadcast_to(np.float32(np.nan), (len(ask.shelf),))


def tells(values: Floats) -> bool:
    """Whether these are anything but what `all_unknown` gives, at the cost of no pass over the rows."""
    return values.strides != (0,)
