"""Plans the timetable of a meeting day: which buyer meets which supplier, in which slot, at which table; and replans it with few changes.

Steps: a flow chooses pairs and gives an upper bound (`pairing`); pairs get slots (`colouring`), swapped to respect limits and avoid idle gaps (`exchanges`);
meetings get tables (`seating`). Where everybody is always free no step loses a pair, so the optimum is proven. Otherwise pairs without a slot are replaced by
others, an integer program improves the draft (`solver`), and the gap to the bound is returned."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import floor
from time import monotonic
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from matcher.club.planner.colouring import Colouring
from matcher.club.planner.drafts import EMPTY, Draft, drop_excess, fill, loss_without, meetings_per_guest, scores_by_aim
from matcher.club.planner.exchanges import settle_slots
from matcher.club.planner.meetings import AimBound, Bools, Guests, Ints, Meeting, Problem, Timetable
from matcher.club.planner.openings import MUST, POINTS, SERVED, TABLE, VALUE, Floats, Openings, meeting_needs, openings
from matcher.club.planner.pairing import Pairing, choose_pairs, weights
from matcher.club.planner.seating import seat
from matcher.club.planner.solver import columns_of, improve

# Most rounds of choosing pairs again, and most rounds in a row without progress.
_ROUNDS, _PATIENCE = 12, 3
_ROUNDING, _WHOLE = 1e-9, 1e-6
# Most columns of an integer program for an aim before affinities, which stops as soon as it reaches the bound.
_MANY = 20_000
_AIMS = (MUST, SERVED, POINTS)


def plan_meetings(problem: Problem, *, seconds: float = 60.0) -> Timetable:
    """Return the best timetable found: pairs that must meet first, then needs served, then guests who lack meetings, the worst-off first, then affinity.

    Same problem, same timetable, unless `seconds` (checked between rounds) stop it before its last round. Pairs of `must` that are not in `affinity`, or that
    have no slot, are left out: `checks.find_troubles` reports them beforehand."""
    end = monotonic() + seconds
    left = openings(problem)
    choice = choose_pairs(left, np.zeros(len(left.value), dtype=bool))
    draft = _in_slots(left, choice.pairs, EMPTY)
    if not _proven(left, choice, draft):
        draft = _improve_by_rounds(left, choice, draft, end)
    if _proven(left, choice, draft):
        most = [_most(left, draft.pairs, aim) for aim in _AIMS]
        return finish_draft(problem, left, draft, _affinity_bound(left, choice, draft).bound, most)
    most = []
    for aim in _AIMS:  # aim after aim, raise the draft to the bound or lower the bound to the draft
        best = _most(left, draft.pairs, aim)
        if scores_by_aim(left, draft.pairs)[aim] < best:
            serving = np.diff(left.serves.indptr) > 0 if aim >= SERVED else False
            pairs: Ints = np.flatnonzero(left.must | serving | (aim >= POINTS))
            whole = columns_of(left, pairs) <= _MANY
            pairs = pairs if whole else _in_doubt(choice, draft, _weighted_score(left, draft.pairs))
            better, bound = improve(left, pairs, draft, aim, end, most=_MANY)
            draft = _complete_draft(left, draft, better) if better is not draft else draft
            best = min(best, floor(bound + _WHOLE)) if whole and bound < np.inf else best
        most.append(best)
    draft, bound = _maximise_affinity(left, choice, draft, end)
    return finish_draft(problem, left, draft, bound, most)


def finish_draft(
    problem: Problem, left: Openings, draft: Draft, bound: float, most: Sequence[int] | None = None
) -> Timetable:
    """Return the draft as a timetable, with tables and fixed meetings. `bound` (on the draft's affinities) and `most` (upper bounds on the
    earlier aims) are raised by what the fixed meetings add."""
    tables = seat(problem, left, draft.pairs, draft.slot, draft.ends)
    rows = zip(draft.slot, tables, left.buyer[draft.pairs], left.supplier[draft.pairs] - left.buyers, strict=True)
    meetings = sorted([*problem.held, *(Meeting(*(int(one) for one in row)) for row in rows)])
    held_total = total_of(problem, problem.held)
    total = total_of(problem, meetings)
    met = {(meeting.buyer, meeting.supplier) for meeting in meetings}
    floors = _floors(left, draft.pairs, VALUE)
    figures = len(met.intersection(problem.must)), sum(need.served_by(met) for need in problem.needs), floors[POINTS]
    aims = (
        AimBound(figure, figure - own + best)
        for figure, own, best in zip(figures, floors, most or left.possible, strict=False)
    )
    return Timetable(tuple(meetings), total, max(total, held_total + bound), short_of(problem, meetings), *aims)


def total_of(problem: Problem, meetings: list[Meeting] | tuple[Meeting, ...]) -> float:
    """Return the sum of the affinities of `meetings`; a fixed meeting of a pair without affinity counts 0."""
    affinity = csr_array(problem.affinity, dtype=np.float64, copy=True)
    affinity.sum_duplicates()
    if not meetings or not affinity.nnz:
        return 0.0
    rows, cols = zip(*((meeting.buyer, meeting.supplier) for meeting in sorted(meetings)), strict=True)
    return float(np.sum(affinity[list(rows), list(cols)]))


def short_of(problem: Problem, meetings: list[Meeting] | tuple[Meeting, ...]) -> dict[str, tuple[int, ...]]:
    """Return the rows of guests who have fewer meetings than their least, by side."""
    sides = {"buyer": problem.buyers, "supplier": problem.suppliers}
    short = {}
    for side, guests in sides.items():
        count = np.bincount([getattr(meeting, side) for meeting in meetings], minlength=len(guests))
        short[side] = tuple(np.flatnonzero(count < guests.least).tolist())
    return short


def _in_slots(left: Openings, chosen: Ints, former: Draft) -> Draft:
    """Give slots to the chosen pairs, first to those of `former` in their former slots, then fill what is left with other pairs."""
    colouring = Colouring(left)
    mask = np.isin(former.pairs, chosen)
    for pair, slot, ends in zip(former.pairs[mask], former.slot[mask], former.ends[mask], strict=True):
        colouring.put(int(pair), int(slot), (int(ends[0]), int(ends[1])))
    waiting = np.setdiff1d(chosen, former.pairs[mask])
    spare = left.most - meetings_per_guest(left, chosen)
    tight = np.minimum(spare[left.buyer[waiting]], spare[left.supplier[waiting]])
    owed = loss_without(left, chosen)
    price = owed + left.value
    for pair in waiting[np.lexsort((waiting, -left.value[waiting], tight, -owed[waiting]))].tolist():
        colouring.place(pair, price)
    draft = Draft.of(np.sort(chosen), colouring.slot[np.sort(chosen)], colouring.ends[np.sort(chosen)])
    slot = settle_slots(left, draft.pairs, draft.slot, draft.ends)
    within = drop_excess(left, Draft(draft.pairs, slot, draft.ends), price)
    filled = fill(left, within, left.value, fair=True)
    if filled is within:
        return within
    return Draft(filled.pairs, settle_slots(left, filled.pairs, filled.slot, filled.ends), filled.ends)


def _improve_by_rounds(left: Openings, choice: Pairing, draft: Draft, end: float) -> Draft:
    """Choose pairs again without those that got no slot, until all get one or rounds run out; return the best draft tried."""
    banned = np.zeros(len(left.value), dtype=bool)
    tried, chosen = [draft], choice.pairs
    while len(tried) < _ROUNDS and monotonic() < end:
        missing = np.setdiff1d(chosen, tried[-1].pairs)
        aims = [scores_by_aim(left, one.pairs) for one in tried]
        if not len(missing) or len(aims) - aims.index(max(aims)) > _PATIENCE:
            break
        banned[missing] = True
        chosen = choose_pairs(left, banned).pairs
        tried.append(_in_slots(left, chosen, tried[-1]))
    tried += [fill(left, EMPTY, left.value, fair=fair) for fair in (True, False)]
    return max(tried, key=lambda one: scores_by_aim(left, one.pairs))


def _floors(left: Openings, pairs: Ints, aim: int) -> tuple[int, ...]:
    """Return the scores of pairs for the aims before `aim`."""
    return tuple(int(figure) for figure in scores_by_aim(left, pairs)[:aim])


def _most(left: Openings, pairs: Ints, aim: int) -> int:
    """Return the upper bound on an aim, among choices that score at least as much as `pairs` on the earlier aims."""
    scores, possible = scores_by_aim(left, pairs), left.possible[aim]
    if scores[aim] >= possible:
        return possible
    bound = choose_pairs(left, np.zeros(len(left.value), dtype=bool), aim, _floors(left, pairs, aim), pairs).bound
    return max(int(scores[aim]), min(possible, floor(bound + _WHOLE)))


def _complete_draft(left: Openings, draft: Draft, better: Draft) -> Draft:
    """Return the draft `better` completed by every meeting that fits around it, the best of several ways; never worse than `draft`."""
    must = left.must.copy()
    must[better.pairs] = True
    around = choose_pairs(replace(left, must=must), np.zeros(len(left.value), dtype=bool)).pairs
    ways = (draft, _in_slots(left, around, better), fill(left, better, left.value, fair=True))
    return max(ways, key=lambda one: scores_by_aim(left, one.pairs))


def _maximise_affinity(left: Openings, choice: Pairing, draft: Draft, end: float) -> tuple[Draft, float]:
    """Return a draft of more affinity, if any, from the pairs that the bound does not rule out, and the bound on affinity."""
    fair = _affinity_bound(left, choice, draft)
    draft, bound = improve(left, _in_doubt(fair, draft, scores_by_aim(left, draft.pairs)[VALUE]), draft, VALUE, end)
    bound = max(bound, scores_by_aim(left, draft.pairs)[VALUE])
    return Draft(draft.pairs, settle_slots(left, draft.pairs, draft.slot, draft.ends), draft.ends), min(
        bound, fair.bound
    )


def _in_doubt(choice: Pairing, draft: Draft, score: float) -> Ints:
    """Return the pairs of the draft, and those that a draft worth more than `score` could contain by the bound."""
    return np.union1d(draft.pairs, np.flatnonzero(choice.bound + choice.gains > score - _ROUNDING))


def _before_affinities(left: Openings, pairs: Ints) -> float:
    """Return the weighted score of pairs, as the flow counts it, without affinities."""
    weight, reached = weights(left), scores_by_aim(left, pairs)
    return reached[MUST] * weight.must + reached[SERVED] * weight.need + reached[POINTS] * weight.least


def _weighted_score(left: Openings, pairs: Ints) -> float:
    """Return the weighted score of pairs as the flow counts it."""
    return _before_affinities(left, pairs) + scores_by_aim(left, pairs)[VALUE]


def _proven(left: Openings, choice: Pairing, draft: Draft) -> bool:
    """Return whether the draft reaches the bound of the flow, which proves it optimal."""
    return _weighted_score(left, draft.pairs) >= choice.bound * (1 - _ROUNDING)


def _affinity_bound(left: Openings, choice: Pairing, draft: Draft) -> Pairing:
    """Return the flow whose bound is on affinities alone, among drafts as good as this one on the earlier aims."""
    before = _before_affinities(left, draft.pairs)
    if before == _before_affinities(left, choice.pairs):
        return replace(choice, bound=choice.bound - before)
    return choose_pairs(
        left, np.zeros(len(left.value), dtype=bool), VALUE, _floors(left, draft.pairs, VALUE), draft.pairs
    )


@dataclass(frozen=True, slots=True)
class Changes:
    """Changes to announce: meetings that no longer take place, those that moved (before, after), and new ones; each in order."""

    cancelled: tuple[Meeting, ...]
    moved: tuple[tuple[Meeting, Meeting], ...]
    added: tuple[Meeting, ...]


def replan(
    problem: Problem, former: Timetable, from_slot: int, *, seconds: float, touched: tuple[Bools, Bools] | None = None
) -> tuple[Timetable, Changes]:
    """Return the timetable of the present `problem` that changes `former` the least from `from_slot` on, and the changes.

    Meetings before `from_slot` and those of `problem.held` stay. Later ones stay where both guests are free and accept one, the pair is still proposed, and
    the table and interpreter are available. A new meeting goes only to a guest who lost one or is in `touched` (masks of buyers and suppliers); to anybody
    where `touched` is None."""
    past = [meeting for meeting in former.meetings if meeting.slot < from_slot]
    fixed = sorted({*past, *problem.held})
    met = {(meeting.buyer, meeting.supplier) for meeting in fixed}
    coming = [meeting for meeting in former.meetings if (meeting.buyer, meeting.supplier) not in met]
    meetings = _still_possible(problem, fixed, coming)
    lost = sorted(set(coming) - set(meetings))
    now = replace(
        problem,
        affinity=_of_touched(problem, touched, lost, [*fixed, *meetings]),
        buyers=_free_from(problem.buyers, from_slot),
        suppliers=_free_from(problem.suppliers, from_slot),
        must=tuple(sorted({*problem.must, *((meeting.buyer, meeting.supplier) for meeting in lost)})),
        held=tuple(sorted({*fixed, *meetings})),
    )
    timetable = plan_meetings(now, seconds=seconds)
    before = {(meeting.buyer, meeting.supplier): meeting for meeting in former.meetings}
    after = {(meeting.buyer, meeting.supplier): meeting for meeting in timetable.meetings}
    return timetable, Changes(
        cancelled=tuple(meeting for pair, meeting in before.items() if pair not in after),
        moved=tuple((meeting, after[pair]) for pair, meeting in before.items() if after.get(pair, meeting) != meeting),
        added=tuple(meeting for pair, meeting in after.items() if pair not in before),
    )


def _of_touched(
    problem: Problem, touched: tuple[Bools, Bools] | None, lost: list[Meeting], meetings: list[Meeting]
) -> Any:  # a sparse array
    """Return the affinities of the pairs of `meetings`, and of guests who are `touched` or lost a meeting; all where `touched` is None."""
    if touched is None:
        return problem.affinity
    buyers, suppliers = (side.copy() for side in touched)
    buyers[[one.buyer for one in lost]] = True
    suppliers[[one.supplier for one in lost]] = True
    pairs = csr_array(problem.affinity).tocoo()
    width = len(problem.suppliers)
    intact = np.isin(
        pairs.row.astype(np.int64) * width + pairs.col, [one.buyer * width + one.supplier for one in meetings]
    )
    mask = buyers[pairs.row] | suppliers[pairs.col] | intact
    return csr_array((pairs.data[mask], (pairs.row[mask], pairs.col[mask])), shape=pairs.shape)


def _free_from(guests: Guests, slot: int) -> Guests:
    free = guests.free.copy()
    free[:, :slot] = False
    return replace(guests, free=free)


def _still_possible(problem: Problem, fixed: Iterable[Meeting], coming: Iterable[Meeting]) -> list[Meeting]:
    """Return the meetings of `coming` that can take place together with those of `fixed`, in order of slot and table."""
    proposed = csr_array(problem.affinity, copy=True)
    proposed.sum_duplicates()
    sides = (problem.buyers, problem.suppliers)
    slots = len(problem.room.tables)
    places = [side.free.astype(np.int64) * side.people[:, None] for side in sides]
    most = [side.most.copy() for side in sides]
    interpreters = np.full(slots, problem.room.interpreters)
    used = set()
    remaining = []

    def take(meeting: Meeting, helped: bool) -> None:
        used.add((meeting.slot, meeting.table))
        interpreters[meeting.slot] -= helped
        for side, row in enumerate((meeting.buyer, meeting.supplier)):
            places[side][row, meeting.slot] -= 1
            most[side][row] -= 1

    for stays, meetings in ((True, fixed), (False, coming)):
        for meeting in sorted(meetings):
            rows = (meeting.buyer, meeting.supplier)
            _, step_free, helped = meeting_needs(problem, np.array(rows[:1]), np.array(rows[1:]))[0].tolist()
            possible = stays or (
                bool(proposed[rows] != 0)
                and meeting.table <= problem.room.tables[meeting.slot]
                and (meeting.table <= problem.room.accessible or not step_free)
                and (interpreters[meeting.slot] > 0 or not helped)
                and (meeting.slot, meeting.table) not in used
                and all(places[side][row, meeting.slot] > 0 and most[side][row] > 0 for side, row in enumerate(rows))
            )
            if possible:
                take(meeting, helped)
                remaining += [] if stays else [meeting]
    return remaining


def greedy(problem: Problem) -> Timetable:
    """Return the timetable of a greedy planner, the best pair left first, ties by row. Its bound is rough: each buyer's best pairs."""
    left = openings(problem)
    return _planned_in_order(problem, left, left.value)


def random(problem: Problem, seed: int) -> Timetable:
    """Return the timetable of a planner that draws pairs at random, with a seed. Its bound is rough, as that of `greedy`."""
    left = openings(problem)
    return _planned_in_order(problem, left, np.random.default_rng(seed).random(len(left.value)))


def _planned_in_order(problem: Problem, left: Openings, preference: Floats) -> Timetable:
    return finish_draft(problem, left, fill(left, EMPTY, preference, fair=False), _rough_bound(left))


def _rough_bound(left: Openings) -> float:
    order = np.lexsort((-left.value, left.buyer))
    buyer = left.buyer[order]
    rank = np.arange(len(order)) - np.searchsorted(buyer, buyer)
    best = np.sort(left.value[order[rank < left.most[buyer]]])[::-1]
    return float(best[: left.at_most(TABLE)].sum())
