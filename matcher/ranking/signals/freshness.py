"""Freshness: how long ago a source last vouched for the supplier.

Full for a year, then lost evenly over four: conventions of the SIAE are renewed every one to three years, so after five
years an unrefreshed record says little.
"""

from datetime import date
from functools import lru_cache

import numpy as np

from matcher.ranking.ask import LotOnShelf
from matcher.ranking.shelf.sphere import Floats
from matcher.ranking.signal import Signal

PRIOR = 0.1
FULL_DAYS, LOST_DAYS = 365.0, 5 * 365.0


def values(ask: LotOnShelf) -> Floats:
    """(n,) freshness in [0, 1] on the day of the question; NaN where no source gives a date."""
    age = ask.on.toordinal() - ask.shelf.updated
    left = 1.0 - (age - FULL_DAYS) / (LOST_DAYS - FULL_DAYS)
    return np.asarray(np.clip(left, 0.0, 1.0), dtype=np.float32)


def say(ask: LotOnShelf, row: int, value: float) -> str:
    """The date of the last source."""
    return f"dernière source : {_day(int(ask.shelf.updated[row]))}"


@lru_cache(maxsize=1024)
def _day(ordinal: int) -> str:
    return f"{date.fromordinal(ordinal):%d/%m/%Y}"


def unknown(ask: LotOnShelf, row: int) -> str:
    """No source gives a date."""
    return "date de la source non connue"


TOLD = (
    "Depuis quand une source a confirmé ce fournisseur : plein pendant un an, puis de moins en moins jusqu’à cinq ans."
)
SIGNAL = Signal("freshness", "Fraîcheur", PRIOR, values, say, unknown, TOLD)
