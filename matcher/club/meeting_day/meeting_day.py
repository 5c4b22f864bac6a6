"""Data model of a meeting day (Club Busin’ESS): participants, wishes, timetable, outcomes. Pure: no database.

Event sourcing (docs/decisions/0009): each line of the journal is one change (`matcher/club/meeting_day/changes.py`), and `matcher/journal` replays them.
Persons' names and contacts are stored elsewhere (`store.py`), where they can be erased."""

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
from matcher.domain.kinds import SupplierKind
from matcher.journal.change import Change, ChangeRefused, Journaled


class ParticipantRole(StrEnum):
    """Role of a participant."""

    BUYER = "acheteur"
    SUPPLIER = "fournisseur"
    ATTRIBUTAIRE = "attributaire"


class Tie(StrEnum):
    """Constraint between two participants, which overrides affinities."""

    MUST = "doivent se voir"
    NEVER = "ne doivent pas se voir"
    MET = "se sont déjà vus"


class Doubt(StrEnum):
    """Kind of question that an import leaves to the organiser."""

    WHO = "quel fournisseur"  # which supplier of the catalogue a name is
    TWICE = "inscrit deux fois"  # whether two lines are one participant
    WISH = "vœu"  # which participant a wish or a refusal names


class Result(StrEnum):
    """Result of a meeting."""

    FOLLOW_UP = "à suivre"
    QUOTE = "devis demandé"
    NOTHING = "rien"
    NOT_HELD = "n’a pas eu lieu"


@dataclass(frozen=True, slots=True)
class Participant:
    """An organisation that comes. `key` identifies it in its event and is never reused.

    `supplier_id`: its id in the catalogue, if any. A supplier describes in its own words its `activity`, `workers` (None: unknown) and `area` of
    intervention. `written`: its name as in its sheet, where `name` is the catalogue's spelling. `people`: size of the delegation; `abreast`: how many
    meetings it can hold at once. `most` and `least`: limits of meetings, None for the event's rules. Hours are minutes since midnight; `away`: absences
    during its stay. `same_as`: the organiser's answer on a duplicate: key of the same organisation, 0 for none. `absent`: it does not come. `visible`: it
    agreed that other participants see its name, activity and needs. `kinds`: of a supplier, as its sheet gives them."""

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
    kinds: tuple[SupplierKind, ...] = ()

    @property
    def supplies(self) -> bool:
        """Return whether the participant is a supplier."""
        return self.sort is ParticipantRole.SUPPLIER

    @property
    def number(self) -> str:
        """Identifier of the organisation, a supplier id or a SIRET; empty where it has neither."""
        return self.supplier_id or (f"siret:{self.siret}" if self.siret else "")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the participant: as shown, and as written in its sheet."""
        return tuple(filter(None, (self.name, self.written)))

    def merge(self, other: "Participant") -> "Participant":
        """Return the participant merged with another line of its organisation; hours: when both are there, else from the first to the last."""
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
            kinds=tuple(dict.fromkeys((*self.kinds, *other.kinds))),
        )


@dataclass(frozen=True, slots=True)
class Bond:
    """Wish, refusal or former meeting (`tie`) of the participants `by` and `other` (keys)."""

    tie: Tie
    by: int
    other: int

    @property
    def pair(self) -> frozenset[int]:
        """Both, in no order."""
        return frozenset((self.by, self.other))


@dataclass(frozen=True, slots=True)
class Option:
    """One possible answer to a question: `code` is stored, `label` is displayed."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class ImportQuestion:
    """Question of an import on the participant `about` (key). `tie`: kind of the wish in question; `number`: from 1 within the event."""

    number: int
    doubt: Doubt
    about: int
    text: str
    options: tuple[Option, ...]
    tie: Tie | None = None
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Booking:
    """A meeting of the timetable: slot from 0, table from 1, keys of both participants, affinity in (0, 1] and its level (1 to 3); talking
    points in French for each reader: why to meet, and facts on the other. `held`: placed by hand, so that planning does not move it."""

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
    """A timetable, in order of slot and table. `total`: sum of affinities; `bound`: upper bound on it for timetables as good on earlier aims;
    `short`: keys of participants with fewer meetings than their least; `answered`: count of needs served; `unserved`: other needs;
    `most_kept`, `most_answered`: upper bounds on wishes and needs; `fair`: proven fairest; None where not computed. `mended`: replanned with
    few changes, so that bounds cover only what was open and `rivals` (other planners) are missing. `in_reach`: whether distance excluded nobody when it
    was made (`Rules.in_reach`)."""

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
    """Confirmation by the participant `by` (key) of its meeting with `other` at this slot; void once the meeting moves."""

    by: int
    other: int
    slot: int

    @property
    def pair(self) -> frozenset[int]:
        """Both, in no order."""
        return frozenset((self.by, self.other))


