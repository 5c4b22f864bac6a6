"""Months of the contracts of a plan, and the stretch where most people are at work at once."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import ceil, isclose

_YEAR = 12
# Months of a period, the shortest first, and how many periods are read at a glance.
_PERIODS, _MOST_PERIODS = (1, 3, 12), 12


@dataclass(frozen=True, slots=True)
class ContractMonths:
    """Months of one contract: its start, how many, and the full-time people at work while it runs."""

    start: date
    months: float
    etp: float

    @property
    def first(self) -> int:
        """Its first month, counted from year 0."""
        return _YEAR * self.start.year + self.start.month - 1

    @property
    def last(self) -> int:
        """Its last month, a month begun counted whole."""
        return self.first + max(ceil(self.months), 1) - 1

    def runs(self, month: int) -> bool:
        """Return whether it runs in a month."""
        return self.first <= month <= self.last

    @property
    def period(self) -> int:
        """Length in months of the periods of its calendar: one, a quarter, or a year."""
        return next((size for size in _PERIODS if size * _MOST_PERIODS > self.last - self.first), _PERIODS[-1])

    @property
    def periods(self) -> tuple[date, ...]:
        """The first month of each period."""
        return tuple(map(month_of, range(self.first, self.last + 1, self.period)))

    def spread(self, *lines: int) -> tuple[int, ...]:
        """Return whole hours by period, even from month to month, that add up; those of several lines, each spread alone, are summed."""
        months = self.last - self.first + 1
        ends = [min(at, months) for at in range(0, months + self.period, self.period)]
        return tuple(
            sum(hours * end // months - hours * begin // months for hours in lines) for begin, end in pairwise(ends)
        )


@dataclass(frozen=True, slots=True)
class Peak:
    """First stretch of months in which most people are at work: its first and its last month, contracts at once, full-time people."""

    first: date
    last: date
    contracts: int
    etp: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """All months from the first to the last of some contracts, at least one, which may have gaps between them."""

    spans: tuple[ContractMonths, ...]

    @property
    def months(self) -> range:
        """The months, counted from year 0."""
        return range(min(one.first for one in self.spans), max(one.last for one in self.spans) + 1)

    @property
    def first(self) -> date:
        """The first month."""
        return month_of(self.months[0])

    @property
    def last(self) -> date:
        """The last month."""
        return month_of(self.months[-1])

    @property
    def peak(self) -> Peak:
        """The first stretch where most full-time people are at work."""
        at_work = {month: sum(one.etp for one in self.spans if one.runs(month)) for month in self.months}
        most = max(at_work.values())
        first = next(month for month, etp in at_work.items() if isclose(etp, most))
        last = first
        while isclose(at_work.get(last + 1, -1.0), most):
            last += 1
        return Peak(month_of(first), month_of(last), sum(one.runs(first) for one in self.spans), most)


def month_of(count: int) -> date:
    """Return the first day of a month counted from year 0."""
    return date(count // _YEAR, count % _YEAR + 1, 1)
