"""Outcome of a meeting as changes of a dossier: the supplier was met, asked for a quote or not, and where."""

from matcher.club.meeting_day.meeting_day import MeetingDay, MeetingOutcome, Result
from matcher.domain.french import day, typeset
from matcher.dossiers.dossier import Dossier, DossierChange, Status
from matcher.dossiers.entry_changes import NoteEntry, SetStatus
from matcher.journal.change import tried

STATUSES = {Result.QUOTE: Status.INTERESTED, Result.FOLLOW_UP: Status.INTERESTED, Result.NOTHING: Status.CONTACTED}


def told_in(dossier: Dossier, event: MeetingDay, outcome: MeetingOutcome) -> list[DossierChange]:
    """Return the changes of a dossier that tell an outcome: status and note in each lot whose list holds the supplier.

    None where no list holds it, or where the meeting was not held.
    """
    status = STATUSES.get(outcome.result)
    supplier = event.participant(outcome.supplier)
    changes: list[DossierChange] = []
    for lot in dossier.lots if status else ():
        for entry in lot.entries:
            if status and entry.match.id == supplier.supplier_id:
                note = "\n".join(filter(None, (entry.note, _note(event, outcome))))
                changes.append(SetStatus(lot.number, entry.match.id, status, event.header.day))
                changes.append(NoteEntry(lot.number, entry.match.id, note))
    return changes


def all_told_in(dossier: Dossier, event: MeetingDay) -> list[DossierChange]:
    """Return the changes of a dossier that tell every outcome which its notes do not say yet, one after the other.

    Raises ChangeRefused where the dossier takes none.
    """
    changes: list[DossierChange] = []
    for outcome in event.outcomes.values():
        told, said = told_in(dossier, event, outcome), _note(event, outcome)
        notes = [entry.note for lot in dossier.lots for entry in lot.entries]
        if told and not any(said in note for note in notes):
            dossier = tried(dossier, *told)
            changes += told
    return changes


def _note(event: MeetingDay, outcome: MeetingOutcome) -> str:
    when = f", {day(event.header.day)}" if event.header.day else ""
    said = f"{event.header.title}{when}, avec {event.name_of(outcome.buyer)} : {outcome.result}."
    return typeset(f"{said} {outcome.note}".strip())
