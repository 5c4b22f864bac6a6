"""Published lots of a territory, counted by lever, trade, buyer and month, and those that could have been reserved. Pure.

A share is of all lots counted, and a minimum: a notice that says nothing of a lever is counted as using none.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from matcher.domain.grouping import grouped
from matcher.domain.notice import LotState, ReservedFor

# Lots that ask for offers, or did; what is only announced may change, and what is cancelled buys nothing.
COUNTED = (LotState.CALLED, LotState.AWARDED)
NO_TRADE = ""


@dataclass(frozen=True, slots=True)
class LotLine:
    """A published lot as it is counted: `activities` are codes, none where its trade is not understood; `credible` organisations, None while it
    waits to be compared, and those of them that each article admits."""

    id: int
    title: str
    buyer: str
    buyer_name: str
    published: date
    deadline: datetime | None
    state: LotState
    reserved: ReservedFor | None
    clause: bool | None
    activities: tuple[str, ...]
    amount: float | None
    credible: int | None
    reservable: Mapping[str, int]

    @property
    def could_be_reserved(self) -> bool:
        """Whether it is not reserved, and some credible organisation is of a kind that it could be reserved to."""
        return self.reserved is None and any(self.reservable.values())


@dataclass(frozen=True, slots=True)
class LotCounts:
    """Count of lots under one `key`: `reserved` by an article, else with a social `clause`; the others say neither."""

    key: str
    lots: int
    reserved: int
    clause: int

    @property
    def neither(self) -> int:
        """How many say neither."""
        return self.lots - self.reserved - self.clause

    def part(self, count: int) -> float | None:
        """Return a count as a share of its lots, None where it has none."""
        return count / self.lots if self.lots else None


@dataclass(frozen=True, slots=True)
class TerritoryCounts:
    """All that is counted of the lots of a territory.

    `levers` counts the lots of each family, then those with a clause alone. `trades` are by group of activities, a lot once in each of its
    own, `NO_TRADE` those not understood; `buyers` by SIREN, else by name, the most lots first; `months` by first day, in order. `reservable` are
    the lots that could have been reserved, those that the most could answer first.
    """

    whole: LotCounts
    levers: Mapping[str, int]
    trades: tuple[LotCounts, ...]
    buyers: tuple[LotCounts, ...]
    months: tuple[LotCounts, ...]
    reservable: tuple[LotLine, ...]
    announced: int
    cancelled: int
    unread: int
    waiting: int


def counted(lines: Iterable[LotLine], group_of: Callable[[str], str]) -> TerritoryCounts:
    """Count the lots of a territory; `group_of` gives the group of an activity."""
    every = list(lines)
    its = [line for line in every if line.state in COUNTED]
    return TerritoryCounts(
        whole=_counts("", its),
        levers={family: sum(line.reserved == family for line in its) for family in ReservedFor},
        trades=_by(its, lambda line: {group_of(code) for code in line.activities} or {NO_TRADE}),
        buyers=_by(its, lambda line: {buyer_key(line)}),
        months=tuple(sorted(_by(its, lambda line: {f"{line.published:%Y-%m}"}), key=lambda one: one.key)),
        reservable=tuple(sorted((line for line in its if line.could_be_reserved), key=_most_first)),
        announced=sum(line.state is LotState.PLANNED for line in every),
        cancelled=sum(line.state is LotState.CANCELLED for line in every),
        unread=sum(line.credible is not None and not line.activities for line in its),
        waiting=sum(line.credible is None for line in its),
    )


def buyer_key(line: LotLine) -> str:
    """Return what tells a buyer: its SIREN, else its name; empty where neither is known."""
    return line.buyer[:9] or line.buyer_name


def _counts(key: str, its: Iterable[LotLine]) -> LotCounts:
    lots = list(its)
    reserved = sum(line.reserved is not None for line in lots)
    return LotCounts(key, len(lots), reserved, sum(bool(line.clause) and line.reserved is None for line in lots))


def _by(lines: Iterable[LotLine], keys: Callable[[LotLine], Iterable[str]]) -> tuple[LotCounts, ...]:
    """The lots under each of their keys, the most first, those of no key last."""
    found = grouped((key, line) for line in lines for key in keys(line))
    counts = (_counts(key, its) for key, its in found.items())
    return tuple(sorted(counts, key=lambda one: (not one.key, -one.lots, one.key)))


def _most_first(line: LotLine) -> tuple[int, int, int]:
    return -max(line.reservable.values()), -line.published.toordinal(), line.id
