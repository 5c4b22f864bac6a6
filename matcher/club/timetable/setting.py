"""Converts a meeting day to the planner's arrays (rows instead of names), and the planned timetable back to participants and words."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, product, takewhile

import numpy as np
from scipy.sparse import csr_array

from matcher.cleaning.names import name_key
from matcher.club.meeting_day.changes import Freeze
from matcher.club.meeting_day.meeting_day import Bond, Booking, FrozenTimetable, MeetingDay, Participant, Result, Tie
from matcher.club.meeting_day.participant_need import ParticipantNeed
from matcher.club.meeting_day.schedule import Schedule
from matcher.club.planner.meetings import BuyerNeed, Guests, Meeting, Problem, Room, Timetable
from matcher.club.timetable.affinity import Affinities, NeedAsked, keep_best
from matcher.club.timetable.reasons_to_meet import on_buyer, on_supplier, to_buyer, to_supplier
from matcher.domain.grouping import group_pairs

# Value of a pair that must meet and has no affinity.
WISHED = 0.05
# Most that a meeting to fill time costs: it is planned only for want of any other.
_SPARE = 0.001
# Offset of the number of a closed table, so that it comes after all open ones.
_CLOSED = 10_000
Pairs = AbstractSet[frozenset[int]]


@dataclass(frozen=True)
class Setting:
    """Planning input: an event, the affinities of its pairs, and the pairs (of keys) that met at earlier events."""

    event: MeetingDay
    affinities: Affinities
    met: Pairs = frozenset()

    @cached_property
    def rows(self) -> tuple[dict[int, int], dict[int, int]]:
        """The row of each key, of buyers then of suppliers."""
        sides = (self.affinities.buyers, self.affinities.suppliers)
        buyers, suppliers = ({one.key: row for row, one in enumerate(side)} for side in sides)
        return buyers, suppliers

    @cached_property
    def worth(self) -> np.ndarray:
        """Return (b, s) the value of each pair after wishes, refusals and former meetings; 0 where it is not proposed.

        A wish overrides a former meeting, a refusal overrides a wish."""
        worth = keep_best(self.affinities.worth).copy()
        for need in self.needs:  # suppliers who answer a need are proposed even if `keep_best` dropped them
            worth[need.buyer, need.serving] = self.affinities.worth[need.buyer, need.serving]
        for pair in self.met:
            self._put(worth, pair, 0.0)
        for tie, value in ((Tie.MET, 0.0), (Tie.MUST, None), (Tie.NEVER, 0.0)):
            for bond in self.event.bonds:
                if bond.tie is tie:
                    self._put(worth, bond.pair, value)
        return worth

    @cached_property
    def problem(self) -> Problem:
        """The event as the planner's input; meetings placed by hand are fixed as long as both participants are there."""
        event = self.event
        rows, columns = self.rows
        here = {
            one.key: free(one, event.schedule)
            for side in (self.affinities.buyers, self.affinities.suppliers)
            for one in side
        }
        bookings = [one for one in event.bookings if one.held and one.table not in event.rules.closed]
        return Problem(
            affinity=csr_array(self._affinity(self.worth)),
            buyers=_guests(event, self.affinities.buyers),
            suppliers=_guests(event, self.affinities.suppliers),
            room=Room(
                np.full(event.schedule.slots, len(event.rules.open_tables), dtype=np.int64),
                event.rules.open_accessible,
                event.rules.interpreters,
            ),
            must=tuple(
                sorted({pair for bond in event.bonds if bond.tie is Tie.MUST and (pair := self.row_pair(bond.pair))})
            ),
            needs=tuple(BuyerNeed(need.buyer, tuple(np.flatnonzero(need.serving).tolist())) for need in self.needs),
            held=tuple(
                Meeting(one.slot, self._rank_of(one.table), rows[one.buyer], columns[one.supplier])
                for one in bookings
                if all(key in here and here[key][one.slot] for key in (one.buyer, one.supplier))
            ),
        )

    @property
    def needs(self) -> tuple[NeedAsked, ...]:
        """Return the needs of the buyers who come, with the suppliers who can answer them."""
        return self.affinities.needs

    @cached_property
    def _frozen_day(self) -> MeetingDay | None:
        return frozen_day(self.event)

    @cached_property
    def changed_keys(self) -> frozenset[int] | None:
        """The participants (keys) whom a change has touched since the timetable was frozen; None where rules or schedule changed (everybody)."""
        event, former = self.event, self._frozen_day
        if former is None or former.plan is None or (former.rules, former.schedule) != (event.rules, event.schedule):
            return None
        seats, now = (
            {one.key: one for side in (False, True) for one in day.list_seats(suppliers=side)}
            for day in (former, event)
        )
        planned_pairs = {one.pair for one in event.bookings}
        pairs = chain(
            (bond.pair for bond in {*former.bonds} ^ {*event.bonds}),
            (one.pair for one in former.plan.bookings if one.pair not in planned_pairs),
        )
        return frozenset(
            [*(key for key, one in now.items() if differs(seats.get(key), one)), *chain.from_iterable(pairs)]
        )

    @cached_property
    def standing(self) -> Problem:
        """The planner's input for a change of the timetable on the day: its pairs stay proposed although affinities may have changed since."""
        worth = self.worth.copy()
        apart = {frozenset(map(self.event.seat_of, bond.pair)) for bond in self.event.bonds if bond.tie is not Tie.MUST}
        former, changed = self._frozen_day, self.changed_keys or frozenset()
        for booking in self.event.bookings:
            at = self.row_pair(booking.pair)
            if not at or booking.pair in apart:
                continue
            # A participant of the pair offers or seeks something else than when the timetable was frozen.
            otherwise = former is not None and any(
                _words(former.seat(key)) != _words(self.event.seat(key))
                for key in (booking.pair if booking.pair & changed else ())
                if key in former.by_key
            )
            if not otherwise:
                worth[at] = max(float(worth[at]), booking.affinity or WISHED)
        return replace(self.problem, affinity=csr_array(self._affinity(worth)))

    def touched_rows(self) -> tuple[np.ndarray, np.ndarray] | None:
        """Return masks of the buyers and suppliers (rows) that are in `changed_keys`; None where that is None."""
        sides = (self.affinities.buyers, self.affinities.suppliers)
        if self.changed_keys is None:
            return None
        buyers, suppliers = (np.array([one.key in self.changed_keys for one in side], dtype=bool) for side in sides)
        return buyers, suppliers

    def timetable(self, plan: FrozenTimetable) -> Timetable:
        """Return a frozen timetable in the planner's form, without the meetings of participants who have left the event since."""
        rows, columns = self.rows
        meetings = (
            Meeting(one.slot, self._rank_of(one.table), rows[one.buyer], columns[one.supplier])
            for one in plan.bookings
            if one.buyer in rows and one.supplier in columns
        )
        return Timetable(tuple(sorted(meetings)), plan.total, plan.bound)

    def frozen(self, timetable: Timetable, *, anew: bool) -> FrozenTimetable:
        """Return a planned timetable with participants and talking points; meetings fixed by hand stay so. Unless `anew`, pairs keep their words."""
        former = self.event.bookings
        known = {one.pair: one for one in former if one.held or not anew}
        sides = {"buyer": self.affinities.buyers, "supplier": self.affinities.suppliers}
        topics = self._topics(timetable.meetings)
        placed = [replace(meeting, table=self._number_of(meeting.table)) for meeting in timetable.meetings]
        return FrozenTimetable(
            bookings=tuple(self._booking(one, known, topics.get((one.buyer, one.supplier))) for one in placed),
            total=timetable.total,
            bound=timetable.bound,
            short=tuple(sorted(sides[side][row].key for side, rows in timetable.short.items() for row in rows)),
            in_reach=self.affinities.in_reach,
        )

    def booking(self, slot: int, table: int, buyer: int, supplier: int) -> Booking:
        """Return the meeting of two participants (keys) with its talking points. Raises KeyError where one has no seat on its side."""
        rows, columns = self.rows
        return self._booking(Meeting(slot, table, rows[buyer], columns[supplier]), {})

    def row_pair(self, pair: Iterable[int]) -> tuple[int, int] | None:
        """Return the rows (buyer, supplier) of two keys; None where they are not one of each side."""
        rows, columns = self.rows
        seats = {self.event.seat_of(key) for key in pair}
        sides = [rows[key] for key in seats if key in rows], [columns[key] for key in seats if key in columns]
        return (sides[0][0], sides[1][0]) if sides[0] and sides[1] else None

    @cached_property
    def _bonds_at(self) -> dict[tuple[int, int], tuple[Bond, ...]]:
        """Return the bonds (wishes, refusals, former meetings) of each pair of rows."""
        bonds_at: dict[tuple[int, int], tuple[Bond, ...]] = {}
        for bond in self.event.bonds:
            if at := self.row_pair(bond.pair):
                bonds_at[at] = (*bonds_at.get(at, ()), bond)
        return bonds_at

    def _put(self, worth: np.ndarray, pair: Iterable[int], value: float | None) -> None:
        if at := self.row_pair(pair):
            worth[at] = max(float(self.affinities.worth[at]), WISHED) if value is None else value

    def _affinity(self, worth: np.ndarray) -> np.ndarray:
        """Return values for the planner: slightly below 0 for pairs that only fill time (they serve no need and nobody wished for them)."""
        spare = self.affinities.spare & (worth > 0)
        for need in self.needs:
            spare[need.buyer, need.serving] = False
        for bond in self.event.bonds:
            if bond.tie is Tie.MUST and (at := self.row_pair(bond.pair)):
                spare[at] = False
        return np.where(spare, _SPARE * (worth - 1), worth)

    def _rank_of(self, table: int) -> int:
        """Return the rank of a table among the open ones, from 1; beyond all where it is closed."""
        closed = self.event.rules.closed
        return table + _CLOSED if table in closed else table - sum(number < table for number in closed)

    def _number_of(self, rank: int) -> int:
        """Return the number of a table, given its `_rank_of`."""
        tables = self.event.rules.open_tables
        if rank > _CLOSED:
            return rank - _CLOSED
        return tables[rank - 1] if rank <= len(tables) else rank + len(self.event.rules.closed)

    def _topics(self, meetings: Iterable[Meeting]) -> dict[tuple[int, int], ParticipantNeed]:
        """Return, for some pairs of rows, a need to talk about other than their best: one that no other meeting of the buyer is about."""
        met = group_pairs((one.buyer, one.supplier) for one in meetings)
        participant_needs: dict[tuple[int, int], ParticipantNeed] = {}
        for need in self.needs:
            own = {
                supplier: participant_needs.get((need.buyer, supplier)) or self.affinities.need_of(need.buyer, supplier)
                for supplier in met.get(need.buyer, ())
            }
            times = Counter(own.values())
            free = [supplier for supplier in own if need.serving[supplier] and times[own[supplier]] > 1]
            if free and not times[need.need]:
                best = max(free, key=lambda supplier: (self.worth[need.buyer, supplier], -supplier))
                participant_needs[need.buyer, best] = need.need
        return participant_needs

    def _booking(
        self, meeting: Meeting, known: dict[frozenset[int], Booking], topic: ParticipantNeed | None = None
    ) -> Booking:
        at = (meeting.buyer, meeting.supplier)
        buyer, supplier = self.affinities.buyers[meeting.buyer], self.affinities.suppliers[meeting.supplier]
        if former := known.get(frozenset((buyer.key, supplier.key))):
            same = (former.slot, former.table) == (meeting.slot, meeting.table)
            return replace(former, slot=meeting.slot, table=meeting.table, held=former.held and same)
        need = topic or self.affinities.need_of(*at)
        match = self.affinities.match(*at, need) if need else None
        bonds = self._bonds_at.get(at, ())
        card = self.affinities.shelf.suppliers[int(self.affinities.rows[meeting.supplier])]
        return Booking(
            slot=meeting.slot,
            table=meeting.table,
            buyer=buyer.key,
            supplier=supplier.key,
            affinity=round(float(self.worth[at]), 6),
            level=max(1, int(self.affinities.levels[at])),
            to_buyer=to_buyer(buyer, need, match, bonds),
            to_supplier=to_supplier(supplier, buyer, need, match, bonds),
            on_supplier=on_supplier(card, supplier),
            on_buyer=on_buyer(buyer, need),
        )


