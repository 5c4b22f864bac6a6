"""Checks of a meeting day before its timetable is planned: lists requests that cannot be met, as codes, rows of guests and figures."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.sparse import csr_array

from matcher.club.planner.meetings import Bools, Guests, Ints, Problem
from matcher.club.planner.openings import ACCESSIBLE, INTERPRETER, meeting_needs


class Code(StrEnum):
    """Kinds of trouble; the comment of each gives its `figures`, in order."""

    NO_SLOT = "no_slot"
    NO_TABLE = "no_table"
    NO_BUYER = "no_buyer"
    NO_SUPPLIER = "no_supplier"
    NOBODY_MATCHES = "nobody_matches"  # no pair has an affinity
    IDLE_TABLES = "idle_tables"  # a remark: most tables in a slot, most that can be used at once
    # Remarks: meetings that one side should have at least (0: buyers, 1: suppliers), meetings that are possible, which side
    FEW_TABLES = "few_tables"  # because of tables and slots
    FEW_OTHERS = "few_others"  # because of what the other side accepts, when it is there
    FEW_ACCESSIBLE = "few_accessible"  # a remark: most guests at once who need one of them, accessible tables
    FEW_INTERPRETERS = "few_interpreters"  # the same, of interpreters
    NEVER_FREE = "never_free"
    REFUSES_ALL = "refuses_all"  # a guest who accepts no meeting
    NO_PARTNER = "no_partner"  # everybody refused, already met or worth nothing
    NEVER_TOGETHER = (
        "never_together"  # has partners, none of whom is free when it is, with the table or interpreter it takes
    )
    FEW_PARTNERS = "few_partners"  # a remark: partners that can be met, fewer than the meetings it should have
    LEAST_OVER_MOST = "least_over_most"  # meetings it should have, meetings it accepts
    LEAST_OVER_SLOTS = "least_over_slots"  # meetings it should have, meetings its free slots allow
    NO_ACCESSIBLE_TABLE = "no_accessible_table"
    NO_INTERPRETER = "no_interpreter"
    MUST_REFUSED = "must_refused"  # to meet, and not proposed: refused, already met or worth nothing
    MUST_APART = "must_apart"  # to meet, and never free together with the table or interpreter it takes
    MUST_TOO_MANY = "must_too_many"  # partners it must meet, meetings that it can have
    HELD_UNKNOWN = "held_unknown"  # slot and table of a held meeting which the room or the guests have not
    HELD_CLASH = "held_clash"  # slot, table: more held meetings at once than a guest can sit at, or than one at a table
    HELD_TWICE = "held_twice"  # one pair held more than once: how often


REMARKS = frozenset(
    {
        *(Code.IDLE_TABLES, Code.FEW_TABLES, Code.FEW_OTHERS, Code.FEW_ACCESSIBLE, Code.FEW_INTERPRETERS),
        Code.FEW_PARTNERS,
    }
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """One impossible or odd request: rows of the `buyers` and `suppliers` concerned, and `figures` as in `Code`."""

    code: Code
    buyers: tuple[int, ...] = ()
    suppliers: tuple[int, ...] = ()
    figures: tuple[int, ...] = ()

    @property
    def remark(self) -> bool:
        """Return whether a timetable can be planned as requested despite this trouble."""
        return self.code in REMARKS


def find_troubles(problem: Problem) -> list[Trouble]:
    """Return the impossible or odd requests of `problem`: of the event, then of guests, pairs that must meet and meetings fixed by hand."""
    troubles = list(_of_event(problem))
    if troubles and not all(one.remark for one in troubles):
        return troubles
    meet, sides = _Meet(problem), (problem.buyers, problem.suppliers)
    troubles += [*_of_guests(problem, meet, sides[0], buyers=True), *_of_guests(problem, meet, sides[1], buyers=False)]
    musts = sorted(set(problem.must))
    for buyer, supplier in musts:
        if not meet.proposed[buyer, supplier]:
            troubles.append(Trouble(Code.MUST_REFUSED, (buyer,), (supplier,)))
        elif not meet.possible[buyer, supplier]:
            troubles.append(Trouble(Code.MUST_APART, (buyer,), (supplier,)))
    for side, guests in enumerate(sides):
        places = _places(problem, guests)
        for row in sorted({pair[side] for pair in musts}):
            wished = [pair for pair in musts if pair[side] == row]
            can = int(min(places[row], guests.most[row]))
            if len(wished) > can:
                partners = tuple(pair[1 - side] for pair in wished)
                buyers, suppliers = ((row,), partners) if side == 0 else (partners, (row,))
                troubles.append(Trouble(Code.MUST_TOO_MANY, buyers, suppliers, (len(wished), can)))
    return [*troubles, *_of_held(problem)]


class _Meet:
    """Pairs that could meet if no meeting was fixed by hand: `proposed` (allowed) and `possible` (with a slot too), sparse (buyers, suppliers)."""

    def __init__(self, problem: Problem) -> None:
        proposed = csr_array(problem.affinity, copy=True)
        proposed.sum_duplicates()
        pairs = proposed.tocoo()
        worthy = pairs.data != 0
        self.shape = pairs.shape
        self.proposed = self._array(pairs.row[worthy], pairs.col[worthy])
        can = can_meet(problem, pairs.row[worthy], pairs.col[worthy])
        self.possible = self._array(pairs.row[worthy][can], pairs.col[worthy][can])

    def _array(self, row: Ints, col: Ints) -> csr_array:
        return csr_array((np.ones(len(row), dtype=np.int64), (row, col)), shape=self.shape)


def can_meet(problem: Problem, row: Ints, col: Ints) -> Bools:
    """Return (p,) whether each pair has a slot where both are free, with the table and interpreter it needs; fixed meetings are ignored."""
    tables = problem.room.tables > 0
    needs = meeting_needs(problem, row, col)
    left, other = (np.packbits(side.free & tables, axis=1) for side in (problem.buyers, problem.suppliers))
    can: Bools = np.any(left[row] & other[col], axis=1)
    can &= ~needs[:, ACCESSIBLE] | (problem.room.accessible > 0)
    can &= ~needs[:, INTERPRETER] | (problem.room.interpreters > 0)
    return can


def _of_event(problem: Problem) -> Iterator[Trouble]:
    tables = np.asarray(problem.room.tables)
    buyers, suppliers = len(problem.buyers), len(problem.suppliers)
    if not len(tables):
        yield Trouble(Code.NO_SLOT)
    elif tables.max() <= 0:
        yield Trouble(Code.NO_TABLE)
    if not buyers:
        yield Trouble(Code.NO_BUYER, suppliers=tuple(range(suppliers)))
    if not suppliers:
        yield Trouble(Code.NO_SUPPLIER, buyers=tuple(range(buyers)))
    if not (len(tables) and buyers and suppliers and tables.max() > 0):
        return
    if not (csr_array(problem.affinity) != 0).nnz:
        yield Trouble(Code.NOBODY_MATCHES)
    sides = (problem.buyers, problem.suppliers)
    useful = np.minimum(*((side.free * side.people[:, None]).sum(axis=0) for side in sides))
    if tables.max() > useful.max():
        yield Trouble(Code.IDLE_TABLES, figures=(int(tables.max()), int(useful.max())))
    yield from _of_room(problem, int(np.minimum(tables, useful).sum()))


def _of_room(problem: Problem, places: int) -> Iterator[Trouble]:
    """Yield a trouble for each side whose minimum of meetings exceeds the room (at most `places` meetings have a table and both guests),
    then for accessible tables and interpreters that are fewer than the guests who need them at once."""
    room, sides = problem.room, (problem.buyers, problem.suppliers)
    tables = int(np.sum(room.tables))
    for side, (guests, others) in enumerate((sides, sides[::-1])):
        wanted = int(np.minimum(guests.least, guests.most).sum())
        accepted = min(places, int(np.minimum(others.most, _places(problem, others)).sum()))
        if wanted > tables:
            yield Trouble(Code.FEW_TABLES, figures=(wanted, tables, side))
        elif wanted > accepted:
            yield Trouble(Code.FEW_OTHERS, figures=(wanted, accepted, side))
    for code, there, marks in (
        (Code.FEW_ACCESSIBLE, room.accessible, [side.step_free for side in sides]),
        (Code.FEW_INTERPRETERS, room.interpreters, [side.interpreter for side in sides]),
    ):
        at_once = sum(side.free[mark].sum(axis=0) for side, mark in zip(sides, marks, strict=True))
        needed = int(np.max(at_once, initial=0))
        if 0 < there < needed:
            yield Trouble(code, figures=(needed, there))


def _of_guests(problem: Problem, meet: _Meet, guests: Guests, *, buyers: bool) -> Iterator[Trouble]:
    """Yield each guest's contradictory wish if any, and only its first trouble, so that one cause is not reported twice."""
    proposed, possible = (array.sum(axis=1 if buyers else 0) for array in (meet.proposed, meet.possible))
    places = _places(problem, guests)
    wanted = np.minimum(guests.least, guests.most)
    reasons: tuple[tuple[Code, Bools, tuple[Ints, ...]], ...] = (
        (Code.REFUSES_ALL, guests.most <= 0, ()),
        (Code.NEVER_FREE, places <= 0, ()),
        (Code.NO_ACCESSIBLE_TABLE, guests.step_free & (problem.room.accessible <= 0), ()),
        (Code.NO_INTERPRETER, guests.interpreter & (problem.room.interpreters <= 0), ()),
        (Code.NO_PARTNER, proposed == 0, ()),
        (Code.NEVER_TOGETHER, possible == 0, ()),
        (Code.FEW_PARTNERS, possible < wanted, (possible, guests.least)),
        (Code.LEAST_OVER_SLOTS, places < wanted, (guests.least, places)),
    )
    contradiction = ((Code.LEAST_OVER_MOST, guests.least > guests.most, (guests.least, guests.most)),)
    for row in range(len(guests)):
        for kinds in (contradiction, reasons):
            for code, has, figures in kinds:
                if has[row]:
                    numbers = tuple(int(one[row]) for one in figures)
                    yield Trouble(code, (row,) if buyers else (), () if buyers else (row,), numbers)
                    break


