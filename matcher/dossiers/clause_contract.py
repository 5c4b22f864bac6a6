"""Contracts of a dossier that have a social clause (hours of work promised to people in insertion): list them, propose the promise of hours from the plans
and calibrations kept, and turn a sheet of hours into changes."""

from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from matcher.cleaning.dates import clean_month
from matcher.decisions.clause import calibration_document as calibration
from matcher.decisions.clause import plan_document as plan
from matcher.decisions.clause.followup import ClauseContract, HoursPromise, HoursReading, InsertionHours, SheetHours
from matcher.domain.french import day, unit, with_apostrophes
from matcher.domain.place import PlaceType
from matcher.domain.reading import Lot, RawPlace
from matcher.dossiers.dossier import WHOLE, Dossier, DossierChange, SavedLot
from matcher.dossiers.insertion_changes import CorrectHours, Over, RecordHours
from matcher.dossiers.planned_part import contract_at
from matcher.reading.place.places import read_places
from matcher.reference.clauses import modalities
from matcher.reference.geography.communes import commune
from matcher.reference.geography.territories import epci
from matcher.render.document import Document, DocumentKind, DocumentTable

CLAUSE = "clause"  # the lever of a clause, in `leviers.csv`
_MOST_AREAS = 12
# Columns of the tables of a plan (contracts) or a calibration (lots); the latter may also have a column of hours to write in the contract.
_HOURS = plan.HOURS.label
_OF_CONTRACTS = ("Contrat", "Lot")
_YEAR = 12
# Kind of a kept decision → function that reads its hours.
_HOURS_IN: Mapping[DocumentKind, Callable[[Document], float | None]] = {
    DocumentKind.PLAN: plan.plan_hours,
    DocumentKind.CALIBRATION: calibration.sheet_hours,
}


def followed_contracts(dossier: Dossier) -> tuple[ClauseContract, ...]:
    """Return the contracts whose hours are followed, in order of lot, without their areas."""
    return tuple(_contract(dossier, lot) for lot in sorted(dossier.followed))


def clause_contracts(dossier: Dossier) -> tuple[ClauseContract, ...]:
    """Return the contracts that have a social clause. Once hours are followed by lot: each lot with followed hours or whose list or contract has the clause.
    Otherwise: the whole dossier, if its hours are followed, or a lot, a contract, a calibration or a plan has a clause."""
    clauses = {lot.number for lot in dossier.lots if lot.frozen.reading.lot.levier == CLAUSE}
    clauses.update(one.lot for one in dossier.contracts if CLAUSE in (one.levers or ()))
    planned = any(one.decision.kind in _HOURS_IN for one in dossier.decisions)
    if dossier.followed and WHOLE not in dossier.followed:
        lots = [lot.number for lot in dossier.lots if lot.number in clauses.union(dossier.followed)]
    else:
        lots = [WHOLE] if dossier.followed or clauses or planned else []
    return tuple(replace(_contract(dossier, lot), areas=_areas(dossier, lot)) for lot in lots)


def promised_lots(dossier: Dossier) -> tuple[int, ...]:
    """Return the lots that a promise of hours may concern: only WHOLE (the whole dossier) where its hours are followed or there is no lot; otherwise the
    lots, with WHOLE where there are several and no hours are followed."""
    lots = tuple(lot.number for lot in dossier.lots)
    if WHOLE in dossier.followed or not lots:
        return (WHOLE,)
    return lots if dossier.followed or len(lots) == 1 else (*lots, WHOLE)


def contract_names(dossier: Dossier, lot: int) -> tuple[str, ...]:
    """Return the names that a sheet of hours may use for a contract: title, client, reference, and the titles and numbers of its lots."""
    contract = _contract(dossier, lot)
    reference = contract.hours.promise.reference if contract.hours.promise else ""
    names = [contract.title, contract.client, reference]
    for saved in _lots(dossier, lot):
        names += [saved.title, saved.heading, str(saved.number)]
        names += [f"{word} {saved.number}" for word in ("lot", "contrat", "marché")]
        names.append(f"lot contrat marché {saved.number} {saved.title} {contract.client} {reference}")
    return tuple(dict.fromkeys(filter(None, names)))


def _lots(dossier: Dossier, lot: int) -> tuple[SavedLot, ...]:
    return dossier.lots if lot == WHOLE else (dossier.lot(lot),)


def _contract(dossier: Dossier, lot: int) -> ClauseContract:
    hours = dossier.followed.get(lot, InsertionHours())
    title = dossier.header.title if lot == WHOLE or len(dossier.lots) == 1 else dossier.lot(lot).heading
    client = hours.promise.client if hours.promise else ""
    return ClauseContract(lot, title, client or dossier.header.buyer, (), hours)


def _areas(dossier: Dossier, lot: int) -> tuple[str, ...]:
    """Return the names of the EPCI (groupings of communes) of the lot's places, else of the territory in the header."""
    places = [place for saved in _lots(dossier, lot) for place in saved.frozen.reading.places]
    if not places and dossier.header.territory:
        places = list(read_places(Lot("", lieux=(RawPlace(dossier.header.territory),))).places)
    names: dict[str, None] = {}
    for place in places:
        town = commune(place.code) if place.type is PlaceType.COMMUNE else None
        group = epci(town.epci) if town else None
        if name := group.name if group else place.name:
            names[with_apostrophes(name)] = None
    return tuple(names)[:_MOST_AREAS]


@dataclass(frozen=True, slots=True)
class ProposedPromise:
    """A proposed promise of hours, None for what no decision gives; `hours_from` names the source of the hours, `says` has a sentence a figure."""

    hours: float | None
    start: date | None
    end: date | None
    hours_from: str
    says: tuple[str, ...]

    def source_of(self, promise: HoursPromise) -> str:
        """Return the source of a promise's hours, "" where they differ from those proposed."""
        return self.hours_from if promise.hours is not None and promise.hours == self.hours else ""


