"""Pages « Le jour » of a meeting day (event of planned buyer-supplier meetings): live timetable, wall board, outcomes, replanning for absences and delays."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.cleaning.hours import clean_hour
from matcher.cleaning.names import name_key
from matcher.cleaning.numbers import whole_number
from matcher.club.meeting_day.changes import Arrive, Freeze, Miss, Record
from matcher.club.meeting_day.meeting_day import Booking, DayChange, MeetingDay, MeetingOutcome, Result
from matcher.club.meeting_day.schedule import clock
from matcher.club.results.own_page import mark_of_day
from matcher.club.results.view import time_zone
from matcher.club.timetable.planning import Moves, after_change, moves_since, replan_timetable
from matcher.club.timetable.planning import move_sentences as sentences
from matcher.journal.change import ChangeRefused, tidy_lines
from matcher.web.club.meeting_day import (
    NUMBER,
    FormRefusal,
    event_of,
    flash_refusal_at,
    people_of_event,
    setting,
    state_answer,
    version_now,
    write_event,
)
from matcher.web.frame.app_state import NO_NAME, desk, owner
from matcher.web.frame.cache import cached_result

pages = Blueprint("day", __name__)

# Minutes before the end of a slot at which the wall board turns to the next one.
LEAD = 3
LONGEST_NOTE = 500
# What may happen to a participant: form value, then French label.
HAPPENS: Mapping[str, str] = {
    "absent": "ne vient pas",
    "part": "doit partir à…",
    "arrive": "arrive en retard, à…",
    "revient": "vient finalement",
}
AGAIN = "reprendre"


@dataclass(frozen=True, slots=True)
class Announcement:
    """An absence, a delay or a return that the organiser enters on the day: participant (`key`), what happens, at which minute, and the first
    minute at which meetings may move."""

    key: int | None
    what: str
    at: int | None
    since: int


@dataclass(frozen=True, slots=True)
class Slot:
    """A time slot, in minutes since midnight, and its meetings sorted by table and by name of supplier."""

    start: int
    end: int
    bookings: tuple[Booking, ...]
    by_supplier: tuple[Booking, ...]


@pages.get(f"/club/{NUMBER}/jour", endpoint="follow")
def follow_day(number: int) -> str:
    """Show the running day; the page holds all slots, so that it works offline once loaded."""
    event = event_of(number)
    return render_template(
        "club/jour.html",
        event=event,
        mark=mark_of_day(event),
        minute=minute_of_day(event),
        slots=_slots(event),
        outcomes={(one.buyer, one.supplier): one for one in event.outcomes.values()},
        results=list(Result),
    )


@pages.get(f"/club/{NUMBER}/panneau")
def board(number: int) -> str:
    """Show the wall board: who sits at which table in the current slot, or in the next one just before it starts."""
    event = event_of(number)
    minute = minute_of_day(event)
    slots = _slots(event)
    shown = next((at for at, one in enumerate(slots) if minute is None or minute < one.end - LEAD), None)
    return render_template(
        "club/panneau.html", event=event, mark=mark_of_day(event), minute=minute, slots=slots, shown=shown, lead=LEAD
    )


@pages.get(f"/club/{NUMBER}/jour/etat", endpoint="state")
def day_state(number: int) -> ResponseReturnValue:
    """Return the ETag that an open page polls to detect changes; cached, so that each version of the journal is read once."""
    key = (owner(), number, version_now(number))
    return state_answer(cached_result("days", key, lambda: mark_of_day(event_of(number))))


@pages.post(f"/club/{NUMBER}/issues", endpoint="record")
def record_outcome(number: int) -> ResponseReturnValue:
    """Store the outcome of a meeting (`issue`: « buyer.supplier.RESULT »); repeats are ignored. A script gets JSON."""
    parts = request.form.get("issue", "").split(".")
    if len(parts) != 3 or parts[2] not in Result.__members__:
        abort(400)
    buyer, supplier, result = whole_number(parts[0]), whole_number(parts[1]), Result[parts[2]]
    if buyer is None or supplier is None:
        abort(400)
    page = url_for("day.follow", number=number, _anchor=f"r-{buyer}-{supplier}")
    scripted = request.accept_mimetypes.best == "application/json"

    def list_changes(event: MeetingDay) -> Sequence[DayChange]:
        meeting_outcome = event.outcomes.get(frozenset((buyer, supplier)))
        note = " ".join(tidy_lines(request.form.get("note", "")).split())[:LONGEST_NOTE] or (
            meeting_outcome.note if meeting_outcome else ""
        )
        wanted = MeetingOutcome(buyer, supplier, result, note)
        return [] if meeting_outcome == wanted else [Record(wanted)]

    def answer_refusal(event: MeetingDay, refusal: FormRefusal) -> ResponseReturnValue:
        if scripted:
            # 401: the script keeps the unsent outcome until the person gives a name.
            return jsonify(refus=refusal.message), 401 if refusal.message == NO_NAME else refusal.status
        return flash_refusal_at(page)(event, refusal)

    answer = write_event(number, list_changes, answer_refusal, to=lambda _: page)
    return jsonify(fait=True) if scripted and not isinstance(answer, tuple) else answer


@pages.get(f"/club/{NUMBER}/imprevu", endpoint="preview")
def preview_announcement(number: int) -> ResponseReturnValue:
    """Ask who is missing or late, then preview the smallest change of timetable that follows."""
    event = event_of(number)
    announcement, faults = _parse_announcement(event, request.args)
    return _preview(event, announcement, faults, 422 if faults and request.args.get("quoi") else 200)


@pages.post(f"/club/{NUMBER}/imprevu", endpoint="confirm")
def confirm_announcement(number: int) -> ResponseReturnValue:
    """Store what happened, and the new timetable."""
    event = event_of(number)
    announcement, faults = _parse_announcement(event, request.form)
    if faults or announcement is None:
        return _preview(event, announcement, faults, 422)
    return write_event(
        number,
        lambda current: _changes(current, announcement)[0],
        lambda current, refusal: _preview(current, announcement, {"participant": refusal.message}, refusal.status),
        to=lambda written: url_for(
            "day.moved" if isinstance(written.journal[-1].change, Freeze) else "day.follow", number=number
        ),
        notice="C’est écrit.",
        about=lambda current: (current.participants, current.plan),
    )


@pages.get(f"/club/{NUMBER}/changements", endpoint="moved")
def show_moves(number: int) -> str:
    """Show the difference between the last two frozen timetables, and whom to call, since the printed sheets are out of date."""
    event = event_of(number)
    frozen = [line for line in event.journal if isinstance(line.change, Freeze)]
    last = frozen[-1] if len(frozen) > 1 else None
    moves = moves_since(event, last.number - 1) if last else Moves()
    return render_template(
        "club/changements.html",
        event=event,
        last=last,
        moves=moves,
        lines=sentences(event, moves),
        concerned=participants_to_warn(event, moves),
        people=people_of_event(event),
    )


def minute_of_day(event: MeetingDay) -> int | None:
    """Return the current minute of the day in the event's time zone, None on another day."""
    at = desk().clock().astimezone(time_zone(event.header))
    return at.hour * 60 + at.minute if event.header.day == at.date() else None


