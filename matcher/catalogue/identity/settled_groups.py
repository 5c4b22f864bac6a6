"""Groups of records settled by a shared identifier or a human decision; input of the comparison step."""

from array import array
from collections.abc import Mapping
from itertools import groupby

from matcher.catalogue.identity.compare import RecordKey, Side, Traits, side_of
from matcher.catalogue.identity.references import Directory, directory_of
from matcher.catalogue.identity.traits import Packed, unpack

_RANKS = 4


class Nodes:
    """Nodes by number, from 0. A node with a certain SIRET comes before all others, then FINESS numbers, then doubtful SIRETs.

    A node gives its id to those after it that are tied to it. Records stay packed until one of them is asked for.
    """

    def __init__(self, traits: Mapping[RecordKey, Packed], ids: Mapping[RecordKey, str]) -> None:
        self._traits = traits
        self._keys = sorted(sorted(ids), key=ids.__getitem__)
        self._ids = ids
        by_rank: list[list[tuple[int, int]]] = [[] for _ in range(_RANKS)]
        stop = 0
        for _, group in groupby(self._keys, key=ids.__getitem__):
            start, stop = stop, stop + sum(1 for _ in group)
            by_rank[_rank([self._unpacked(key) for key in self._keys[start:stop]])].append((start, stop))
        self._starts = array("L", (start for nodes in by_rank for start, _ in nodes))
        self._stops = array("L", (stop for nodes in by_rank for _, stop in nodes))
        self.loose = range(len(by_rank[0]), len(self._starts))

    def __len__(self) -> int:
        return len(self._starts)

    def keys(self, node: int) -> list[RecordKey]:
        """The keys of the records of a node, sorted."""
        return self._keys[self._starts[node] : self._stops[node]]

    def directories(self, node: int) -> frozenset[Directory]:
        """Directories of the records of a node: each holds at most one record of a supplier."""
        return frozenset(directory_of(*key) for key in self.keys(node))

    def id(self, node: int) -> str:
        """The supplier's id of a node."""
        return self._ids[self._keys[self._starts[node]]]

    def side(self, node: int) -> Side:
        """A node as its records describe it together."""
        return side_of(map(self._unpacked, self.keys(node)))

    def _unpacked(self, key: RecordKey) -> Traits:
        return unpack(key, self._traits[key])


def _rank(records: list[Traits]) -> int:
    """How certain a supplier's own key is: 0 a SIRET, 1 a FINESS number, 2 a doubtful SIRET, 3 none."""
    if any(record.siret and not record.doubtful for record in records):
        return 0
    if any(record.finess for record in records):
        return 1
    return 2 if any(record.siret for record in records) else 3
