"""Coverage around the buyer’s own place: how many suppliers, and of how many the trade, a telephone, the workers are known."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from matcher.domain.lot import Lot, RawPlace
from matcher.ranking.signals.capacity import WORKERS
from matcher.reading.place.places import read_places
from matcher.web.frame.app_state import Desk
from matcher.web.frame.cache import remembered

WITHIN_KM = 50


@dataclass(frozen=True, slots=True)
class Around:
    """Suppliers within reach of a place: how many there are, and of how many each thing is known, by its French name."""

    place: str
    suppliers: int
    known: Mapping[str, int]


def around(desk: Desk, place: str) -> Around | None:
    """Return what is known around a place as it is typed, None where it is not understood, or nobody is there. Counted once for a catalogue and a day."""
    key = (desk.shelf().version, desk.today(), place)
    return remembered("around", key, lambda: _counted(desk, place))


def _counted(desk: Desk, place: str) -> Around | None:
    where, shelf = read_places(Lot("", lieux=(RawPlace(place),))).places, desk.shelf()
    if not where:
        return None
    near = np.zeros(len(shelf), dtype=bool)
    for each in where:
        near |= shelf.points.nearest(shelf.points.km_to(each)) <= WITHIN_KM
    rows = np.flatnonzero(near)
    if not len(rows):
        return None
    trades = np.zeros(len(shelf), dtype=bool)
    trades[shelf.does.holders.rows[shelf.does.sure]] = True
    contacts = desk.contacts_of([shelf.ids[int(row)] for row in rows])
    known = {
        "métier": int(trades[rows].sum()),
        "téléphone": sum(bool(each.phone) for each in contacts.values()),
        "effectif": int((~np.isnan(shelf[WORKERS][rows])).sum()),
    }
    return Around(", ".join(each.name for each in where), len(rows), known)
