"""A meeting day (Club Busin’ESS): who comes, who must or must not meet, the timetable, what came of it. Pure.

An event is the sum of its journal, as a dossier is (docs/decisions/0009): each line carries one change (`matcher/club/meeting_day/changes.py`),
and `matcher/journal` adds them up. Persons are not in it: their names and contacts stand apart (`store.py`), where they can be forgotten.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property, reduce
from typing import ClassVar

from matcher.club.meeting_day.header import DayHeader, Rival, Rules, TakenWord
from matcher.club.meeting_day.participant_need import ParticipantNeed, UnservedNeed, merge_needs
from matcher.club.meeting_day.points import PointToConfirm
from matcher.club.meeting_day.schedule import Hours, Schedule, absent_together, narrowest, widest
from matcher.club.meeting_day.sequels import Sequel
from matcher.domain.grouping import group_pairs
from matcher.journal.change import Change, ChangeRefused, Journaled


class ParticipantRole(StrEnum):
    """Role of a participant."""

    BUYER = "acheteur"
    SUPPLIER = "fournisseur"
    ATTRIBUTAIRE = "attributaire"


class Tie(StrEnum):
    """Tie between two participants, set before any affinity is counted."""

    MUST = "doivent se voir"
    NEVER = "ne doivent pas se voir"
    MET = "se sont déjà vus"


class Doubt(StrEnum):
    """Kind of question that an import could not decide alone."""

    WHO = "quel fournisseur"  # which supplier of the catalogue a name is
    TWICE = "inscrit deux fois"  # whether two lines are one participant
    WISH = "vœu"  # whom a wish or a refusal names


class Result(StrEnum):
    """Result of a meeting, given in two taps."""

    FOLLOW_UP = "à suivre"
    QUOTE = "devis demandé"
    NOTHING = "rien"
    NOT_HELD = "n’a pas eu lieu"


@dataclass(frozen=True, slots=True)
class Participant:
    """An organisation that comes. `key` names it in its event, for good.

    A supplier of the catalogue has its `supplier_id`. Any supplier describes in its words its `activity`, its `workers` (None: not given) and
    its `area` of intervention. `written` is its name as its sheet writes it, where `name` is the catalogue's spelling. `people` is the size of
    the delegation, `abreast` how many of its meetings can be at once. `most` and `least` are None where the rules of the event hold. Hours are
    minutes since midnight; `away` are those between which it is not there, in the middle of its stay.
    `same_as`: a person's answer on its being there twice: the key of whom it is, 0 where it is nobody else. `absent`: it does not come.
    `visible`: it agreed that the other participants read its name, and what it does or looks for.
    """

    key: int
    sort: ParticipantRole
    name: str
    siret: str = ""
    supplier_id: str = ""
    needs: tuple[ParticipantNeed, ...] = ()
    activity: str = ""
    place: str = ""
    workers: float | None = None
    area: str = ""
    written: str = ""
    arrival: int | None = None
    departure: int | None = None
    away: Hours = ()
    most: int | None = None
    least: int | None = None
    people: int = 1
    abreast: int = 1
    step_free: bool = False
    interpreter: bool = False
    hearing_loop: bool = False
    same_as: int | None = None
    absent: bool = False
    visible: bool = False

    @property
    def supplies(self) -> bool:
        """Return whether it sits on the side of suppliers."""
        return self.sort is ParticipantRole.SUPPLIER

    @property
    def number(self) -> str:
        """Identifier of its organisation, a supplier id or a SIRET; empty where it has neither."""
        return self.supplier_id or (f"siret:{self.siret}" if self.siret else "")

    @property
    def names(self) -> tuple[str, ...]:
        """The names that it goes by: as shown, and as its sheet writes it."""
        return tuple(filter(None, (self.name, self.written)))

    def merge(self, other: "Participant") -> "Participant":
        """Return it with the content of another line of the same organisation: the hours that both are there, else those of one after the other."""
        arrival, departure = (
            narrowest(max, self.arrival, other.arrival),
            narrowest(min, self.departure, other.departure),
        )
        away = tuple(sorted({*self.away, *other.away}))
        if arrival is not None and departure is not None and departure <= arrival:
            arrival, departure = (
                widest(min, self.arrival, other.arrival),
                widest(max, self.departure, other.departure),
            )
            away = absent_together(self.away, other.away)
        return replace(
            self,
            needs=merge_needs((*self.needs, *other.needs)),
            activity="\n".join(dict.fromkeys(filter(None, (self.activity, other.activity)))),
            workers=other.workers if self.workers is None else self.workers,
            area=self.area or other.area,
            arrival=arrival,
            departure=departure,
            away=away,
            step_free=self.step_free or other.step_free,
            interpreter=self.interpreter or other.interpreter,
            hearing_loop=self.hearing_loop or other.hearing_loop,
            visible=self.visible or other.visible,
        )


@dataclass(frozen=True, slots=True)
class Bond:
    """`by` and `other` (keys) must, must not or did meet."""

    tie: Tie
    by: int
    other: int

    @property
    def pair(self) -> frozenset[int]:
        """Both, in no order."""
        return frozenset((self.by, self.other))


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to a question: `code` is what is kept, `label` what is read."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class ImportQuestion:
    """Question of an import about a participant (`about`); `tie` is what a wish would tie. `number` counts the event's questions from 1."""

    number: int
    doubt: Doubt
    about: int
    text: str
    options: tuple[Option, ...]
    tie: Tie | None = None
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Booking:
    """A meeting of the timetable: slot from 0, table from 1, keys of both, what it is worth in (0, 1] and on three levels, and for each reader
    in French: why, and facts on the other. `held` where a person put it there: no planning moves it."""

    slot: int
    table: int
    buyer: int
    supplier: int
    affinity: float
    level: int
    to_buyer: str = ""
    to_supplier: str = ""
    on_supplier: tuple[str, ...] = ()
    on_buyer: tuple[str, ...] = ()
    held: bool = False

    @property
    def pair(self) -> frozenset[int]:
        """Both, in no order."""
        return frozenset((self.buyer, self.supplier))


