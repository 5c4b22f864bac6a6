"""Counts published lots by lever (reservation or social clause, the legal means to reach inclusive suppliers), trade, buyer and month.

A share is a minimum: a notice that mentions no lever is counted as using none.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from matcher.domain.grouping import group_pairs
from matcher.domain.notice import LotState, ReservedFor
from matcher.notices.store import KeptLot
from matcher.reference.trades.activities import taxonomy

# States that are counted: an announced lot may still change, a cancelled one buys nothing.
COUNTED = (LotState.CALLED, LotState.AWARDED)
_SIREN = 9


@dataclass(frozen=True, slots=True)
class LotCounts:
    """Number of lots under one `key` named `name`, of which `reserved`, else with a social `clause`, else with `neither`."""

    key: str
    name: str
    lots: int
    reserved: int
    clause: int
    neither: int

    def part(self, count: int) -> float | None:
        """Return a count as a share of `lots`, None if there are none."""
        return count / self.lots if self.lots else None


@dataclass(frozen=True, slots=True)
class ListCounts:
    """All counts of a list of dated lots. `levers` counts the lots reserved for each family. `trades` are by group of activities (a lot counts once in each
    of its groups; the key is empty if its trade is not understood); `buyers` by SIREN, else by name, the most lots first; `months` in order. `reservable` are
    the lots that could have been reserved, those with the most candidates first. `unread` have no understood trade, `waiting` are not yet matched."""

    whole: LotCounts
    levers: Mapping[ReservedFor, int]
    trades: tuple[LotCounts, ...]
    buyers: tuple[LotCounts, ...]
    months: tuple[LotCounts, ...]
    reservable: tuple[KeptLot, ...]
    announced: int
    cancelled: int
    unread: int
    waiting: int


def count_by_lever(lots: Iterable[KeptLot]) -> ListCounts:
    """Count lots that have a day of publication."""
    every = list(lots)
    states = Counter(map(attrgetter("state"), every))
    counted = [lot for lot in every if lot.state in COUNTED]
    families = Counter(map(attrgetter("published.reserved"), counted))
    by_month = _by(counted, lambda lot: {f"{lot.published.lot.date:%Y-%m}"}, lambda key, _: f"{key[5:]}/{key[:4]}")
    return ListCounts(
        whole=_counts("", "", counted),
        levers={family: families[family] for family in ReservedFor},
        trades=_by(
            counted,
            lambda lot: {taxonomy().group_of(code) for code in lot.activities} or {""},
            lambda key, _: taxonomy().label(key) if key else "métier non compris",
        ),
        buyers=_by(
            counted,
            lambda lot: {lot.notice.buyer[:_SIREN] or lot.notice.buyer_name},
            # the usual name
            lambda _, own: Counter(lot.notice.buyer_name or lot.notice.buyer for lot in own).most_common(1)[0][0],
        ),
        months=tuple(sorted(by_month, key=lambda row: row.key)),
        reservable=tuple(
            sorted(
                (lot for lot in counted if lot.could_be_reserved),
                key=lambda lot: (
                    -max(lot.reservable.values()),
                    -on.toordinal() if (on := lot.published.lot.date) else 0,
                    lot.id,
                ),
            )
        ),
        announced=states[LotState.PLANNED],
        cancelled=states[LotState.CANCELLED],
        unread=sum(lot.credible is not None and not lot.activities for lot in counted),
        waiting=Counter(map(attrgetter("credible"), counted))[None],
    )


def _counts(key: str, name: str, lots: Sequence[KeptLot]) -> LotCounts:
    clauses = [bool(lot.published.clause) for lot in lots if lot.published.reserved is None]
    return LotCounts(key, name, len(lots), len(lots) - len(clauses), sum(clauses), len(clauses) - sum(clauses))


def _by(
    lots: Iterable[KeptLot], keys: Callable[[KeptLot], Iterable[str]], name_of: Callable[[str, Sequence[KeptLot]], str]
) -> tuple[LotCounts, ...]:
    """Group lots by their keys and count each group; the largest group first, the empty key last."""
    lots_by_key = group_pairs((key, lot) for lot in lots for key in keys(lot))
    counts = (_counts(key, name_of(key, group), group) for key, group in lots_by_key.items())
    return tuple(sorted(counts, key=lambda row: (not row.key, -row.lots, row.key)))
