"""Hours that the clause of a contract of several lots can ask for: added up, as posts and people, and the floors under which none is proposed."""

from collections.abc import Sequence
from dataclasses import dataclass

from matcher.decisions.calibrated import LEAST_HOURS, CalibratedHours, by_tens
from matcher.decisions.opinion.law import LegalPosition
from matcher.decisions.sizing import Range
from matcher.domain.french import unit
from matcher.reference.calibration import HOURS_PER_ETP, Span

# Hours paid in a full-time year, 35 h × 52: contracts for insertion are often counted so, and 1,607 are those worked.
PAID_HOURS = 1_820.0
# Half a year of work each: a hypothesis, that of most contracts for insertion.
HOURS_EACH = HOURS_PER_ETP / 2


@dataclass(frozen=True, slots=True)
class ClauseFloors:
    """Floors under which no clause is proposed: `hours` of insertion, and an amount before tax that is a rule of the place, None for none."""

    hours: float = LEAST_HOURS
    euros: float | None = None


@dataclass(frozen=True, slots=True)
class LotHours:
    """A lot and its hours; `none` says in French why no clause is proposed for it, empty where one is or where it is not known yet."""

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
        told, its = self.calibrated.told.hours, self.calibrated.insertion
        if self.none or (told is None and its is None):
            return None
        return told if told is not None or its is None else by_tens(its.likely)


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
        return tuple(its for its in self.lots if not its.none)


def clause_hours(lots: Sequence[tuple[str, CalibratedHours]], law: LegalPosition, floors: ClauseFloors) -> ClauseHours:
    """Return the hours of a contract from those of its lots, each with its name."""
    named = tuple(LotHours(name, its, _none(its, floors)) for name, its in lots)
    known = [its.calibrated.insertion for its in named if not its.none]
    found = [its for its in known if its is not None]
    months = [its.reading.months for _, its in lots if its.reading.months is not None]
    whole = (
        Range(*(sum(by_tens(getattr(one, end)) for one in found) for end in ("low", "likely", "high")))
        if found and len(found) == len(known)
        else None
    )
    return ClauseHours(named, whole, max(months, default=None), law)


def posts(hours: float, months: float = 12.0) -> Span:
    """Return the full-time posts that hours make over some months: at least as hours paid, at most as hours worked."""
    years = max(months, 1.0) / 12
    return Span(hours / years / PAID_HOURS, hours / years / HOURS_PER_ETP)


def _none(its: CalibratedHours, floors: ClauseFloors) -> str:
    """Why no clause is proposed for a lot."""
    if not its.gives_work and its.family is not None:
        return f"pas de clause d’insertion dans ce métier ({its.family.name.lower()})"
    euros = its.reading.euros
    if floors.euros is not None and euros is not None and euros < floors.euros:
        return f"sous le plancher de {unit(floors.euros, '€ HT')} que vous avez donné"
    if its.insertion is not None and its.told.hours is None and its.insertion.likely < floors.hours:
        return f"environ {unit(its.insertion.likely, 'heures')}, sous le plancher de {unit(floors.hours, 'heures')}"
    return ""
