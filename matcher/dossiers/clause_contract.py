"""Social clause of a dossier: the contract as a list shows it, and the promise of hours that its papers propose, for a person to confirm."""

from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from matcher.decisions.clause import calibration_document as calibration
from matcher.decisions.clause import plan_document as plan
from matcher.decisions.clause.followup import HoursPromise, InsertionHours
from matcher.domain.french import day, unit, with_apostrophes
from matcher.domain.place import PlaceType
from matcher.domain.reading import Lot, RawPlace
from matcher.dossiers.dossier import Dossier
from matcher.reading.place.places import read_places
from matcher.reference.geography.communes import commune
from matcher.reference.geography.territories import epci
from matcher.render.document import Document, DocumentKind

CLAUSE = "clause"  # the lever of a clause, in `leviers.csv`
_MOST_AREAS = 12
_YEAR = 12
# The reading of the hours of a decision that was kept, by its kind.
_HOURS_IN: Mapping[DocumentKind, Callable[[Document], float | None]] = {
    DocumentKind.PLAN: plan.hours_in,
    DocumentKind.CALIBRATION: calibration.hours_in,
}


@dataclass(frozen=True, slots=True)
class ClauseContract:
    """Contract of a dossier that has a social clause. `areas` are names: the EPCI of its communes, else the wider area that it says."""

    areas: tuple[str, ...] = ()
    hours: InsertionHours = field(default_factory=InsertionHours)


def contract_of(dossier: Dossier) -> ClauseContract | None:
    """Return the contract of a dossier where a lot, a contract noted, a calibration, a plan or a promise says that it has a clause; None where none does."""
    levers = {lot.frozen.reading.lot.levier for lot in dossier.lots}
    levers.update(code for one in dossier.contracts for code in one.levers or ())
    planned = any(one.decision.kind in _HOURS_IN for one in dossier.decisions)
    if CLAUSE not in levers and not planned and dossier.insertion.promise is None:
        return None
    return ClauseContract(tuple(dict.fromkeys(_areas(dossier)))[:_MOST_AREAS], dossier.insertion)


def _areas(dossier: Dossier) -> Iterator[str]:
    """The EPCI of each place of the lots, else of the territory that the header says."""
    places = [place for lot in dossier.lots for place in lot.frozen.reading.places]
    if not places and dossier.header.territory:
        places = list(read_places(Lot("", lieux=(RawPlace(dossier.header.territory),))).places)
    for place in places:
        town = commune(place.code) if place.type is PlaceType.COMMUNE else None
        group = epci(town.epci) if town else None
        if name := group.name if group else place.name:
            yield with_apostrophes(name)


@dataclass(frozen=True, slots=True)
class ProposedPromise:
    """Promise that is proposed, None for what no paper says; `hours_from` is the source of the hours, `says` a sentence for each."""

    hours: float | None
    start: date | None
    end: date | None
    hours_from: str
    says: tuple[str, ...]

    def source_of(self, promise: HoursPromise) -> str:
        """Return where the hours of a promise come from: "" where they are not those proposed."""
        return self.hours_from if promise.hours is not None and promise.hours == self.hours else ""


def proposed_promise(dossier: Dossier) -> ProposedPromise:
    """Return what a dossier proposes: the hours of the last plan or calibration kept, the day of its first contract, the duration read."""
    kept = [
        (saved, hours)
        for saved in dossier.decisions
        if (read := _HOURS_IN.get(saved.decision.kind)) and (hours := read(saved.decision)) is not None
    ]
    last, hours = max(kept, key=lambda pair: pair[0].at, default=(None, None))
    start = min((one.notified for one in dossier.contracts), default=None)
    months = max((its for lot in dossier.lots if (its := lot.frozen.reading.months)), default=None)
    end = None
    if start and months and months >= 1:  # the last day of so many months
        years, month = divmod(start.month - 1 + round(months), _YEAR)
        year, month = start.year + years, month + 1
        end = date(year, month, min(start.day, monthrange(year, month)[1])) - timedelta(days=1)
    source = f"{last.decision.kind} « {last.decision.title} » du {day(last.at.date())}" if last else ""
    says = (
        f"{unit(hours, 'heures', 2)} d’après : {source}." if hours is not None else "",
        f"Début : le jour de la notification, {day(start)}." if start else "",
        f"Fin : {unit(months, 'mois', 1)} plus tard, la durée du lot." if end and months else "",
    )
    return ProposedPromise(hours, start, end, source, tuple(filter(None, says)))
