"""Gives a slot to each chosen (buyer, supplier) pair of a meeting day: edge colouring of a bipartite graph by alternating (Kempe) chains.

Slots are the colours, meetings the edges, seats (one person who can sit at a table) the vertices. Where every seat is always free all pairs get a slot
(König's theorem). Otherwise a chain may end at an absent seat: a meeting in the way is then moved first, up to `_DEPTH` deep."""

import numpy as np

from matcher.club.planner.meetings import Ints
from matcher.club.planner.openings import Floats, Openings

_DEPTH = 2


class Colouring:
    """The pair that each seat meets in each slot, updated as pairs are placed.

    Limits of tables and interpreters are not checked here: `exchanges.settle_slots` comes after."""

    def __init__(self, openings: Openings) -> None:
        self._guests = list(zip(openings.buyer.tolist(), openings.supplier.tolist(), strict=True))
        self._seats: list[list[int]] = [[] for _ in openings.most]
        for seat, guest in enumerate(openings.seats.tolist()):
            self._seats[guest].append(seat)
        bits = 1 << np.arange(openings.slots, dtype=object)
        self._open: list[int] = [int(bits[free].sum()) for free in openings.free]
        self._idle = self._open.copy()
        self._at = [[-1] * openings.slots for _ in self._open]
        self._load = [0] * openings.slots
        self._slot = [-1] * len(self._guests)
        self._ends = [(-1, -1)] * len(self._guests)

    @property
    def slot(self) -> Ints:
        """Return (p,) the slot of each pair of the openings, −1 where it has none."""
        return np.array(self._slot, dtype=np.int64)

    @property
    def ends(self) -> Ints:
        """Return (p, 2) the seats of the buyer and of the supplier, meaningful only where the pair has a slot."""
        return np.array(self._ends, dtype=np.int64).reshape(-1, 2)

    def put(self, pair: int, slot: int, ends: tuple[int, int]) -> None:
        """Give the pair this slot and these seats, which must be free in it."""
        self._ends[pair] = ends
        self._set(pair, slot)

    def place(self, pair: int, price: Floats) -> None:
        """Give the pair a slot, moving other meetings if need be; else replace meetings whose summed `price` (p,) is lower than its own."""
        buyer, other = self._guests[pair]
        self._ends[pair] = (self._idlest(buyer), self._idlest(other))
        if self._direct(pair) or self._swap_along_chain(pair) or self._push_meeting_away(pair, _DEPTH):
            return
        buyer, other = self._ends[pair]
        options = []
        for slot in _slots(self._open[buyer] & self._open[other]):
            displaced = [placed for placed in (self._at[buyer][slot], self._at[other][slot]) if placed >= 0]
            options.append((float(price[displaced].sum()), slot, displaced))
        cost, slot, displaced = min(options, default=(np.inf, 0, []))
        if cost < price[pair]:
            for pair_placed in displaced:
                self._unset(pair_placed)
            self._set(pair, slot)
            for pair_placed in displaced:
                self.place(pair_placed, price)

    def _idlest(self, guest: int) -> int:
        return max(self._seats[guest], key=lambda seat: (self._idle[seat].bit_count(), -seat))

    def _direct(self, pair: int) -> bool:
        buyer, other = self._ends[pair]
        common = self._idle[buyer] & self._idle[other]
        if common:
            self._set(pair, min(_slots(common), key=lambda slot: (self._load[slot], slot)))
        return common != 0

    def _swap_along_chain(self, pair: int) -> bool:
        """Swap two slots along an alternating chain: one where only the buyer is idle, one where only the supplier is. Return whether it worked."""
        buyer, other = self._ends[pair]
        for first in _slots(self._idle[buyer]):
            for second in _slots(self._idle[other]):
                for seat, taken, free in ((other, first, second), (buyer, second, first)):
                    chain = self._chain(seat, taken, free)
                    if chain is None:
                        continue
                    moved = [(pair_moved, first + second - self._slot[pair_moved]) for pair_moved in chain]
                    for pair_moved in chain:
                        self._unset(pair_moved)
                    for pair_moved, slot in (*moved, (pair, taken)):
                        self._set(pair_moved, slot)
                    return True
        return False

    def _chain(self, seat: int, slot: int, other: int) -> list[int] | None:
        """Return the alternating chain of pairs from `seat` (busy in `slot`, idle in `other`); None if the last seat cannot swap the two."""
        chain = []
        while (pair := self._at[seat][slot]) >= 0:
            chain.append(pair)
            buyer, two = self._ends[pair]
            seat = two if seat == buyer else buyer
            slot, other = other, slot
        return chain if self._open[seat] >> slot & 1 else None

    def _push_meeting_away(self, pair: int, depth: int) -> bool:
        """Take a slot where only one end is idle, and move the other end's meeting in it elsewhere, recursively. Return whether it worked."""
        buyer, other = self._ends[pair]
        for free, busy in ((buyer, other), (other, buyer)):
            for slot in _slots(self._idle[free] & self._open[busy]):
                moved = self._at[busy][slot]
                self._unset(moved)
                self._set(pair, slot)
                if (
                    self._direct(moved)
                    or self._swap_along_chain(moved)
                    or (depth > 1 and self._push_meeting_away(moved, depth - 1))
                ):
                    return True
                self._unset(pair)
                self._set(moved, slot)
        return False

    def _set(self, pair: int, slot: int) -> None:
        for seat in self._ends[pair]:
            self._at[seat][slot] = pair
            self._idle[seat] ^= 1 << slot
        self._slot[pair] = slot
        self._load[slot] += 1

    def _unset(self, pair: int) -> None:
        slot = self._slot[pair]
        for seat in self._ends[pair]:
            self._at[seat][slot] = -1
            self._idle[seat] ^= 1 << slot
        self._slot[pair] = -1
        self._load[slot] -= 1


def _slots(bits: int) -> list[int]:
    """Return the slots of a bit set, in ascending order."""
    slots = []
    while bits:
        last = bits & -bits
        slots.append(last.bit_length() - 1)
        bits ^= last
    return slots