def frozen_day(event: MeetingDay) -> MeetingDay | None:
    """Return an event as it was when its timetable was made; None where it has none. Releasing a meeting placed by hand is no new timetable."""
    frozen = [
        (line.number, replace(line.change.plan, bookings=()))
        for line in event.journal
        if isinstance(line.change, Freeze)
    ]
    made = list(takewhile(lambda one: one[1] == frozen[-1][1], reversed(frozen)))
    return event.at_version(made[-1][0]) if made else None


def _words(participant: Participant) -> tuple[object, ...]:
    """Return the fields of a participant that decide with whom a meeting is useful."""
    return (
        *(participant.sort, participant.number, participant.needs, participant.activity, participant.place),
        *(participant.area, participant.workers),
    )


def differs(former: Participant | None, now: Participant) -> bool:
    """Return whether a participant changed in a way that matters to a timetable: visibility and the written form of its name do not."""
    return former is None or replace(former, visible=now.visible, written=now.written) != now


def free(participant: Participant, schedule: Schedule) -> list[bool]:
    """Return, for each slot, whether a participant is there from beginning to end."""
    return [
        not participant.absent and there
        for there in schedule.during(participant.arrival, participant.departure, participant.away)
    ]


def most_of(participant: Participant, event: MeetingDay) -> int:
    """Return how many meetings a participant accepts: its own figure, else the event’s for its side, else one a slot and person."""
    most = participant.most if participant.most is not None else event.rules.most_of(suppliers=participant.supplies)
    return event.schedule.slots * participant.abreast if most is None else most


