"""Blocking: the pairs of suppliers worth comparing, which share a town, telephone, site or SIREN; without a town, one rare word."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz

from matcher.catalogue.identity.compare import PairVerdict, Side, differ, verdict
from matcher.catalogue.identity.settled_groups import Nodes
from matcher.catalogue.identity.street import street_of
from matcher.reference.geography.communes import whole_city
from matcher.reference.name_words import told, weight

_TELLING = 0.3
_RARE = 0.75
_CUT = 4  # letters that a name cut short still has
_ALIKE = 70.0  # of 100: two spellings of one name, letters swapped

_READY = 4096  # nodes kept ready to be compared, some 3 KB each

Block = tuple[str, str]


class Index:
    """Index of the features shared by two descriptions of one supplier, for those nodes that look for another: the others are not kept."""

    def __init__(self, nodes: Nodes) -> None:
        self._described = lru_cache(_READY)(lambda node: _described(nodes.side(node)))
        self._directories = lru_cache(_READY)(nodes.directories)
        self._blocks: dict[Block, list[int]] = {}
        towns: dict[int, list[Block]] = {}
        for node in nodes.loose:
            side = nodes.side(node)
            self._blocks.update((block, []) for block in (*_proving(side), *_around(side)))
            towns[node] = sorted(_towns(side), reverse=True)  # postal codes, which hold several towns, come first
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

        They are of other directories, and `verdict` does not say that they differ. Postal codes are gone through one after the
        other, so that neighbours are described once.
        """
        return {node: array("L", self._worth_comparing(node)) for node in self._by_town}

    def _worth_comparing(self, node: int) -> Iterator[int]:
        mine, directories = self._described(node), self._directories(node)
        sure, near = self._before(node, _proving(mine.side)), self._before(node, _around(mine.side))
        for other in sorted(sure | near):
            if not directories.isdisjoint(self._directories(other)):
                continue
            its = self._described(other)
            if differ(mine.side, its.side) or not (other in sure or _share_something(mine, its)):
                continue
            if verdict(mine.side, its.side) is not PairVerdict.DIFFERENT:
                yield other

    def _before(self, node: int, blocks: Iterable[Block]) -> set[int]:
        return {other for block in blocks for other in self._blocks[block] if other < node}


class _Described(NamedTuple):
    side: Side
    words: frozenset[str]
    spelt: tuple[str, ...]
    streets: frozenset[str]


def _described(side: Side) -> _Described:
    return _Described(side, _words(side), _spelt(side), _streets(side))


def _proving(side: Side) -> frozenset[Block]:
    """The blocks that prove something by themselves: whoever is in one of them is compared."""
    family = "townless" if _towns(side) else "word"
    return _numbers(side) | {(family, word) for word in _rare(side)}


def _around(side: Side) -> frozenset[Block]:
    """The blocks of its places: whoever is in one of them is compared where something else is in common."""
    towns = _towns(side)
    cities = {("insee", city) for family, code in towns if family == "insee" and (city := whole_city(code))}
    return towns | cities | {("city", code) for family, code in towns if family == "insee"}


def _shelved(side: Side) -> frozenset[Block]:
    """The blocks that a node is found in."""
    towns, rare = _towns(side), _rare(side)
    words = {("word", word) for word in rare}
    if not towns:
        words |= {("townless", word) for word in rare}
    return towns | _cities(side) | _numbers(side) | words


def _rare(side: Side) -> list[str]:
    return [word for word in _words(side) if weight(word) >= _RARE]


def _share_something(one: _Described, other: _Described) -> bool:
    """Of one town: a telling word, a street, a spelling; or nothing to go by on one side."""
    if not (one.words.isdisjoint(other.words) and one.streets.isdisjoint(other.streets)):
        return True
    if not one.words or not other.words:
        return True
    return any(a[:_CUT] == b[:_CUT] or fuzz.ratio(a, b, score_cutoff=_ALIKE) for a in one.spelt for b in other.spelt)


def _words(side: Side) -> frozenset[str]:
    return frozenset(word for name in side.names for word in told(name).words if weight(word) >= _TELLING)


def _spelt(side: Side) -> tuple[str, ...]:
    return tuple({"".join(told(name).words): None for name in side.names})


def _streets(side: Side) -> frozenset[str]:
    streets = [street_of(record.address) for record in side.places]
    return frozenset(word for street in streets for word in (*street.words, street.box) if word)


def _towns(side: Side) -> frozenset[Block]:
    insee = {("insee", record.insee) for record in side.places if record.insee}
    return frozenset(insee | {("post_code", record.post_code) for record in side.places if record.post_code})


def _cities(side: Side) -> frozenset[Block]:
    """The city of an arrondissement: a description that names no arrondissement is looked for in all of them."""
    return frozenset(("city", city) for record in side.places if (city := whole_city(record.insee)))


def _numbers(side: Side) -> frozenset[Block]:
    named = (("siren", side.sirens), ("phone", side.phones), ("website", side.websites))
    return frozenset((name, value) for name, values in named for value in values)