def _places(problem: Problem, guests: Guests) -> Ints:
    """Return (n,) how many meetings each guest's free slots allow."""
    places: Ints = ((guests.free & (problem.room.tables > 0)) * guests.people[:, None]).sum(axis=1)
    return places


def _of_held(problem: Problem) -> Iterator[Trouble]:
    tables, sides = problem.room.tables, (problem.buyers, problem.suppliers)
    at_table: dict[tuple[int, int], int] = {}
    at_once: dict[tuple[int, int, int], int] = {}
    pairs: dict[tuple[int, int], int] = {}
    for meeting in sorted(problem.held):
        rows = (meeting.buyer, meeting.supplier)
        known = 0 <= meeting.slot < len(tables) and 1 <= meeting.table <= tables[meeting.slot]
        if not known or not all(0 <= row < len(side) for row, side in zip(rows, sides, strict=True)):
            yield Trouble(Code.HELD_UNKNOWN, rows[:1], rows[1:], (meeting.slot, meeting.table))
            continue
        at_table[meeting.slot, meeting.table] = at_table.get((meeting.slot, meeting.table), 0) + 1
        pairs[rows] = pairs.get(rows, 0) + 1
        clash = at_table[meeting.slot, meeting.table] > 1
        for side, row in enumerate(rows):
            at_once[side, row, meeting.slot] = at_once.get((side, row, meeting.slot), 0) + 1
            clash |= at_once[side, row, meeting.slot] > sides[side].people[row]
        if clash:
            yield Trouble(Code.HELD_CLASH, rows[:1], rows[1:], (meeting.slot, meeting.table))
    for (buyer, supplier), times in pairs.items():
        if times > 1:
            yield Trouble(Code.HELD_TWICE, (buyer,), (supplier,), (times,))
