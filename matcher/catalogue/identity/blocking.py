"""Blocking: the pairs of suppliers worth comparing, which share a town, telephone, site or SIREN; without a town, one rare word."""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain, groupby

from rapidfuzz import fuzz

from matcher.catalogue.identity.compare import PairVerdict, RecordKey, Side, Traits, differ, side_of, verdict
from matcher.catalogue.identity.crowd import (
    CROWD,
    Block,
    Crowd,
    DescribedSide,
    describe_side,
    telling_words,
    towns_around,
    towns_of,
)
from matcher.catalogue.identity.references import Directory, directory_of, is_kept_by_hand
from matcher.reference.geography.communes import whole_city
from matcher.reference.name_words import weight

_RARE = 0.75
_CUT = 4  # letters that a name cut short still has
_ALIKE = 70.0  # of 100: two spellings of one name, letters swapped

_READY = (
    2**15
)  # nodes kept ready to be compared, some 3 KB each: a crowd that is described again for each question costs thrice

_NUMBERS = ("siren", "phone", "website")
_RANKS = 4


class Nodes:
    """Nodes by number, from 0. A node with a certain SIRET comes before all others, then FINESS numbers, then doubtful SIRETs.

    A node gives its id to those after it that are tied to it. `traits` may be read from a file: a record is asked for when it is compared.
    """

    def __init__(self, traits: Mapping[RecordKey, Traits], ids: Mapping[RecordKey, str]) -> None:
        self._traits = traits
        self._keys = sorted(sorted(ids), key=ids.__getitem__)
        self._ids = ids
        starts, stops = ([array("L") for _ in range(_RANKS)] for _ in range(2))
        stop = 0
        for _, group in groupby(self._keys, key=ids.__getitem__):
            start, stop = stop, stop + sum(1 for _ in group)
            records = [traits[key] for key in self._keys[start:stop]]
            if any(record.siret and not record.doubtful for record in records):
                rank = 0
            elif any(record.finess for record in records):
                rank = 1
            else:
                rank = 2 if any(record.siret for record in records) else 3
            starts[rank].append(start)
            stops[rank].append(stop)
        self._starts, self._stops = (array("L", chain(*by_rank)) for by_rank in (starts, stops))
        self.loose = range(len(starts[0]), len(self._starts))

    def __len__(self) -> int:
        return len(self._starts)

    def keys(self, node: int) -> list[RecordKey]:
        """The keys of the records of a node, sorted."""
        return self._keys[self._starts[node] : self._stops[node]]

    def directories(self, node: int) -> frozenset[Directory]:
        """Directories of the records of a node: each holds at most one record of a supplier, but for a list kept by hand."""
        return frozenset(directory_of(*key) for key in self.keys(node))

    def id(self, node: int) -> str:
        """The supplier's id of a node."""
        return self._ids[self._keys[self._starts[node]]]

    def side(self, node: int) -> Side:
        """A node as its records describe it together."""
        return side_of(map(self._traits.__getitem__, self.keys(node)))


class Index:
    """Index of the features shared by two descriptions of one supplier, for those nodes that look for another: the others are not kept.

    `crowded` are the nodes that `likely` compared with the nearest alone: too many others share as much with them.
    """

    def __init__(self, nodes: Nodes) -> None:
        self._described = lru_cache(_READY)(lambda node: describe_side(nodes.side(node)))
        self._directories = lru_cache(_READY)(nodes.directories)
        self._blocks: dict[Block, list[int]] = {}
        self._crowds: dict[Block, Crowd] = {}
        self.crowded: set[int] = set()
        towns: dict[int, list[Block]] = {}
        for node in nodes.loose:
            side = nodes.side(node)
            self._blocks.update((block, []) for block in (*_proving(side), *towns_around(side)))
            towns[node] = sorted(towns_of(side), reverse=True)  # postal codes, which hold several towns, come first
        for node in range(len(nodes)) if self._blocks else ():
            for block in _shelved(nodes.side(node)):
                if (shelf := self._blocks.get(block)) is not None:
                    shelf.append(node)
        self._by_town = sorted(nodes.loose, key=towns.__getitem__)

    def side(self, node: int) -> Side:
        """The node as its records describe it."""
        return self._described(node).side

    def likely(self) -> dict[int, Sequence[int]]:
        """Return, for each node that looks for another, the nodes before it, ascending, that may be the same supplier.

        They are of other directories and `verdict` does not make them different; or of one list kept by hand, and it makes them the same.
        Postal codes are gone through one after the other, so that neighbours are described once.
        """
        likely: dict[int, Sequence[int]] = {}
        for node in self._by_town:
            mine, directories = self._described(node), self._directories(node)
            sure, near = self._before(node, _proving(mine.side)), self._before(node, towns_around(mine.side))
            others = array("L")
            for other in sorted(sure | near):
                shared_lists = directories & self._directories(other)
                if not all(map(is_kept_by_hand, shared_lists)):
                    continue
                described_side = self._described(other)
                if differ(mine.side, described_side.side) or not (
                    other in sure or _share_something(mine, described_side)
                ):
                    continue
                worthy = (PairVerdict.SAME,) if shared_lists else (PairVerdict.SAME, PairVerdict.REVIEW)
                if verdict(mine.side, described_side.side) in worthy:
                    others.append(other)
            likely[node] = others
        return likely

    def _before(self, node: int, blocks: Iterable[Block]) -> set[int]:
        before: set[int] = set()
        for block in blocks:
            members = self._blocks[block]
            if len(members) <= CROWD:
                before.update(other for other in members if other < node)
                continue
            if block not in self._crowds:
                described = ((other, self._described(other), self._directories(other)) for other in members)
                self._crowds[block] = Crowd(described, by_place=block[0] in _NUMBERS)
            nearest = self._crowds[block].nearest(node, self._described(node), self._directories(node))
            before |= nearest.nodes
            if not nearest.all_there_is:
                self.crowded.add(node)
        return before


def _proving(side: Side) -> frozenset[Block]:
    """The blocks that prove something by themselves: whoever is in one of them is compared."""
    family = "townless" if towns_of(side) else "word"
    return _numbers(side) | {(family, word) for word in _rare(side)}


def _shelved(side: Side) -> frozenset[Block]:
    """The blocks that a node is found in."""
    towns, rare = towns_of(side), _rare(side)
    words = {("word", word) for word in rare}
    if not towns:
        words |= {("townless", word) for word in rare}
    # a description that names no arrondissement is looked for in all of them
    cities = frozenset(("city", city) for record in side.places if (city := whole_city(record.insee)))
    return towns | cities | _numbers(side) | words


def _rare(side: Side) -> list[str]:
    return [word for word in telling_words(side) if weight(word) >= _RARE]


def _share_something(described_side: DescribedSide, other: DescribedSide) -> bool:
    """Of one town: a telling word, a street, a spelling; or nothing to go by on one side."""
    if not (described_side.words.isdisjoint(other.words) and described_side.streets.isdisjoint(other.streets)):
        return True
    if not described_side.words or not other.words:
        return True
    if not (described_side.initials.isdisjoint(other.spelt) and other.initials.isdisjoint(described_side.spelt)):
        return True
    return any(
        a[:_CUT] == b[:_CUT] or fuzz.ratio(a, b, score_cutoff=_ALIKE) for a in described_side.spelt for b in other.spelt
    )


def _numbers(side: Side) -> frozenset[Block]:
    named = zip(_NUMBERS, (side.sirens, side.phones, side.websites), strict=True)
    return frozenset((name, value) for name, values in named for value in values)
