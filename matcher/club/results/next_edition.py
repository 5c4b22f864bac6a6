"""Creates the next edition of a meeting day: participants and unanswered needs to carry over, and a summary of each one's past meetings."""

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy import Engine

from matcher.club.meeting_day.changes import Bind, CreateDay, Register
from matcher.club.meeting_day.meeting_day import Bond, DayChange, MeetingDay, Participant, Result, Tie
from matcher.club.meeting_day.participant_need import ParticipantNeed
from matcher.club.meeting_day.sequels import TAKEN_UP, SequelStep
from matcher.club.meeting_day.store import open_next_day
from matcher.club.results.said import MeetingWords, words_on
from matcher.club.results.view import need_met
from matcher.club.timetable.setting import held_meetings, known_as
from matcher.domain.french import count, typeset
from matcher.domain.grouping import group_pairs
from matcher.dossiers.withdrawn import WITHDRAWN
from matcher.ownership import OrganisationId


def prepare_next(
    engine: Engine, owner: OrganisationId, number: int, chosen: Collection[int], *, author: str, now: datetime
) -> tuple[MeetingDay, bool]:
    """Create the next edition of an event with these participants (keys), unless it exists; return it, and whether it is new. Raises
    ChangeRefused, JournalUnknown."""
    return open_next_day(engine, owner, number, partial(_opening, chosen=frozenset(chosen)), author=author, now=now)


def may_come(event: MeetingDay) -> tuple[Participant, ...]:
    """Return the participants who may be invited again, each organisation once; erased ones are left out."""
    return tuple(one for side in (False, True) for one in event.list_seats(suppliers=side) if one.name != WITHDRAWN)


def unanswered_needs(event: MeetingDay) -> dict[int, tuple[ParticipantNeed, ...]]:
    """Return the open needs of each buyer (key): no meeting on them has led to a quote, requested or given, nor to a contract."""
    answered = {
        (words.booking.buyer, need)
        for words in words_on(event)
        if ((words.outcome and words.outcome.result is Result.QUOTE) or words.step in TAKEN_UP)
        and (need := need_met(event, words.booking.buyer, words.booking.supplier))
    }
    return {
        one.key: tuple(need for need in one.needs if (event.seat_of(one.key), need) not in answered)
        for one in event.participants
        if not one.supplies
    }


def came_of(event: MeetingDay) -> dict[int, str]:
    """Return in French each participant's (key) summary of an event: its meetings, their results, how many have no outcome."""
    words_of_each = group_pairs((key, one) for one in words_on(event) for key in one.booking.pair)
    words_by_key = {key: _past_summary(words) for key, words in words_of_each.items()}
    return {one.key: words_by_key.get(event.seat_of(one.key), "aucun rendez-vous") for one in event.participants}


def came_of_former(event: MeetingDay, former: MeetingDay) -> dict[int, str]:
    """Return, by key in `event`, the summaries of the participants who also attended the `former` event."""
    outcomes = came_of(former)
    there = {known_as(one): outcomes[one.key] for one in former.participants}
    return {one.key: there[known_as(one)] for one in event.participants if known_as(one) in there}


def _opening(
    event: MeetingDay, opted_out: Set[str], chosen: frozenset[int]
) -> tuple[Sequence[DayChange], Mapping[int, int]]:
    """Return the changes that create the next edition, and the new key of each participant carried over (`opted_out`: numbers of suppliers that left the catalogue)."""
    here = {one.key for one in may_come(event)} & chosen
    along = [
        one for one in event.participants if event.seat_of(one.key) in here and f"siret:{one.siret}" not in opted_out
    ]
    keys = {one.key: new for new, one in enumerate(along, start=1)}
    needs = unanswered_needs(event)
    coming = tuple(
        replace(
            one,
            key=keys[one.key],
            needs=needs.get(one.key, ()),
            arrival=None,
            departure=None,
            away=(),
            same_as=keys.get(one.same_as) if one.same_as else one.same_as,
            absent=False,
            visible=False,  # the agreement held for one event only
        )
        for one in along
    )
    met = {frozenset((buyer.key, supplier.key)) for buyer, supplier in held_meetings(event)}
    bonds = tuple(
        Bond(bond.tie, keys[bond.by], keys[bond.other])
        for bond in event.bonds
        if bond.pair <= keys.keys()
        # Fulfilled wishes are not carried over.
        and (bond.tie is not Tie.MUST or frozenset(map(event.seat_of, bond.pair)) not in met)
    )
    changes: list[DayChange] = [
        CreateDay(replace(event.header, day=None), event.schedule, replace(event.rules, closed=()), event.id)
    ]
    changes += [Register(coming, told=False)] if coming else []
    changes += [Bind(bonds)] if bonds else []
    return changes, keys


def _past_summary(words: Sequence[MeetingWords]) -> str:
    outcomes = [one.outcome.result for one in words if one.outcome]
    steps = [one.step for one in words if one.step]
    counts = [f"{result} : {outcomes.count(result)}" for result in Result if result in outcomes]
    counts += [f"{step} : {steps.count(step)}" for step in SequelStep if step in steps]
    unsaid = len(words) - len(outcomes)
    counts += [f"sans issue dite : {unsaid}"] if unsaid else []
    return typeset(f"{count(len(words), 'rendez-vous', 'rendez-vous')} ; {', '.join(counts)}")
