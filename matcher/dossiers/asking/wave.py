"""Suppliers that a campaign may ask: those of whom nothing sure tells the trade. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np

from matcher.domain.match import Band
from matcher.domain.need import Chosen
from matcher.domain.reading import Reading
from matcher.domain.supplier import Supplier
from matcher.need.answer import understand
from matcher.need.fields import need_from
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.bands import banded
from matcher.ranking.engine import rank
from matcher.ranking.shelf.shelf import Shelf
from matcher.reference.geography.territories import Departement, departement_of


def to_ask(reading: Reading, shelf: Shelf, today: date) -> tuple[str, ...]:
    """Return the ids of those within reach of whom the trade is not known, one an organisation: first those that a clue points to."""
    found = banded(rank(LotOnShelf(reading, shelf, today)))
    rows = np.concatenate([found.of(Band.INDICE), found.of(Band.A_APPELER)])
    return tuple(shelf.ids[row] for row in rows.tolist())


def reading_of(trades: Sequence[str], departement: str) -> Reading:
    """Return the reading of a territory: these trades (codes) in a whole département. Raises KeyError for a trade that is none."""
    return understand(need_from({}, Chosen(activities=tuple(trades), places=(f"dep:{departement}",))))


def within(suppliers: Iterable[Supplier], place: Departement) -> frozenset[str]:
    """Return the ids of the suppliers that have a site in a département."""
    return frozenset(
        one.id for one in suppliers if any(departement_of(site.insee, site.post_code) == place for site in one.sites)
    )