def proposed_promise(dossier: Dossier, lot: int = WHOLE) -> ProposedPromise:
    """Propose a promise for the contract of a lot, or for the whole dossier: hours from the last plan or calibration kept (the lot's own where given);
    start from the notification, else from the plan; end from the duration."""
    source, hours = _last_hours(dossier, lot)
    awards = [one.notified for one in dossier.contracts if lot in (WHOLE, one.lot) or one.lot == WHOLE]
    start = min(awards, default=hours.start)
    durations = (hours.months, *(saved.frozen.reading.months for saved in _lots(dossier, lot)))
    months = max(filter(None, durations), default=None)
    end = None
    if start and months and months >= 1:
        years, month = divmod(start.month - 1 + round(months), _YEAR)
        year, month = start.year + years, month + 1
        end = date(year, month, min(start.day, monthrange(year, month)[1])) - timedelta(days=1)
    says = (
        f"{unit(hours.hours, 'heures', 2)} d’après : {source}." if hours.hours is not None else "",
        f"Début : {'le jour de la notification, ' if awards else ''}{day(start)}." if start else "",
        f"Fin : {unit(months, 'mois', 1)} plus tard, la durée du lot." if end and months else "",
    )
    return ProposedPromise(hours.hours, start, end, source, tuple(filter(None, says)))


@dataclass(frozen=True, slots=True)
class _PaperHours:
    """Hours, start and duration (months) of a contract in a kept decision, None for what it does not give."""

    hours: float | None = None
    start: date | None = None
    months: float | None = None


def _last_hours(dossier: Dossier, lot: int) -> tuple[str, _PaperHours]:
    """Return the name of the last kept decision that gives the hours of a lot, or of the whole dossier, and its figures."""
    for saved in sorted(dossier.decisions, key=lambda saved: saved.at, reverse=True):
        decision = saved.decision
        hours_in = _HOURS_IN.get(decision.kind)
        hours = _PaperHours() if lot == WHOLE else _hours_of_lot(decision, dossier, lot)
        # A decision about a single contract is about the dossier's only lot, even under another name.
        alone = len(dossier.lots) == 1 and all(len(table.rows) == 1 for table in _contract_tables(decision))
        if hours.hours is None and hours_in and (lot == WHOLE or alone):
            hours = _PaperHours(hours_in(decision))
        if hours.hours is not None:
            return f"{decision.kind} « {decision.title} » du {day(saved.at.date())}", hours
    return "", _PaperHours()


def _hours_of_lot(decision: Document, dossier: Dossier, lot: int) -> _PaperHours:
    """Return the figures of the contract of a lot in a plan or a calibration."""
    for table in _contract_tables(decision):
        if (line := contract_at(table, dossier, dossier.lot(lot))) is not None:
            labels = (column.label for column in table.columns)
            cells = dict(zip(labels, table.rows[line].cells, strict=True))
            hours, start, months = cells.get(calibration.TO_WRITE, cells[_HOURS]), cells.get("Début"), cells.get("Mois")
            return _PaperHours(
                hours if isinstance(hours, int | float) else None,
                clean_month(start).value if isinstance(start, str) else None,
                months if isinstance(months, int | float) else None,
            )
    return _PaperHours()


def _contract_tables(decision: Document) -> Iterator[DocumentTable]:
    """Yield the tables of a plan or a calibration that have one contract and its hours a line."""
    for table in decision.tables if decision.kind in _HOURS_IN else ():
        labels = [column.label for column in table.columns]
        if labels and labels[0] in _OF_CONTRACTS and _HOURS in labels:
            yield table


def hours_reading(dossier: Dossier, how: HoursReading) -> HoursReading:
    """Return the settings for reading a sheet of hours, completed with the dossier's names: contracts, lots, and suppliers whose type gives a single
    modality (way of doing the hours: hiring, temporary work, subcontracting)."""
    contracts = {lot: contract_names(dossier, lot) for lot in sorted(dossier.followed)}
    others = {lot.number: (lot.title, lot.heading, str(lot.number)) for lot in dossier.lots}
    structures: dict[str, tuple[str, ...]] = {}
    for match in {entry.match.id: entry.match for lot in dossier.lots for entry in lot.entries}.values():
        ways = [way.code for way in modalities() if way.kinds.intersection(match.kinds)]
        if len(ways) == 1:
            structures[ways[0]] = (*structures.get(ways[0], ()), match.name)
    return replace(how, contracts=contracts, others={} if WHOLE in contracts else others, structures=structures)


def sheet_changes(
    dossier: Dossier, read: SheetHours, over: Over, *, sure: bool
) -> tuple[list[DossierChange], list[str]]:
    """Return the changes that note the hours of a sheet. Those noted already are left out, with a sentence each, unless all of them are."""
    changes: list[RecordHours | CorrectHours] = []
    for lines in read.contracts:
        if lines.months or lines.immersions:
            changes.append(RecordHours(lines.months, lines.immersions, sure=sure, lot=lines.lot, over=over))
        changes += [CorrectHours(its.line, its.reason, lines.lot, sure) for its in lines.corrections]
    noted = [change for change in changes if change.is_noted(dossier)]
    if len(noted) == len(changes):
        return [*changes], []
    remarks = [
        f"{'Tout le dossier' if change.lot == WHOLE else f'Le lot {change.lot}'} : "
        f"{'heures déjà notées' if isinstance(change, RecordHours) else 'correction déjà notée'}."
        for change in noted
    ]
    return [change for change in changes if change not in noted], remarks
