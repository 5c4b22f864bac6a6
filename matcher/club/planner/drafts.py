"""Draft timetables of a meeting day, for its planner: pairs with slots and seats but no tables yet. Scores a draft, and fills it greedily with what still
fits. « Openings »: the pairs, seats and tables that are free once the meetings fixed by hand are in place."""

import heapq
from dataclasses import dataclass

import numpy as np

from matcher.club.planner.exchanges import loads
from matcher.club.planner.meetings import Bools, Ints
from matcher.club.planner.openings import TABLE, Floats, Openings, fairness
from matcher.club.planner.pairing import weights


@dataclass(frozen=True, eq=False, slots=True)
class Draft:
    """Meetings in order of pair: `pairs` (m,) rows of the openings, `slot` (m,), `ends` (m, 2) seats of the buyer and of the supplier."""

    pairs: Ints
    slot: Ints
    ends: Ints

    @classmethod
    def of(cls, pairs: Ints, slot: Ints, ends: Ints) -> "Draft":
        """Put in order the pairs that have a slot."""
        order = np.argsort(pairs, kind="stable")
        order = order[slot[order] >= 0]
        return cls(pairs[order], slot[order], ends[order])


EMPTY = Draft(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros((0, 2), dtype=np.int64))


def meetings_per_guest(openings: Openings, pairs: Ints) -> Ints:
    """Return (n,) how many of `pairs` each guest is in."""
    both = np.concatenate([openings.buyer[pairs], openings.supplier[pairs]])
    return np.bincount(both, minlength=len(openings.most))


def scores_by_aim(openings: Openings, pairs: Ints) -> tuple[int, int, int, float]:
    """Return the score of `pairs` for each aim, in order: pairs that must meet, needs served, points of fairness (for
    meetings that bring a guest towards its minimum), sum of affinities."""
    served = int(np.count_nonzero(pairs_per_need(openings, pairs)))
    points = fairness(openings.least, meetings_per_guest(openings, pairs))
    return int(openings.must[pairs].sum()), served, points, float(openings.value[pairs].sum())


def pairs_per_need(openings: Openings, pairs: Ints) -> Ints:
    """Return (w,) how many of `pairs` serve each need."""
    return np.asarray(openings.serves[pairs].sum(axis=0), dtype=np.int64)


def loss_without(openings: Openings, pairs: Ints) -> Floats:
    """Return (p,), for every possible pair, the weight (`Weights`, affinity not counted) lost by removing it if it is among the chosen `pairs`, or not
    gained by leaving it out."""
    weight = weights(openings)
    # + 1: points that a guest loses with its last meeting, the k-th, which gives least - k + 1 of them (see `fairness`)
    points = np.maximum(openings.least - meetings_per_guest(openings, pairs) + 1, 0)
    points[openings.least == 0] = 0
    serving = pairs_per_need(openings, pairs)
    needs_alone = np.asarray(openings.serves @ (serving == 0).astype(np.float64), dtype=np.float64)
    needs_alone[pairs] = openings.serves[pairs] @ (serving == 1).astype(np.float64)
    losses: Floats = (points[openings.buyer] + points[openings.supplier]) * weight.least
    return losses + needs_alone * weight.need + openings.must * weight.must


def drop_excess(openings: Openings, draft: Draft, price: Floats) -> Draft:
    """Return the draft without the meetings of the lowest `price` (p,: what is lost without the pair) in slots that have more meetings than tables or
    interpreters."""
    is_in, slot = np.ones(len(draft.pairs), dtype=bool), draft.slot
    needs = openings.needs[draft.pairs]
    over = loads(openings, draft.pairs, slot) - openings.limits
    order = np.lexsort((draft.pairs, price[draft.pairs]))
    for row in order.tolist() if (over > 0).any() else ():
        if (over[needs[row], slot[row]] > 0).any():
            is_in[row] = False
            over[needs[row], slot[row]] -= 1
    return Draft(draft.pairs[is_in], slot[is_in], draft.ends[is_in])


def fill(openings: Openings, draft: Draft, preference: Floats, *, fair: bool) -> Draft:
    """Add to the draft, greedily, the pairs that fit without moving anything: the greatest `preference` (p,: the pair's affinity, or a
    random number) first, each in its first free slot.

    With `fair`, pairs that must meet come first, then those that serve most needs, then those that gain most points of fairness, ranked again as pairs are
    added."""
    return _Filling(openings, draft, preference, fair=fair).fill()


