"""Candidates for duplicates within a crowded block (over 200 suppliers that share a town, a word or a number): nearest neighbours, not all pairs."""

from bisect import bisect_left
from collections.abc import Collection, Iterable
from typing import NamedTuple

from matcher.catalogue.identity.compare import Side
from matcher.catalogue.identity.references import Directory
from matcher.catalogue.identity.street import street_of
from matcher.reference.geography.communes import whole_city
from matcher.reference.name_words import parse_name, weight

# A block with more members is a crowd; the largest among 7,041 real descriptions, Paris, has 136.
CROWD = 200
# Most candidates taken for shared features, the rarest features first.
_MOST = 50
# Candidates taken per directory for a feature too common for `_MOST`: the members with the shortest names.
_SHORTEST = 4
# Candidates on each side in alphabetical order, of names and of reversed names: they find misspelt words.
_NEIGHBOURS = 2
# Least share of the names' weight in common for two names to be close.
_CLOSE = 0.6

_ANY, _NO_NAME, _NO_PLACE = ("any", ""), ("no name", ""), ("no place", "")
_TELLING = 0.3

Block = tuple[str, str]


class DescribedSide(NamedTuple):
    """One of two suppliers compared, with features compared first: rare words of names, names without spaces, initials, words and boxes of streets."""

    side: Side
    words: frozenset[str]
    spelt: tuple[str, ...]
    initials: frozenset[str]
    streets: frozenset[str]


def describe_side(side: Side) -> DescribedSide:
    """Return a side with the features compared first."""
    streets = [street_of(record.address) for record in side.places]
    return DescribedSide(
        side,
        telling_words(side),
        tuple({"".join(parse_name(name).words): None for name in side.names}),
        frozenset("".join(word[0] for word in parse_name(name).words) for name in side.names),
        frozenset(word for street in streets for word in (*street.words, street.box) if word),
    )


def telling_words(side: Side) -> frozenset[str]:
    """Return the words of a side's names that are rare enough to identify it."""
    return frozenset(word for name in side.names for word in parse_name(name).words if weight(word) >= _TELLING)


def towns_of(side: Side) -> frozenset[Block]:
    """Return the communes and postal codes of a side's places, as blocks."""
    insee = {("insee", record.insee) for record in side.places if record.insee}
    return frozenset(insee | {("post_code", record.post_code) for record in side.places if record.post_code})


def towns_around(side: Side) -> frozenset[Block]:
    """Return `towns_of` with the city of each arrondissement and the arrondissements of each city."""
    towns = towns_of(side)
    cities = {("insee", city) for family, code in towns if family == "insee" and (city := whole_city(code))}
    return towns | cities | {("city", code) for family, code in towns if family == "insee"}


_Sharing = tuple[int, dict[Directory, tuple[list[int], int]]]


class Nearest(NamedTuple):
    """Candidates of a crowd, and whether they are all that may be the same supplier."""

    nodes: set[int]
    all_there_is: bool


class Crowd:
    """Members of a crowded block, indexed by the words and streets they share, or by their towns if `by_place`.

    A query costs the same whatever the number of members.
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

    def nearest(self, node: int, described: DescribedSide, own_directories: Collection[Directory]) -> Nearest:
        """Return the likeliest matches of `node` among members of a lower number (so that a pair is seen once) and of other directories."""
        nodes: set[int] = set()
        left_out: list[Block] = []
        sharing = self._sharing_before(node, described, own_directories)
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
        # and those next to it in alphabetical order, by their first letters, then by their last ones
        for ordered, step in ((self._forward, 1), (self._backward, -1)):
            for directory in ordered.keys() - own_directories:
                for text in described.spelt:
                    at = bisect_left(ordered[directory], (text[::step], -1))
                    next_to_it = ordered[directory][max(0, at - _NEIGHBOURS) : at + _NEIGHBOURS]
                    nodes.update(other for _, other in next_to_it if other < node)
        return Nearest(nodes, all_there_is=not _may_be_close(left_out, described))

    def _sharing_before(
        self, node: int, described: DescribedSide, own_directories: Collection[Directory]
    ) -> dict[Block, _Sharing]:
        """Return, of each feature sought, how many members before `node` have it, and per other directory its members with the feature and how many
        of them come before."""
        sought: set[Block] = {_ANY}
        if self._by_place:
            if towns := towns_around(described.side):
                sought = {_NO_PLACE, *towns}
        elif described.words:
            sought = self._features(described) - {_ANY} | {_NO_NAME}
        sharing: dict[Block, _Sharing] = {}
        for feature in sought:
            earlier = {
                directory: (members, stop)
                for directory, members in self._sharing.get(feature, {}).items()
                if directory not in own_directories and (stop := bisect_left(members, node))
            }
            sharing[feature] = sum(stop for _, stop in earlier.values()), earlier
        return sharing

    def _features(self, member: DescribedSide) -> set[Block]:
        if self._by_place:
            return {_ANY, *(towns_of(member.side) or (_NO_PLACE,))}
        words = {("word", word) for word in member.words} or {_NO_NAME}
        return {_ANY, *words, *(("street", word) for word in member.streets)}


def _may_be_close(left_out: Collection[Block], described: DescribedSide) -> bool:
    """Return True where a member that shares only these features may be the same supplier."""
    words = {word for family, word in left_out if family == "word"}
    if len(words) < len(left_out):
        return True
    names = [parse_name(name).words for name in described.side.names] if words else []
    return any(
        sum(weight(word) for word in name if word in words) >= _CLOSE * sum(map(weight, name)) for name in names if name
    )
