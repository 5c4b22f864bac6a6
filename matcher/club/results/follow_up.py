"""Outcome of a meeting as an answer in a dossier: the supplier was met, asked for a quote or not, and where."""

from matcher.club.meeting_day.meeting_day import MeetingDay, MeetingOutcome, Result
from matcher.domain.french import day, typeset
from matcher.dossiers.dossier import AnswerWay, CallOutcome, Dossier, DossierChange
from matcher.dossiers.entry_changes import RecordCall, weighed
from matcher.journal.change import tried

OUTCOMES = {
    Result.QUOTE: CallOutcome.INTERESTED,
    Result.FOLLOW_UP: CallOutcome.INTERESTED,
    Result.NOTHING: CallOutcome.ANSWERED,
}


def told_in(dossier: Dossier, event: MeetingDay, outcome: MeetingOutcome) -> list[DossierChange]:
    """Return the changes of a dossier that tell an outcome: an answer, with its note, in each lot whose list holds the supplier.

    None where no list holds it, or where the meeting was not held.
    """
    ends = OUTCOMES.get(outcome.result)
    supplier = event.participant(outcome.supplier)
    on = event.header.day or event.updated.date()
    key = f"club {event.id}, {outcome.buyer}-{outcome.supplier}"
    changes: list[DossierChange] = []
    for lot in dossier.lots if ends else ():
        for entry in lot.entries:
            if ends and entry.match.id == supplier.supplier_id:
                note = "\n".join(filter(None, (entry.note, _note(event, outcome))))
                answer = RecordCall(lot.number, entry.match.id, ends, on, key, text=note, way=AnswerWay.CLUB)
                changes.append(weighed(dossier, answer, ""))
    return changes


def all_told_in(dossier: Dossier, event: MeetingDay) -> list[DossierChange]:
    """Return the changes of a dossier that tell every outcome which its notes do not say yet, one after the other.

    Raises ChangeRefused where the dossier takes none.
    """
    changes: list[DossierChange] = []
    for outcome in event.outcomes.values():
        told, said = told_in(dossier, event, outcome), _note(event, outcome)
        entries = [entry for lot in dossier.lots for entry in lot.entries]
        notes = [text for entry in entries for text in (entry.note, entry.rival.text if entry.rival else "")]
        if told and not any(said in note for note in notes):
            dossier = tried(dossier, *told)
            changes += told
    return changes


def _note(event: MeetingDay, outcome: MeetingOutcome) -> str:
    when = f", {day(event.header.day)}" if event.header.day else ""
    said = f"{event.header.title}{when}, avec {event.name_of(outcome.buyer)} : {outcome.result}."
    return typeset(f"{said} {outcome.note}".strip())
