"""Follows the insertion hours of a contract's social clause: hours promised, then planned, placed and done by month and modality (way of doing them: direct
hire, temp work, subcontracting…); computes sums, delay and missing notes. Pure data and functions, without personal data.

A month is given by its first day. A PMSMP (unpaid immersion period in a company) is counted as one period, never as hours.
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
# Whole months without any entry after which a reminder is shown.
SILENT_MONTHS = 2
_YEAR = 12


class HoursKind(StrEnum):
    """State of insertion hours: planned with the contractor, placed (someone was hired for them), done."""

    PLANNED = "prévues"
    PLACED = "placées"
    DONE = "faites"


@dataclass(frozen=True, slots=True)
class HoursPromise:
    """Hours of insertion promised by a contract between two days. `client`: its buyer; `reference`: its name in spreadsheets. Unknown values are None or
    empty."""

    hours: float | None
    start: date
    end: date | None = None
    client: str = ""
    reference: str = ""

    def share(self, before: date) -> float | None:
        """Return the share of its months elapsed before the month of `before`, in [0, 1]; None if its end is unknown."""
        if self.end is None:
            return None
        months = months_between(self.start, self.end) + 1
        return min(max(months_between(self.start, before), 0), months) / months


@dataclass(frozen=True, slots=True)
class MonthHours:
    """Hours of one month, modality (code of `modalites.csv`) and public (group of people far from employment, code of `publics.csv`), and the number of people
    who did them. Unknown values are None or empty."""

    month: date
    modality: str
    planned: float | None = None
    placed: float | None = None
    done: float | None = None
    people: int | None = None
    public: str = ""

    @property
    def key(self) -> tuple[date, str, str]:
        """Month, modality and public: unique in a contract."""
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
    """All follow-up data of one contract: promise, lines by month, modality and public, immersion periods by month."""

    promise: HoursPromise | None = None
    months: tuple[MonthHours, ...] = ()
    immersions: tuple[MonthImmersions, ...] = ()

    @property
    def all_months(self) -> tuple[date, ...]:
        """The months that have hours or immersions, in order."""
        return tuple(sorted({*(one.month for one in self.months), *(one.month for one in self.immersions)}))

    def total(self, kind: HoursKind, before: date | None = None) -> float | None:
        """Return the hours of a kind over all months, or those before the month of `before`; None if none is known."""
        lines = (one for one in self.months if before is None or one.month < first_day(before))
        return sum_known(one.of(kind) for one in lines)

    def due(self, today: date) -> float | None:
        """Return the hours expected by the end of last month: those planned, else the promise × the share of months elapsed."""
        planned = self.total(HoursKind.PLANNED, today)
        if planned is not None or self.promise is None or self.promise.hours is None:
            return planned
        share = self.promise.share(today)
        return None if share is None else share * self.promise.hours

    def late(self, today: date) -> float | None:
        """Return the hours due minus the hours done by the end of last month, at least 0; None if unknown."""
        due, done = self.due(today), self.total(HoursKind.DONE, today)
        return None if due is None or (due and done is None) else max(due - (done or 0), 0)

    def silence(self, today: date) -> int:
        """Return the number of whole months of the contract since the last entry (hours done or PMSMP); 0 once the promise is reached."""
        if self.promise is None or (self.promise.hours and (self.total(HoursKind.DONE) or 0) >= self.promise.hours):
            return 0
        noted = [one.month for one in self.months if one.done is not None]
        noted += [one.month for one in self.immersions]
        gone = months_between(self.promise.start, today)
        if self.promise.end is not None:
            gone = min(gone, months_between(self.promise.start, self.promise.end) + 1)
        return max(gone - max((months_between(self.promise.start, month) + 1 for month in noted), default=0), 0)

    def unsaid(self, today: date) -> tuple[date, ...]:
        """Return the past months with planned hours but no entry of hours done."""
        gone = [one for one in self.months if one.month < first_day(today)]
        return tuple(dict.fromkeys(one.month for one in gone if one.planned and one.done is None))


@dataclass(frozen=True, slots=True)
class ClauseContract:
    """Contract with a social clause. `lot`: number of its lot, 0 for a whole dossier; `areas`: names of the EPCI (intercommunalities) of its communes, else of
    the wider area given."""

    lot: int = 0
    title: str = ""
    client: str = ""
    areas: tuple[str, ...] = ()
    hours: InsertionHours = InsertionHours()

    @property
    def title_and_client(self) -> str:
        """« title (client) », or the title alone."""
        return f"{self.title} ({self.client})" if self.client else self.title


@dataclass(frozen=True, slots=True)
class HoursCorrection:
    """Hours to add to the entries of a month (negative to remove some), and the reason."""

    line: MonthHours
    reason: str


@dataclass(frozen=True, slots=True)
class ContractLines:
    """Lines of a spreadsheet about one contract, identified by its lot number."""

    lot: int
    months: tuple[MonthHours, ...]
    immersions: tuple[MonthImmersions, ...] = ()
    corrections: tuple[HoursCorrection, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetHours:
    """Content of a spreadsheet of hours by contract, and French remarks (`said`) on lines merged, interpreted or skipped."""

    contracts: tuple[ContractLines, ...]
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HoursReading:
    """Options for reading a spreadsheet of hours. Defaults: `modality` of lines without one, `kind` of hours of a column titled only by a modality or month,
    `motive` of corrections, `lot` of all lines. Names to recognise: `contracts` followed and `others`, by lot number; `structures`, by the modality that
    their hours have."""

    modality: str = ""
    kind: HoursKind = HoursKind.DONE
    motive: str = ""
    contracts: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    others: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    lot: int | None = None
    structures: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def sum_contracts(several: Sequence[InsertionHours]) -> InsertionHours:
    """Add up several contracts, from the first start to the last end; promised hours unknown for one of them are None."""
    if len(several) == 1:
        return several[0]
    months = sum_by_key((line.key, line) for hours in several for line in hours.months)
    immersions: Counter[date] = Counter()
    for hours in several:
        for period in hours.immersions:
            immersions[period.month] += period.count
    return InsertionHours(
        _sum_promises([hours.promise for hours in several if hours.promise]),
        tuple(months[key] for key in sorted(months)),
        tuple(MonthImmersions(*pair) for pair in sorted(immersions.items())),
    )


def hours_by_year(
    contracts: Sequence[ClauseContract], years: Collection[int] = ()
) -> Iterator[tuple[ClauseContract, MonthHours]]:
    """Yield the hours summed by year, contract, modality and public, each dated 1 January; only those of `years` if given."""
    by_key = sum_by_key(
        ((line.month.year, at, line.modality, line.public), replace(line, month=line.month.replace(month=1)))
        for at, contract in enumerate(contracts)
        for line in contract.hours.months
        if not years or line.month.year in years
    )
    yield from ((contracts[key[1]], by_key[key]) for key in sorted(by_key))


def sum_by_key(lines: Iterable[tuple[K, MonthHours]]) -> dict[K, MonthHours]:
    """Return the sum of the lines of each key, keys in order of first appearance."""
    sums: dict[K, MonthHours] = {}
    for key, line in lines:
        sums[key] = plus(sums[key], line) if key in sums else line
    return sums


def _sum_promises(promises: Sequence[HoursPromise]) -> HoursPromise | None:
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
    """Add the figures of two lines; a figure unknown in both stays None."""
    people = sum_known((line.people, other.people))
    return replace(
        line,
        planned=sum_known((line.planned, other.planned)),
        placed=sum_known((line.placed, other.placed)),
        done=sum_known((line.done, other.done)),
        people=None if people is None else int(people),
    )


def promise_said(promise: HoursPromise) -> str:
    """Return a promise as a French phrase."""
    hours = "heures non dites" if promise.hours is None else f"{unit(promise.hours, 'heures', 2)} d’insertion promises"
    until = f" à {bare_month(promise.end)}" if promise.end else ", fin non dite"
    client = f", pour {promise.client}" if promise.client else ""
    return f"{hours}{client}, {of_month(promise.start)}{until}"


def bare_month(of: date) -> str:
    """Return a month in French without preposition: « mars 2026 »."""
    return of_month(of).removeprefix("de ").removeprefix("d’")


def sum_known(hours: Iterable[float | None]) -> float | None:
    """Return the sum of the values that are not None; None if there is none."""
    known_hours = [its for its in hours if its is not None]
    return fsum(known_hours) if known_hours else None


def first_day(of: date) -> date:
    """Return the first day of a month."""
    return of.replace(day=1)


def months_between(start: date, end: date) -> int:
    """Return how many months the month of `end` comes after that of `start`."""
    return _YEAR * (end.year - start.year) + end.month - start.month


def label_of(modality: str) -> str:
    """Return the French label of a modality, else its code."""
    return next((way.label for way in modalities() if way.code == modality), modality)


def public_label(public: str) -> str:
    """Return the French label of a public, else its code, « public non dit » if empty."""
    return next((group.label for group in publics() if group.code == public), public) or "public non dit"


def in_table_order(codes: Iterable[str]) -> Iterator[str]:
    """Yield the distinct modality codes in the order of `modalites.csv`, then unknown ones."""
    present = dict.fromkeys(codes)
    known = [way.code for way in modalities()]
    yield from (code for code in known if code in present)
    yield from (code for code in present if code not in known)
