"""Counts the contracts of an annual report by criterion (lever used, social aim declared, family of the winner), each with how many lack the fact. Pure."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import fsum
from typing import Generic, NamedTuple, TypeVar

from matcher.dossiers.contract_changes import USED
from matcher.dossiers.report.compute import NotedContract, ReportPeriod, WonAward
from matcher.reference.levers import lever

T = TypeVar("T")
M = TypeVar("M")


@dataclass(frozen=True, slots=True)
class CountedContracts:
    """Contracts that meet a criterion: `count` of `of` (None where it is unknown for all), `euros` of `of_euros`, both known amounts only. For `untold`
    contracts the criterion is unknown, so that `count` is a minimum; `without` of those counted have no amount."""

    label: str
    count: int | None
    of: int
    euros: float | None
    of_euros: float | None
    untold: int
    without: int

    @property
    def share(self) -> float | None:
        """Return the share of the contracts, in [0, 1]; None where unknown."""
        return self.count / self.of if self.count is not None and self.of else None

    @property
    def share_of_euros(self) -> float | None:
        """Return the share of the known euros, in [0, 1]; None where unknown."""
        return self.euros / self.of_euros if self.euros is not None and self.of_euros else None


@dataclass(frozen=True, slots=True)
class _Test(Generic[T]):
    """A criterion to count: `holds` returns True or False for an item, None where it is unknown."""

    label: str
    holds: Callable[[T], bool | None]


@dataclass(frozen=True, slots=True)
class ContractMeasures:
    """Counts of the dossiers' contracts, by lever used: `social`, any; `clause` of execution; `criterion` of award; `reserved`, of which `reserved_by`, one for
    each article of reservation used; `insertion`, purchases of insertion services (R2123-1); `no_lever`, none."""

    whole: CountedContracts
    social: CountedContracts
    clause: CountedContracts
    criterion: CountedContracts
    reserved: CountedContracts
    reserved_by: tuple[CountedContracts, ...]
    insertion: CountedContracts
    no_lever: CountedContracts

    @property
    def yearly(self) -> tuple[CountedContracts, ...]:
        """Counts that the table of years shows."""
        return self.whole, self.social, self.clause, self.criterion, self.reserved

    @property
    def every(self) -> tuple[CountedContracts, ...]:
        """All the counts, in the order of tables."""
        return *self.yearly, *self.reserved_by, self.insertion, self.no_lever


class AwardMeasures(NamedTuple):
    """Counts of public contracts: `social` aim declared, of which `clause`, `criterion` and `reserved`; won by an `inclusive` structure of the catalogue, of
    which a `siae` (insertion) or a `stpa` (disability)."""

    whole: CountedContracts
    social: CountedContracts
    clause: CountedContracts
    criterion: CountedContracts
    reserved: CountedContracts
    inclusive: CountedContracts
    siae: CountedContracts
    stpa: CountedContracts

    @property
    def yearly(self) -> tuple[CountedContracts, ...]:
        """Counts that the table of years shows."""
        return self.whole, self.social

    @property
    def every(self) -> tuple[CountedContracts, ...]:
        """All the counts, in the order of tables."""
        return tuple(self)


def contract_measures(contracts: Sequence[NotedContract]) -> ContractMeasures:
    """Count the dossiers' contracts: all, then by lever used."""

    def using(codes: Iterable[str]) -> Callable[[NotedContract], bool | None]:
        return lambda one: None if one.its.levers is None else not set(codes).isdisjoint(one.its.levers)

    reserving = [code for code in USED if lever(code).families]
    met = {code for one in contracts for code in one.its.levers or ()}
    tests: tuple[_Test[NotedContract], ...] = (
        _Test("Tous les marchés attribués", lambda _: True),
        _Test("Avec une considération sociale", lambda one: None if one.its.levers is None else bool(one.its.levers)),
        _Test("Avec une clause sociale d’exécution", using(["clause"])),
        _Test("Avec un critère social", using(["critere"])),
        _Test("Réservés", using(reserving)),
        *(_Test(f"dont {USED[code][0].lower()}{USED[code][1:]}", using([code])) for code in reserving if code in met),
        _Test("Marchés d’insertion (R2123-1)", using(["miqp"])),
        _Test("Sans aucun levier", lambda one: None if one.its.levers is None else not one.its.levers),
    )
    whole, social, clause, criterion, reserved, *by_article, insertion, no_lever = _measure(
        contracts, tests, lambda one: one.its.amount
    )
    return ContractMeasures(whole, social, clause, criterion, reserved, tuple(by_article), insertion, no_lever)


def award_measures(awards: Sequence[WonAward]) -> AwardMeasures:
    """Count public contracts: all, then by social aim declared, then by family of the winner. « No social aim » and « not stated » are counted
    together, as the data do not distinguish them."""

    def aiming(words: str) -> Callable[[WonAward], bool | None]:
        return lambda one: words in one.its.social.lower()

    def won_by(*families: str) -> Callable[[WonAward], bool | None]:
        def is_won(won_award: WonAward) -> bool | None:
            if won_award.families is not None:
                return not families or not won_award.families.isdisjoint(families)
            return None if won_award.same_siren else False

        return is_won

    tests: tuple[_Test[WonAward], ...] = (
        _Test("Tous les marchés publiés", lambda _: True),
        _Test("Avec une considération sociale déclarée", lambda one: bool(one.its.social)),
        _Test("dont clause sociale", aiming("clause")),
        _Test("dont critère social", aiming("crit")),
        _Test("dont marché réservé", aiming("réserv")),
        _Test("Gagnés par une structure du catalogue", won_by()),
        _Test("dont insertion (SIAE)", won_by("SIAE")),
        _Test("dont handicap (EA, ESAT)", won_by("STPA")),
    )
    return AwardMeasures(*_measure(awards, tests, lambda one: one.its.amount))


def by_year(
    measures: Callable[[Sequence[T]], M],
    items: Sequence[T],
    day_of: Callable[[T], date | None],
    period: ReportPeriod,
) -> Iterator[tuple[int, M]]:
    """Yield the measures of each year of a period."""
    for year in period.years:
        yield year, measures([one for one in items if (on := day_of(one)) and on.year == year])


def _measure(
    items: Sequence[T], tests: Iterable[_Test[T]], amount: Callable[[T], float | None]
) -> Iterator[CountedContracts]:
    of_euros = _sum(map(amount, items))
    for test in tests:
        outcomes = [(one, test.holds(one)) for one in items]
        chosen = [amount(one) for one, yes in outcomes if yes]
        untold = sum(yes is None for _, yes in outcomes)
        nothing = bool(items) and untold == len(items)
        yield CountedContracts(
            label=test.label,
            count=None if nothing else len(chosen),
            of=len(items),
            euros=_sum(chosen) if chosen or nothing else 0.0,
            of_euros=of_euros,
            untold=untold,
            without=chosen.count(None),
        )


def _sum(amounts: Iterable[float | None]) -> float | None:
    """Return the sum of the known amounts, None where none is known."""
    known = [amount for amount in amounts if amount is not None]
    return round(fsum(known), 2) if known else None
