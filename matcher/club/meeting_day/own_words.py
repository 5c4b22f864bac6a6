"""Changes that a meeting day's participant makes on its own page (accept, note, give up), and the one that passes its texts to the catalogue.

None of them moves a meeting: the organiser decides what follows."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from matcher.club.meeting_day.header import TakenWord
from matcher.club.meeting_day.meeting_day import Acceptance, Booking, DayChange, MeetingDay, MeetingOutcome, OwnNote
from matcher.club.meeting_day.sequels import Sequel
from matcher.journal.change import ChangeRefused

MOST_USEFUL = 5
_Of = TypeVar("_Of")
_Word = TypeVar("_Word")


@dataclass(frozen=True, slots=True)
class Accept(DayChange, action="accepter"):
    """Accept meetings, each at its present slot."""

    given: tuple[Acceptance, ...]

    def apply(self, event: MeetingDay, at: datetime, author: str) -> MeetingDay:
        for acceptance in self.given:
            if booking_of(event, acceptance.by, acceptance.other).slot != acceptance.slot:
                raise ChangeRefused(
                    f"Le rendez-vous avec {event.name_of(acceptance.other)} a changé d’heure : relisez-le."
                )
        for acceptance in self.given:
            set_last_word(event.accepted, (acceptance.by, acceptance.other), acceptance)
        return event

    def says(self, event: MeetingDay) -> str:
        return f"accepte : {', '.join(event.name_of(one.other) for one in self.given)}"


@dataclass(frozen=True, slots=True)
class NoteMeeting(DayChange, action="noter"):
    """Give the outcome of a meeting, or a note on it; the last outcome given counts for both sides."""

    note: OwnNote

    def apply(self, event: MeetingDay, at: datetime, author: str) -> MeetingDay:
        new = self.note
        if new.useful is not None and not 1 <= new.useful <= MOST_USEFUL:
            raise ChangeRefused(f"L’utilité se dit de 1 à {MOST_USEFUL}.")
        booking = booking_of(event, new.by, new.other)
        former = note_of(event, new.by, new.other)
        set_last_word(event.notes, (new.by, new.other), new)
        if new.result and new.result != former.result:
            former_outcome = event.outcomes.get(booking.pair)
            note = former_outcome.note if former_outcome else ""
            outcome = MeetingOutcome(booking.buyer, booking.supplier, new.result, note)
            set_last_word(event.outcomes, booking.pair, outcome)
        return event

    def says(self, event: MeetingDay) -> str:
        result = f", {self.note.result}" if self.note.result else ""
        useful = f", utile : {self.note.useful} sur {MOST_USEFUL}" if self.note.useful else ""
        return f"note son rendez-vous avec {event.name_of(self.note.other)}{result}{useful}"


@dataclass(frozen=True, slots=True)
class GiveUp(DayChange, action="renoncer"):
    """Mark oneself as absent; the meetings stay in the timetable until the next planning."""

    key: int

    def apply(self, event: MeetingDay, at: datetime, author: str) -> MeetingDay:
        return event.with_participant(replace(event.participant(self.key), absent=True))

    def says(self, event: MeetingDay) -> str:
        return f"ne viendra pas ({event.name_of(self.key)})"


@dataclass(frozen=True, slots=True)
class TakeWords(DayChange, action="apprendre"):
    """Record that the catalogue took over a participant's texts on itself."""

    words: tuple[TakenWord, ...]

    def apply(self, event: MeetingDay, at: datetime, author: str) -> MeetingDay:
        for word in self.words:
            event.participant(word.by)
        return replace(event, taken_words=tuple(dict.fromkeys((*event.taken_words, *self.words))))

    def says(self, event: MeetingDay) -> str:
        names = dict.fromkeys(event.name_of(one.by) for one in self.words)
        return f"met au catalogue ce que dit {', '.join(names)}"


def booking_of(event: MeetingDay, by: int, other: int) -> Booking:
    """Return the meeting of two participants (keys) in the timetable. Raises ChangeRefused where there is none."""
    booking = event.plan.by_pair.get(frozenset((by, other))) if event.plan else None
    if booking is None:
        raise ChangeRefused("Ce rendez-vous n’est plus dans l’horaire : rechargez la page.")
    return booking


def restate_terms(event: MeetingDay, sequel: Sequel) -> Sequel:
    """Return a sequel with the contract terms that the same participant gave before, where its step is the same."""
    before = event.sequels.get((sequel.by, sequel.pair))
    return replace(sequel, terms=before.terms) if before and before.step is sequel.step else sequel


def note_of(event: MeetingDay, by: int, other: int) -> OwnNote:
    """Return a participant's note on its meeting with another; an empty note where there is none."""
    return event.notes.get((by, other)) or OwnNote(by, other)


def accepts(event: MeetingDay, by: int, other: int, slot: int) -> bool:
    """Return whether a participant has accepted its meeting with another at this slot."""
    acceptance = event.accepted.get((by, other))
    return acceptance is not None and acceptance.slot == slot


def set_last_word(words: dict[_Of, _Word], of: _Of, word: _Word) -> None:
    """Set `words[of]` and move it to the end of the dict, whose order is that of the last changes."""
    words.pop(of, None)
    words[of] = word
