"""Which suppliers are worth comparing: of one town, telephone, site or SIREN; where a town is missing, of one rare word."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz

from matcher.catalogue.evidence import Side
from matcher.catalogue.nodes import Nodes
from matcher.catalogue.street import street_of
from matcher.reference.communes import whole_city
from matcher.reference.name_words import told, weight

_TELLING = 0.3
_RARE = 0.75
_CUT = 4  # letters that a name cut short still has
_ALIKE = 70.0  # of 100: two spellings of one name, letters swapped

_DESCRIBED = 4096  # nodes kept ready to be compared, 3 KB each

Block = tuple[str, str]


class Index:
    """What two descriptions of one supplier have in common, for those nodes that look for another: the others are not kept."""

    def __init__(self, nodes: Nodes) -> None:
        self._described = lru_cache(_DESCRIBED)(lambda node: _described(nodes.side(node)))
        self._blocks: dict[Block, list[int]] = {}
        for node in nodes.loose:
            sure, near = _looked_in(self._described(node))
            self._blocks.update((block, []) for block in sure | near)
        for node in range(len(nodes)) if self._blocks else ():
            for block in _shelved(self._described(node)):
                if (shelf := self._blocks.get(block)) is not None:
                    shelf.append(node)

    def side(self, node: int) -> Side:
        """The node as its records describe it."""
        return self._described(node).side

    def worth_comparing(self, node: int) -> Iterator[int]:
        """Yield, ascending, the nodes before `node` that may be the same supplier."""
        mine = self._described(node)
        blocks, towns = _looked_in(mine)
        sure, near = self._before(node, blocks), self._before(node, towns)
        for other in sorted(sure | near):
            if other in sure or _share_something(mine, self._described(other)):
                yield other

    def _before(self, node: int, blocks: Iterable[Block]) -> set[int]:
        return {other for block in blocks for other in self._blocks[block] if other < node}


class _Described(NamedTuple):
    side: Side
    words: frozenset[str]
    spelt: tuple[str, ...]
    streets: frozenset[str]
    towns: frozenset[Block]
    numbers: frozenset[Block]

    @property
    def rare(self) -> list[str]:
        return [word for word in self.words if weight(word) >= _RARE]


def _described(side: Side) -> _Described:
    return _Described(side, _words(side), _spelt(side), _streets(side), _towns(side), _numbers(side))


def _looked_in(described: _Described) -> tuple[frozenset[Block], frozenset[Block]]:
    """The blocks that prove something by themselves, and those of the places around."""
    family = "townless" if described.towns else "word"
    return described.numbers | {(family, word) for word in described.rare}, _around(described.towns)


def _shelved(described: _Described) -> frozenset[Block]:
    """The blocks that a node is found in."""
    families = ("word",) if described.towns else ("word", "townless")
    words = {(family, word) for word in described.rare for family in families}
    return described.towns | _cities(described.side) | described.numbers | words


def _share_something(one: _Described, other: _Described) -> bool:
    """Of one town: a telling word, a street, a spelling; or nothing to go by on one side."""
    if not (one.words.isdisjoint(other.words) and one.streets.isdisjoint(other.streets)):
        return True
    if not one.words or not other.words:
        return True
    return any(
        a[:_CUT] == b[:_CUT] or fuzz.ratio(a, b, score_cutoff=_ALIKE) for a in one.spelt for b in other.spelt
    )


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


def _around(towns: frozenset[Block]) -> frozenset[Block]:
    cities = {("insee", city) for family, code in towns if family == "insee" and (city := whole_city(code))}
    return towns | cities | {("city", code) for family, code in towns if family == "insee"}


def _numbers(side: Side) -> frozenset[Block]:
    named = (("siren", side.sirens), ("phone", side.phones), ("website", side.websites))
    return frozenset((name, value) for name, values in named for value in values)
