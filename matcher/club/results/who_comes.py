"""List of who comes to a meeting day, as a participant reads it before the day: of the other side, those alone who agreed; whom it could meet, and
why."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from sqlalchemy import Engine

from matcher.club.meeting_day.changes import Bind, Unbind
from matcher.club.meeting_day.meeting_day import Bond, DayChange, MeetingDay, Participant, Tie
from matcher.club.results.view import alphabetical
from matcher.club.timetable.planning import setting_of, with_reach
from matcher.club.timetable.reasons_to_meet import to_buyer, to_supplier
from matcher.club.timetable.setting import Setting
from matcher.domain.match import Band
from matcher.journal.change import ChangeRefused
from matcher.ownership import OrganisationId

# Wishes that a participant makes itself, by its page or at its registration; refusals are not counted on its page.
MOST_WISHES = 3
MOST_SUGGESTIONS = 6
_OF_THE_TRADE = (Band.CONNU, Band.INDICE)


@dataclass(frozen=True, slots=True)
class ShownParticipant:
    """A participant that agreed to be read: its key, its name, its town, and what it does or looks for, in its words."""

    key: int
    name: str
    place: str
    about: str


@dataclass(frozen=True, slots=True)
class SuggestedMeeting:
    """A participant whom another could meet, and the reason, in French."""

    key: int
    name: str
    why: str


def visible_others(event: MeetingDay, *, supplies: bool) -> tuple[ShownParticipant, ...]:
    """Return those of the side across from who supplies, or buys, who come and agreed to be read, by name."""
    across = alphabetical(one for one in event.list_seats(suppliers=not supplies) if one.visible and not one.absent)
    return tuple(
        ShownParticipant(
            one.key, event.name_of(one.key), one.place, one.activity or " ; ".join(need.text for need in one.needs)
        )
        for one in across
    )


def suggestions(
    engine: Engine, owner: OrganisationId, event: MeetingDay, me: Participant, *, today: date
) -> tuple[SuggestedMeeting, ...]:
    """Return whom a participant could meet, of those who agreed to be read, best first, as the timetable would count it: for a trade that is
    known, or that something points to; nobody whom either refuses, nor whom it wishes for already. `me` need not be in the event yet."""
    event = with_reach(engine, event)
    others = [event.seat(one.key) for one in visible_others(event, supplies=me.supplies)]
    setting = setting_of(engine, owner, _with_alone(event, me, others), today=today)
    wished = {
        event.seat_of(bond.other) for bond in event.bonds if event.seat_of(bond.by) == me.key and bond.tie is Tie.MUST
    }
    rows = {one.key: setting.row_pair((me.key, one.key)) for one in others if one.key not in wished}
    at = {key: place for key, place in rows.items() if place}
    worth = {key: float(setting.worth[place]) for key, place in at.items()}
    best = sorted((key for key in worth if worth[key] > 0), key=lambda key: (-worth[key], key))
    of_the_trade = (key for key in best if setting.affinities.match(*at[key]).band in _OF_THE_TRADE)
    return tuple(_suggested(event, setting, me, key, at[key]) for key in islice(of_the_trade, MOST_SUGGESTIONS))


def _with_alone(event: MeetingDay, me: Participant, others: Sequence[Participant]) -> MeetingDay:
    """The event with a participant and these others alone, and what they refuse or have met."""
    around = {me.key, *(one.key for one in others)}
    seated = (replace(bond, by=event.seat_of(bond.by), other=event.seat_of(bond.other)) for bond in event.bonds)
    bonds = tuple(bond for bond in seated if bond.pair <= around and bond.tie is not Tie.MUST)
    return replace(event, participants=(me, *others), bonds=bonds, plan=None)


def _suggested(
    event: MeetingDay, setting: Setting, me: Participant, key: int, place: tuple[int, int]
) -> SuggestedMeeting:
    """Whom it could meet; of a need, the words alone: its amount and its hours are not what its buyer agreed to show."""
    need, match = setting.affinities.need_of(*place), setting.affinities.match(*place)
    shown = need and replace(need, amount=None, hours=None)
    why = to_supplier(me, event.seat(key), shown, match, ()) if me.supplies else to_buyer(me, shown, match, ())
    return SuggestedMeeting(key, event.name_of(key), why)


def wish_changes(event: MeetingDay, by: Participant, other: int, tie: Tie) -> Sequence[DayChange]:
    """Return what writes a wish or a refusal of a participant, in the place of the contrary. Raises ChangeRefused beyond the most wishes."""
    bond = Bond(tie, by.key, other)
    own = [one for one in event.bonds if event.seat_of(one.by) == event.seat_of(by.key)]
    if any(one.tie is tie and event.seat_of(one.other) == other for one in own):
        return []
    if tie is Tie.MUST and sum(one.tie is Tie.MUST for one in own) >= MOST_WISHES:
        raise ChangeRefused(f"{MOST_WISHES} vœux au plus : retirez-en un d’abord.")
    contrary = tuple(one for one in own if event.seat_of(one.other) == other and one.tie is not Tie.MET)
    return [*([Unbind(contrary)] if contrary else []), Bind((bond,))]


def names_chosen(event: MeetingDay, keys: Iterable[str], allowed: Collection[int]) -> tuple[str, ...]:
    """Return the names of participants chosen from a list by their keys, each once; a key that is not of the list is left out."""
    chosen = dict.fromkeys(int(key) for key in keys if key.isdecimal() and int(key) in allowed)
    return tuple(event.by_key[key].name for key in chosen)
