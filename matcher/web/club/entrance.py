"""Page « Accueil »: check-in at a meeting day (event of planned buyer-supplier meetings) by badge or name, its undo, and the list of those still expected."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.cleaning.names import name_key
from matcher.cleaning.numbers import whole_number
from matcher.club.meeting_day.entrance import CheckIn, UndoCheckIn
from matcher.club.meeting_day.meeting_day import DayChange, MeetingDay, Participant
from matcher.club.registration.who_is_it import AtEntrance, at_entrance
from matcher.club.results.view import make_sheet
from matcher.web.club.day import minute_of_day
from matcher.web.club.meeting_day import (
    NUMBER,
    FormRefusal,
    event_of,
    flash_refusal_at,
    people_of_event,
    state_answer,
    version_now,
    write_event,
)

pages = Blueprint("entrance", __name__)

LONGEST_TYPED = 120
# Most lines shown of expected participants, and of participants that match the typed letters.
MOST_EXPECTED, MOST_OPTIONS = 60, 12


@dataclass(frozen=True, slots=True)
class StillExpected:
    """A participant not yet checked in, with the minute and table of its next meeting (None where it has none)."""

    participant: Participant
    start: int | None
    table: int | None


@pages.get(f"/club/{NUMBER}/accueil", endpoint="show")
def show_entrance(number: int) -> ResponseReturnValue:
    """Show the check-in field, the participant just checked in (`participant`), and who is still expected."""
    event = event_of(number)
    key = whole_number(request.args.get("participant", ""), event.by_key)
    return _page(event, AtEntrance(surely=None if key is None else event.seat_of(key)))


@pages.get(f"/club/{NUMBER}/accueil/etat", endpoint="state")
def entrance_state(number: int) -> ResponseReturnValue:
    """Return the ETag that an open page polls to detect changes."""
    return state_answer(str(version_now(number)))


@pages.post(f"/club/{NUMBER}/accueil")
def check_in(number: int) -> ResponseReturnValue:
    """Check a participant in, once: `participant` from a button, else the text `typed` in the field."""
    event = event_of(number)
    typed = " ".join(request.form.get("typed", "").split())[:LONGEST_TYPED]
    key = whole_number(request.form.get("participant", ""), event.by_key)
    arrival = at_entrance(event, people_of_event(event), typed) if key is None else AtEntrance(event.seat_of(key))
    if arrival.surely is None:
        return _page(event, arrival, typed, 422 if arrival.fault else 200)
    seat, again = arrival.surely, False

    def list_changes(current: MeetingDay) -> Sequence[DayChange]:
        nonlocal again
        again = seat in current.here
        return [] if again else [CheckIn(current.participant(seat).key, minute_of_day(current))]

    def show_refusal(current: MeetingDay, refusal: FormRefusal) -> ResponseReturnValue:
        seats = (seat,) if seat in current.by_key else ()
        return _page(current, AtEntrance(options=seats, fault=refusal.message), typed, refusal.status)

    return write_event(
        number,
        list_changes,
        show_refusal,
        to=lambda _: url_for("entrance.show", number=number, participant=seat, deja=1 if again else None),
    )


@pages.post(f"/club/{NUMBER}/accueil/retrait", endpoint="undo")
def undo_check_in(number: int) -> ResponseReturnValue:
    """Undo a check-in; repeats are ignored."""
    event = event_of(number)
    key = whole_number(request.form.get("participant", ""), event.by_key)
    if key is None:
        abort(400)
    page = url_for("entrance.show", number=number)
    return write_event(
        number,
        lambda current: [UndoCheckIn(key)] if current.seat_of(key) in current.here else [],
        flash_refusal_at(page),
        to=lambda _: page,
        notice=f"« {event.name_of(key)} » n’est pas arrivé : c’est retiré.",
    )


def _page(event: MeetingDay, arrival: AtEntrance, typed: str = "", status: int = 200) -> tuple[str, int]:
    people, minute = people_of_event(event), minute_of_day(event)
    expected = []
    for participant in (*event.list_seats(suppliers=False), *event.list_seats(suppliers=True)):
        if participant.absent or participant.key in event.here:
            continue
        coming = (
            (event.schedule.starts[booking.slot], booking.table)
            for booking in event.bookings_of.get(participant.key, ())
            if minute is None or minute < event.schedule.starts[booking.slot] + event.schedule.minutes
        )
        expected.append(StillExpected(participant, *next(coming, (None, None))))
    expected.sort(key=lambda one: (one.start is None, one.start, name_key(one.participant.name)))
    options = [
        make_sheet(event, key, people)
        for key in sorted(arrival.options, key=lambda key: key in event.here)[:MOST_OPTIONS]
    ]
    page = render_template(
        "club/accueil.html",
        event=event,
        minute=minute,
        typed=typed,
        fault=arrival.fault,
        who=None if arrival.surely is None else make_sheet(event, arrival.surely, people),
        again="deja" in request.args,
        options=options,
        more=len(arrival.options) - len(options),
        expected=expected[:MOST_EXPECTED],
        awaited=len(expected),
    )
    return page, status
