"""The opinion on each lot of a dossier: the need as it was frozen, on its day, against the catalogue of today."""

from collections.abc import Mapping
from dataclasses import dataclass

from matcher.advice.assumptions import DEFAULT
from matcher.advice.needed import NeedRefused, need_of
from matcher.lots.dossier import Dossier, SavedLot
from matcher.lots.opinion import Advice, advise
from matcher.ranking.ask import Ask
from matcher.ranking.shelf import Shelf
from matcher.web.answer import query_of
from matcher.web.desk import desk
from matcher.web.query import Query
from matcher.web.remembered import remembered
from matcher.web.size_curve import SizeCurve, size_curve


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
    advice = advise(desk().engine, Ask(reading, shelf, lot.frozen.on), need, DEFAULT)
    return LotOpinion(advice, size_curve(advice.opinion), query_of(reading))
