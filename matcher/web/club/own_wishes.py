"""Wishes and refusals of a participant, from its own page, and whether it is shown to the others: until the day comes."""

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
    """Return whether the day is still to come: from then on a change goes to a person, who plans again at once."""
    return event.header.day is None or desk().today() < event.header.day


def refuse_late(event: MeetingDay) -> None:
    """Refuse a change once the day has come. Raises ChangeRefused."""
    if not changeable(event):
        raise ChangeRefused(_TOO_LATE)


def numbers_of(about: str, expected: int) -> list[int]:
    """The numbers of a button; the request ends where they are not as many as expected."""
    numbers = [number for part in about.split(".") if (number := whole_number(part)) is not None]
    if len(numbers) != expected:
        abort(400)
    return numbers


def own_bonds(event: MeetingDay, me: Participant, other: int) -> tuple[Bond, ...]:
    """Return what a participant asks for of another."""
    seats = (me.key, event.seat_of(other))
    return tuple(bond for bond in event.bonds if (event.seat_of(bond.by), event.seat_of(bond.other)) == seats)


def refusals_of(event: MeetingDay, me: Participant, other: int) -> tuple[Bond, ...]:
    """Return its refusals of another."""
    return tuple(bond for bond in own_bonds(event, me, other) if bond.tie is Tie.NEVER)


def wish(event: MeetingDay, me: Participant, about: str) -> Sequence[DayChange]:
    """A wish (« MUST ») or a refusal (« NEVER ») by name: the page does not list who comes."""
    refuse_late(event)
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
    """A wish or a refusal of somebody whom the page lists: « MUST.other »."""
    refuse_late(event)
    tie, _, number = about.partition(".")
    (other,) = numbers_of(number, 1)
    if tie not in ("MUST", "NEVER") or other not in {one.key for one in visible_others(event, supplies=me.supplies)}:
        abort(400)
    return wish_changes(event, me, other, Tie[tie])


def show_me(event: MeetingDay, me: Participant, about: str) -> Sequence[DayChange]:
    """Return whether the other participants may read its name, its town and what it does or looks for: « oui », else no more, on any of its lines."""
    changed = shown_as(event, me.key, visible=about == "oui")
    return [Amend(changed)] if changed else []


def shown_as(event: MeetingDay, seat: int, *, visible: bool) -> tuple[Participant, ...]:
    """Return the lines of a seat (key) that are not yet shown, or hidden, so changed: one that stays shown shows them all."""
    lines = (event.by_key[key] for key in (seat, *event.others_of.get(seat, ())))
    return tuple(replace(one, visible=visible) for one in lines if one.visible is not visible)


def take_back_wish(event: MeetingDay, me: Participant, about: str) -> Sequence[DayChange]:
    """Take a wish or a refusal back: « MUST.other »."""
    refuse_late(event)
    tie, _, number = about.partition(".")
    (other,) = numbers_of(number, 1)
    bonds = tuple(bond for bond in own_bonds(event, me, other) if bond.tie.name == tie)
    return [Unbind(bonds)] if bonds else []
