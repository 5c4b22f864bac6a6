"""Updates a meeting day when a question raised by an import of participants is answered, and adds or closes its points to confirm by telephone."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter

from matcher.club.meeting_day.meeting_day import Bond, DayChange, Doubt, ImportQuestion, MeetingDay, Participant
from matcher.club.meeting_day.points import PointToConfirm, Topic, add_points, settle_points
from matcher.domain.french import count
from matcher.journal.change import ChangeRefused

# Answers that are neither a supplier id nor a participant key: none of the proposed suppliers; two different participants; nobody listed.
NEW, OTHER, NOBODY = "nouveau", "autre", "personne"


def answer_question(event: MeetingDay, number: int, code: str) -> MeetingDay:
    """Return the event with a question answered; a later answer replaces it. Raises ChangeRefused where the question or the option does not exist."""
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
    participant = event.participant(question.about)
    return event.with_participant(replace(participant, supplier_id=known, siret=siret or participant.siret))


def _wish(event: MeetingDay, question: ImportQuestion, code: str) -> MeetingDay:
    former = question.answer
    bonds = event.bonds
    if question.tie and former not in ("", NOBODY):
        bonds = tuple(bond for bond in bonds if bond != Bond(question.tie, question.about, int(former)))
    if question.tie and code != NOBODY:
        bonds = (*bonds, Bond(question.tie, question.about, event.participant(int(code)).key))
    return replace(event, bonds=tuple(dict.fromkeys(bonds)))


_EFFECTS: Mapping[Doubt, Callable[[MeetingDay, ImportQuestion, str], MeetingDay]] = {
    Doubt.WHO: _who,
    Doubt.TWICE: lambda event, question, code: event.with_participant(
        replace(event.participant(question.about), same_as=0 if code == OTHER else event.participant(int(code)).key)
    ),
    Doubt.WISH: _wish,
}
# The fields of a participant that a correction of each topic changes.
FIELDS: Mapping[Topic, tuple[str, ...]] = {
    Topic.COMING: ("arrival", "departure", "away", "absent"),
    Topic.HOURS: ("arrival", "departure", "away", "absent"),
    Topic.PEOPLE: ("people", "abreast"),
    Topic.NEEDS: ("needs",),
    Topic.AMOUNT: ("needs",),
    Topic.ACCESS: ("step_free", "interpreter", "hearing_loop"),
}


def after_amending(
    points: Iterable[PointToConfirm], former: Participant, participant: Participant, doubted: Collection[str] = ()
) -> tuple[PointToConfirm, ...]:
    """Return the points to confirm after a correction of a participant: settled are those of changed fields and of trades whose text is gone,
    except the `doubted` ones (codes), which the correction itself repeats."""
    texts = {participant.activity, *(need.text for need in participant.needs)}
    changed = {
        topic for topic, fields in FIELDS.items() if attrgetter(*fields)(former) != attrgetter(*fields)(participant)
    }
    own = [point for point in points if point.about == participant.key]
    if (former.needs, former.activity) == (participant.needs, participant.activity):
        texts |= {point.written for point in own}
    outdated = [
        point for point in own if point.topic in changed or (point.topic is Topic.TRADE and point.written not in texts)
    ]
    return settle_points(points, {point.code for point in outdated}.difference(doubted))


@dataclass(frozen=True, slots=True)
class NotePoints(DayChange, action="à rappeler"):
    """Add points of a sheet to confirm by telephone."""

    points: tuple[PointToConfirm, ...]

    def apply(self, event: MeetingDay, at: datetime, author: str) -> MeetingDay:
        return replace(event, points=add_points(event.points, self.points))

    def says(self, event: MeetingDay) -> str:
        return f"garde {count(len(self.points), 'point')} à rappeler"


@dataclass(frozen=True, slots=True)
class SettlePoints(DayChange, action="rappelé"):
    """Settle these points (codes): their reading is confirmed."""

    codes: tuple[str, ...]

    def apply(self, event: MeetingDay, at: datetime, author: str) -> MeetingDay:
        return replace(event, points=settle_points(event.points, self.codes))

    def says(self, event: MeetingDay) -> str:
        about = dict.fromkeys(event.name_of(one.about) for one in event.points if one.code in self.codes)
        return f"confirme ce qui était à rappeler : {', '.join(about)}"
