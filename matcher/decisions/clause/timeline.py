"""Timeline of the contracts of a social clause plan, month by month: periods, hours spread evenly over them, and the peak of people at work."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import ceil, isclose

_YEAR = 12
# Lengths of a period in months, and the most periods to show: the shortest length that fits is used.
_PERIODS, _MOST_PERIODS = (1, 3, 12), 12


@dataclass(frozen=True, slots=True)
class ContractMonths:
    """One contract on the timeline: start, duration in months, full-time equivalents at work."""

    start: date
    months: float
    etp: float

    @property
    def first(self) -> int:
        """Its first month, as a count of months since year 0."""
        return _YEAR * self.start.year + self.start.month - 1

    @property
    def last(self) -> int:
        """Its last month, a partial month counted as whole."""
        return self.first + max(ceil(self.months), 1) - 1

    def runs(self, month: int) -> bool:
        """Return whether the contract runs in a month."""
        return self.first <= month <= self.last

    @property
    def period(self) -> int:
        """Length of its periods in months: 1, 3 or 12."""
        return next((size for size in _PERIODS if size * _MOST_PERIODS > self.last - self.first), _PERIODS[-1])

    @property
    def periods(self) -> tuple[date, ...]:
        """The first month of each period."""
        return tuple(map(month_of, range(self.first, self.last + 1, self.period)))

    def spread(self, *lines: int) -> tuple[int, ...]:
        """Spread each number of hours evenly over the months, in whole hours that add up; return the sums by period."""
        months = self.last - self.first + 1
        ends = [min(at, months) for at in range(0, months + self.period, self.period)]
        return tuple(
            sum(hours * end // months - hours * begin // months for hours in lines) for begin, end in pairwise(ends)
        )


@dataclass(frozen=True, slots=True)
class Peak:
    """First run of months with the most people at work: its ends, number of simultaneous contracts, full-time equivalents."""

    first: date
    last: date
    contracts: int
    etp: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """All months from the start of the first contract to the end of the last, gaps included; at least one contract."""

    spans: tuple[ContractMonths, ...]

    @property
    def months(self) -> range:
        """The months, as counts since year 0."""
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
        """The first run of months with the most full-time equivalents at work."""
        at_work = {month: sum(one.etp for one in self.spans if one.runs(month)) for month in self.months}
        most = max(at_work.values())
        first = next(month for month, etp in at_work.items() if isclose(etp, most))
        last = first
        while isclose(at_work.get(last + 1, -1.0), most):
            last += 1
        return Peak(month_of(first), month_of(last), sum(one.runs(first) for one in self.spans), most)


def month_of(count: int) -> date:
    """Return the first day of a month given as a count since year 0."""
    return date(count // _YEAR, count % _YEAR + 1, 1)
