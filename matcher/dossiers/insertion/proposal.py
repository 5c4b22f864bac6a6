"""Promise of hours that a dossier's own papers propose, for a person to confirm: what was calibrated or planned, notified, read."""

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from matcher.decisions.clause import document as plan
from matcher.decisions.clause_hours import document as calibration
from matcher.domain.french import day, unit
from matcher.dossiers.dossier import Dossier, SavedDecision
from matcher.dossiers.insertion.hours import HoursPromise
from matcher.render.document import Document, DocumentKind

_YEAR = 12
# The reading of the hours of a decision that was kept, by its kind.
_HOURS_IN: Mapping[DocumentKind, Callable[[Document], float | None]] = {
    DocumentKind.PLAN: plan.hours_in,
    DocumentKind.CALIBRATION: calibration.hours_in,
}


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
    kept = [(one, hours) for one in dossier.decisions if (hours := _hours(one)) is not None]
    last, hours = max(kept, key=lambda pair: pair[0].at, default=(None, None))
    start = min((one.notified for one in dossier.contracts), default=None)
    months = max((its for lot in dossier.lots if (its := lot.frozen.reading.months)), default=None)
    end = _end(start, round(months)) if start and months and months >= 1 else None
    source = f"{last.decision.kind} « {last.decision.title} » du {day(last.at.date())}" if last else ""
    says = (
        f"{unit(hours, 'heures', 2)} d’après : {source}." if hours is not None else "",
        f"Début : le jour de la notification, {day(start)}." if start else "",
        f"Fin : {unit(months, 'mois', 1)} plus tard, la durée du lot." if end and months else "",
    )
    return ProposedPromise(hours, start, end, source, tuple(filter(None, says)))


def _hours(one: SavedDecision) -> float | None:
    read = _HOURS_IN.get(one.decision.kind)
    return read(one.decision) if read else None


def _end(start: date, months: int) -> date:
    """The last day of so many months."""
    years, month = divmod(start.month - 1 + months, _YEAR)
    year, month = start.year + years, month + 1
    return date(year, month, min(start.day, monthrange(year, month)[1])) - timedelta(days=1)
