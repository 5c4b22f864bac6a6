"""Blocking (a step of record linkage): selects the pairs of suppliers worth comparing, those that share a town, telephone, website or SIREN, or,
where the town is unknown, a rare word of their names."""

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
_PREFIX_LETTERS = 4  # letters that a truncated name still has
_ALIKE = 70.0  # of 100: likeness of two spellings of one name

# Nodes cached once described, some 3 KB each: without the cache a crowded block takes three times as long.
_CACHED_NODES = 2**15

_NUMBERS = ("siren", "phone", "website")
_RANKS = 4


class Nodes:
    """The groups of records that share a certain id (nodes), numbered from 0: those with a certain SIRET first, then with a FINESS number, then
    with a doubtful SIRET, then the rest.

    A node gives its id to the later nodes tied to it. `traits` may be backed by a file: a record is loaded when it is compared.
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
        self.without_siret = range(len(starts[0]), len(self._starts))

    def __len__(self) -> int:
        return len(self._starts)

    def keys(self, node: int) -> list[RecordKey]:
        """The keys of the records of a node, sorted."""
        return self._keys[self._starts[node] : self._stops[node]]

    def directories(self, node: int) -> frozenset[Directory]:
        """Directories of a node's records: a directory lists a supplier once at most, unless it is a list kept by hand."""
        return frozenset(directory_of(*key) for key in self.keys(node))

    def id(self, node: int) -> str:
        """The supplier id of a node."""
        return self._ids[self._keys[self._starts[node]]]

    def side(self, node: int) -> Side:
        """The node's records put together as one side of a comparison."""
        return side_of(map(self._traits.__getitem__, self.keys(node)))


class Index:
    """Inverted index from features (blocks) to nodes, limited to the features of the nodes without a certain SIRET, which look for their match.

    `crowded` are the nodes that `likely` compared only with their nearest neighbours, because too many nodes share their features.
    """

    def __init__(self, nodes: Nodes) -> None:
        self._described = lru_cache(_CACHED_NODES)(lambda node: describe_side(nodes.side(node)))
        self._directories = lru_cache(_CACHED_NODES)(nodes.directories)
        self._blocks: dict[Block, list[int]] = {}
        self._crowds: dict[Block, Crowd] = {}
        self.crowded: set[int] = set()
        towns: dict[int, list[Block]] = {}
        for node in nodes.without_siret:
            side = nodes.side(node)
            self._blocks.update((block, []) for block in (*_proving(side), *towns_around(side)))
            towns[node] = sorted(towns_of(side), reverse=True)  # postal codes, which hold several towns, come first
        for node in range(len(nodes)) if self._blocks else ():
            for block in _own_blocks(nodes.side(node)):
                if (members := self._blocks.get(block)) is not None:
                    members.append(node)
        self._by_town = sorted(nodes.without_siret, key=towns.__getitem__)

    def side(self, node: int) -> Side:
        """The node's records put together as one side of a comparison."""
        return self._described(node).side

    def likely(self) -> dict[int, Sequence[int]]:
        """Return, for each node without a certain SIRET, the earlier nodes that may be the same supplier, ascending.

        A candidate of another directory is kept unless `verdict` is DIFFERENT; one of the same list kept by hand only if it is SAME. Nodes are
        visited by postal code, so that neighbours stay in the cache.
        """
        likely: dict[int, Sequence[int]] = {}
        for node in self._by_town:
            described, directories = self._described(node), self._directories(node)
            by_proof = self._before(node, _proving(described.side))
            by_town = self._before(node, towns_around(described.side))
            others = array("L")
            for other in sorted(by_proof | by_town):
                shared_lists = directories & self._directories(other)
                if not all(is_kept_by_hand(shared.source) for shared in shared_lists):
                    continue
                candidate = self._described(other)
                if differ(described.side, candidate.side) or not (
                    other in by_proof or _share_something(described, candidate)
                ):
                    continue
                worthy = (PairVerdict.SAME,) if shared_lists else (PairVerdict.SAME, PairVerdict.REVIEW)
                if verdict(described.side, candidate.side) in worthy:
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
    """The blocks that are evidence by themselves: all their members are compared."""
    family = "townless" if towns_of(side) else "word"
    return _number_blocks(side) | {(family, word) for word in _rare_words(side)}


def _own_blocks(side: Side) -> frozenset[Block]:
    """The blocks under which a node is indexed."""
    towns, rare = towns_of(side), _rare_words(side)
    words = {("word", word) for word in rare}
    if not towns:
        words |= {("townless", word) for word in rare}
    # a node without an arrondissement is sought in all arrondissements of its city
    cities = frozenset(("city", city) for record in side.places if (city := whole_city(record.insee)))
    return towns | cities | _number_blocks(side) | words


def _rare_words(side: Side) -> list[str]:
    return [word for word in telling_words(side) if weight(word) >= _RARE]


def _share_something(described_side: DescribedSide, other: DescribedSide) -> bool:
    """Return True for two nodes of one town that share a telling word, a street or a spelling, or where one has nothing to compare."""
    if not (described_side.words.isdisjoint(other.words) and described_side.streets.isdisjoint(other.streets)):
        return True
    if not described_side.words or not other.words:
        return True
    if not (described_side.initials.isdisjoint(other.spelt) and other.initials.isdisjoint(described_side.spelt)):
        return True
    return any(
        a[:_PREFIX_LETTERS] == b[:_PREFIX_LETTERS] or fuzz.ratio(a, b, score_cutoff=_ALIKE)
        for a in described_side.spelt
        for b in other.spelt
    )


def _number_blocks(side: Side) -> frozenset[Block]:
    named = zip(_NUMBERS, (side.sirens, side.phones, side.websites), strict=True)
    return frozenset((name, value) for name, values in named for value in values)
