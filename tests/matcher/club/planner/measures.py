"""Measures of a timetable for its guests: affinities, meetings, waiting, changes of table."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_array

from matcher.club.planner.exchanges import holes
from matcher.club.planner.meetings import Bools, Problem, Timetable


@dataclass(frozen=True, slots=True)
class Measures:
    """`total`: the sum of affinities; `meetings`; `fewest`, `lowest`: the meetings of the guest who has fewest, and the affinities of the one
    who has least, among guests who have somebody to meet; `short`: guests under their least; `holes`: slots where a free guest waits between
    two meetings; `table_changes`: how often a guest rises from a table to its next meeting; `buyer_changes`: of them, buyers, whom a good
    timetable leaves where they sit."""

    total: float
    meetings: int
    fewest: int
    lowest: float
    short: int
    holes: int
    table_changes: int
    buyer_changes: int


def measures(problem: Problem, timetable: Timetable) -> Measures:
    """Return the measures of a timetable of this problem. A guest of several people waits when none of them has a meeting."""
    affinity = csr_array(problem.affinity, dtype=np.float64, copy=True)
    affinity.sum_duplicates()
    possible = affinity > 0
    buyers, suppliers = len(problem.buyers), len(problem.suppliers)
    slots = len(problem.room.tables)
    there = np.zeros((buyers + suppliers, slots), dtype=bool)
    count, sums = np.zeros(buyers + suppliers, dtype=np.int64), np.zeros(buyers + suppliers)
    tables: dict[int, dict[int, set[int]]] = {}
    for meeting in timetable.meetings:
        value = float(affinity[meeting.buyer, meeting.supplier])
        for guest in (meeting.buyer, buyers + meeting.supplier):
            there[guest, meeting.slot] = True
            count[guest] += 1
            sums[guest] += value
            tables.setdefault(guest, {}).setdefault(meeting.slot, set()).add(meeting.table)
    asked: Bools = np.concatenate([possible.sum(axis=1) > 0, possible.sum(axis=0) > 0])
    least = np.concatenate([problem.buyers.least, problem.suppliers.least])
    free = np.concatenate([problem.buyers.free, problem.suppliers.free]) & (problem.room.tables > 0)
    return Measures(
        total=timetable.total,
        meetings=len(timetable.meetings),
        fewest=int(count[asked].min(initial=len(timetable.meetings))),
        lowest=float(sums[asked].min(initial=timetable.total)),
        short=int((count < least).sum()),
        holes=int(holes(there, free).sum()),
        table_changes=sum(map(_changes, tables.values())),
        buyer_changes=sum(_changes(its) for guest, its in tables.items() if guest < buyers),
    )


def _changes(tables: Mapping[int, set[int]]) -> int:
    """How often a guest rises from its `tables` of a slot for others; a person more of a delegation, who sits down, is none who rises."""
    return sum(min(len(now - before), len(before - now)) for before, now in pairwise(tables.values()))
