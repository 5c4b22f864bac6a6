"""The timetable of an event: which pairs meet, in which slot, at which table.

Pairs are chosen by a flow that no timetable can exceed (`matching`), then given slots (`colouring`), within what slots have and
without holes (`exchanges`), then tables (`seating`). Where everybody is always free each step keeps all pairs: the optimum is proven.
Otherwise pairs that found no slot are set aside, others are chosen in their place, and the gap to the bound is told.
"""

from time import monotonic

import numpy as np
from scipy.sparse import csr_array

from matcher.events.colouring import Colouring
from matcher.events.drafts import EMPTY, Draft, fill, had, within_limits, worth
from matcher.events.exchanges import settle
from matcher.events.matching import Choice, choose, weights
from matcher.events.openings import Openings, openings
from matcher.events.seating import seat
from matcher.events.timetable import Ints, Meeting, Problem, Timetable

_ROUNDS = 12


def plan(problem: Problem, *, seconds: float = 60.0) -> Timetable:
    """Return the best timetable found: pairs that must meet first, then guests who lack meetings, the worst-off first, then affinity.

    Same problem, same timetable, unless `seconds` (by the clock, looked at between rounds) stop it before its last round. Pairs of
    `must` that are not in `affinity`, or that have no slot, are left out: `checks.trouble` says so beforehand.
    """
    end = monotonic() + seconds
    left = openings(problem)
    choice = choose(left, np.zeros(len(left.value), dtype=bool))
    draft = _in_slots(left, choice.pairs, EMPTY)
    if len(draft.pairs) < len(choice.pairs):
        draft = _better(left, choice, draft, end)
    return finished(problem, left, draft, _bound(left, choice, draft))


def finished(problem: Problem, left: Openings, draft: Draft, bound: float) -> Timetable:
    """Return the draft with its tables and what is held; `bound`, on the affinities of the draft, is raised by what is held."""
    tables = seat(problem, left, draft.pairs, draft.slot, draft.ends)
    rows = zip(draft.slot, tables, left.buyer[draft.pairs], left.supplier[draft.pairs] - left.buyers, strict=True)
    meetings = sorted([*problem.held, *(Meeting(*(int(one) for one in row)) for row in rows)])
    held = total_of(problem, problem.held)
    total = total_of(problem, meetings)
    return Timetable(tuple(meetings), total, max(total, held + bound), short_of(problem, meetings))


def total_of(problem: Problem, meetings: list[Meeting] | tuple[Meeting, ...]) -> float:
    """Return the sum of the affinities of `meetings`; a held one that has none counts for nothing."""
    affinity = csr_array(problem.affinity, dtype=np.float64, copy=True)
    affinity.sum_duplicates()
    if not meetings or not affinity.nnz:
        return 0.0
    rows, cols = zip(*((meeting.buyer, meeting.supplier) for meeting in sorted(meetings)), strict=True)
    return float(np.sum(affinity[list(rows), list(cols)]))


def short_of(problem: Problem, meetings: list[Meeting] | tuple[Meeting, ...]) -> dict[str, tuple[int, ...]]:
    """Return the guests who have fewer meetings than their least, by side."""
    sides = {"buyer": problem.buyers, "supplier": problem.suppliers}
    short = {}
    for side, guests in sides.items():
        count = np.bincount([getattr(meeting, side) for meeting in meetings], minlength=len(guests))
        short[side] = tuple(np.flatnonzero(count < guests.least).tolist())
    return short


def _in_slots(left: Openings, chosen: Ints, former: Draft) -> Draft:
    """Give slots to the chosen pairs, those of `former` first in theirs, then to others where there is room."""
    colouring = Colouring(left)
    kept = np.isin(former.pairs, chosen)
    for pair, slot, ends in zip(former.pairs[kept], former.slot[kept], former.ends[kept], strict=True):
        colouring.put(int(pair), int(slot), (int(ends[0]), int(ends[1])))
    waiting = np.setdiff1d(chosen, former.pairs[kept])
    spare = left.most - had(left, chosen)
    tight = np.minimum(spare[left.buyer[waiting]], spare[left.supplier[waiting]])
    for pair in waiting[np.lexsort((waiting, -left.value[waiting], tight, ~left.must[waiting]))].tolist():
        colouring.place(pair)
    draft = Draft.of(np.sort(chosen), colouring.slot[np.sort(chosen)], colouring.ends[np.sort(chosen)])
    slot = settle(left, draft.pairs, draft.slot, draft.ends)
    within = within_limits(left, Draft(draft.pairs, slot, draft.ends))
    filled = fill(left, within, left.value, fair=True)
    if filled is within:
        return within
    return Draft(filled.pairs, settle(left, filled.pairs, filled.slot, filled.ends), filled.ends)


def _better(left: Openings, choice: Choice, draft: Draft, end: float) -> Draft:
    """Choose again without the pairs that found no slot, as long as some do not; the best of all that was tried."""
    banned = np.zeros(len(left.value), dtype=bool)
    tried, chosen = [draft], choice.pairs
    for _ in range(_ROUNDS):
        missing = np.setdiff1d(chosen, tried[-1].pairs)
        if not len(missing) or monotonic() > end:
            break
        banned[missing] = True
        chosen = choose(left, banned).pairs
        tried.append(_in_slots(left, chosen, tried[-1]))
    tried += [fill(left, EMPTY, left.value, fair=fair) for fair in (True, False)]
    return max(tried, key=lambda one: worth(left, one.pairs))


def _bound(left: Openings, choice: Choice, draft: Draft) -> float:
    """What no draft as fair as this one exceeds, in affinities."""
    weight = weights(left)
    aims = [worth(left, pairs)[:2] for pairs in (draft.pairs, choice.pairs)]
    must, fair = aims[0]
    points = fair + must * round(weight.must / weight.least)
    if aims[0] == aims[1]:
        return choice.bound - points * weight.least
    return choose(left, np.zeros(len(left.value), dtype=bool), points, draft.pairs).bound
