"""Page « Placer à la main » of an event of buyer-supplier meetings: the organiser fixes a meeting at a slot, previews those that move, or releases it."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.cleaning.numbers import clean_number, whole_number
from matcher.club.meeting_day.changes import Freeze
from matcher.club.meeting_day.meeting_day import FrozenTimetable, MeetingDay, Tie
from matcher.club.meeting_day.schedule import clock
from matcher.club.timetable.planning import Moves, place_pair, release_pair
from matcher.club.timetable.planning import move_sentences as sentences
from matcher.domain.french import typeset
from matcher.journal.change import ChangeRefused
from matcher.web.club.day import minute_of_day, participants_to_warn
from matcher.web.club.meeting_day import NUMBER, event_of, flash_refusal_at, people_of_event, setting, write_event

pages = Blueprint("place", __name__)
_FIELDS = ("acheteur", "fournisseur", "creneau", "table")


@dataclass(frozen=True, slots=True)
class WantedMeeting:
    """The meeting to place: participant keys, slot, and table (None for any)."""

    buyer: int
    supplier: int
    slot: int
    table: int | None


@pages.get(f"/club/{NUMBER}/placer", endpoint="preview")
def preview_placing(number: int) -> ResponseReturnValue:
    """Show the form, then a preview of the meetings that the placement moves."""
    event = event_of(number)
    is_asked = bool(request.args.get("creneau"))
    wanted, faults = _parse_wanted(event, request.args) if is_asked else (None, {})
    return _preview(event, wanted, faults, 422 if faults else 200)


@pages.post(f"/club/{NUMBER}/placer", endpoint="confirm")
def confirm_placing(number: int) -> ResponseReturnValue:
    """Store the timetable with the meeting fixed where wanted; or release a fixed meeting."""
    event = event_of(number)
    wanted, faults = _parse_wanted(event, request.form)
    if faults or wanted is None:
        return _preview(event, wanted, faults, 422)
    page = url_for("timetable.show", number=number)
    if request.form.get("faire") == "liberer":
        return write_event(
            number,
            lambda current: [
                Freeze(release_pair(current, wanted.buyer, wanted.supplier), f"{_pair(current, wanted)} libérés")
            ],
            flash_refusal_at(url_for("place.preview", number=number)),
            to=lambda _: url_for("place.preview", number=number),
            notice="Ce rendez-vous n’est plus tenu : il reste à sa place tant que rien ne le déplace.",
        )

    def list_changes(current: MeetingDay) -> list[Freeze]:
        why = f"{_pair(current, wanted)} placés à {clock(current.schedule.starts[wanted.slot])}"
        return [Freeze(_place_wanted(current, wanted)[0], why)]

    return write_event(
        number,
        list_changes,
        lambda current, refusal: _preview(current, wanted, {"acheteur": refusal.message}, refusal.status),
        to=lambda _: page,
        notice="C’est placé. Prévenez ceux dont l’horaire a changé : leurs fiches sont à jour.",
        about=lambda current: (current.participants, current.plan),
    )


def _parse_wanted(event: MeetingDay, form: Mapping[str, str]) -> tuple[WantedMeeting | None, dict[str, str]]:
    """Parse the form: the wanted meeting, or None and the fault of each field."""
    faults = {}
    rows = {one.key for one in event.list_seats(suppliers=False)}, {one.key for one in event.list_seats(suppliers=True)}
    buyer, supplier = (whole_number(form.get(name, ""), keys) for name, keys in zip(_FIELDS[:2], rows, strict=True))
    slot = whole_number(form.get("creneau", ""), range(event.schedule.slots))
    for name, number, what in (
        ("acheteur", buyer, "un acheteur"),
        ("fournisseur", supplier, "un fournisseur"),
        ("creneau", slot, "une heure"),
    ):
        if number is None:
            faults[name] = f"Choisissez {what}."
    typed = form.get("table", "").strip()[:40]
    table = clean_number(typed).value if typed else None
    if typed and (table is None or table != int(table) or not 1 <= table <= event.rules.tables):
        faults["table"] = typeset(f"Un numéro de table, de 1 à {event.rules.tables}, ou rien.")
    if buyer is None or supplier is None or slot is None or faults:
        return None, faults
    return WantedMeeting(buyer, supplier, slot, None if table is None else int(table)), faults


def _place_wanted(event: MeetingDay, wanted: WantedMeeting) -> tuple[FrozenTimetable, Moves]:
    if event.plan is None:
        raise ChangeRefused("L’événement n’a pas encore d’horaire.")
    minute = minute_of_day(event)
    since = 0 if minute is None else event.schedule.slot_from(minute)
    return place_pair(setting(event), wanted.buyer, wanted.supplier, wanted.slot, wanted.table, from_slot=since)


def _preview(event: MeetingDay, wanted: WantedMeeting | None, faults: dict[str, str], status: int) -> tuple[str, int]:
    moves = Moves()
    if wanted is not None and not faults:
        try:
            moves = _place_wanted(event, wanted)[1]
        except ChangeRefused as refusal:
            faults, status = {"acheteur": str(refusal)}, 422
    bookings = [one for one in event.bookings if one.held]
    page = render_template(
        "club/placer.html",
        event=event,
        wanted=wanted,
        values={name: request.values.get(name, "")[:40] for name in _FIELDS},
        faults=faults,
        hours=[(slot, clock(start)) for slot, start in enumerate(event.schedule.starts)],
        moves=moves,
        lines=sentences(event, moves),
        concerned=participants_to_warn(event, moves),
        people=people_of_event(event),
        refusals=[]
        if wanted is None
        else [one for one in event.bonds if one.tie is Tie.NEVER and one.pair == {wanted.buyer, wanted.supplier}],
        held=bookings,
    )
    return page, status


def _pair(event: MeetingDay, wanted: WantedMeeting) -> str:
    return f"{event.name_of(wanted.buyer)} et {event.name_of(wanted.supplier)}"
