"""The changes that the journal of a meeting day (event: a day of planned buyer-supplier meetings) records (event sourcing): one class each, with its data,
effect and French sentence.

`apply` returns a new event, except that it may change in place the event's dicts (outcomes, sequels…): `replay` has copied them once, and a copy for each of
thousands of journal lines would be slow.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from matcher.cleaning.hours import DAY_MINUTES
from matcher.club.meeting_day.answers import NotePoints, SettlePoints, after_amending, answer_question
from matcher.club.meeting_day.entrance import CheckIn, UndoCheckIn
from matcher.club.meeting_day.header import ZONES, DayHeader, Rules
from matcher.club.meeting_day.meeting_day import (
    Acceptance,
    Bond,
    Booking,
    DayChange,
    FrozenTimetable,
    ImportQuestion,
    MeetingDay,
    MeetingOutcome,
    OwnNote,
    Participant,
    Tie,
)
from matcher.club.meeting_day.own_words import Accept, GiveUp, NoteMeeting, TakeWords, booking_of, set_last_word
from matcher.club.meeting_day.schedule import Schedule, clock
from matcher.club.meeting_day.sequels import ORGANISER, UNSAID, Sequel, SequelStep
from matcher.domain.french import count, enumeration, unit
from matcher.journal.change import DELETED, LONGEST_LINE, NEW, OPEN, Actions, ChangeRefused, Delete, Restore, by_action

_Paired = TypeVar("_Paired", Bond, Booking)
_Of = TypeVar("_Of")
_Word = TypeVar("_Word", MeetingOutcome, Acceptance, OwnNote, Sequel)

MOST_PARTICIPANTS = 10_000
MOST_TABLES = 5_000
# Longest text of a supplier or need, in characters: a longer one is a pasted file.
LONGEST_WORDS = 2_000
# Greatest figure of one contract (euros, hours or jobs): a greater one was mistyped.
MOST_OF_A_CONTRACT = 1e10


@dataclass(frozen=True, slots=True)
class _Described(DayChange):
    """Set the title, date, place, hours and room of an event. A change of hours drops the timetable."""

    header: DayHeader
    schedule: Schedule
    rules: Rules

    def apply(self, event: MeetingDay, at: datetime, author: str) -> MeetingDay:
        header, rules = self.header, self.rules
        if not header.title:
            raise ChangeRefused("Donnez un titre à l’événement.")
        if any(len(text) > LONGEST_LINE for text in (header.title, header.organiser, header.place, header.email)):
            raise ChangeRefused(f"Titre, organisateur, courriel et lieu : {LONGEST_LINE} caractères au plus.")
        if self.schedule.fault:
            raise ChangeRefused(self.schedule.fault)
        if not 0 <= rules.tables <= MOST_TABLES or not 0 <= rules.accessible <= rules.tables or rules.interpreters < 0:
            raise ChangeRefused(
                f"Une salle a de 0 à {MOST_TABLES} tables, dont les accessibles, et zéro interprète au moins."
            )
        if any(not 1 <= number <= rules.tables for number in rules.closed):
            raise ChangeRefused(f"Tables retirées : des numéros de 1 à {rules.tables}.")
        if header.zone and header.zone not in ZONES:
            raise ChangeRefused(f"Fuseau « {header.zone} » : choisissez parmi {', '.join(ZONES)}.")
        plan = event.plan if self.schedule == event.schedule else None
        return replace(event, header=header, schedule=self.schedule, rules=rules, plan=plan)


@dataclass(frozen=True, slots=True)
class CreateDay(_Described, action="créer", when=frozenset({NEW})):
    """Create an event; `former`: number of the edition that it follows, 0 for none."""

    former: int = 0

    def apply(self, event: MeetingDay, at: datetime, author: str) -> MeetingDay:
        return replace(_Described.apply(self, event, at, author), former=self.former)

    def says(self, event: MeetingDay) -> str:
        return f"ouvre l’événement « {self.header.title} »{f', à la suite du n° {self.former}' if self.former else ''}"


@dataclass(frozen=True, slots=True)
class DescribeDay(_Described, action="décrire"):
    """Change the title, date, place, hours or room of an event."""

    def says(self, event: MeetingDay) -> str:
        return "change la description, les heures ou la salle"


@dataclass(frozen=True, slots=True)
class Register(DayChange, action="inscrire"):
    """Add participants; their keys follow the last one given. `told`: whether their data come from themselves (sheet, form or own page)
    rather than from the organiser."""

    participants: tuple[Participant, ...]
    told: bool = True

    def apply(self, event: MeetingDay, at: datetime, author: str) -> MeetingDay:
        if len(event.participants) + len(self.participants) > MOST_PARTICIPANTS:
            raise ChangeRefused(f"Un événement reçoit {MOST_PARTICIPANTS} participants au plus.")
        for key, participant in enumerate(self.participants, start=event.next_key):
            if participant.key != key:
                raise ChangeRefused(f"Le participant suivant porte le n° {key}, pas le n° {participant.key}.")
            _check(participant)
        taken = event.taken + len(self.participants)
        return replace(event, participants=(*event.participants, *self.participants), taken=taken)

    def says(self, event: MeetingDay) -> str:
        if len(self.participants) == 1:
            return f"inscrit {self.participants[0].name} ({self.participants[0].sort})"
        return f"inscrit {count(len(self.participants), 'participant')}"


@dataclass(frozen=True, slots=True)
class Amend(DayChange, action="corriger"):
    """Replace the data of participants; `told` as for `Register`. `doubted`: points to confirm (codes) that stay open."""

    participants: tuple[Participant, ...]
    told: bool = True
    doubted: tuple[str, ...] = ()

    def apply(self, event: MeetingDay, at: datetime, author: str) -> MeetingDay:
        for participant in self.participants:
            former = event.participant(participant.key)
            _check(participant)
            points = after_amending(event.points, former, participant, self.doubted)
            event = replace(event.with_participant(participant), points=points)
        return event

    def says(self, event: MeetingDay) -> str:
        if len(self.participants) == 1:
            return f"corrige {event.name_of(self.participants[0].key)}"
        return f"corrige {count(len(self.participants), 'participant')}"


@dataclass(frozen=True, slots=True)
class WithdrawParticipant(DayChange, action="désinscrire"):
    """Remove a participant, with its wishes and meetings."""

    key: int
    reason: str = ""

    def apply(self, event: MeetingDay, at: datetime, author: str) -> MeetingDay:
        gone = event.participant(self.key).key
        return replace(
            event,
            participants=tuple(one for one in event.participants if one.key != gone),
            bonds=_pairs_without(event.bonds, gone),
            questions=tuple(one for one in event.questions if one.about != gone),
            points=tuple(one for one in event.points if one.about != gone),
            outcomes=_records_without(event.outcomes, gone),
            accepted=_records_without(event.accepted, gone),
            notes=_records_without(event.notes, gone),
            sequels=_records_without(event.sequels, gone),
            taken_words=tuple(one for one in event.taken_words if one.by != gone),
            plan=event.plan and replace(event.plan, bookings=_pairs_without(event.plan.bookings, gone)),
        )

    def says(self, event: MeetingDay) -> str:
        return f"désinscrit le participant n° {self.key}{f' ({self.reason})' if self.reason else ''}"


@dataclass(frozen=True, slots=True)
class Bind(DayChange, action="lier"):
    """Add bonds: participants who must, must not or did meet. Each counts once."""

    bonds: tuple[Bond, ...]

    def apply(self, event: MeetingDay, at: datetime, author: str) -> MeetingDay:
        for bond in self.bonds:
            if event.participant(bond.by).key == event.participant(bond.other).key:
                raise ChangeRefused(f"{event.name_of(bond.by)} ne peut pas avoir rendez-vous avec soi-même.")
        return replace(event, bonds=tuple(dict.fromkeys((*event.bonds, *self.bonds))))

    def says(self, event: MeetingDay) -> str:
        return _bonds(event, self.bonds)


@dataclass(frozen=True, slots=True)
class Unbind(DayChange, action="délier"):
    """Remove bonds."""

    bonds: tuple[Bond, ...]

    def apply(self, event: MeetingDay, at: datetime, author: str) -> MeetingDay:
        return replace(event, bonds=tuple(bond for bond in event.bonds if bond not in self.bonds))

    def says(self, event: MeetingDay) -> str:
        return f"retire : {_bonds(event, self.bonds)}"


@dataclass(frozen=True, slots=True)
class AskQuestion(DayChange, action="demander"):
    """Add questions of an import; new numbers follow the last one, an existing number replaces its question."""

    questions: tuple[ImportQuestion, ...]

    def apply(self, event: MeetingDay, at: datetime, author: str) -> MeetingDay:
        import_questions = {one.number: one for one in (*event.questions, *self.questions)}
        return replace(event, questions=tuple(import_questions.values()))

    def says(self, event: MeetingDay) -> str:
        return f"pose {count(len(self.questions), 'question')} sur les inscriptions"


@dataclass(frozen=True, slots=True)
class AnswerQuestion(DayChange, action="répondre"):
    """Answer a question by one of its options."""

    number: int
    code: str

    def apply(self, event: MeetingDay, at: datetime, author: str) -> MeetingDay:
        return answer_question(event, self.number, self.code)

    def says(self, event: MeetingDay) -> str:
        return f"répond à la question {self.number}"


@dataclass(frozen=True, slots=True)
class Freeze(DayChange, action="figer"):
    """Replace the timetable; `why`: the reason, in French."""

    plan: FrozenTimetable
    why: str = ""

    def apply(self, event: MeetingDay, at: datetime, author: str) -> MeetingDay:
        for booking in self.plan.bookings:
            if not 0 <= booking.slot < event.schedule.slots:
                raise ChangeRefused(f"L’événement n’a pas de créneau {booking.slot + 1}.")
            event.participant(booking.buyer)
            event.participant(booking.supplier)
        return replace(event, plan=self.plan)

    def says(self, event: MeetingDay) -> str:
        sentence = f"fige l’horaire : {count(len(self.plan.bookings), 'rendez-vous', 'rendez-vous')}"
        return f"{sentence} ({self.why})" if self.why else sentence


@dataclass(frozen=True, slots=True)
class Miss(DayChange, action="absence"):
    """Mark a participant as absent, or as leaving at the minute `since`."""

    key: int
    since: int | None = None

    def apply(self, event: MeetingDay, at: datetime, author: str) -> MeetingDay:
        participant = event.participant(self.key)
        if self.since is not None:
            return event.with_participant(replace(participant, departure=self.since))
        here = {key: minute for key, minute in event.checked_in.items() if key != self.key}
        return replace(event.with_participant(replace(participant, absent=True)), checked_in=here)

    def says(self, event: MeetingDay) -> str:
        when = "" if self.since is None else f" à partir de {clock(self.since)}"
        return f"signale l’absence de {event.name_of(self.key)}{when}"


@dataclass(frozen=True, slots=True)
class Arrive(DayChange, action="arrivée"):
    """Set the minute at which a participant arrives, and clear its absence."""

    key: int
    arrival: int | None = None

    def apply(self, event: MeetingDay, at: datetime, author: str) -> MeetingDay:
        return event.with_participant(replace(event.participant(self.key), arrival=self.arrival, absent=False))

    def says(self, event: MeetingDay) -> str:
        when = "" if self.arrival is None else f" à {clock(self.arrival)}"
        return f"note l’arrivée de {event.name_of(self.key)}{when}"


@dataclass(frozen=True, slots=True)
class Record(DayChange, action="issue"):
    """Record the outcome of a meeting; the last one counts."""

    outcome: MeetingOutcome

    def apply(self, event: MeetingDay, at: datetime, author: str) -> MeetingDay:
        new = self.outcome
        if event.plan is None or new.pair not in event.plan.by_pair:
            names = f"{event.name_of(new.buyer)} et {event.name_of(new.supplier)}"
            absent = [event.name_of(key) for key in (new.buyer, new.supplier) if event.participant(key).absent]
            why = (
                f" : {enumeration(absent)} {'est absent' if len(absent) == 1 else 'sont absents'}, rien n’est à noter"
                if absent
                else ""
            )
            raise ChangeRefused(f"{names} n’ont pas de rendez-vous dans l’horaire{why}.")
        set_last_word(event.outcomes, new.pair, new)
        return event

    def says(self, event: MeetingDay) -> str:
        meeting_outcome = self.outcome
        return f"note l’issue : {event.name_of(meeting_outcome.buyer)} et {event.name_of(meeting_outcome.supplier)}, {meeting_outcome.result}"


@dataclass(frozen=True, slots=True)
class TellSequel(DayChange, action="suite"):
    """Record what a meeting has led to, some weeks later; each side's answer is stored separately."""

    sequel: Sequel

    def apply(self, event: MeetingDay, at: datetime, author: str) -> MeetingDay:
        new = self.sequel
        booking_of(event, new.buyer, new.supplier)
        if new.by not in {ORGANISER, *new.pair}:
            raise ChangeRefused("Une suite est dite par l’un des deux, ou par l’organisateur.")
        if new.terms != UNSAID and new.step is not SequelStep.CONTRACT:
            raise ChangeRefused("Un montant, des heures ou des emplois se disent d’un marché signé.")
        if any(value is not None and not 0 <= value <= MOST_OF_A_CONTRACT for value in new.terms.figures):
            raise ChangeRefused("Un montant, des heures ou des emplois ne sont ni négatifs ni démesurés.")
        set_last_word(event.sequels, (new.by, new.pair), new)
        return event

    def says(self, event: MeetingDay) -> str:
        sequel = self.sequel
        amount = "" if sequel.terms.amount is None else f", {unit(sequel.terms.amount, '€')} HT"
        return (
            f"dit la suite : {event.name_of(sequel.buyer)} et {event.name_of(sequel.supplier)}, {sequel.step}{amount}"
        )


