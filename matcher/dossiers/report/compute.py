"""Items of the annual report, chosen by its period: contracts, hours of insertion, plans, spending, exceptions; `measures.py` counts the contracts. Pure.
Figures of different sources are never added up."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import fsum

from matcher.catalogue.store.awarded import BuyerAward
from matcher.cleaning.dates import clean_date
from matcher.cleaning.names import name_key
from matcher.decisions.clause.followup import ClauseContract, HoursKind, in_table_order, sum_known
from matcher.decisions.clause.plan_document import plan_hours
from matcher.decisions.opinion.law_words import exemption_in
from matcher.decisions.purchases.spending import Spending, SpendingLine
from matcher.dossiers.dossier import AwardedContract, Dossier
from matcher.render.document import Document, DocumentKind


@dataclass(frozen=True, slots=True)
class NotedHours:
    """Hours of one kind (planned, placed, done) over a period: total, by code of modality, and number of dossiers that note any."""

    hours: float
    by_modality: Mapping[str, float]
    dossiers: int


def hours_followed(dossiers: Sequence[Dossier], years: Sequence[int]) -> Mapping[HoursKind, NotedHours]:
    """Return the hours of insertion of these years, by kind; a kind that no dossier notes is absent."""
    return {kind: hours for kind in HoursKind if (hours := _noted_hours(dossiers, years, kind))}


def _noted_hours(dossiers: Sequence[Dossier], years: Sequence[int], kind: HoursKind) -> NotedHours | None:
    noted = [
        (dossier.id, one.modality, hours)
        for dossier in dossiers
        for one in dossier.insertion.months
        if one.month.year in years and (hours := one.of(kind)) is not None
    ]
    if not noted:
        return None
    by_modality = {
        code: sum_known(hours for _, modality, hours in noted if modality == code) or 0.0
        for code in in_table_order(modality for _, modality, _ in noted)
    }
    return NotedHours(fsum(hours for _, _, hours in noted), by_modality, len({number for number, _, _ in noted}))


@dataclass(frozen=True, slots=True)
class ReportPeriod:
    """Calendar years, the first and the last included."""

    first: int
    last: int

    @property
    def years(self) -> tuple[int, ...]:
        """Return the years in order."""
        return tuple(range(self.first, self.last + 1))

    @property
    def says(self) -> str:
        """Return the period in French: « 2026 », « 2025 et 2026 »."""
        return " et ".join(map(str, self.years))

    def holds(self, day: date | None) -> bool:
        """Return whether a day is in the period; False for an unknown day."""
        return day is not None and self.first <= day.year <= self.last


@dataclass(frozen=True, slots=True)
class NotedContract:
    """A contract noted in a dossier."""

    dossier: Dossier
    its: AwardedContract


@dataclass(frozen=True, slots=True)
class PlannedHours:
    """Hours of insertion of a plan kept in a dossier, None where they cannot be read."""

    dossier: Dossier
    title: str
    hours: float | None


@dataclass(frozen=True, slots=True)
class NotedExemption:
    """An exception to the legal duty of a social condition, in an opinion kept in a dossier: lot, article, motive, day."""

    dossier: Dossier
    title: str
    article: str
    label: str
    motive: str
    on: date


@dataclass(frozen=True, slots=True)
class WonAward:
    """A contract of the public data, with the families of its winners found in the catalogue by SIRET (None where none is); `same_siren`: another
    establishment of a winner is in the catalogue."""

    its: BuyerAward
    families: frozenset[str] | None
    same_siren: bool


@dataclass(frozen=True, slots=True)
class LedgerRead:
    """A ledger: file name, day of upload or reading, spending lines."""

    name: str
    on: date
    lines: tuple[SpendingLine, ...]


@dataclass(frozen=True, slots=True)
class LedgerYear:
    """Spending lines of the period without duplicates; number of lines without a year, and of lines found in another ledger already."""

    spending: Spending
    undated: int
    repeated: int


@dataclass(frozen=True, slots=True)
class AnnualReport:
    """The whole report. `followed`: dossiers not deleted; `unnoted`: dossiers at the stage « attribué » without a contract; `awards`: public contracts, None
    where the buyer's number is unknown, of which `undated` have no day; `hours`: by kind, over the contracts `promised`."""

    period: ReportPeriod
    followed: int
    unnoted: int
    contracts: tuple[NotedContract, ...]
    plans: tuple[PlannedHours, ...]
    hours: Mapping[HoursKind, NotedHours]
    promised: tuple[ClauseContract, ...]
    exemptions: tuple[NotedExemption, ...]
    awards: tuple[WonAward, ...] | None
    undated: int
    ledger: LedgerYear

    @property
    def hours_planned(self) -> float | None:
        """Return the sum of the hours of the plans, None where none is known."""
        known = [one.hours for one in self.plans if one.hours is not None]
        return sum(known) if known else None

    @property
    def award_sources(self) -> Mapping[str, int]:
        """Return the number of public contracts by source, the largest first."""
        return dict(Counter(source for one in self.awards or () for source in one.its.sources).most_common())

    @property
    def empty(self) -> bool:
        """Return whether there is nothing to count in the period."""
        return not (self.contracts or self.awards or self.ledger.spending.lines or self.exemptions or self.hours)


