"""Crowded blocks: of very many descriptions that share a town, a word or a number, the few that a new one is nearest to."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from matcher.catalogue.identity.compare import Side
from matcher.catalogue.identity.references import Directory
from matcher.catalogue.identity.street import street_of
from matcher.reference.geography.communes import whole_city
from matcher.reference.name_words import parse_name, weight

# More members than this make a block a crowd: the largest of 7,041 real descriptions, Paris, holds 136.
CROWD = 200
# Members of a crowd that one description is compared with for what it shares with them, the rarest first.
_MOST = 50
# Of what more of them share: the members that have the fewest words beside it, in each directory.
_SHORTEST = 4
# Members before and after it by the letters of its name, read from either end: misspelt words are no shared words.
_BESIDE = 2
# Two names are close, at the least, where this much of both is in common.
_CLOSE = 0.6

_ANY, _NO_NAME, _NO_PLACE = ("any", ""), ("no name", ""), ("no place", "")
_TELLING = 0.3

Block = tuple[str, str]


class DescribedSide(NamedTuple):
    """A side, the telling words of its names, how each name is spelt in one piece, its initials, and the words and boxes of its streets."""

    side: Side
    words: frozenset[str]
    spelt: tuple[str, ...]
    initials: frozenset[str]
    streets: frozenset[str]


def describe_side(side: Side) -> DescribedSide:
    """Return a side with what is compared first of it."""
    streets = [street_of(record.address) for record in side.places]
    return DescribedSide(
        side,
        telling_words(side),
        tuple({"".join(parse_name(name).words): None for name in side.names}),
        frozenset("".join(word[0] for word in parse_name(name).words) for name in side.names),
        frozenset(word for street in streets for word in (*street.words, street.box) if word),
    )


def telling_words(side: Side) -> frozenset[str]:
    """Return the telling words of the names of a side."""
    return frozenset(word for name in side.names for word in parse_name(name).words if weight(word) >= _TELLING)


def towns_of(side: Side) -> frozenset[Block]:
    """Return the communes and postal codes of its places."""
    insee = {("insee", record.insee) for record in side.places if record.insee}
    return frozenset(insee | {("post_code", record.post_code) for record in side.places if record.post_code})


def towns_around(side: Side) -> frozenset[Block]:
    """Return the blocks of its places, the whole city of an arrondissement and the arrondissements of a city among them."""
    towns = towns_of(side)
    cities = {("insee", city) for family, code in towns if family == "insee" and (city := whole_city(code))}
    return towns | cities | {("city", code) for family, code in towns if family == "insee"}


class Nearest(NamedTuple):
    """Members of a crowd to compare with, and whether no other may be the same supplier."""

    nodes: set[int]
    all_there_is: bool


class Crowd:
    """Members of a crowded block, in the order of their numbers, by what they share: words and streets, or, `by_place`, towns.

    Each question costs the same, whatever the number of members.
    """

    def __init__(
        self, members: Iterable[tuple[int, DescribedSide, frozenset[Directory]]], *, by_place: bool = False
    ) -> None:
        self._by_place = by_place
        self._sharing: dict[Block, dict[Directory, list[int]]] = {}
        self._lengths: dict[int, int] = {}
        spelt: dict[Directory, list[tuple[str, int]]] = {}
        for node, member, directories in members:
            self._lengths[node] = min((len(parse_name(name).words) for name in member.side.names), default=0)
            for directory in directories:
                spelt.setdefault(directory, []).extend((text, node) for text in member.spelt)
                for feature in self._features(member):
                    self._sharing.setdefault(feature, {}).setdefault(directory, []).append(node)
        self._forward = {directory: sorted(names) for directory, names in spelt.items()}
        self._backward = {
            directory: sorted((text[::-1], node) for text, node in names) for directory, names in spelt.items()
        }
        self._shortest: dict[tuple[Block, Directory], list[int]] = {}

    def nearest(self, node: int, mine: DescribedSide, own: Collection[Directory]) -> Nearest:
        """Return the members before `node`, of other directories than its `own`, that share most with it."""
        nodes: set[int] = set()
        left_out: list[Block] = []
        sharing = {feature: self._before(feature, node, own) for feature in self._looked_for(mine)}
        room = _MOST
        for feature, (count, parts) in sorted(sharing.items(), key=lambda item: (item[1][0], item[0])):
            if count <= room:
                room -= count
                nodes.update(other for members, stop in parts.values() for other in members[:stop])
                continue
            left_out.append(feature)
            for directory, (members, _) in parts.items():
                key = feature, directory
                if key not in self._shortest:
                    by_length = sorted(members, key=lambda member: (self._lengths[member], member))
                    self._shortest[key] = by_length[:_SHORTEST]
                nodes.update(other for other in self._shortest[key] if other < node)
        nodes.update(other for other in self._beside(mine, own) if other < node)
        return Nearest(nodes, all_there_is=not _may_be_close(left_out, mine))

    def _before(
        self, feature: Block, node: int, own: Collection[Directory]
    ) -> tuple[int, dict[Directory, tuple[list[int], int]]]:
        """Count the members before `node` that share a feature, and, of each other directory, its members and those before."""
        parts = {
            directory: (members, stop)
            for directory, members in self._sharing.get(feature, {}).items()
            if directory not in own and (stop := bisect_left(members, node))
        }
        return sum(stop for _, stop in parts.values()), parts

    def _beside(self, mine: DescribedSide, own: Collection[Directory]) -> Iterator[int]:
        """The members next to it by their spelling."""
        for ordered, step in ((self._forward, 1), (self._backward, -1)):
            for directory, names in ordered.items():
                if directory not in own:
                    for text in mine.spelt:
                        at = bisect_left(names, (text[::step], -1))
                        yield from (other for _, other in names[max(0, at - _BESIDE) : at + _BESIDE])

    def _looked_for(self, mine: DescribedSide) -> set[Block]:
        if self._by_place:
            towns = towns_around(mine.side)
            return {_NO_PLACE, *towns} if towns else {_ANY}
        return self._features(mine) - {_ANY} | {_NO_NAME} if mine.words else {_ANY}

    def _features(self, member: DescribedSide) -> set[Block]:
        if self._by_place:
            return {_ANY, *(towns_of(member.side) or (_NO_PLACE,))}
        words = {("word", word) for word in member.words} or {_NO_NAME}
        return {_ANY, *words, *(("street", word) for word in member.streets)}


def _may_be_close(left_out: Collection[Block], mine: DescribedSide) -> bool:
    """Return True where a member that shares these features alone may be the same supplier."""
    words = {word for family, word in left_out if family == "word"}
    if len(words) < len(left_out):
        return True
    names = [parse_name(name).words for name in mine.side.names] if words else []
    return any(
        sum(weight(word) for word in name if word in words) >= _CLOSE * sum(map(weight, name)) for name in names if name
    )
