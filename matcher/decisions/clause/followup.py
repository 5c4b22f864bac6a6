"""Hours of insertion of a contract: its promise, and the hours planned, placed and done by month and modality. Pure; no person is in it.

A month is told by its first day. A PMSMP is a period of immersion: it is counted as one, never as hours.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import fsum

from matcher.domain.french import of_month, unit
from matcher.reference.clauses import modalities

PMSMP = "pmsmp"
_YEAR = 12


class HoursKind(StrEnum):
    """Kind of hours: those planned with the contractor, those for which someone was placed, those done."""

    PLANNED = "prévues"
    PLACED = "placées"
    DONE = "faites"


@dataclass(frozen=True, slots=True)
class HoursPromise:
    """Promise of a contract: its hours of insertion, from its first day to its last. What was not said is None."""

    hours: float | None
    start: date
    end: date | None = None

    def share(self, before: date) -> float | None:
        """Return the share of its months that end before the month of `before`; None where its end was not said."""
        if self.end is None:
            return None
        months = months_between(self.start, self.end) + 1
        return min(max(months_between(self.start, before), 0), months) / months


@dataclass(frozen=True, slots=True)
class MonthHours:
    """Hours of one month by one modality (a code of `modalites.csv`), and how many people did them. What was not said is None."""

    month: date
    modality: str
    planned: float | None = None
    placed: float | None = None
    done: float | None = None
    people: int | None = None

    def of(self, kind: HoursKind) -> float | None:
        """Return its hours of a kind."""
        return {HoursKind.PLANNED: self.planned, HoursKind.PLACED: self.placed, HoursKind.DONE: self.done}[kind]


@dataclass(frozen=True, slots=True)
class MonthImmersions:
    """Number of PMSMP of one month."""

    month: date
    count: int


@dataclass(frozen=True, slots=True)
class InsertionHours:
    """Hours of a contract as they are followed: its promise, its lines by month then modality, its immersions by month."""

    promise: HoursPromise | None = None
    months: tuple[MonthHours, ...] = ()
    immersions: tuple[MonthImmersions, ...] = ()

    @property
    def all_months(self) -> tuple[date, ...]:
        """The months of which anything is said, in order."""
        return tuple(sorted({*(one.month for one in self.months), *(one.month for one in self.immersions)}))

    def total(self, kind: HoursKind, before: date | None = None) -> float | None:
        """Return the hours of a kind, of the months before that of `before` where it is given; None where none was said."""
        lines = (one for one in self.months if before is None or one.month < first_day(before))
        return added(one.of(kind) for one in lines)

    def due(self, today: date) -> float | None:
        """Return the hours that were to be done by the end of last month: those planned, else the promise's share of the time gone."""
        planned = self.total(HoursKind.PLANNED, today)
        if planned is not None or self.promise is None or self.promise.hours is None:
            return planned
        share = self.promise.share(today)
        return None if share is None else share * self.promise.hours

    def late(self, today: date) -> float | None:
        """Return the hours due that were not done by the end of last month, 0 where none lacks; None where that is not known."""
        due, done = self.due(today), self.total(HoursKind.DONE, today)
        return None if due is None or (due and done is None) else max(due - (done or 0), 0)

    def unsaid(self, today: date) -> tuple[date, ...]:
        """Return the months gone of which hours were planned, and nobody said how many were done."""
        gone = [one for one in self.months if one.month < first_day(today)]
        return tuple(dict.fromkeys(one.month for one in gone if one.planned and one.done is None))


def promise_said(promise: HoursPromise) -> str:
    """Return a promise in a few French words."""
    hours = "heures non dites" if promise.hours is None else f"{unit(promise.hours, 'heures', 2)} d’insertion promises"
    until = f" à {bare_month(promise.end)}" if promise.end else ", fin non dite"
    return f"{hours}, {of_month(promise.start)}{until}"


def bare_month(of: date) -> str:
    """Return the French name of a month after « à »: « mars 2026 »."""
    return of_month(of).removeprefix("de ").removeprefix("d’")


def added(hours: Iterable[float | None]) -> float | None:
    """Return the sum of the hours that were said; None where none was."""
    said = [its for its in hours if its is not None]
    return fsum(said) if said else None


def first_day(of: date) -> date:
    """Return the first day of a month."""
    return of.replace(day=1)


def months_between(start: date, end: date) -> int:
    """Return how many months the month of `end` comes after that of `start`."""
    return _YEAR * (end.year - start.year) + end.month - start.month


def label_of(modality: str) -> str:
    """Return how a modality is called; its code where the table does not know it."""
    return next((its.label for its in modalities() if its.code == modality), modality)


def in_table_order(codes: Iterable[str]) -> Iterator[str]:
    """Yield modalities in the order of the table, then those that it does not know."""
    held = dict.fromkeys(codes)
    known = [its.code for its in modalities()]
    yield from (code for code in known if code in held)
    yield from (code for code in held if code not in known)
