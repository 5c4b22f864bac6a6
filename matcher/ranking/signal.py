"""A signal: one comparison of a lot with every supplier, all of it in one file of `signals/`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from matcher.domain.match import Stance
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.shelf.facts import ShelfFact
from matcher.ranking.shelf.sphere import Floats
from matcher.ranking.shelf.word_index import Bools

# Values are shown, and judged, to this many decimals: a 0.35 of an array of single precision is a 0.35.
DECIMALS = 4


class Saying(NamedTuple):
    """The French words of a signal on one supplier: see `Contribution`, which carries them."""

    short: str
    spoken: str
    question: str = ""
    quotes: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """`values` gives (n,) numbers in [0, 1], NaN where unknown; an unknown counts as `prior` in the score.

    `say` gives the words for one row, with the two values compared; None is a value that is not known. `told` is for the buyer, in
    French: what is compared, and what a value means. `mail` is the question that a message puts where the value is not known.
    `field` is the supplier's field that would answer it, as its provenance names it; empty where no one field does; a saying names another. `facts` are the columns
    of the shelf that it adds for itself.

    A known value speaks for a supplier from `speaks_for`, against it under `speaks_against`; None: it never does. Nothing else judges a value.
    """

    key: str
    label: str
    told: str
    prior: float
    values: Callable[[LotOnShelf], Floats]
    say: Callable[[LotOnShelf, int, float | None], Saying]
    mail: str
    field: str = ""
    facts: tuple[ShelfFact, ...] = ()
    speaks_for: float | None = None
    speaks_against: float | None = None

    def stance(self, value: float | None) -> Stance:
        """Return which way one value speaks."""
        if value is None:
            return Stance.UNKNOWN
        if self.speaks_for is not None and value >= self.speaks_for:
            return Stance.FOR
        return Stance.AGAINST if self.speaks_against is not None and value < self.speaks_against else Stance.SILENT

    def favours(self, values: Floats) -> Bools:
        """Return (n,) where these values speak for."""
        return _least(values, self.speaks_for)

    def disfavours(self, values: Floats) -> Bools:
        """Return (n,) where these values speak against."""
        return _least(values, 0.0) & ~_least(values, self.speaks_against if self.speaks_against is not None else 0.0)


def _least(values: Floats, least: float | None) -> Bools:
    """(n,) the known that reach `least`, to the decimals that are shown; none where there is no such value."""
    if least is None:
        return np.zeros(len(values), dtype=bool)
    return np.asarray(values >= np.float32(least - 10**-DECIMALS / 2))


def all_unknown(ask: LotOnShelf) -> Floats:
    """Return (n,) NaN, one number that all rows share: the lot says nothing that this signal could compare."""
    return np.broadcast_to(np.float32(np.nan), (len(ask.shelf),))


def tells(values: Floats) -> bool:
    """Whether these are anything but what `all_unknown` gives, at the cost of no pass over the rows."""
    return values.strides != (0,)
