"""Directory of a meeting day for one participant before the day: the other side's participants who agreed to be listed, suggested meetings with
reasons, and the changes that record its wishes."""

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

# Most wishes that a participant may make itself; refusals on its page are not counted.
MOST_WISHES = 3
MOST_SUGGESTIONS = 6
_OF_THE_TRADE = (Band.CONNU, Band.INDICE)


@dataclass(frozen=True, slots=True)
class ShownParticipant:
    """A participant that agreed to be listed: key, name, town, and its activity or needs (`about`), in its words."""

    key: int
    name: str
    place: str
    about: str


@dataclass(frozen=True, slots=True)
class SuggestedMeeting:
    """A participant to meet, and the reason, in French."""

    key: int
    name: str
    why: str


def visible_others(event: MeetingDay, *, supplies: bool) -> tuple[ShownParticipant, ...]:
    """Return, by name, the participants of the other side who come and agreed to be listed; `supplies`: the reader is a supplier."""
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
    """Return meetings suggested to a participant, best affinity first, among those who agreed to be listed and have a known or likely trade;
    nobody whom either refuses, nor whom it already wishes to meet. `me` need not be in the event yet."""
    event = with_reach(engine, event)
    others = [event.seat(one.key) for one in visible_others(event, supplies=me.supplies)]
    setting = setting_of(engine, owner, _reduced_event(event, me, others), today=today)
    wished = {
        event.seat_of(bond.other) for bond in event.bonds if event.seat_of(bond.by) == me.key and bond.tie is Tie.MUST
    }
    rows = {one.key: setting.row_pair((me.key, one.key)) for one in others if one.key not in wished}
    at = {key: place for key, place in rows.items() if place}
    worth = {key: float(setting.worth[place]) for key, place in at.items()}
    best = sorted((key for key in worth if worth[key] > 0), key=lambda key: (-worth[key], key))
    of_the_trade = (key for key in best if setting.affinities.match(*at[key]).band in _OF_THE_TRADE)
    return tuple(_suggestion(event, setting, me, key, at[key]) for key in islice(of_the_trade, MOST_SUGGESTIONS))


def _reduced_event(event: MeetingDay, me: Participant, others: Sequence[Participant]) -> MeetingDay:
    """Return the event reduced to a participant and these others, with their refusals and former meetings."""
    around = {me.key, *(one.key for one in others)}
    seated = (replace(bond, by=event.seat_of(bond.by), other=event.seat_of(bond.other)) for bond in event.bonds)
    bonds = tuple(bond for bond in seated if bond.pair <= around and bond.tie is not Tie.MUST)
    return replace(event, participants=(me, *others), bonds=bonds, plan=None)


def _suggestion(
    event: MeetingDay, setting: Setting, me: Participant, key: int, place: tuple[int, int]
) -> SuggestedMeeting:
    """Return a suggestion with its reason; amount and hours of the need are hidden, since the buyer agreed only to its text."""
    need, match = setting.affinities.need_of(*place), setting.affinities.match(*place)
    shown = need and replace(need, amount=None, hours=None)
    why = to_supplier(me, event.seat(key), shown, match, ()) if me.supplies else to_buyer(me, shown, match, ())
    return SuggestedMeeting(key, event.name_of(key), why)


def wish_changes(event: MeetingDay, by: Participant, other: int, tie: Tie) -> Sequence[DayChange]:
    """Return the changes that record a participant's wish or refusal and remove the contrary. Raises ChangeRefused above `MOST_WISHES`."""
    bond = Bond(tie, by.key, other)
    own = [one for one in event.bonds if event.seat_of(one.by) == event.seat_of(by.key)]
    if any(one.tie is tie and event.seat_of(one.other) == other for one in own):
        return []
    if tie is Tie.MUST and sum(one.tie is Tie.MUST for one in own) >= MOST_WISHES:
        raise ChangeRefused(f"{MOST_WISHES} vœux au plus : retirez-en un d’abord.")
    contrary = tuple(one for one in own if event.seat_of(one.other) == other and one.tie is not Tie.MET)
    return [*([Unbind(contrary)] if contrary else []), Bind((bond,))]


def names_chosen(event: MeetingDay, keys: Iterable[str], allowed: Collection[int]) -> tuple[str, ...]:
    """Return the names of the participants chosen by key in a form, each once; keys not in `allowed` are ignored."""
    chosen = dict.fromkeys(int(key) for key in keys if key.isdecimal() and int(key) in allowed)
    return tuple(event.by_key[key].name for key in chosen)
