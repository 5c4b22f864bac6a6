"""Data of a meeting day participant's own page: meetings with its reply and note, wishes, and timetable changes to inform it of."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from hashlib import sha256

from matcher.club.meeting_day.meeting_day import Bond, Booking, MeetingDay, OwnNote, Tie
from matcher.club.meeting_day.own_words import accepts, note_of
from matcher.club.meeting_day.sequels import ContractTerms, SequelStep
from matcher.club.meeting_day.store import Person
from matcher.club.results.said import MeetingWords, words_on
from matcher.club.results.view import ParticipantSheet, make_sheet
from matcher.club.timetable.planning import Moves, moves_since
from matcher.domain.grouping import group_pairs


class Reply(StrEnum):
    """Reply of a participant to one of its meetings, as it stands."""

    AWAITED = "attend votre réponse"
    ACCEPTED = "accepté"
    DECLINED = "décliné, l’organisateur le sait"


@dataclass(frozen=True, slots=True)
class OwnMeeting:
    """A meeting of the page: its slot, the participant's reply and note, the `step` that it reported the meeting led to (None without one),
    with the `terms` of a contract; `awaits`: whether that may be asked."""

    slot: int
    reply: Reply
    note: OwnNote
    step: SequelStep | None
    terms: ContractTerms
    awaits: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish or a refusal of a participant; `start` is the minute of the meeting with the other, None where there is none."""

    bond: Bond
    name: str
    start: int | None


@dataclass(frozen=True, slots=True)
class OwnPage:
    """Content of a participant's page: its sheet, its meetings by the other's key, its wishes and refusals."""

    sheet: ParticipantSheet
    meetings: Mapping[int, OwnMeeting]
    wishes: tuple[Wish, ...]

    @property
    def to_answer(self) -> tuple[int, ...]:
        """The others (keys) whose meetings wait for a reply."""
        return tuple(other for other, one in self.meetings.items() if one.reply is Reply.AWAITED)


@dataclass(frozen=True)
class OwnPages:
    """Builds the own pages of an event's participants; computes what they share only once."""

    event: MeetingDay

    def of(self, key: int, people: Mapping[int, tuple[Person, ...]]) -> OwnPage:
        """Return the page of a participant (of its first registration if it has several). Raises ChangeRefused where it does not exist."""
        event, participant_sheet = self.event, make_sheet(self.event, key, people)
        me = participant_sheet.participant.key
        own = {_other(one, me): one for one in event.bookings_of.get(me, ())}
        bonds = [bond for bond in self._bonds.get(me, ()) if bond.tie is not Tie.MET]
        refused = {event.seat_of(bond.other) for bond in bonds if bond.tie is Tie.NEVER}
        meetings = {}
        for other, booking in own.items():
            reply = Reply.ACCEPTED if accepts(event, me, other, booking.slot) else Reply.AWAITED
            if other in refused:
                reply = Reply.DECLINED
            words = self._words[booking.pair]
            note, step, terms = note_of(event, me, other), words.step_by(me), words.terms_by(me)
            meetings[other] = OwnMeeting(booking.slot, reply, note, step, terms, words.awaits)
        wishes = []
        for bond in bonds:
            meeting = own.get(event.seat_of(bond.other))
            start = event.schedule.starts[meeting.slot] if meeting else None
            wishes.append(Wish(bond, event.name_of(bond.other), start))
        return OwnPage(participant_sheet, meetings, tuple(wishes))

    @cached_property
    def _words(self) -> Mapping[frozenset[int], MeetingWords]:
        return {one.booking.pair: one for one in words_on(self.event)}

    @cached_property
    def _bonds(self) -> Mapping[int, list[Bond]]:
        """Return the wishes and refusals of each participant (key of its seat)."""
        return group_pairs((self.event.seat_of(bond.by), bond) for bond in self.event.bonds)


def declined_meetings(event: MeetingDay) -> tuple[Booking, ...]:
    """Return the meetings of the timetable that one of the two participants refuses."""
    refused = {frozenset(map(event.seat_of, bond.pair)) for bond in event.bonds if bond.tie is Tie.NEVER}
    return tuple(one for one in event.bookings if one.pair in refused)


def awaited_replies(event: MeetingDay) -> Counter[int]:
    """Return how many meetings await a reply from each participant (key of its seat)."""
    refused = {(event.seat_of(bond.by), event.seat_of(bond.other)) for bond in event.bonds if bond.tie is Tie.NEVER}
    sides = [(me, _other(one, me), one.slot) for one in event.bookings for me in (one.buyer, one.supplier)]
    return Counter(
        me for me, other, slot in sides if (me, other) not in refused and not accepts(event, me, other, slot)
    )


def untold_moves(event: MeetingDay, versions: Mapping[int, int]) -> dict[int, Moves]:
    """Return the changes of each participant's meetings since its version of the event in `versions` (by key), without those it has accepted
    since; participants without a change are left out."""
    changed = {version: moves_since(event, version) for version in set(versions.values())}
    moves_by_key = {}
    for key, version in versions.items():
        me, moves = event.seat_of(key), changed[version]
        new = {one for one in (*moves.added, *(one for _, one in moves.moved)) if me in one.pair}
        new = {one for one in new if not accepts(event, me, _other(one, me), one.slot)}
        moves_made = Moves(
            tuple(one for one in moves.cancelled if me in one.pair),
            tuple((old, one) for old, one in moves.moved if one in new),
            tuple(one for one in moves.added if one in new),
        )
        if moves_made:
            moves_by_key[key] = moves_made
    return moves_by_key


def _other(booking: Booking, me: int) -> int:
    return booking.supplier if booking.buyer == me else booking.buyer


def mark_of_day(event: MeetingDay) -> str:
    """Return a hash of the timetable and its outcomes, by which the live pages of the day detect a change."""
    names = {key: event.name_of(key) for key in event.bookings_of}
    return _mark((event.header, event.schedule, names, event.bookings, tuple(event.outcomes.values()), event.deleted))


def mark_of_page(pages: OwnPages, key: int, today: date) -> str:
    """Return a hash of a participant's own page on a day, without the others' persons."""
    return _mark((pages.event.header, today, pages.of(key, {})))


def marks_of_pages(event: MeetingDay, today: date) -> dict[int, str]:
    """Return the hash of each participant's own page."""
    pages = OwnPages(event)
    return {one.key: mark_of_page(pages, one.key, today) for one in event.participants}


def _mark(shown: object) -> str:
    return sha256(repr(shown).encode()).hexdigest()[:16]
