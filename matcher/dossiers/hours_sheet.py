"""Sheet of hours of insertion of a dossier: how it is read, by the names of its contracts and structures, and the changes that note it."""

from dataclasses import replace

from matcher.decisions.clause.followup import HoursReading, SheetHours
from matcher.dossiers.clause_contract import contract_names
from matcher.dossiers.dossier import WHOLE, Dossier, DossierChange
from matcher.dossiers.insertion_changes import CorrectHours, Over, RecordHours
from matcher.reference.clauses import modalities


def hours_reading(dossier: Dossier, how: HoursReading) -> HoursReading:
    """Return the choices of reading a sheet for a dossier: by the names of its contracts and lots, and those of its structures, whose types give a
    modality."""
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
    """Return the changes that note the hours of a sheet, and a sentence for each contract or correction that is noted already, which is left out
    beside new ones."""
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