@dataclass(frozen=True, slots=True)
class OwnNote:
    """Feedback of the participant `by` (key) on its meeting with `other`: result, private note, and how `useful` it was (1 to 5)."""

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
    """An event, rebuilt from its journal. Participants are in order of key; `taken`: the last key given. Records on meetings are in order of
    last change: `outcomes` by pair, `accepted` and `notes` by (author, other), `sequels` by (author, pair). `checked_in`: minute of arrival by
    key, None where noted on another day. `former` and `following`: numbers of the editions before and after, 0 for none."""

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
        """The key of the next participant; keys of withdrawn participants are not reused."""
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
        """Return a participant’s name, followed by its number where another has the same name; the number alone where it has left."""
        participant = self.by_key.get(self.seat_of(key))
        if participant is None:
            return f"participant n° {key}"
        return participant.name if self._named[participant.name] == 1 else f"{participant.name} (n° {key})"

    @cached_property
    def _named(self) -> Counter[str]:
        return Counter(one.name for one in self.participants if one.key not in self.doubles)

    @cached_property
    def doubles(self) -> dict[int, int]:
        """Duplicate registrations of one side, by SIRET or by the organiser's answer: key of each, mapped to the key of the first."""
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
        """Return the key of a participant's seat: that of its first registration where it has several."""
        return self.doubles.get(key, key)

    def seat(self, key: int) -> Participant:
        """Return the participant of a key merged with the other lines of its organisation. Raises ChangeRefused where there is none."""
        first = self.participant(self.seat_of(key))
        return reduce(Participant.merge, (self.by_key[key] for key in self.others_of.get(first.key, ())), first)

    def list_seats(self, *, suppliers: bool) -> tuple[Participant, ...]:
        """Return the participants of one side, absent ones included: each organisation once, its lines merged."""
        return tuple(
            self.seat(one.key) for one in self.participants if one.supplies is suppliers and one.key not in self.doubles
        )

    @cached_property
    def others_of(self) -> dict[int, list[int]]:
        """Keys of the duplicate lines, by the key of the first."""
        return group_pairs((first, double) for double, first in self.doubles.items())

    @cached_property
    def here(self) -> dict[int, int | None]:
        """Minute of arrival of the participants checked in, by the key of their seat."""
        return {self.seat_of(key): minute for key, minute in self.checked_in.items() if key in self.by_key}

    @property
    def catalogue_suppliers(self) -> tuple[str, ...]:
        """Ids of the suppliers of the catalogue that come, each once."""
        return tuple(dict.fromkeys(one.supplier_id for one in self.participants if one.supplies and one.supplier_id))

    @property
    def open_questions(self) -> tuple[ImportQuestion, ...]:
        """Unanswered questions of imports."""
        return tuple(question for question in self.questions if not question.answer)

    @cached_property
    def to_ring(self) -> tuple[PointToConfirm, ...]:
        """Points still to confirm with participants who come, in order of participant."""
        coming = {one.key for one in self.participants if not one.absent}
        return tuple(
            sorted((one for one in self.points if not one.settled and one.about in coming), key=lambda one: one.about)
        )

    @property
    def bookings(self) -> tuple[Booking, ...]:
        """The meetings of the timetable, if any."""
        return self.plan.bookings if self.plan else ()

    @cached_property
    def bookings_of(self) -> dict[int, tuple[Booking, ...]]:
        """The meetings of each participant (key of its seat), in order of slot and table."""
        by_participant = group_pairs(
            (key, booking)
            for booking in sorted(self.bookings, key=lambda one: (one.slot, one.table))
            for key in booking.pair
        )
        return {key: tuple(own) for key, own in by_participant.items()}

    def with_participant(self, changed: Participant) -> "MeetingDay":
        """Return the event with the participant of the same key replaced."""
        return replace(
            self, participants=tuple(changed if one.key == changed.key else one for one in self.participants)
        )


DayChange = Change[MeetingDay]
