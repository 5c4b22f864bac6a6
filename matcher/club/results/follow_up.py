"""Turns outcomes of a meeting day into suppliers' answers in a sourcing dossier (a buyer's file on one procurement: lots, lists, answers)."""

from collections.abc import Iterable

from matcher.club.meeting_day.meeting_day import MeetingDay, MeetingOutcome, Result
from matcher.club.results.learned import OfferedWords
from matcher.domain.french import day, typeset
from matcher.dossiers.answer_changes import RecordCall
from matcher.dossiers.calling import answers_of
from matcher.dossiers.dossier import AnswerWay, CallOutcome, Dossier

OUTCOMES = {
    Result.QUOTE: CallOutcome.INTERESTED,
    Result.FOLLOW_UP: CallOutcome.INTERESTED,
    Result.NOTHING: CallOutcome.ANSWERED,
}


def dossier_calls(
    dossier: Dossier, event: MeetingDay, outcomes: Iterable[MeetingOutcome], words: Iterable[OfferedWords] = ()
) -> list[RecordCall]:
    """Return the answers to record in a dossier: one in each lot whose list contains the supplier, with the supplier's `words` on itself.

    Idempotent by the key of the meeting. Meetings that were not held, and suppliers in no list, give no answer."""
    answers = {one.participant.key: answers_of(one.answer) for one in words}
    on = event.header.day or event.updated.date()
    when = f", {day(event.header.day)}" if event.header.day else ""
    calls: list[RecordCall] = []
    for outcome in outcomes:
        ends, supplier = OUTCOMES.get(outcome.result), event.participant(outcome.supplier)
        key = f"club {event.id}, {outcome.buyer}-{outcome.supplier}"
        sentence = f"{event.header.title}{when}, avec {event.name_of(outcome.buyer)} : {outcome.result}."
        text = typeset(f"{sentence} {outcome.note}".strip())
        for lot, entry in dossier.entries_of(supplier.supplier_id):
            last = next((call for call in entry.calls if call.key == key), None)
            if ends and not (last and last.outcome is ends and text in last.text):
                of, own = (lot.number, entry.match.id), answers.get(supplier.key, {})
                calls.append(RecordCall(*of, ends, on, key, answers=own, text=text, way=AnswerWay.CLUB))
    return calls
