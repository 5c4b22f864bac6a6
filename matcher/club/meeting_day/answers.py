"""Effect on a meeting day of the answer to an import's question."""

from dataclasses import replace

from matcher.club.meeting_day.meeting_day import Bond, Doubt, ImportQuestion, MeetingDay
from matcher.journal.change import ChangeRefused

# Answers that are neither an id nor a key: none of those proposed; another participant than the first; nobody is meant.
NEW, OTHER, NOBODY = "nouveau", "autre", "personne"


def answered(event: MeetingDay, number: int, code: str) -> MeetingDay:
    """Return the event with a question answered; it can be answered again otherwise.

    Raises ChangeRefused where the question or the option does not exist.
    """
    question = next((one for one in event.questions if one.number == number), None)
    if question is None:
        raise ChangeRefused(f"Il n’y a pas de question {number}.")
    if code not in {option.code for option in question.options}:
        codes = ", ".join(f"« {option.code} »" for option in question.options)
        raise ChangeRefused(f"Question {number} : répondez par {codes}.")
    done = tuple(replace(one, answer=code) if one.number == number else one for one in event.questions)
    return _EFFECTS[question.doubt](replace(event, questions=done), question, code)


def _who(event: MeetingDay, question: ImportQuestion, code: str) -> MeetingDay:
    known = "" if code == NEW else code
    siret = known.removeprefix("siret:") if known.startswith("siret:") else ""
    one = event.participant(question.about)
    return event.with_participant(replace(one, supplier_id=known, siret=siret or one.siret))


def _twice(event: MeetingDay, question: ImportQuestion, code: str) -> MeetingDay:
    same_as = 0 if code == OTHER else event.participant(int(code)).key
    return event.with_participant(replace(event.participant(question.about), same_as=same_as))


def _wish(event: MeetingDay, question: ImportQuestion, code: str) -> MeetingDay:
    former = question.answer
    bonds = event.bonds
    if question.tie and former not in ("", NOBODY):
        bonds = tuple(bond for bond in bonds if bond != Bond(question.tie, question.about, int(former)))
    if question.tie and code != NOBODY:
        bonds = (*bonds, Bond(question.tie, question.about, event.participant(int(code)).key))
    return replace(event, bonds=tuple(dict.fromkeys(bonds)))


_EFFECTS = {Doubt.WHO: _who, Doubt.TWICE: _twice, Doubt.WISH: _wish}
