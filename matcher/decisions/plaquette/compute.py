"""Orders the structures of a plaquette (printable directory of a territory's inclusive suppliers): sections by trade, numbering, indexes. Pure functions.

A buyer opens it at the trade to be bought, so every structure of the trade must be in its section: in full and numbered under its main trade, by number only
under its other trades, which halves the paper.
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
    """One trade of a structure; `doubt`: the clue from which it is guessed, empty if it is known."""

    code: str
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class PrintedStructure:
    """The printable data of a structure; unknown or unshareable values are empty. `towns`: its communes in the territory, that of `address` first; `trades`:
    the main one first."""

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
        """Return whether it has a printable contact."""
        return bool(self.phone or self.email or self.website)

    @property
    def place(self) -> tuple[str, str, str]:
        """Sort key: commune, name, id."""
        return name_key(self.towns[0]), name_key(self.name), self.id


class Numbered(NamedTuple):
    """A structure (`its`) with its number in the plaquette and the trade under which it is listed (None if unknown)."""

    number: int
    its: PrintedStructure
    trade: PrintedTrade | None = None


@dataclass(frozen=True, slots=True)
class TradeSection:
    """Section of one trade: structures printed in full (it is their main trade), then those printed in full elsewhere."""

    code: str
    label: str
    group: str
    full: tuple[Numbered, ...]
    elsewhere: tuple[Numbered, ...]


@dataclass(frozen=True, slots=True)
class Ordered:
    """Structures in printing order: by trade, then, for those of unknown trade, by kind."""

    sections: tuple[TradeSection, ...]
    unknown: tuple[tuple[SupplierKind, tuple[Numbered, ...]], ...]

    @property
    def full(self) -> Iterator[Numbered]:
        """The structures, each once, by number."""
        for section in self.sections:
            yield from section.full
        for _, entries in self.unknown:
            yield from entries

    @property
    def by_kind(self) -> list[tuple[SupplierKind, int]]:
        """Numbers of structures by kind; one of two kinds counts in both."""
        counts = Counter(kind for one in self.full for kind in one.its.kinds)
        return [(kind, counts[kind]) for kind in SupplierKind if counts[kind]]

    @property
    def by_name(self) -> list[Numbered]:
        """The structures in alphabetical order."""
        return sorted(self.full, key=lambda one: (name_key(one.its.name), one.number))

    @property
    def by_town(self) -> list[tuple[str, tuple[int, ...]]]:
        """The communes in alphabetical order, each with the numbers of its structures."""
        numbers_by_town: dict[str, list[int]] = {}
        for entry in self.full:
            for town in entry.its.towns:
                numbers_by_town.setdefault(town, []).append(entry.number)
        return sorted(
            ((town, tuple(numbers)) for town, numbers in numbers_by_town.items()), key=lambda line: name_key(line[0])
        )


def printed_trades(supplier: Supplier) -> tuple[PrintedTrade, ...]:
    """Return the trades of a supplier: known, then staff lending for the kinds that exist for it, then guessed. A group of trades is left out if one of
    its trades is present."""
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
    """Return structures in printing order, limited to the trades or groups of trades in `chosen` unless it is empty."""
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
    # By group, then by trade; the group itself (no finer trade known) comes last in its own.
    group_of, label_of = taxonomy().group_of, taxonomy().label
    codes = sorted(
        main.keys() | others.keys(),
        key=lambda code: (name_key(label_of(group_of(code))), code == group_of(code), name_key(label_of(code))),
    )
    full = {code: [_number_structures(one, numbers, trade) for one, trade in main.get(code, ())] for code in codes}
    last = [
        (kind, tuple(_number_structures(one, numbers) for one in unknown[kind]))
        for kind in SupplierKind
        if kind in unknown
    ]
    sections = []
    for code in codes:
        group, label = group_of(code), label_of(code)
        if code == group:
            label += " (sans autre précision)"
        elsewhere = tuple(Numbered(numbers[one.id], one, trade) for one, trade in others.get(code, ()))
        sections.append(TradeSection(code, label, label_of(group), tuple(full[code]), elsewhere))
    return Ordered(tuple(sections), tuple(last))


def is_chosen(code: str, chosen: Collection[str]) -> bool:
    """Return whether a trade or its group is chosen; an empty choice includes all."""
    return not chosen or code in chosen or taxonomy().group_of(code) in chosen


def by_group(sections: Sequence[TradeSection]) -> Mapping[str, list[TradeSection]]:
    """Return sections grouped by the label of their group of trades, in order."""
    sections_by_group: dict[str, list[TradeSection]] = {}
    for section in sections:
        sections_by_group.setdefault(section.group, []).append(section)
    return sections_by_group


def _number_structures(
    structure: PrintedStructure, numbers: dict[str, int], trade: PrintedTrade | None = None
) -> Numbered:
    return Numbered(numbers.setdefault(structure.id, len(numbers) + 1), structure, trade)
