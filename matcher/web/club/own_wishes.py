"""Actions of a participant's own page on its wishes, its refusals and its visibility to other participants; the page allows them until the meeting day
comes, but for the visibility."""

from collections.abc import Sequence
from dataclasses import replace

from flask import abort, request

from matcher.cleaning.numbers import whole_number
from matcher.club.meeting_day.changes import Amend, Unbind
from matcher.club.meeting_day.meeting_day import Bond, DayChange, MeetingDay, Participant, Tie
from matcher.club.registration.who_is_it import among
from matcher.club.results.who_comes import visible_others, wish_changes
from matcher.journal.change import ChangeRefused, one_line
from matcher.web.frame.app_state import desk

_TOO_LATE = "C’est aujourd’hui, ou c’est passé : dites-le à l’organisateur, rien n’est changé ici."


def changeable(event: MeetingDay) -> bool:
    """Return whether the day is still to come; from then on participants must ask the organiser, who replans."""
    return event.header.day is None or desk().today() < event.header.day


def refuse_late(event: MeetingDay) -> None:
    """Refuse a change once the day has come. Raises ChangeRefused."""
    if not changeable(event):
        raise ChangeRefused(_TOO_LATE)


def numbers_of(about: str, expected: int) -> list[int]:
    """Parse the dot-separated numbers of a button; end the request with 400 where there are not `expected` of them."""
    numbers = [number for part in about.split(".") if (number := whole_number(part)) is not None]
    if len(numbers) != expected:
        abort(400)
    return numbers


def own_bonds(event: MeetingDay, me: Participant, other: int) -> tuple[Bond, ...]:
    """Return the wishes and refusals (bonds) of a participant about another."""
    seats = (me.key, event.seat_of(other))
    return tuple(bond for bond in event.bonds if (event.seat_of(bond.by), event.seat_of(bond.other)) == seats)


def refusals_of(event: MeetingDay, me: Participant, other: int) -> tuple[Bond, ...]:
    """Return the refusals of a participant about another."""
    return tuple(bond for bond in own_bonds(event, me, other) if bond.tie is Tie.NEVER)


def wish(event: MeetingDay, me: Participant, about: str) -> Sequence[DayChange]:
    """Add a wish (« MUST ») or a refusal (« NEVER ») of a participant typed by name (`nom`), as the page does not list who comes."""
    if about not in ("MUST", "NEVER"):
        abort(400)
    name = one_line(request.form.get("nom", "")[:300])
    others = [one for one in event.participants if one.supplies is not me.supplies]
    participant_key = among(name, others, event.doubles.items()).sure if name else ""
    if not participant_key:
        raise ChangeRefused(
            f"« {name} » n’est reconnu parmi personne de l’autre côté : écrivez le nom entier, ou dites-le à l’organisateur."
        )
    return wish_changes(event, me, int(participant_key), Tie[about])


def choose_visible_other(event: MeetingDay, me: Participant, about: str) -> Sequence[DayChange]:
    """Add a wish or a refusal of a participant that the page lists: « MUST.other »."""
    tie, _, number = about.partition(".")
    (other,) = numbers_of(number, 1)
    if tie not in ("MUST", "NEVER") or other not in {one.key for one in visible_others(event, supplies=me.supplies)}:
        abort(400)
    return wish_changes(event, me, other, Tie[tie])


def show_me(event: MeetingDay, me: Participant, about: str) -> Sequence[DayChange]:
    """Set whether the other participants may see its name, town and activity or needs: « oui » shows them, anything else hides them."""
    changed = shown_as(event, me.key, visible=about == "oui")
    return [Amend(changed)] if changed else []


def shown_as(event: MeetingDay, seat: int, *, visible: bool) -> tuple[Participant, ...]:
    """Return, with the new visibility, the lines of a participant (`seat`: key of its main line) that do not have it: all are shown, or none."""
    lines = (event.by_key[key] for key in (seat, *event.others_of.get(seat, ())))
    return tuple(replace(one, visible=visible) for one in lines if one.visible is not visible)


def take_back_wish(event: MeetingDay, me: Participant, about: str) -> Sequence[DayChange]:
    """Take a wish or a refusal back: « MUST.other »."""
    tie, _, number = about.partition(".")
    (other,) = numbers_of(number, 1)
    bonds = tuple(bond for bond in own_bonds(event, me, other) if bond.tie.name == tie)
    return [Unbind(bonds)] if bonds else []
