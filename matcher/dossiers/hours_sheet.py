"""Sheet of hours of insertion of a dossier: how it is read, by the names of its contracts and structures, and the changes that note it."""

from dataclasses import replace

from matcher.decisions.clause.followup import HoursReading, SheetHours
from matcher.dossiers.clause_contract import contract_names
from matcher.dossiers.dossier import WHOLE, Dossier, DossierChange
from matcher.dossiers.insertion_changes import CorrectHours, Over, RecordHours
from matcher.reference.clauses import modalities


def hours_reading(dossier: Dossier, how: HoursReading) -> HoursReading:
    """Return how a sheet is read for a dossier: by the names of its contracts and lots, and those of its structures, whose types say a modality."""
    contracts = {lot: contract_names(dossier, lot) for lot in sorted(dossier.followed)}
    others = {one.number: (one.title, one.named, str(one.number)) for one in dossier.lots}
    structures: dict[str, tuple[str, ...]] = {}
    for match in {entry.match.id: entry.match for lot in dossier.lots for entry in lot.entries}.values():
        ways = [its.code for its in modalities() if its.kinds.intersection(match.kinds)]
        if len(ways) == 1:
            structures[ways[0]] = (*structures.get(ways[0], ()), match.name)
    return replace(how, contracts=contracts, others={} if WHOLE in contracts else others, structures=structures)


def sheet_changes(
    dossier: Dossier, read: SheetHours, over: Over, *, sure: bool
) -> tuple[list[DossierChange], list[str]]:
    """Return what notes the hours of a sheet, and a sentence for each contract or correction that is noted already, which is left out beside
    what is new."""
    made: list[RecordHours | CorrectHours] = []
    for one in read.contracts:
        if one.months or one.immersions:
            made.append(RecordHours(one.months, one.immersions, sure=sure, lot=one.lot, over=over))
        made += [CorrectHours(its.line, its.reason, one.lot, sure) for its in one.corrections]
    noted = [its for its in made if its.is_noted(dossier)]
    if len(noted) == len(made):
        return [*made], []
    says = [
        f"{'Tout le dossier' if its.lot == WHOLE else f'Le lot {its.lot}'} : "
        f"{'heures déjà notées' if isinstance(its, RecordHours) else 'correction déjà notée'}."
        for its in noted
    ]
    return [its for its in made if its not in noted], says