def _slots(event: MeetingDay) -> list[Slot]:
    slots = []
    for slot, start in enumerate(event.schedule.starts):
        own = tuple(one for one in event.bookings if one.slot == slot)
        by_supplier = sorted(own, key=lambda one: (name_key(event.name_of(one.supplier)), one.table))
        slots.append(Slot(start, start + event.schedule.minutes, own, tuple(by_supplier)))
    return slots


def _parse_announcement(event: MeetingDay, form: Mapping[str, str]) -> tuple[Announcement | None, dict[str, str]]:
    """Parse the form of an announcement: the announcement, or None and the fault of each field; (None, {}) where it was just opened."""
    what, participant_key = form.get("quoi", ""), form.get("participant", "")
    if not what:
        return None, {}
    faults = {}
    key = whole_number(participant_key, event.by_key)
    if what not in HAPPENS and what != AGAIN:
        faults["quoi"] = "Choisissez ce qui arrive."
    if what != AGAIN and key is None:
        faults["participant"] = "Choisissez de qui il s’agit."
    at = clean_hour(form.get("heure", "")[:40]).value
    if what in ("part", "arrive") and at is None:
        faults["heure"] = "Écrivez une heure, par exemple 10 h 40."
    start = clean_hour(form.get("depuis", "")[:40]).value if form.get("depuis") else _default_since(event)
    if start is None:
        faults["depuis"] = "Écrivez une heure, par exemple 9 h 40."
    return (None if faults else Announcement(key, what, at, start or 0)), faults


