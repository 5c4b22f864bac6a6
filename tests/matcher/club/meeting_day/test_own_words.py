"""What participants say of their meetings, line after line of a journal."""

from dataclasses import replace

from matcher.club.meeting_day.changes import CreateDay, Freeze, Record, Register, TellSequel
from matcher.club.meeting_day.header import Rules
from matcher.club.meeting_day.meeting_day import (
    Acceptance,
    Booking,
    FrozenTimetable,
    MeetingDay,
    MeetingOutcome,
    OwnNote,
    Result,
)
from matcher.club.meeting_day.own_words import Accept, NoteMeeting
from matcher.club.meeting_day.schedule import Schedule
from matcher.club.meeting_day.sequels import Sequel, SequelStep
from matcher.journal.change import append, replay
from tests.matcher.club.day import AT, BUYERS, HEADER, SUPPLIERS, WHO, after, frozen, full
from tests.steps import steps_of


def test_the_last_word_counts_and_leaves_the_event_that_it_was_said_of() -> None:
    event = frozen(full())
    booking = event.bookings[0]
    noted = after(event, NoteMeeting(OwnNote(booking.buyer, booking.supplier, Result.QUOTE)))
    again = after(noted, NoteMeeting(OwnNote(booking.supplier, booking.buyer, Result.NOTHING)))
    assert [one.result for one in again.outcomes.values()] == [Result.NOTHING]
    assert [one.result for one in noted.outcomes.values()] == [Result.QUOTE]
    assert (len(again.notes), len(noted.notes), event.notes, event.outcomes) == (2, 1, {}, {})


def _spoken(pairs: int) -> MeetingDay:
    """An event of so many meetings, of which both sides have said all that there is to say."""
    buyers = [replace(BUYERS[0], key=key) for key in range(1, pairs + 1)]
    suppliers = [replace(SUPPLIERS[0], key=key) for key in range(pairs + 1, 2 * pairs + 1)]
    bookings = [Booking(0, one.key, one.key, one.key + pairs, 0.5, 1) for one in buyers]
    changes = [
        CreateDay(HEADER, Schedule(540, 1, 20), Rules(tables=pairs)),
        Register((*buyers, *suppliers)),
        Freeze(FrozenTimetable(tuple(bookings), 1.0, 1.0)),
    ]
    for one in bookings:
        for by, other in ((one.buyer, one.supplier), (one.supplier, one.buyer)):
            changes += [
                Accept((Acceptance(by, other, 0),)),
                NoteMeeting(OwnNote(by, other, Result.FOLLOW_UP, "à rappeler")),
                TellSequel(Sequel(by, one.buyer, one.supplier, SequelStep.QUOTE)),
            ]
        changes.append(Record(MeetingOutcome(one.buyer, one.supplier, Result.QUOTE)))
    return append(MeetingDay(1), *changes, at=AT, author=WHO)


def test_twice_as_many_words_take_twice_the_work() -> None:
    few, many = _spoken(40), _spoken(80)
    assert replay(MeetingDay(1), many.journal) == many
    work = [steps_of(lambda day=day: replay(MeetingDay(1), day.journal)) for day in (few, many)]
    assert work[1] < 2.2 * work[0]
