"""Slots for chosen pairs: an edge colouring by alternating chains, after König, where each seat lists the slots that it can take.

Where every seat is always free a chain never fails, so that all pairs have a slot. Otherwise a chain may end at a seat that is away;
then a meeting in the way is given another slot first, `_DEPTH` deep.
"""

import numpy as np

from matcher.club.planner.meetings import Ints
from matcher.club.planner.openings import Floats, Openings

_DEPTH = 2


class Colouring:
    """The pair of each seat in each slot; changes as pairs are placed.

    Limits of tables and others are not looked at here: `exchanges.settle_slots` comes after.
    """

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
        """(p,) the slot of each pair of the openings, −1 without."""
        return np.array(self._slot, dtype=np.int64)

    @property
    def ends(self) -> Ints:
        """(p, 2) the seats of the buyer and of the supplier, of use where the pair has a slot."""
        return np.array(self._ends, dtype=np.int64).reshape(-1, 2)

    def put(self, pair: int, slot: int, ends: tuple[int, int]) -> None:
        """Give the pair that slot and these seats, which must be free there."""
        self._ends[pair] = ends
        self._set(pair, slot)

    def place(self, pair: int, price: Floats) -> None:
        """Give the pair a slot, whatever has to change slots for it; else in place of meetings whose `price` (p,) is lower in all, if any."""
        buyer, other = self._guests[pair]
        self._ends[pair] = (self._idlest(buyer), self._idlest(other))
        if self._direct(pair) or self._chained(pair) or self._pushed(pair, _DEPTH):
            return
        buyer, other = self._ends[pair]
        options = []
        for slot in _slots(self._open[buyer] & self._open[other]):
            gone = [its for its in (self._at[buyer][slot], self._at[other][slot]) if its >= 0]
            options.append((float(price[gone].sum()), slot, gone))
        cost, slot, gone = min(options, default=(np.inf, 0, []))
        if cost < price[pair]:
            for pair_placed in gone:
                self._unset(pair_placed)
            self._set(pair, slot)
            for pair_placed in gone:
                self.place(pair_placed, price)

    def _idlest(self, guest: int) -> int:
        return max(self._seats[guest], key=lambda seat: (self._idle[seat].bit_count(), -seat))

    def _direct(self, pair: int) -> bool:
        buyer, other = self._ends[pair]
        common = self._idle[buyer] & self._idle[other]
        if common:
            self._set(pair, min(_slots(common), key=lambda slot: (self._load[slot], slot)))
        return common != 0

    def _chained(self, pair: int) -> bool:
        """A slot where one end is idle and the other not, and one the other way round: exchange them along a chain from either end."""
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
        """The pairs met from `seat`, which has `slot` and not `other`, by these two in turn; None if the last seat cannot change."""
        chain = []
        while (pair := self._at[seat][slot]) >= 0:
            chain.append(pair)
            buyer, two = self._ends[pair]
            seat = two if seat == buyer else buyer
            slot, other = other, slot
        return chain if self._open[seat] >> slot & 1 else None

    def _pushed(self, pair: int, depth: int) -> bool:
        """Take a slot where one end is idle, and find another for the meeting that the other end has there."""
        buyer, other = self._ends[pair]
        for free, busy in ((buyer, other), (other, buyer)):
            for slot in _slots(self._idle[free] & self._open[busy]):
                moved = self._at[busy][slot]
                self._unset(moved)
                self._set(pair, slot)
                if self._direct(moved) or self._chained(moved) or (depth > 1 and self._pushed(moved, depth - 1)):
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
    """The slots of a set, in order."""
    slots = []
    while bits:
        last = bits & -bits
        slots.append(last.bit_length() - 1)
        bits ^= last
    return slots
