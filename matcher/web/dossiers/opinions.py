"""The opinion on each lot of a dossier: the need as it was frozen, on its day, against the catalogue of today."""

from collections.abc import Mapping
from dataclasses import dataclass

from matcher.decisions.assumptions import DEFAULT
from matcher.decisions.opinion.answer import Advice, advise
from matcher.decisions.workload import NeedRefused, need_of
from matcher.dossiers.dossier import Dossier, SavedLot
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.shelf.shelf import Shelf
from matcher.web.decisions.size_curve import SizeCurve, size_curve
from matcher.web.frame.app_state import desk
from matcher.web.frame.cache import remembered
from matcher.web.need.address import Query
from matcher.web.need.understood import query_read


@dataclass(frozen=True, slots=True)
class LotOpinion:
    """The opinion on one lot, its drawing, and the query that asks for it again."""

    advice: Advice
    curve: SizeCurve | None
    query: Query


def opinions_on(dossier: Dossier) -> Mapping[int, LotOpinion]:
    """Return the opinion by lot, with the usual thresholds, once for each state of the dossier and of the catalogue; a lot whose
    amount cannot be a size has none."""
    shelf = desk().shelf()
    if dossier.deleted is not None or not len(shelf):
        return {}
    key = (dossier.id, dossier.version, shelf.version)
    return remembered("opinions", key, lambda: dict(_each(dossier, shelf)))


def _each(dossier: Dossier, shelf: Shelf) -> list[tuple[int, LotOpinion]]:
    return [(lot.number, its) for lot in dossier.lots if (its := _opinion(lot, shelf)) is not None]


def _opinion(lot: SavedLot, shelf: Shelf) -> LotOpinion | None:
    reading = lot.frozen.reading
    try:
        need = need_of(reading, DEFAULT)
    except NeedRefused:
        return None
    advice = advise(desk().engine, LotOnShelf(reading, shelf, lot.frozen.on), need, DEFAULT)
    return LotOpinion(advice, size_curve(advice.opinion), query_read(reading))
