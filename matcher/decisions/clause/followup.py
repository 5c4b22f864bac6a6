"""Hours of insertion of a contract: its promise, and the hours planned, placed and done by month and modality. Pure; no person is in it.

A month is given by its first day. A PMSMP is a period of immersion: it is counted as one, never as hours.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from math import fsum
from typing import TypeVar

from matcher.domain.french import of_month, unit
from matcher.reference.clauses import modalities, publics

K = TypeVar("K")
PMSMP = "pmsmp"
# Whole months without anything noted that are worth a word.
SILENT_MONTHS = 2
_YEAR = 12


class HoursKind(StrEnum):
    """Kind of hours: those planned with the contractor, those for which someone was placed, those done."""

    PLANNED = "prévues"
    PLACED = "placées"
    DONE = "faites"


@dataclass(frozen=True, slots=True)
class HoursPromise:
    """Promise of a contract: its hours of insertion, from its first day to its last; `client` bought it, `reference` is its name in sheets. Unknown is None
    or empty."""

    hours: float | None
    start: date
    end: date | None = None
    client: str = ""
    reference: str = ""

    def share(self, before: date) -> float | None:
        """Return the share of its months that end before the month of `before`; None where its end is unknown."""
        if self.end is None:
            return None
        months = months_between(self.start, self.end) + 1
        return min(max(months_between(self.start, before), 0), months) / months


@dataclass(frozen=True, slots=True)
class MonthHours:
    """Hours of one month by one modality (a code of `modalites.csv`) for one public (a code of `publics.csv`), and how many people did them. Unknown is None
    or empty."""

    month: date
    modality: str
    planned: float | None = None
    placed: float | None = None
    done: float | None = None
    people: int | None = None
    public: str = ""

    @property
    def key(self) -> tuple[date, str, str]:
        """Unique key of a line in its contract: month, modality and public."""
        return self.month, self.modality, self.public

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
    """Hours of a contract as they are followed: its promise, its lines by month, modality and public, its immersions by month."""

    promise: HoursPromise | None = None
    months: tuple[MonthHours, ...] = ()
    immersions: tuple[MonthImmersions, ...] = ()

    @property
    def all_months(self) -> tuple[date, ...]:
        """The months that have hours or immersions, in order."""
        return tuple(sorted({*(one.month for one in self.months), *(one.month for one in self.immersions)}))

    def total(self, kind: HoursKind, before: date | None = None) -> float | None:
        """Return the hours of a kind, of the months before that of `before` where it is given; None where none is known."""
        lines = (one for one in self.months if before is None or one.month < first_day(before))
        return sum_known(one.of(kind) for one in lines)

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

    def silence(self, today: date) -> int:
        """Return the number of whole months of the contract since the last with hours done or PMSMP; 0 once all is done."""
        if self.promise is None or (self.promise.hours and (self.total(HoursKind.DONE) or 0) >= self.promise.hours):
            return 0
        noted = [one.month for one in self.months if one.done is not None]
        noted += [one.month for one in self.immersions]
        gone = months_between(self.promise.start, today)
        if self.promise.end is not None:
            gone = min(gone, months_between(self.promise.start, self.promise.end) + 1)
        return max(gone - max((months_between(self.promise.start, month) + 1 for month in noted), default=0), 0)

    def unsaid(self, today: date) -> tuple[date, ...]:
        """Return the months gone that have hours planned, and none done noted."""
        gone = [one for one in self.months if one.month < first_day(today)]
        return tuple(dict.fromkeys(one.month for one in gone if one.planned and one.done is None))


@dataclass(frozen=True, slots=True)
class ClauseContract:
    """Contract with a social clause: the number of its lot (0 for a whole dossier), its title, its client, its hours. `areas` are names: the EPCI of its
    communes, else the wider area that it gives."""

    lot: int = 0
    title: str = ""
    client: str = ""
    areas: tuple[str, ...] = ()
    hours: InsertionHours = InsertionHours()

    @property
    def title_and_client(self) -> str:
        """Its title, and its client in brackets where it has one."""
        return f"{self.title} ({self.client})" if self.client else self.title


@dataclass(frozen=True, slots=True)
class HoursCorrection:
    """Hours to add to those noted of a month, below 0 to take some off, and why."""

    line: MonthHours
    reason: str


@dataclass(frozen=True, slots=True)
class ContractLines:
    """Lines of a sheet that are of one contract, by the number of its lot."""

    lot: int
    months: tuple[MonthHours, ...]
    immersions: tuple[MonthImmersions, ...] = ()
    corrections: tuple[HoursCorrection, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetHours:
    """Hours and PMSMP read, by contract, and the French remarks on lines added up, understood or not read."""

    contracts: tuple[ContractLines, ...]
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HoursReading:
    """Choices of reading a sheet: the `modality` of lines without any, the kind of hours under a modality or a month, the `motive` of
    corrections, the `lot` of all lines. `contracts` are the names of those followed, by the number of their lot, `others` those of the other
    lots; `structures` names by modality: that of the hours of a structure without a modality."""

    modality: str = ""
    kind: HoursKind = HoursKind.DONE
    motive: str = ""
    contracts: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    others: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    lot: int | None = None
    structures: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def sum_contracts(several: Sequence[InsertionHours]) -> InsertionHours:
    """Return the hours of several contracts added up, from the first start to the last end; a promise that one of them lacks is None."""
    if len(several) == 1:
        return several[0]
    months = sum_by_key((line.key, line) for hours in several for line in hours.months)
    immersions: Counter[date] = Counter()
    for hours in several:
        for period in hours.immersions:
            immersions[period.month] += period.count
    return InsertionHours(
        _joint([hours.promise for hours in several if hours.promise]),
        tuple(months[key] for key in sorted(months)),
        tuple(MonthImmersions(*pair) for pair in sorted(immersions.items())),
    )


def hours_by_year(
    contracts: Sequence[ClauseContract], years: Collection[int] = ()
) -> Iterator[tuple[ClauseContract, MonthHours]]:
    """Yield the hours of contracts by year (those of `years` where they are given), contract, modality and public: lines of the first of January."""
    by_key = sum_by_key(
        ((line.month.year, at, line.modality, line.public), replace(line, month=line.month.replace(month=1)))
        for at, contract in enumerate(contracts)
        for line in contract.hours.months
        if not years or line.month.year in years
    )
    yield from ((contracts[key[1]], by_key[key]) for key in sorted(by_key))


def sum_by_key(lines: Iterable[tuple[K, MonthHours]]) -> dict[K, MonthHours]:
    """Return the sum of the lines of each key, in the order of the first of each."""
    sums: dict[K, MonthHours] = {}
    for key, line in lines:
        sums[key] = plus(sums[key], line) if key in sums else line
    return sums


def _joint(promises: Sequence[HoursPromise]) -> HoursPromise | None:
    if not promises:
        return None
    hours = [promise.hours for promise in promises if promise.hours is not None]
    ends = [promise.end for promise in promises if promise.end is not None]
    return HoursPromise(
        fsum(hours) if len(hours) == len(promises) else None,
        min(promise.start for promise in promises),
        max(ends) if len(ends) == len(promises) else None,
    )


def plus(line: MonthHours, other: MonthHours) -> MonthHours:
    """Return a line with the figures of another added to its own; a figure that both lack stays None."""
    people = sum_known((line.people, other.people))
    return replace(
        line,
        planned=sum_known((line.planned, other.planned)),
        placed=sum_known((line.placed, other.placed)),
        done=sum_known((line.done, other.done)),
        people=None if people is None else int(people),
    )


def promise_said(promise: HoursPromise) -> str:
    """Return a promise in a few French words."""
    hours = "heures non dites" if promise.hours is None else f"{unit(promise.hours, 'heures', 2)} d’insertion promises"
    until = f" à {bare_month(promise.end)}" if promise.end else ", fin non dite"
    client = f", pour {promise.client}" if promise.client else ""
    return f"{hours}{client}, {of_month(promise.start)}{until}"


def bare_month(of: date) -> str:
    """Return the French name of a month after « à »: « mars 2026 »."""
    return of_month(of).removeprefix("de ").removeprefix("d’")


def sum_known(hours: Iterable[float | None]) -> float | None:
    """Return the sum of the hours that are not None; None where all are."""
    known_hours = [its for its in hours if its is not None]
    return fsum(known_hours) if known_hours else None


def first_day(of: date) -> date:
    """Return the first day of a month."""
    return of.replace(day=1)


def months_between(start: date, end: date) -> int:
    """Return how many months the month of `end` comes after that of `start`."""
    return _YEAR * (end.year - start.year) + end.month - start.month


def label_of(modality: str) -> str:
    """Return the label of a modality; its code where the table has none."""
    return next((its.label for its in modalities() if its.code == modality), modality)


def public_label(public: str) -> str:
    """Return the label of a public; its code where the table has none, « public non dit » where it is empty."""
    return next((its.label for its in publics() if its.code == public), public) or "public non dit"


def in_table_order(codes: Iterable[str]) -> Iterator[str]:
    """Yield modalities in the order of the table, then those that it lacks."""
    present = dict.fromkeys(codes)
    known = [its.code for its in modalities()]
    yield from (code for code in known if code in present)
    yield from (code for code in present if code not in known)