def contracts_in(dossiers: Iterable[Dossier], period: ReportPeriod) -> tuple[NotedContract, ...]:
    """Return the contracts notified in a period, in order of day."""
    contracts = (NotedContract(one, its) for one in dossiers for its in one.contracts if period.holds(its.notified))
    return tuple(sorted(contracts, key=lambda one: (one.its.notified, one.dossier.id, one.its.lot)))


def plans_in(dossiers: Iterable[Dossier], period: ReportPeriod) -> tuple[PlannedHours, ...]:
    """Return the plans of the dossiers whose first contract was notified in a period, so that a plan counts once, and only after signature."""
    return tuple(
        PlannedHours(one, kept.title, plan_hours(kept))
        for one in dossiers
        if period.holds(_first_day(one))
        for _, kept in _last_kept(one, DocumentKind.PLAN)
    )


def exemptions_in(dossiers: Iterable[Dossier], period: ReportPeriod) -> tuple[NotedExemption, ...]:
    """Return the exceptions in kept opinions, dated by the dossier's first contract, else by the opinion."""
    exemptions = (
        NotedExemption(one, kept.title, exemption.article, exemption.label, exemption.motive, on)
        for one in dossiers
        for on, kept in _last_kept(one, DocumentKind.OPINION)
        if period.holds(_first_day(one) or on) and (exemption := exemption_in(kept.remarks))
    )
    return tuple(exemptions)


def count_lines_once(ledgers: Sequence[LedgerRead]) -> tuple[tuple[SpendingLine, ...], int]:
    """Merge the lines of several ledgers and return them with the number of duplicates left out: an identical line is counted as often as in the ledger
    that has it most, so that a ledger read twice adds nothing."""
    taken: Counter[Hashable] = Counter()
    expenses: list[SpendingLine] = []
    repeated = 0
    for ledger in ledgers:
        here: Counter[Hashable] = Counter()
        for line in ledger.lines:
            # The identity of a line, whatever the format of its file.
            day, words = clean_date(line.entry.text("date")).value, name_key(line.entry.text("objet"))
            key = line.key, line.amount, line.tax, line.year, day, line.service, words
            here[key] += 1
            if here[key] > taken[key]:
                expenses.append(line)
            else:
                repeated += 1
        taken |= here
    return tuple(expenses), repeated


def ledger_of(ledgers: Sequence[LedgerRead], period: ReportPeriod) -> LedgerYear:
    """Return the ledger lines of a period."""
    lines, repeated = count_lines_once(ledgers)
    years = set(map(str, period.years))
    undated = sum(not line.year.isdigit() for line in lines)
    return LedgerYear(Spending(tuple(line for line in lines if line.year in years), {}), undated, repeated)


def _first_day(dossier: Dossier) -> date | None:
    return min((one.notified for one in dossier.contracts), default=None)


def _last_kept(dossier: Dossier, kind: DocumentKind) -> Iterator[tuple[date, Document]]:
    """Return a dossier's kept decisions of a kind, the last one for each title, with the day it was kept."""
    last: Mapping[str, tuple[date, Document]] = {
        one.decision.title: (one.at.date(), one.decision) for one in dossier.decisions if one.decision.kind is kind
    }
    return iter(last.values())
