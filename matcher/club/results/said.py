"""Gathers what buyer, supplier and organiser reported on each meeting: outcome, then sequel (what it led to); which counts; whether they differ."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from matcher.club.meeting_day.meeting_day import Booking, MeetingDay, MeetingOutcome, Result
from matcher.club.meeting_day.own_words import note_of
from matcher.club.meeting_day.sequels import (
    ORGANISER,
    TAKEN_UP,
    UNSAID,
    ContractTerms,
    Sequel,
    SequelStep,
    step_of,
    terms_of,
)


@dataclass(frozen=True)
class MeetingWords:
    """Reports on one meeting: the last `outcome`, and each side's own (`by_buyer`, `by_supplier`); the sequels reported; each side's mark of
    usefulness. None where not given."""

    booking: Booking
    outcome: MeetingOutcome | None
    by_buyer: Result | None
    by_supplier: Result | None
    sequels: tuple[Sequel, ...]
    useful_to_buyer: int | None = None
    useful_to_supplier: int | None = None

    @property
    def step(self) -> SequelStep | None:
        """The step that counts (`step_of`), None without any."""
        return step_of(self.sequels)

    @property
    def terms(self) -> ContractTerms | None:
        """The terms of the contract that count (`terms_of`), None where none is signed."""
        return terms_of(self.sequels) if self.step is SequelStep.CONTRACT else None

    def terms_by(self, key: int) -> ContractTerms:
        """Return the contract terms reported by a participant (key) or `ORGANISER`."""
        return next((one.terms for one in self.sequels if one.by == key), UNSAID)

    def step_by(self, key: int) -> SequelStep | None:
        """Return the step reported by a participant (key) or `ORGANISER`."""
        return next((one.step for one in self.sequels if one.by == key), None)

    @property
    def by_organiser(self) -> SequelStep | None:
        """The step reported by the organiser."""
        return self.step_by(ORGANISER)

    @property
    def took_place(self) -> bool | None:
        """Return whether the meeting took place, by its outcome; without one, a quote or a contract proves it, and None means unknown."""
        if self.outcome is not None:
            return self.outcome.result is not Result.NOT_HELD
        return True if self.step in TAKEN_UP else None

    @property
    def awaits(self) -> bool:
        """Return whether a sequel may be asked: unless the meeting is known not to have taken place."""
        return self.took_place is not False

    @cached_property
    def differs(self) -> bool:
        """Return whether both sides reported, and differently."""
        outcomes = {self.by_buyer, self.by_supplier} - {None}
        steps = {self.step_by(self.booking.buyer), self.step_by(self.booking.supplier)} - {None}
        terms = {self.terms_by(self.booking.buyer), self.terms_by(self.booking.supplier)} - {UNSAID}
        return len(outcomes) > 1 or len(steps) > 1 or len(terms) > 1


def words_on(event: MeetingDay) -> tuple[MeetingWords, ...]:
    """Return the reports on each meeting of the timetable, in its order."""
    sequels_by_pair: dict[frozenset[int], tuple[Sequel, ...]] = {}
    for sequel in event.sequels.values():
        sequels_by_pair[sequel.pair] = (*sequels_by_pair.get(sequel.pair, ()), sequel)
    results = []
    for booking in event.bookings:
        buyer, supplier = (
            note_of(event, booking.buyer, booking.supplier),
            note_of(event, booking.supplier, booking.buyer),
        )
        outcome, sequels = event.outcomes.get(booking.pair), sequels_by_pair.get(booking.pair, ())
        words = MeetingWords(booking, outcome, buyer.result, supplier.result, sequels, buyer.useful, supplier.useful)
        results.append(words)
    return tuple(results)


def silent(event: MeetingDay) -> Counter[int]:
    """Return, by participant, how many meetings await a sequel from it."""
    awaited: Counter[int] = Counter()
    for meeting_words in words_on(event):
        if meeting_words.awaits and meeting_words.by_organiser is None:
            awaited.update(key for key in meeting_words.booking.pair if meeting_words.step_by(key) is None)
    return awaited
