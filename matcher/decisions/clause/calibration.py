"""Calibrated hours of insertion of a contract of one or several lots, the floors under which none is proposed, and what they were worked out on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from matcher.decisions.asked import DecisionRefused
from matcher.decisions.calibrated import (
    LEAST_HOURS,
    CalibratedHours,
    ToldOfLot,
    by_tens,
    calibrated,
    calibrated_as_told,
)
from matcher.decisions.clause.facilitators import Facilitator, facilitators_of
from matcher.decisions.opinion.law import NOTHING_TOLD, LegalPosition, ToldByBuyer, legal_position, works_asked
from matcher.decisions.sizing import Range
from matcher.domain.french import unit
from matcher.domain.need import Need
from matcher.domain.place import Place
from matcher.domain.reading import Reading
from matcher.need.answer import dated, understand
from matcher.need.title import title_of
from matcher.ranking.shelf.shelf import Shelf
from matcher.reference.calibration import HOURS_PER_ETP, Span
from matcher.reference.trades.cpv import normalise_cpv

# Hours paid in a full-time year, 35 h × 52: contracts for insertion are often counted so, and 1,607 are those worked.
PAID_HOURS = 1_820.0
# Half a year of work each: a hypothesis, that of most contracts for insertion.
HOURS_EACH = HOURS_PER_ETP / 2
# Lots of one contract; beyond, nobody reads the sheet.
MOST_LOTS = 12
# The least that the charter of the NPNRU asks of works and engineering, and of the upkeep of neighbourhoods, in percent of hours.
CHARTER_WORKS, CHARTER_UPKEEP = 5.0, 10.0
CHARTER = "charte nationale d’insertion du NPNRU (ANRU)"
_ENGINEERING_CPV = "71"


@dataclass(frozen=True, slots=True)
class ClauseFloors:
    """Floors under which no clause is proposed: `hours` of insertion, and an amount before tax that is a rule of the place, None for none."""

    hours: float = LEAST_HOURS
    euros: float | None = None


@dataclass(frozen=True, slots=True)
class LotHours:
    """A lot and its hours; `none` is the French reason why no clause is proposed for it, empty where one is or where it is not known yet."""

    name: str
    calibrated: CalibratedHours
    none: str

    @property
    def of_a_year(self) -> bool:
        """Whether its hours are those of a year, nobody saying of how many."""
        return self.calibrated.told.hours is None and self.calibrated.reading.one_year

    @property
    def asked(self) -> float | None:
        """Hours to write in the clause: those that the buyer tells, else the likeliest by tens; None where no clause is proposed or known."""
        written, insertion = self.calibrated.told.hours, self.calibrated.insertion
        if self.none or (written is None and insertion is None):
            return None
        return written if written is not None or insertion is None else by_tens(insertion.likely)


@dataclass(frozen=True, slots=True)
class ClauseHours:
    """Hours of a whole contract, over its `months` (those of its longest lot), and what the law says of it. `insertion` adds up, by tens, the
    lots that have a clause; None where one of them is not known, or none has any."""

    lots: tuple[LotHours, ...]
    insertion: Range | None
    months: float | None
    law: LegalPosition

    @property
    def open_lots(self) -> tuple[LotHours, ...]:
        """The lots for which a clause is proposed, or may be."""
        return tuple(lot for lot in self.lots if not lot.none)


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
    """Return the sheet of a contract of one or several lots, each read, with what a buyer tells of it; under the `charter` of the NPNRU, no
    less than it asks for. The hours that a text already asks for count as told. The law is said of the largest lot, at the estimate of them
    all. Raises DecisionRefused, with the text of the lot where more hours are told than it has work."""
    if not lots or len(lots) > MOST_LOTS:
        raise DecisionRefused(f"Donnez entre un et {MOST_LOTS} lots.")
    hours = [_of_lot(dated(understand(need), on), figures, charter=charter) for need, figures in lots]
    readings, floors = [lot.reading for lot in hours], floors or ClauseFloors()
    names = (title_of(need.lot.objet) if need.lot.objet else " ".join(need.lot.cpv) for need, _ in lots)
    places = tuple({place.key: place for reading in readings for place in reading.places}.values())
    return Calibration(
        hours=clause_hours(list(zip(names, hours, strict=True)), _law(readings, on, told), floors),
        floors=floors,
        places=places,
        facilitators=facilitators_of(known, places) if places else (),
        catalogue_version=shelf.version,
        catalogue_suppliers=len(shelf),
        on=on,
    )


def clause_hours(lots: Sequence[tuple[str, CalibratedHours]], law: LegalPosition, floors: ClauseFloors) -> ClauseHours:
    """Return the hours of a contract from those of its lots, each with its name."""
    named = tuple(LotHours(name, hours, _no_clause(hours, floors)) for name, hours in lots)
    asked = [lot.calibrated.insertion for lot in named if not lot.none]
    known = [insertion for insertion in asked if insertion is not None]
    months = [hours.reading.months for _, hours in lots if hours.reading.months is not None]
    whole = (
        Range(*(sum(by_tens(getattr(insertion, end)) for insertion in known) for end in ("low", "likely", "high")))
        if known and len(known) == len(asked)
        else None
    )
    return ClauseHours(named, whole, max(months, default=None), law)


def posts(hours: float, months: float = 12.0) -> Span:
    """Return the full-time posts that hours make over some months: at least as hours paid, at most as hours worked."""
    years = max(months, 1.0) / 12
    return Span(hours / years / PAID_HOURS, hours / years / HOURS_PER_ETP)


def _no_clause(hours: CalibratedHours, floors: ClauseFloors) -> str:
    """Reason why no clause is proposed for a lot, "" where one is."""
    if not hours.gives_work and hours.family is not None:
        return f"pas de clause d’insertion dans ce métier ({hours.family.name.lower()})"
    euros = hours.reading.euros
    if floors.euros is not None and euros is not None and euros < floors.euros:
        return f"sous le plancher de {unit(floors.euros, '€ HT')} que vous avez donné"
    if hours.insertion is not None and hours.told.hours is None and hours.insertion.likely < floors.hours:
        return f"environ {unit(hours.insertion.likely, 'heures')}, sous le plancher de {unit(floors.hours, 'heures')}"
    return ""


def _law(readings: Sequence[Reading], on: date, told: ToldByBuyer) -> LegalPosition:
    """What the law says of the largest lot, at the estimate of the whole: the sum of the lots where nobody tells it."""
    euros = [reading.euros for reading in readings]
    if told.whole is None and len(readings) > 1 and None not in euros:
        told = replace(told, whole=sum(filter(None, euros)))
    return legal_position(max(readings, key=lambda reading: reading.euros or 0.0), on, told)


def _of_lot(reading: Reading, told: ToldOfLot, *, charter: bool) -> CalibratedHours:
    hours = calibrated_as_told(reading, told)
    if not charter or told.percentage is not None:
        return hours
    code = next((code for raw in reading.lot.cpv if (code := normalise_cpv(raw)[0])), "")
    least = CHARTER_WORKS if works_asked(reading) or code.startswith(_ENGINEERING_CPV) else CHARTER_UPKEEP
    usual = hours.told.percentage or (hours.family and hours.family.clause) or Span(least, least)
    raised = Span(max(least, usual.low), max(least, usual.high))
    return calibrated(reading, replace(hours.told, percentage=raised, percentage_source=CHARTER))
