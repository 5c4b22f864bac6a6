"""Signal (criterion of the score) of freshness: how long ago a source last confirmed the supplier's record.

1 for a year, then linear down to 0 at five years: conventions of SIAE are renewed every one to three years.
"""

from datetime import date
from functools import lru_cache

import numpy as np

from matcher.ranking.ask import LotOnShelf, Saying, Signal
from matcher.ranking.shelf.shelf import ShelfFact
from matcher.ranking.shelf.sphere import Floats

PRIOR = 0.1
FULL_DAYS, LOST_DAYS = 365.0, 5 * 365.0
# Ordinal day on which a source last confirmed the record.
UPDATED = ShelfFact("updated", lambda supplier: np.nan if supplier.updated is None else supplier.updated.toordinal())


def values(ask: LotOnShelf) -> Floats:
    """Return (n,) freshness in [0, 1] on the day of the query; NaN where no source gives a date."""
    left = ask.on.toordinal() - ask.shelf[UPDATED]  # the age; the rest is computed in place, as the array is long
    left -= FULL_DAYS
    left /= LOST_DAYS - FULL_DAYS
    np.subtract(1.0, left, out=left)
    np.clip(left, 0.0, 1.0, out=left)
    return np.asarray(left, dtype=np.float32)


def say(ask: LotOnShelf, row: int, value: float | None) -> Saying:
    """Return the French texts with the date of the last source; never a reason, since most records of a directory share it."""
    if value is None:
        return Saying("date de la source non connue", "date de sa fiche non connue")
    when = _day(int(ask.shelf[UPDATED][row]))
    return Saying(f"dernière source : {when}", f"sa fiche est du {when}")


@lru_cache(maxsize=1024)
def _day(ordinal: int) -> str:
    return f"{date.fromordinal(ordinal):%d/%m/%Y}"


TOLD = (
    "Depuis quand une source a confirmé ce fournisseur : plein pendant un an, puis de moins en moins jusqu’à cinq ans."
)
SIGNAL = Signal(
    key="freshness",
    label="Fraîcheur",
    told=TOLD,
    prior=PRIOR,
    values=values,
    say=say,
    mail="Les renseignements publiés sur vous par les annuaires sont-ils à jour ?",
    facts=(UPDATED,),
)
