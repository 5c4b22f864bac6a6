"""Tables for meetings whose slots are known: accessible ones for who needs one, and otherwise the same as before.

A buyer's seat keeps a table of its own where there are as many tables as such seats, so that suppliers come to it.
"""

import numpy as np
from scipy.optimize import linear_sum_assignment

from matcher.events.openings import ACCESSIBLE, Openings
from matcher.events.timetable import Bools, Ints, Problem

# Costs of a table: not the buyer's, not the supplier's last, accessible without need; never where a step bars the way.
_MOVED, _SUPPLIER_MOVED, _WASTED, _BARRED = 100.0, 10.0, 1.0, 1e6


def seat(problem: Problem, openings: Openings, pairs: Ints, slot: Ints, ends: Ints) -> Ints:
    """Return the tables (m,), from 1, of `pairs` at `slot`, whose seats are `ends` (m, 2); none that a held meeting has."""
    table = np.zeros(len(pairs), dtype=np.int64)
    home = _homes(problem, openings, pairs, ends)
    last = home.copy()
    for at in range(openings.slots):
        rows = np.flatnonzero(slot == at)
        if not len(rows):
            continue
        held = {meeting.table for meeting in problem.held if meeting.slot == at}
        tables = np.array([one for one in range(1, int(problem.room.tables[at]) + 1) if one not in held])
        need = openings.needs[pairs[rows], ACCESSIBLE]
        table[rows] = _seated(problem.room.accessible, tables, need, last[ends[rows]])
        last[ends[rows, 1]] = table[rows]
        moving = home[ends[rows, 0]] == 0
        last[ends[rows[moving], 0]] = table[rows[moving]]
    return table


def _seated(accessible: int, tables: Ints, need: Bools, last: Ints) -> Ints:
    """Tables (m,) of one slot's meetings, given the `last` (m, 2) of buyers and suppliers, 0 for none."""
    open_to_all = tables <= accessible
    cost = np.where((last[:, :1] == 0) | (last[:, :1] == tables), 0.0, _MOVED)
    cost += np.where((last[:, 1:] == 0) | (last[:, 1:] == tables), 0.0, _SUPPLIER_MOVED)
    cost += np.where(open_to_all & ~need[:, None], _WASTED, 0.0) + np.where(~open_to_all & need[:, None], _BARRED, 0.0)
    # The lowest numbers first, all else equal.
    cost += np.arange(len(tables)) / (1 + len(tables)) ** 2
    _, found = linear_sum_assignment(cost)
    chosen: Ints = tables[found]
    return chosen


def _homes(problem: Problem, openings: Openings, pairs: Ints, ends: Ints) -> Ints:
    """(q,) the table of its own of each seat, 0 for none: that of its held meetings, or the next; the first for who needs one."""
    home = np.zeros(len(openings.seats), dtype=np.int64)
    open_slots = problem.room.tables[problem.room.tables > 0]
    hosts = np.flatnonzero(
        (openings.seats < openings.buyers) & (openings.free.any(axis=1) | openings.there.any(axis=1))
    )
    if not len(open_slots) or len(hosts) > open_slots.min():
        return home
    first_seat = np.searchsorted(openings.seats, np.arange(openings.buyers))
    for meeting in sorted(problem.held, reverse=True):
        home[first_seat[meeting.buyer]] = meeting.table
    taken = set(home[home > 0].tolist())
    left = [table for table in range(1, int(open_slots.min()) + 1) if table not in taken]
    asked = np.bincount(ends[:, 0], openings.needs[pairs, ACCESSIBLE], len(home))
    needing = problem.buyers.step_free[openings.seats[hosts]]
    waiting = [int(its) for its in hosts[np.lexsort((hosts, -asked[hosts], ~needing))] if home[its] == 0]
    home[waiting] = left[: len(waiting)]
    return home
