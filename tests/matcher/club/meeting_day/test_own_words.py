"""What participants say of their meetings, line after line of a journal."""

from matcher.club.meeting_day.meeting_day import Acceptance, OwnNote, Result
from matcher.club.meeting_day.own_words import Accept, NoteMeeting
from tests.matcher.club.day import AT, WHO, after, frozen, full


def test_a_word_on_one_meeting_does_not_lay_out_all_of_them() -> None:
    event = frozen(full())
    booking = event.bookings[0]
    given = Accept((Acceptance(booking.supplier, booking.buyer, booking.slot),))
    accepted = given.applied(event, AT, WHO)
    noted = NoteMeeting(OwnNote(booking.buyer, booking.supplier, Result.QUOTE)).applied(accepted, AT, WHO)
    assert not {"bookings_of", "outcome_of"} & {*vars(event), *vars(accepted)}
    again = after(noted, NoteMeeting(OwnNote(booking.supplier, booking.buyer, Result.NOTHING)))
    assert [(one.pair, one.result) for one in again.outcomes] == [(booking.pair, Result.NOTHING)]