def least_of(participant: Participant, event: MeetingDay) -> int:
    """Return how many meetings a participant should have at least: 0 if absent; the event’s minimum is capped by what it accepts."""
    if participant.absent:
        return 0
    if participant.least is not None:
        return participant.least
    return min(event.rules.least_of(suppliers=participant.supplies), most_of(participant, event))


def met_before(event: MeetingDay, earlier: Iterable[MeetingDay]) -> frozenset[frozenset[int]]:
    """Return the pairs of this event that met at earlier ones: planned, both there, and without the outcome « n’a pas eu lieu »."""
    here = group_pairs((known_as(one), one.key) for one in event.participants)
    pairs = [
        product(here.get(known_as(buyer), ()), here.get(known_as(supplier), ()))
        for former in earlier
        for buyer, supplier in held_meetings(former)
    ]
    return frozenset(map(frozenset, chain.from_iterable(pairs)))


def pairs_not_held(event: MeetingDay) -> set[frozenset[int]]:
    """Return the pairs (keys of the participants) whose meeting did not take place, as the organiser noted."""
    return {one.pair for one in event.outcomes.values() if one.result is Result.NOT_HELD}


def held_meetings(former: MeetingDay) -> Iterator[tuple[Participant, Participant]]:
    """Yield the buyer and supplier of each meeting of an event that was held, as far as is known."""
    unheld = pairs_not_held(former)
    present = {one.key: one for one in former.participants if not one.absent}
    for booking in former.bookings:
        buyer, supplier = present.get(booking.buyer), present.get(booking.supplier)
        if buyer and supplier and booking.pair not in unheld:
            yield buyer, supplier


def known_as(participant: Participant) -> str:
    """Return a key that identifies a participant across events: its side with its number, else its name."""
    return f"{participant.supplies}:{participant.number or name_key(participant.name)}"


def _guests(event: MeetingDay, side: Sequence[Participant]) -> Guests:
    slots = event.schedule.slots
    return Guests(
        free=np.array([free(one, event.schedule) for one in side], dtype=bool).reshape(len(side), slots),
        most=np.array([most_of(one, event) for one in side], dtype=np.int64),
        least=np.array([least_of(one, event) for one in side], dtype=np.int64),
        people=np.array([one.abreast for one in side], dtype=np.int64),
        step_free=np.array([one.step_free for one in side], dtype=bool),
        interpreter=np.array([one.interpreter for one in side], dtype=bool),
    )