@dataclass(frozen=True, slots=True)
class OpenNext(DayChange, action="édition suivante"):
    """Record the number of the next edition, once open."""

    number: int

    def apply(self, event: MeetingDay, at: datetime, author: str) -> MeetingDay:
        return replace(event, following=self.number)

    def says(self, event: MeetingDay) -> str:
        return f"prépare l’édition suivante, n° {self.number}"


@dataclass(frozen=True, slots=True)
class RestoreDay(Restore, when=frozenset({OPEN, DELETED})):
    """Restore a deleted event; allowed on an open one too, as older versions recorded it twice for a form sent twice."""


ACTIONS: Actions[MeetingDay] = by_action(
    (
        *(CreateDay, DescribeDay, Register, Amend, WithdrawParticipant, Bind, Unbind, AskQuestion, AnswerQuestion),
        *(NotePoints, SettlePoints, Freeze, Miss, Arrive, Record, CheckIn, UndoCheckIn, TellSequel, OpenNext),
        *(Accept, NoteMeeting, GiveUp, TakeWords, Delete, RestoreDay),
    )
)


def _check(participant: Participant) -> None:
    if not participant.name:
        raise ChangeRefused("Donnez un nom à chaque participant.")
    texts = (
        participant.name,
        participant.written,
        participant.activity,
        participant.area,
        participant.place,
        *(text for need in participant.needs for text in (need.text, need.place)),
    )
    if any(len(text) > LONGEST_WORDS for text in texts):
        raise ChangeRefused(f"« {participant.name[:60]} » : {LONGEST_WORDS} caractères au plus par case.")
    numbers = (participant.most or 0, participant.least or 0, participant.people - 1, participant.abreast - 1)
    if any(not 0 <= leaves < returns <= DAY_MINUTES for leaves, returns in participant.away):
        raise ChangeRefused(f"« {participant.name} » : une absence finit après avoir commencé, le même jour.")
    if any(number < 0 for number in numbers):
        raise ChangeRefused(
            f"« {participant.name} » : un nombre de rendez-vous ou de personnes ne peut pas être négatif ou nul."
        )


def _pairs_without(pairs: Iterable[_Paired], key: int) -> tuple[_Paired, ...]:
    return tuple(one for one in pairs if key not in one.pair)


def _records_without(words: Mapping[_Of, _Word], key: int) -> dict[_Of, _Word]:
    return {of: one for of, one in words.items() if key not in one.pair}


def _bonds(event: MeetingDay, bonds: tuple[Bond, ...]) -> str:
    if len(bonds) == 1:
        return f"note que {event.name_of(bonds[0].by)} et {event.name_of(bonds[0].other)} {bonds[0].tie}"
    counts = Counter(bond.tie for bond in bonds)
    return "note " + ", ".join(f"« {tie} » pour {count(counts[tie], 'paire')}" for tie in Tie if counts[tie])