class _Filling:
    def __init__(self, openings: Openings, draft: Draft, preference: Floats, *, fair: bool) -> None:
        self.openings, self.draft, self.preference, self.fair = openings, draft, preference, fair
        self.idle = openings.free.copy()
        self.idle[draft.ends, draft.slot[:, None]] = False
        self.meetings = meetings_per_guest(openings, draft.pairs)
        self.unserved = pairs_per_need(openings, draft.pairs) == 0
        self.left = openings.limits - loads(openings, draft.pairs, draft.slot)
        self.first = np.searchsorted(openings.seats, np.arange(len(openings.most) + 1))

    def fill(self) -> Draft:
        waiting = [self._rank(pair) for pair in self._candidates().tolist()]
        heapq.heapify(waiting)
        pairs, slots, ends = [], [], []
        while waiting:
            pair = waiting[0][-1]
            rank = self._rank(pair)
            if rank > waiting[0]:  # pairs added since have lowered what this one gains
                heapq.heapreplace(waiting, rank)
                continue
            heapq.heappop(waiting)
            if self.fair and rank[:3] == (True, 0, 0) and self.preference[pair] < 0:
                break  # no remaining pair brings a guest nearer its minimum
            seat_found = self._fit(pair)
            if seat_found is not None:
                slot, buyer, other = seat_found
                self.idle[[buyer, other], slot] = False
                self.left[self.openings.needs[pair], slot] -= 1
                self.meetings[[self.openings.buyer[pair], self.openings.supplier[pair]]] += 1
                self.unserved[self._needs_served(pair)] = False
                pairs.append(pair)
                slots.append(slot)
                ends.append((buyer, other))
        if not pairs:
            return self.draft
        return Draft.of(
            np.concatenate([self.draft.pairs, np.array(pairs, dtype=np.int64)]),
            np.concatenate([self.draft.slot, np.array(slots, dtype=np.int64)]),
            np.concatenate([self.draft.ends, np.array(ends, dtype=np.int64)]),
        )

    def _candidates(self) -> Ints:
        """Return the pairs whose guests both accept one more meeting and share an idle slot."""
        openings = self.openings
        open_guests = np.zeros((len(openings.most), openings.slots), dtype=bool)
        np.logical_or.at(open_guests, openings.seats, self.idle & (self.left[TABLE] > 0))
        open_guests[self.meetings >= openings.most] = False
        packed = np.packbits(open_guests, axis=1)
        possible: Bools = np.any(packed[openings.buyer] & packed[openings.supplier], axis=1)
        possible[self.draft.pairs] = False
        candidates: Ints = np.flatnonzero(possible)
        return candidates

    def _needs_served(self, pair: int) -> Ints:
        serves = self.openings.serves
        needs: Ints = serves.indices[serves.indptr[pair] : serves.indptr[pair + 1]]
        return needs

    def _rank(self, pair: int) -> tuple[bool, int, int, float, int]:
        """Return the sort key of a pair: the lowest is added first."""
        openings, served, gained = self.openings, 0, 0
        if self.fair:
            served = int(np.count_nonzero(self.unserved[self._needs_served(pair)]))
            for guest in (openings.buyer[pair], openings.supplier[pair]):
                gained += max(0, int(openings.least[guest] - self.meetings[guest]))
        must = bool(self.fair and openings.must[pair])
        return not must, -served, -gained, -float(self.preference[pair]), pair

    def _fit(self, pair: int) -> tuple[int, int, int] | None:
        """Return the first slot where the pair fits, and the two seats in it; None where there is none."""
        openings = self.openings
        buyer, other = int(openings.buyer[pair]), int(openings.supplier[pair])
        if self.meetings[buyer] >= openings.most[buyer] or self.meetings[other] >= openings.most[other]:
            return None
        room = (self.left[openings.needs[pair]] > 0).all(axis=0)
        mine, theirs = (self.idle[self.first[guest] : self.first[guest + 1]] for guest in (buyer, other))
        common = mine.any(axis=0) & theirs.any(axis=0) & room
        if not common.any():
            return None
        slot = int(common.argmax())
        return slot, int(self.first[buyer] + mine[:, slot].argmax()), int(self.first[other] + theirs[:, slot].argmax())
