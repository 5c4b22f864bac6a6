"""Ranking, on the catalogue of today, of a supplier that a person adds to a frozen list."""

from datetime import date

from matcher.dossiers.dossier import SavedLot
from matcher.dossiers.entry_changes import Add
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.engine import rank
from matcher.ranking.shelf.shelf import Shelf


def addition(lot: SavedLot, shelf: Shelf, key: str, *, reason: str, on: date) -> Add | None:
    """Return what adds a supplier (id or SIRET) to a lot: its match on the day `on`, and the gates that refuse it.

    None where the catalogue does not hold it.
    """
    answer = rank(LotOnShelf(lot.frozen.reading, shelf, on)).why_not(key)
    if answer is None or answer.match is None:
        return None
    return Add(lot.number, answer.match, reason, answer.refused)
