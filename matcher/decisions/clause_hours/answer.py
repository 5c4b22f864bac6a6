"""The calibrated hours of a contract with what they were worked out on: the call that the command line and the page share."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from matcher.decisions.asked import DecisionRefused
from matcher.decisions.calibrated import CalibratedHours, ToldOfLot, calibrated, calibrated_as_told
from matcher.decisions.clause.facilitators import Facilitator, facilitators_of
from matcher.decisions.clause_hours.compute import ClauseFloors, ClauseHours, clause_hours
from matcher.decisions.opinion.law import NOTHING_TOLD, LegalPosition, ToldByBuyer, legal_position, works_asked
from matcher.domain.need import Need
from matcher.domain.place import Place
from matcher.domain.reading import Reading
from matcher.need.answer import dated, understand
from matcher.need.title import title_of
from matcher.ranking.shelf.shelf import Shelf
from matcher.reference.calibration import Span
from matcher.reference.trades.cpv import normalise_cpv

# Lots of one contract; beyond, nobody reads the sheet.
MOST_LOTS = 12
# The least that the charter of the NPNRU asks of works and engineering, and of the upkeep of neighbourhoods, in percent of hours.
CHARTER_WORKS, CHARTER_UPKEEP = 5.0, 10.0
CHARTER = "charte nationale d’insertion du NPNRU (ANRU)"
_ENGINEERING_CPV = "71"


@dataclass(frozen=True, slots=True)
class Calibration:
    """A sheet of calibration: the hours of a contract, its places, the facilitators there; on which state of the catalogue and which day."""

    hours: ClauseHours
    floors: ClauseFloors
    places: tuple[Place, ...]
    facilitators: tuple[Facilitator, ...]
    catalogue_version: int
    catalogue_suppliers: int
    on: date


def lots_calibrated(
    lots: Sequence[tuple[Need, ToldOfLot]], on: date, *, charter: bool = False
) -> list[CalibratedHours]:
    """Return the hours of each lot, read, with what a buyer tells of it; under the `charter` of the NPNRU, no less than it asks for. The
    hours that a text already asks for count as told.

    Raises DecisionRefused, naming the lot by its text, where more hours are told than it has work.
    """
    return [_of_lot(dated(understand(need), on), told, charter=charter) for need, told in lots]


def calibration(
    shelf: Shelf,
    lots: Sequence[tuple[Need, ToldOfLot]],
    on: date,
    *,
    told: ToldByBuyer = NOTHING_TOLD,
    floors: ClauseFloors | None = None,
    charter: bool = False,
    known: Sequence[Facilitator] = (),
) -> Calibration:
    """Return the sheet of a contract of one or several lots; the law is said of the largest, at the estimate of them all. Raises
    DecisionRefused."""
    if not lots or len(lots) > MOST_LOTS:
        raise DecisionRefused(f"Donnez entre un et {MOST_LOTS} lots.")
    its, floors = lots_calibrated(lots, on, charter=charter), floors or ClauseFloors()
    readings = [one.reading for one in its]
    places = tuple({place.key: place for one in readings for place in one.places}.values())
    named = [(_name(need), one) for (need, _), one in zip(lots, its, strict=True)]
    return Calibration(
        hours=clause_hours(named, _law(readings, on, told), floors),
        floors=floors,
        places=places,
        facilitators=facilitators_of(known, places) if places else (),
        catalogue_version=shelf.version,
        catalogue_suppliers=len(shelf),
        on=on,
    )


def _law(readings: Sequence[Reading], on: date, told: ToldByBuyer) -> LegalPosition:
    """What the law says of several lots: of the largest, at the estimate of the whole, their sum where nobody tells it."""
    euros = [one.euros for one in readings]
    if told.whole is None and len(readings) > 1 and None not in euros:
        told = replace(told, whole=sum(filter(None, euros)))
    return legal_position(max(readings, key=lambda one: one.euros or 0.0), on, told)


def _of_lot(reading: Reading, told: ToldOfLot, *, charter: bool) -> CalibratedHours:
    its = calibrated_as_told(reading, told)
    if not charter or told.percentage is not None:
        return its
    least = _charter_asks(reading)
    usual = its.told.percentage or (its.family and its.family.clause) or Span(least, least)
    asked = Span(max(least, usual.low), max(least, usual.high))
    return calibrated(reading, replace(its.told, percentage=asked, percentage_source=CHARTER))


def _charter_asks(reading: Reading) -> float:
    code = next((code for raw in reading.lot.cpv if (code := normalise_cpv(raw)[0])), "")
    return CHARTER_WORKS if works_asked(reading) or code.startswith(_ENGINEERING_CPV) else CHARTER_UPKEEP


def _name(need: Need) -> str:
    """The title of a lot, else the code that it is of."""
    return title_of(need.lot.objet) if need.lot.objet else " ".join(need.lot.cpv)
