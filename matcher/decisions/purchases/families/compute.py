"""Groups the lines of a purchase spreadsheet into families of homogeneous needs, sums each family, and compares the sum with the legal thresholds.

The procurement code counts all homogeneous supplies or services together, whatever the number of contracts (R2121-6), over a year or the whole duration
(R2121-7), and works by operation (R2121-5). Families are proposed by text similarity; users' corrections win.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from math import fsum

from matcher.cleaning.markup import plain_text
from matcher.cleaning.words import fold, stems
from matcher.decisions.opinion.law import works_of
from matcher.decisions.purchases.families.likeness import MOST_NEEDS, ComparedNeed, compare_need, group_needs
from matcher.decisions.purchases.line import Purchase
from matcher.decisions.purchases.sheet import PurchaseSheetLine
from matcher.decisions.purchases.spending import YEAR_UNKNOWN, SpendingLine, Tax, amount_of, year_of
from matcher.domain.french import number
from matcher.reference.law import (
    BuyerNature,
    LegalRule,
    LegalThreshold,
    law_thresholds,
    listed_service,
    reaches_threshold,
)
from matcher.reference.trades.cpv import cpv_label, normalise_cpv
from matcher.reference.trades.naf import clean_naf, naf_label

# Most characters of a family's name, taken from one of its lines.
_LONGEST_NAME = 90
_MOST_COMPARED = 8_000


class FamiliesRefused(Exception):
    """Raised for too many different needs to compare; the message is French and gives the cure."""


@dataclass(frozen=True, slots=True)
class WrittenNeed:
    """A need as written in a sheet: its object and its CPV, of which either may be empty."""

    objet: str
    cpv: str

    @property
    def key(self) -> str:
        """Normalised key (word stems and CPV) shared by needs that differ only by numbers, case and endings, so that it is stable from year to year. Empty
        if nothing is written."""
        words = [word for word in stems(plain_text(self.objet)) if word.isalpha()]
        code, _ = normalise_cpv(self.cpv)
        return " ".join(words or fold(self.objet).split()) + (f" · {code}" if code else "")

    @property
    def label(self) -> str:
        """The object on one line, shortened, else the label of the CPV."""
        text = " ".join(plain_text(self.objet).split())
        if not text:
            return cpv_label(normalise_cpv(self.cpv)[0] or "")
        return text if len(text) <= _LONGEST_NAME else f"{text[: _LONGEST_NAME - 1].rstrip()}…"


@dataclass(frozen=True, slots=True)
class NeedLine:
    """A line to group. `amount`: euros, None if unknown; `tax`: with or without VAT; `year` and `service` (buying department): empty if no column has them."""

    entry: PurchaseSheetLine
    written: WrittenNeed
    amount: float | None
    tax: Tax
    year: str
    service: str


@dataclass(frozen=True, slots=True)
class ServicePart:
    """Part of a family bought by one service: number of lines, sum of known euros before tax, number of unknown amounts."""

    service: str
    lines: int
    euros: float
    unknown: int


@dataclass(frozen=True, slots=True)
class FamilyLaw:
    """Legal position of a family on a day; None means undecided. `direct`: the sum is below the threshold of direct purchase; `above`: it reaches the European
    threshold (that of social and specific services if `adapted`). `direct_below`, `european`: the thresholds, empty if the tables do not cover the day."""

    direct: bool | None
    above: bool | None
    direct_below: tuple[LegalThreshold, ...]
    european: tuple[LegalThreshold, ...]
    adapted: bool


@dataclass(frozen=True, slots=True)
class NeedFamily:
    """A family; `lines`: ranks of its lines in the sheet. `settled`: named by a user. `euros`: sum of known amounts before tax in the `year` with the largest
    sum (of all lines if no line has a year); `unknown`: number of lines that may add to it. `works`: None if mixed or unknown. `services`: departments that
    buy it."""

    name: str
    settled: bool
    lines: tuple[int, ...]
    euros: float
    with_tax: float
    unknown: int
    year: str
    works: bool | None
    services: tuple[ServicePart, ...]
    law: FamilyLaw

    @property
    def has_amount(self) -> bool:
        """Return whether any of its amounts before tax is known."""
        return self.unknown < len(self.lines)

    @property
    def passes(self) -> bool:
        """Return whether it has several lines whose sum exceeds the threshold of direct purchase."""
        return len(self.lines) > 1 and self.law.direct is False

    @property
    def to_pool(self) -> bool:
        """Return whether several services buy it, and could pool their purchases."""
        return len(self.services) > 1


@dataclass(frozen=True)
class NeedFamilies:
    """All lines, the families sorted by amount, and the ranks of the lines without a written need (`unsaid`), which are in no family."""

    lines: tuple[NeedLine, ...]
    families: tuple[NeedFamily, ...]
    unsaid: tuple[int, ...]

    @cached_property
    def by_line(self) -> dict[str, NeedFamily]:
        """Family by line key."""
        return {self.lines[rank].entry.key: family for family in self.families for rank in family.lines}

    def find(self, name: str) -> NeedFamily | None:
        """Return a family by its name, None where there is none."""
        return next((its for its in self.families if its.name == name), None)


# Families of a sheet not compared yet.
NO_FAMILIES = NeedFamilies((), (), ())


def lines_of_programme(purchases: Iterable[Purchase]) -> tuple[NeedLine, ...]:
    """Return the lines of a programme that are purchases."""
    return tuple(_line(its.entry, its.amount, Tax.BEFORE) for its in purchases if its.need is not None)


def lines_of_ledger(lines: Iterable[SpendingLine]) -> tuple[NeedLine, ...]:
    """Return the lines of a ledger."""
    return tuple(_line(its.entry, its.amount, its.tax) for its in lines)


def lines_of_sheet(entries: Iterable[PurchaseSheetLine]) -> tuple[NeedLine, ...]:
    """Return the lines of any purchase sheet, without lines of totals."""
    return tuple(_line(its, *amount_of(its.fields.get("montant"), [])) for its in entries if not its.total)


@dataclass(frozen=True, slots=True)
class NeedGroup:
    """Keys of similar needs. `name`: given by a user, empty if proposed; `works`: None if mixed or unknown; `adapted`: all are social or specific services."""

    name: str
    needs: tuple[str, ...]
    works: bool | None
    adapted: bool = False


def form_families(
    lines: Sequence[NeedLine],
    settled: Mapping[WrittenNeed, str],
    on: date,
    nature: BuyerNature | None = None,
    groups: Sequence[NeedGroup] | None = None,
) -> NeedFamilies:
    """Group lines into families. `settled`: family names given by users, by need, from this sheet or earlier ones; `groups`: result of `grouped_needs` if
    already computed.

    Raises FamiliesRefused beyond `MOST_NEEDS` different needs.
    """
    needs = written_needs(lines)
    ranks: dict[str, list[int]] = {}
    for rank, need_line in enumerate(lines):
        ranks.setdefault(need_line.written.key, []).append(rank)
    taken = set(settled.values())
    families = []
    for group in grouped_needs(needs, settled) if groups is None else groups:
        name = group.name or _name(
            [(needs[key].label, [lines[rank] for rank in ranks[key]]) for key in group.needs], taken
        )
        taken.add(name)
        members = sorted(rank for key in group.needs for rank in ranks[key])
        family_lines = [lines[rank] for rank in members]
        euros, unknown, year = _largest_year(family_lines)
        services: dict[str, list[NeedLine]] = {}
        for need_line in family_lines:
            if need_line.service:
                services.setdefault(need_line.service, []).append(need_line)
        families.append(
            NeedFamily(
                name=name,
                settled=bool(group.name),
                lines=tuple(members),
                euros=euros,
                with_tax=_sum(its.amount for its in family_lines if its.tax is Tax.INCLUDED),
                unknown=unknown,
                year=year,
                works=group.works,
                services=tuple(
                    ServicePart(name, len(part), *_known_sum(part)) for name, part in sorted(services.items())
                ),
                law=_law(euros, unknown, group, on, nature),
            )
        )
    families.sort(key=lambda its: (-(its.euros + its.with_tax), -len(its.lines), its.name))
    return NeedFamilies(tuple(lines), tuple(families), tuple(ranks.get("", ())))


def written_needs(lines: Iterable[NeedLine]) -> dict[str, WrittenNeed]:
    """Return the different needs of lines by key, each with its first wording in alphabetical order."""
    needs: dict[str, WrittenNeed] = {}
    for need_line in lines:
        if key := need_line.written.key:
            needs[key] = min(needs.get(key, need_line.written), need_line.written, key=_order)
    return needs


def grouped_needs(needs: Mapping[str, WrittenNeed], settled: Mapping[WrittenNeed, str]) -> tuple[NeedGroup, ...]:
    """Return the groups of similar needs (takes seconds). Settled needs of other sheets are compared too, up to `MOST_NEEDS` in all. Raises
    FamiliesRefused."""
    if len(needs) > MOST_NEEDS:
        raise FamiliesRefused(
            f"{number(len(needs))} besoins différents : les familles se forment sur {number(MOST_NEEDS)} au plus. Faites-en plusieurs "
            "fichiers, par service ou par année."
        )
    names = {need.key: name for need, name in settled.items()}
    all_needs = dict(needs)
    for former in sorted(settled, key=_order)[: MOST_NEEDS - len(needs)]:
        all_needs.setdefault(former.key, former)
    keys = sorted(all_needs)
    groups = group_needs([_to_compare(all_needs[key]) for key in keys], [names.get(key, "") for key in keys])
    keys_by_group: dict[int | str, list[str]] = {}
    for key, group in zip(keys, groups, strict=True):
        if key in needs:
            keys_by_group.setdefault(group, []).append(key)
    need_groups = []
    for group, own in keys_by_group.items():
        # Works if all needs of known nature are, adapted if all are listed services.
        natures, services = set[bool](), []
        for key in own:
            cpv, activities = (needs[key].cpv,), _to_compare(needs[key]).activities
            works = works_of(cpv, activities)
            if works is not None:
                natures.add(works)
            services.append(listed_service(cpv, activities[0][0] if activities else ""))
        name, nature = group if isinstance(group, str) else "", natures.pop() if len(natures) == 1 else None
        need_groups.append(NeedGroup(name, tuple(own), nature, None not in services))
    return tuple(need_groups)


def correct_family(
    families: NeedFamilies, family: NeedFamily, ranks: Sequence[int], name: str
) -> dict[WrittenNeed, str]:
    """Return the family names settled by a correction, by need: the lines of `ranks` (all if empty) move from a family to `name`, new or existing. The other
    lines of both families are settled where they are, so that nothing else moves."""
    moved = {families.lines[rank].written.key for rank in ranks or family.lines}
    other = families.find(name)
    family_names = {}
    for rank in (*family.lines, *(other.lines if other else ())):
        written = families.lines[rank].written
        stays = family.name if rank in family.lines else name
        family_names[written] = name if written.key in moved else stays
    return family_names


def _line(entry: PurchaseSheetLine, amount: float | None, tax: Tax) -> NeedLine:
    objet = entry.text("objet")
    if not (objet or entry.text("cpv")):
        objet = naf_label(clean_naf(entry.text("naf")).value or "")
    year = year_of(entry)
    return NeedLine(
        entry,
        WrittenNeed(objet, entry.text("cpv")),
        amount,
        tax,
        "" if year == YEAR_UNKNOWN else year,
        entry.text("acheteur"),
    )


@lru_cache(maxsize=_MOST_COMPARED)
def _to_compare(need: WrittenNeed) -> ComparedNeed:
    return compare_need(need.objet, need.cpv)


def _order(need: WrittenNeed) -> tuple[str, str]:
    return need.objet, need.cpv


def _name(labels: Sequence[tuple[str, Sequence[NeedLine]]], taken: set[str]) -> str:
    """Return the most frequent label, if tied that of the greatest known amount, then the shortest, with a number if the name is taken."""
    times: Counter[str] = Counter()
    euros: defaultdict[str, float] = defaultdict(float)
    for label, lines in labels:
        times[label] += len(lines)
        euros[label] += _sum(line.amount for line in lines)
    best = min(times, key=lambda label: (-times[label], -euros[label], len(label), label))
    return next(name for at in range(1, len(taken) + 2) if (name := best if at == 1 else f"{best} ({at})") not in taken)


def _largest_year(lines: Sequence[NeedLine]) -> tuple[float, int, str]:
    """Return (known euros before tax, number of lines that may add to them, year) for the year with the largest sum, else for all lines."""
    years = sorted({its.year for its in lines if its.year})
    if not years:
        return (*_known_sum(lines), "")
    undated = sum(not its.year for its in lines)
    sums = {year: _known_sum([its for its in lines if its.year == year]) for year in years}
    year = max(years, key=lambda one: (sums[one][0], one))
    return sums[year][0], sums[year][1] + undated, year


def _known_sum(lines: Sequence[NeedLine]) -> tuple[float, int]:
    known = [its.amount for its in lines if its.amount is not None and its.tax is Tax.BEFORE]
    return _sum(known), len(lines) - len(known)


def _sum(amounts: Iterable[float | None]) -> float:
    return round(fsum(amount for amount in amounts if amount is not None), 2)


def _law(euros: float, unknown: int, group: NeedGroup, on: date, nature: BuyerNature | None) -> FamilyLaw:
    works = False if group.adapted else group.works
    direct_below = law_thresholds(LegalRule.DIRECT, on, works=works)
    rule = LegalRule.SPECIFIC_NOTICE if group.adapted else LegalRule.EUROPEAN
    european = law_thresholds(rule, on, works=works, buyer=nature)

    def exceeds(legal_thresholds: tuple[LegalThreshold, ...]) -> bool | None:
        over_threshold = reaches_threshold(euros, legal_thresholds)
        return None if over_threshold is False and unknown else over_threshold

    not_direct = exceeds(direct_below)
    return FamilyLaw(
        None if not_direct is None else not not_direct, exceeds(european), direct_below, european, group.adapted
    )