@dataclass(frozen=True)
class FrozenTimetable:
    """A frozen timetable, in order of slot and table. `bound`: what no timetable that does as well before it can exceed; `short`: who has
    fewer meetings than the least; `answered`: how many needs are, `unserved` those that are not; `most_kept`, `most_answered`: the wishes and
    the needs that some timetable can keep at most, `fair`: whether none is fairer. None where that was not counted. `mended`: it changes a
    former one as little as could be, bounds are those of what was left to choose, and no `rivals` are compared. `in_reach`: as that rule was."""

    bookings: tuple[Booking, ...]
    total: float
    bound: float
    short: tuple[int, ...] = ()
    rivals: tuple[Rival, ...] = ()
    answered: int | None = None
    mended: bool = False
    unserved: tuple[UnservedNeed, ...] = ()
    most_kept: int | None = None
    most_answered: int | None = None
    fair: bool | None = None
    in_reach: bool | None = None

    @cached_property
    def by_pair(self) -> dict[frozenset[int], Booking]:
        """The meeting of each pair."""
        return {one.pair: one for one in self.bookings}


@dataclass(frozen=True, slots=True)
class MeetingOutcome:
    """Outcome of the meeting of a buyer and a supplier (keys)."""

    buyer: int
    supplier: int
    result: Result
    note: str = ""

    @property
    def pair(self) -> frozenset[int]:
        """Both, in no order."""
        return frozenset((self.buyer, self.supplier))


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Word of `by` (key) that it comes to its meeting with `other` at this slot; moved, the meeting waits for its word again."""

    by: int
    other: int
    slot: int

    @property
    def pair(self) -> frozenset[int]:
        """Both, in no order."""
        return frozenset((self.by, self.other))


@dataclass(frozen=True, slots=True)
class OwnNote:
    """Word of `by` (key) on its meeting with `other`: its result and how `useful` it was, of 1 to 5, None where not given; a note of its own."""

    by: int
    other: int
    result: Result | None = None
    text: str = ""
    useful: int | None = None

    @property
    def pair(self) -> frozenset[int]:
        """Both, in no order."""
        return frozenset((self.by, self.other))


@dataclass(frozen=True)
class MeetingDay(Journaled):
    """An event as its journal makes it. Participants are in the order of their keys; `taken` is the last key given. Words on meetings are in
    the order in which they were last given: `outcomes` by pair, `accepted` and `notes` by whose they are and the other, `sequels` by whose they
    are and the pair. `checked_in` is the minute at which each has come in, None where it was noted on another day; `former` and `following` the
    numbers of the editions before and after, 0 where there is none."""

    called: ClassVar[str] = "l’événement"

    header: DayHeader = field(default_factory=lambda: DayHeader(""))
    schedule: Schedule = field(default_factory=lambda: Schedule(9 * 60, 0, 20))
    rules: Rules = field(default_factory=Rules)
    participants: tuple[Participant, ...] = ()
    bonds: tuple[Bond, ...] = ()
    questions: tuple[ImportQuestion, ...] = ()
    points: tuple[PointToConfirm, ...] = ()
    plan: FrozenTimetable | None = None
    outcomes: dict[frozenset[int], MeetingOutcome] = field(default_factory=dict)
    accepted: dict[tuple[int, int], Acceptance] = field(default_factory=dict)
    notes: dict[tuple[int, int], OwnNote] = field(default_factory=dict)
    sequels: dict[tuple[int, frozenset[int]], Sequel] = field(default_factory=dict)
    taken_words: tuple[TakenWord, ...] = ()
    checked_in: dict[int, int | None] = field(default_factory=dict)
    taken: int = 0
    former: int = 0
    following: int = 0

    @property
    def next_key(self) -> int:
        """The key that the next participant takes; those of participants that were withdrawn are not taken again."""
        return self.taken + 1

    @cached_property
    def by_key(self) -> dict[int, Participant]:
        """The participants by key."""
        return {one.key: one for one in self.participants}

    def participant(self, key: int) -> Participant:
        """Return a participant by key. Raises ChangeRefused where there is none."""
        participant = self.by_key.get(key)
        if participant is None:
            raise ChangeRefused(f"L’événement n’a pas de participant n° {key}.")
        return participant

    def name_of(self, key: int) -> str:
        """Return a participant’s name, and its number where another has the same name or it has left."""
        participant = self.by_key.get(self.seat_of(key))
        if participant is None:
            return f"participant n° {key}"
        return participant.name if self._named[participant.name] == 1 else f"{participant.name} (n° {key})"

    @cached_property
    def _named(self) -> Counter[str]:
        return Counter(one.name for one in self.participants if one.key not in self.doubles)

    @cached_property
    def doubles(self) -> dict[int, int]:
        """The participants that another one already is, on the same side, by their SIRET or by a person's answer: the key of each, then that of
        the first."""
        first: dict[tuple[bool, str], int] = {}
        doubles: dict[int, int] = {}
        for participant in self.participants:
            same_as = participant.same_as
            if same_as is None and participant.number:
                same_as = first.setdefault((participant.supplies, participant.number), participant.key)
            if same_as and same_as != participant.key and same_as in self.by_key:
                doubles[participant.key] = doubles.get(same_as, same_as)
        return doubles

    def seat_of(self, key: int) -> int:
        """Return the key under which a participant is seated: that of the first where it is there twice."""
        return self.doubles.get(key, key)

    def seat(self, key: int) -> Participant:
        """Return who is seated under a key, with the other lines of its organisation. Raises ChangeRefused where there is none."""
        first = self.participant(self.seat_of(key))
        return reduce(Participant.merge, (self.by_key[key] for key in self.others_of.get(first.key, ())), first)

    def list_seats(self, *, suppliers: bool) -> tuple[Participant, ...]:
        """Return one side of the room, whoever is absent included: each organisation once, with its other lines."""
        return tuple(
            self.seat(one.key) for one in self.participants if one.supplies is suppliers and one.key not in self.doubles
        )

    @cached_property
    def others_of(self) -> dict[int, list[int]]:
        """The other lines (keys) of those that are there twice, by the key of the first."""
        return group_pairs((first, double) for double, first in self.doubles.items())

    @cached_property
    def here(self) -> dict[int, int | None]:
        """Those who have come in, under the key of their seat, and at which minute."""
        return {self.seat_of(key): minute for key, minute in self.checked_in.items() if key in self.by_key}

    @property
    def catalogue_suppliers(self) -> tuple[str, ...]:
        """Ids of the suppliers of the catalogue that come, each once."""
        return tuple(dict.fromkeys(one.supplier_id for one in self.participants if one.supplies and one.supplier_id))

    @property
    def open_questions(self) -> tuple[ImportQuestion, ...]:
        """Questions of imports that nobody has answered."""
        return tuple(question for question in self.questions if not question.answer)

    @cached_property
    def to_ring(self) -> tuple[PointToConfirm, ...]:
        """Return what is still to be confirmed with those who come, in the order of the participants."""
        coming = {one.key for one in self.participants if not one.absent}
        return tuple(
            sorted((one for one in self.points if not one.settled and one.about in coming), key=lambda one: one.about)
        )

    @property
    def bookings(self) -> tuple[Booking, ...]:
        """The meetings of its timetable; none where it has none."""
        return self.plan.bookings if self.plan else ()

    @cached_property
    def bookings_of(self) -> dict[int, tuple[Booking, ...]]:
        """The meetings of each participant (key of its seat) that has some, in order of slot and table."""
        by_participant = group_pairs(
            (key, booking)
            for booking in sorted(self.bookings, key=lambda one: (one.slot, one.table))
            for key in booking.pair
        )
        return {key: tuple(own) for key, own in by_participant.items()}

    def with_participant(self, changed: Participant) -> "MeetingDay":
        """Return the event with this participant in the place of the one of its key."""
        return replace(
            self, participants=tuple(changed if one.key == changed.key else one for one in self.participants)
        )


DayChange = Change[MeetingDay]