def _default_since(event: MeetingDay) -> int:
    minute = minute_of_day(event)
    return event.schedule.start if minute is None else minute


def _changes(event: MeetingDay, announcement: Announcement) -> tuple[Sequence[DayChange], Moves]:
    """Return the changes to store for an announcement, and the meetings that they move."""
    if event.plan is None and announcement.what == AGAIN:
        raise ChangeRefused("L’événement n’a pas encore d’horaire.")
    slot = event.schedule.slot_from(announcement.since)
    if announcement.what == AGAIN or announcement.key is None:
        plan, moves = replan_timetable(setting(event), from_slot=slot)
        return [Freeze(plan, "reprend l’horaire avec les inscriptions changées")], moves
    happened: Mapping[str, Miss | Arrive] = {
        "absent": Miss(announcement.key),
        "part": Miss(announcement.key, announcement.at),
        "arrive": Arrive(announcement.key, announcement.at),
        "revient": Arrive(announcement.key),
    }
    return after_change(
        desk().engine, owner(), event, happened[announcement.what], from_slot=slot, today=desk().today()
    )


def _preview(
    event: MeetingDay, announcement: Announcement | None, faults: dict[str, str], status: int
) -> tuple[str, int]:
    moves = Moves()
    lines: list[str] = []
    if announcement is not None and not event.deleted:
        try:
            _, moves = _changes(event, announcement)
        except ChangeRefused as refusal:
            faults, status = {**faults, "participant" if announcement.at is None else "heure": str(refusal)}, 422
        lines = sentences(event, moves)
    page = render_template(
        "club/imprevu.html",
        event=event,
        given=announcement,
        values={name: request.values.get(name, "")[:40] for name in ("participant", "quoi", "heure", "depuis")},
        faults=faults,
        happens=HAPPENS,
        moves=moves,
        lines=lines,
        concerned=participants_to_warn(
            event, moves, announcement.key if announcement and announcement.what == "absent" else None
        ),
        people=people_of_event(event),
        since=clock(_default_since(event)),
        says=_announcement_sentence(event, announcement),
    )
    return page, status


def _announcement_sentence(event: MeetingDay, announcement: Announcement | None) -> str:
    if announcement is None:
        return ""
    if announcement.key is None:
        return "L’horaire tient compte des inscriptions d’aujourd’hui."
    at = "" if announcement.at is None else clock(announcement.at)
    acts = {"absent": "ne vient pas", "part": f"part à {at}", "arrive": f"arrive à {at}", "revient": "vient finalement"}
    return f"{event.name_of(announcement.key)} {acts[announcement.what]}."


def participants_to_warn(event: MeetingDay, moves: Moves, absent: int | None = None) -> list[tuple[int, int]]:
    """Return (participant key, number of its meetings that change), most changes first, without absent participants and `absent`."""
    changed: list[Booking] = [*moves.cancelled, *(new for _, new in moves.moved), *moves.added]
    touched = Counter(key for one in changed for key in one.pair)
    here = (item for item in touched.items() if item[0] in event.by_key and not event.by_key[item[0]].absent)
    return sorted((item for item in here if item[0] != absent), key=lambda item: (-item[1], item[0]))
