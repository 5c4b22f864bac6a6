"""Order of a plaquette: each structure in full once, in its main trade, numbered as it is met, and named in its other trades. Pure.

A buyer opens a plaquette at the trade to be bought: every structure that does it must be there. Contacts are printed once, under the main trade; elsewhere a
line gives the number, so that the paper stays half as thick and a correction has one place.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from matcher.catalogue.steward.trades_known import TradeStanding, known_trades
from matcher.cleaning.names import name_key
from matcher.domain.kinds import SupplierKind
from matcher.domain.supplier import Supplier
from matcher.ranking.shelf.activity_clues import SECONDING, SECONDMENT
from matcher.reference.trades.activities import taxonomy


class PrintedTrade(NamedTuple):
    """One trade of a structure; `doubt` is what lets guess it, empty where it is known."""

    code: str
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class PrintedStructure:
    """A structure as it may be printed; what is not known, or may not be printed, is empty. `towns` are its communes in the territory, that of
    its `address` first; `trades` its trades, the main one first."""

    id: str
    name: str
    kinds: tuple[SupplierKind, ...]
    siret: str
    towns: tuple[str, ...]
    address: str
    phone: str
    email: str
    website: str
    workers: str
    source: str
    trades: tuple[PrintedTrade, ...]

    @property
    def reachable(self) -> bool:
        """Return whether a contact of it may be printed."""
        return bool(self.phone or self.email or self.website)

    @property
    def place(self) -> tuple[str, str, str]:
        """Key of its place in a list: by commune, then by name."""
        return name_key(self.towns[0]), name_key(self.name), self.id


class Numbered(NamedTuple):
    """A structure and its number in the plaquette; `trade` is the one under which it is listed, None where none is known."""

    number: int
    its: PrintedStructure
    trade: PrintedTrade | None = None


@dataclass(frozen=True, slots=True)
class TradeSection:
    """Section of one trade: those for which it is the main one, in full, then those that are in full under another."""

    code: str
    label: str
    group: str
    full: tuple[Numbered, ...]
    elsewhere: tuple[Numbered, ...]


@dataclass(frozen=True, slots=True)
class Ordered:
    """Structures in the order in which they are printed: by trade, then by kind for those of which no trade is known."""

    sections: tuple[TradeSection, ...]
    unknown: tuple[tuple[SupplierKind, tuple[Numbered, ...]], ...]

    @property
    def full(self) -> Iterator[Numbered]:
        """Each structure once, by number."""
        for section in self.sections:
            yield from section.full
        for _, numbered_lots in self.unknown:
            yield from numbered_lots

    @property
    def by_kind(self) -> list[tuple[SupplierKind, int]]:
        """Return how many there are of each kind; one of two kinds counts in both."""
        counts = Counter(kind for one in self.full for kind in one.its.kinds)
        return [(kind, counts[kind]) for kind in SupplierKind if counts[kind]]

    @property
    def by_name(self) -> list[Numbered]:
        """Each of them by name."""
        return sorted(self.full, key=lambda one: (name_key(one.its.name), one.number))

    @property
    def by_town(self) -> list[tuple[str, tuple[int, ...]]]:
        """The communes in alphabetical order, each with the numbers of its structures."""
        numbers_by_town: dict[str, list[int]] = {}
        for numbered_lot in self.full:
            for town in numbered_lot.its.towns:
                numbers_by_town.setdefault(town, []).append(numbered_lot.number)
        return sorted(
            ((town, tuple(numbers)) for town, numbers in numbers_by_town.items()), key=lambda line: name_key(line[0])
        )


def printed_trades(supplier: Supplier) -> tuple[PrintedTrade, ...]:
    """Return the trades of a supplier: those that are known, then to second staff for the kinds whose object it is, then what is guessed. A
    group of trades is left out where one of its trades is there."""
    trades = known_trades(supplier)
    known = [PrintedTrade(code) for code, its in trades.items() if its.standing is TradeStanding.KNOWN]
    seconding = [PrintedTrade(SECONDMENT)] if not SECONDING.isdisjoint(supplier.kinds) else []
    guessed = [
        PrintedTrade(code, its.evidence or "")
        for code, its in trades.items()
        if its.standing is not TradeStanding.KNOWN and its.evidence
    ]
    every = (*known, *seconding, *guessed)
    finer = {taxonomy().group_of(trade.code) for trade in every if trade.code != taxonomy().group_of(trade.code)}
    return tuple(trade for trade in every if trade.code not in finer)


def order_structures(structures: Iterable[PrintedStructure], chosen: Collection[str] = ()) -> Ordered:
    """Return structures as they are printed; `chosen` are the trades, or groups of trades, that are printed, all where it is empty."""
    main: dict[str, list[tuple[PrintedStructure, PrintedTrade]]] = {}
    others: dict[str, list[tuple[PrintedStructure, PrintedTrade]]] = {}
    unknown: dict[SupplierKind, list[PrintedStructure]] = {}
    for structure in sorted(structures, key=lambda one: one.place):
        trades = [trade for trade in structure.trades if is_chosen(trade.code, chosen)]
        if not trades:
            unknown.setdefault(structure.kinds[0], []).append(structure)
            continue
        main.setdefault(trades[0].code, []).append((structure, trades[0]))
        for trade in trades[1:]:
            if not trade.doubt:
                others.setdefault(trade.code, []).append((structure, trade))
    numbers: dict[str, int] = {}
    codes = sorted(main.keys() | others.keys(), key=_place_of_trade)
    full = {code: [_numbered(its, numbers, trade) for its, trade in main.get(code, ())] for code in codes}
    last = [(kind, tuple(_numbered(its, numbers) for its in unknown.get(kind, ()))) for kind in SupplierKind]
    sections = []
    for code in codes:
        group = taxonomy().label(taxonomy().group_of(code))
        elsewhere = tuple(Numbered(numbers[its.id], its, trade) for its, trade in others.get(code, ()))
        sections.append(TradeSection(code, _label(code), group, tuple(full[code]), elsewhere))
    return Ordered(tuple(sections), tuple((kind, those) for kind, those in last if those))


def _label(code: str) -> str:
    label = taxonomy().label(code)
    return f"{label} (sans autre précision)" if code == taxonomy().group_of(code) else label


def is_chosen(code: str, chosen: Collection[str]) -> bool:
    """Return whether a trade is one of those chosen, itself or by its group; every one is where none is chosen."""
    return not chosen or code in chosen or taxonomy().group_of(code) in chosen


def by_group(sections: Sequence[TradeSection]) -> Mapping[str, list[TradeSection]]:
    """Return sections by the label of their group, in their order."""
    sections_by_group: dict[str, list[TradeSection]] = {}
    for section in sections:
        sections_by_group.setdefault(section.group, []).append(section)
    return sections_by_group


def _numbered(structure: PrintedStructure, numbers: dict[str, int], trade: PrintedTrade | None = None) -> Numbered:
    return Numbered(numbers.setdefault(structure.id, len(numbers) + 1), structure, trade)


def _place_of_trade(code: str) -> tuple[str, bool, str]:
    """Groups by name, in each its trades by name, what is known of the group alone last."""
    group = taxonomy().group_of(code)
    return name_key(taxonomy().label(group)), code == group, name_key(taxonomy().label(code))
