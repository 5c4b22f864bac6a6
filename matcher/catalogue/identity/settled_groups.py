"""Groups of records settled by a shared identifier or a human decision; input of the comparison step."""

from array import array
from collections.abc import Mapping
from itertools import chain, groupby

from matcher.catalogue.identity.compare import RecordKey, Side, Traits, side_of
from matcher.catalogue.identity.references import Directory, directory_of

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
            rank = _rank([traits[key] for key in self._keys[start:stop]])
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
        """Directories of the records of a node: each holds at most one record of a supplier."""
        return frozenset(directory_of(*key) for key in self.keys(node))

    def id(self, node: int) -> str:
        """The supplier's id of a node."""
        return self._ids[self._keys[self._starts[node]]]

    def side(self, node: int) -> Side:
        """A node as its records describe it together."""
        return side_of(map(self._traits.__getitem__, self.keys(node)))


def _rank(records: list[Traits]) -> int:
    """How certain a supplier's own key is: 0 a SIRET, 1 a FINESS number, 2 a doubtful SIRET, 3 none."""
    if any(record.siret and not record.doubtful for record in records):
        return 0
    if any(record.finess for record in records):
        return 1
    return 2 if any(record.siret for record in records) else 3
