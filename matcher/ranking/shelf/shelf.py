"""The shelf: every supplier of a catalogue as arrays (columns), built once per catalogue version (`ranking.lay_out`) and read for each lot."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from matcher.cleaning.siret import SIRET_BAD_KEY
from matcher.domain.fields import FIELD, SupplierField
from matcher.domain.kinds import SupplierKind
from matcher.domain.supplier import Supplier
from matcher.mapped import Strings, StringsMaker
from matcher.ranking.shelf.activity_clues import Clue, other_trade, strongest_clues
from matcher.ranking.shelf.areas import Areas, AreasMaker
from matcher.ranking.shelf.awards import Awards, AwardsMaker
from matcher.ranking.shelf.card import Cards, card_text
from matcher.ranking.shelf.columns import Cells, Postings
from matcher.ranking.shelf.points import Points, PointsMaker
from matcher.ranking.shelf.sphere import Floats
from matcher.ranking.shelf.word_index import Bools, Wordings, WordingsMaker
from matcher.reference.trades.activities import taxonomy

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Remembering:
    """An immutable value with a cache of results computed from it."""

    _found: dict[Callable[..., Any], Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, compute: Callable[[Self], T]) -> T:
        """Return `compute(self)`, computed on the first call only (memoised by function). Two threads may both compute it."""
        if compute not in self._found:
            self._found[compute] = compute(self)
        computed: T = self._found[compute]
        return computed


@dataclass(frozen=True, slots=True)
class ShelfFact:
    """A numeric column: `of` computes it from a supplier's record, NaN where unknown (boolean columns, `yes_or_no`, have no NaN). Records are loaded
    without website, origins and provenance: `of` may not read them."""

    name: str
    of: Callable[[Supplier], float]
    yes_or_no: bool = False


@cache
def field_fact(field: SupplierField) -> ShelfFact:
    """Return the column of a field that lists are filtered by: True for the suppliers that its filter keeps."""
    return ShelfFact(field.name, field.passes, yes_or_no=True)


RANGED = field_fact(FIELD["area"])


class FactsMaker:
    """Builds the columns of facts from suppliers added in order of row. Raises ValueError where two facts have the same name."""

    def __init__(self, facts: Iterable[ShelfFact]) -> None:
        self._facts = {fact.name: fact for fact in facts}
        if sorted(self._facts) != sorted(fact.name for fact in facts):
            raise ValueError("two facts of one name")
        self._columns = {name: array("f") for name in self._facts}

    def add(self, supplier: Supplier) -> None:
        """Add the facts of the next supplier."""
        for name, fact in self._facts.items():
            self._columns[name].append(fact.of(supplier))

    def make(self) -> Mapping[str, NDArray[Any]]:
        """Return the (n,) columns by name, as float32 or bool."""
        return {
            name: np.array(self._columns[name], dtype=bool if fact.yes_or_no else np.float32)
            for name, fact in self._facts.items()
        }


KINDS: tuple[SupplierKind, ...] = tuple(SupplierKind)
KIND_INDEX = {kind: i for i, kind in enumerate(KINDS)}


@dataclass(frozen=True, eq=False)
class Kinds:
    """Kinds of each supplier: `sets` (s, 12) distinct sets of kinds, in the order of SupplierKind; `held` (n,) index of each supplier's set."""

    sets: Bools
    held: NDArray[np.uint16]

    def any_of(self, kinds: Iterable[SupplierKind]) -> Bools:
        """Return (n,) whether each supplier has one of these kinds."""
        columns = sorted(KIND_INDEX[kind] for kind in kinds)
        return self._of_each(self.sets[:, columns].any(axis=1))

    def any_known(self) -> Bools:
        """Return (n,) whether each supplier has a known kind."""
        return self._of_each(self.sets.any(axis=1))

    def only(self, kinds: Iterable[SupplierKind]) -> Bools:
        """Return (n,) whether each supplier has some of these kinds and no other."""
        columns = sorted(KIND_INDEX[kind] for kind in kinds)
        inside = self.sets[:, columns].sum(axis=1)
        return self._of_each((inside > 0) & (inside == self.sets.sum(axis=1)))

    def best(self, values: Floats) -> Floats:
        """Return (n,) the maximum of (12,) values, none negative, over the kinds of each supplier; NaN where none is known."""
        best: Floats = np.where(self.sets, values, np.float32(-1)).max(axis=1, initial=np.float32(-1))
        best[best < 0] = np.nan
        return best.take(self.held)

    def _of_each(self, of_set: Any) -> Bools:
        return np.asarray(of_set, dtype=bool).take(self.held)


@dataclass(frozen=True, eq=False)
class Does:
    """Activities of the suppliers, indexed by activity of the taxonomy: `holders` the rows, `strengths` of their evidence, `sure` if not guessed."""

    holders: Postings
    strengths: Floats
    sure: Bools

    def surely(self, wanted: Bools, supplier_count: int) -> Bools:
        """Return (n,) True for suppliers known, not guessed, to do one of the (A,) `wanted` activities."""
        does = np.zeros(supplier_count, dtype=bool)
        for column in np.flatnonzero(wanted):
            span = self.holders.span(int(column))
            does[self.holders.rows[span][self.sure[span]]] = True
        return does

    def best(self, wanted: Floats, supplier_count: int) -> Floats:
        """Return (n,) the maximum over activities of strength × (A,) `wanted`; 0 without any."""
        best = np.zeros(supplier_count, dtype=np.float32)
        for column in np.flatnonzero(wanted):
            span = self.holders.span(int(column))
            np.maximum.at(best, self.holders.rows[span], self.strengths[span] * wanted[column])
        return best


@dataclass(frozen=True, eq=False)
class Shelf(Remembering):
    """n suppliers in order of id. Everything is an array, so that a shelf can be memory-mapped from a file.

    `cards`: fields that lists show. `does`: evidence of activities; `other` (n,): value of the supplier for a lot of an activity that its record
    does not name, NaN where it names no trade; `not_done`: by activity, rows that the team noted as not doing it. `sirens` (n,): 0 where unknown
    or wrong; `awards`: past contracts; `wordings`: index of the words of records; `facts`: columns declared by signals, gates and filters of fields,
    by name: `shelf[FACT]` is (n,).
    """

    version: int
    ids: Strings
    cards: Strings
    kinds: Kinds
    points: Points
    areas: Areas
    does: Does
    not_done: Postings
    other: Floats
    sirens: NDArray[np.uint32]
    awards: Awards
    wordings: Wordings
    facts: Mapping[str, NDArray[Any]]

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, fact: ShelfFact) -> NDArray[Any]:
        return self.facts[fact.name]

    @cached_property
    def suppliers(self) -> Cards:
        """The card of each supplier, by row."""
        return Cards(self.cards)

    @cached_property
    def organisations(self) -> NDArray[np.intp]:
        """(n,) organisation number, in 0..n-1, of each supplier: shared by those of one SIREN, unique where the SIREN is unknown."""
        sirens = self.sirens.astype(np.int64)
        each = np.where(sirens > 0, sirens, -1 - np.arange(len(sirens)))
        return np.asarray(np.unique(each, return_inverse=True)[1])

    def find(self, key: str) -> int | None:
        """Return the row of a supplier by its id or its SIRET, None where the shelf has none."""
        for wanted in (key, f"siret:{key}"):
            row = bisect_left(self.ids, wanted)
            if row < len(self) and self.ids[row] == wanted:
                return row
        return None


def lay_out_columns(suppliers: Iterable[Supplier], facts: Iterable[ShelfFact], version: int) -> Shelf:
    """Build a shelf from a stream of suppliers in order of id, with these facts. Raises ValueError out of order."""
    laying = _ShelfMaker(facts)
    for supplier in suppliers:
        laying.add(supplier)
    return laying.make(version)


class _ShelfMaker:
    """Builds the columns of a shelf from suppliers added in order of id."""

    def __init__(self, facts: Iterable[ShelfFact]) -> None:
        self._last = ""
        self._ids, self._cards = StringsMaker(), StringsMaker()
        self._points, self._areas, self._wordings = PointsMaker(), AreasMaker(), WordingsMaker()
        self._awards, self._facts = AwardsMaker(), FactsMaker(facts)
        self._does, self._strengths, self._not_done = Cells(), array("f"), Cells()
        self._sure = bytearray()
        self._sets: dict[frozenset[SupplierKind], int] = {}
        self._held = array("H")
        self._other, self._sirens = array("f"), array("I")

    def add(self, supplier: Supplier) -> None:
        row = len(self._held)
        if supplier.id < self._last:
            raise ValueError(f"{supplier.id} after {self._last}: suppliers come in the order of their ids")
        self._last = supplier.id
        supplier_clues = strongest_clues(supplier)
        self._ids.add(supplier.id)
        self._cards.add(card_text(supplier, supplier_clues))
        for part in (self._points, self._areas, self._awards, self._wordings):
            part.add(row, supplier)
        self._add_activities(row, supplier, supplier_clues)
        self._held.append(self._sets.setdefault(frozenset(supplier.kinds), len(self._sets)))
        wrong = SIRET_BAD_KEY in supplier.flags  # a SIRET such as « 12345678901234 » identifies nobody
        self._sirens.append(0 if wrong else int(supplier.siren or 0))
        self._facts.add(supplier)

    def _add_activities(self, row: int, supplier: Supplier, clues: tuple[Clue, ...]) -> None:
        index = taxonomy().index
        for clue in clues:
            self._does.add(row, index[clue.code])
            self._strengths.append(clue.strength)
            self._sure.append(clue.sure)
        self._other.append(other_trade(supplier, clues))
        for column in {index[said.code] for said in supplier.refused_activities if said.code in index}:
            self._not_done.add(row, column)

    def make(self, version: int) -> Shelf:
        activities = len(taxonomy().codes)
        holders, order = self._does.by_column(self._does.columns, activities)
        sets = np.array([[kind in kinds for kind in KINDS] for kinds in self._sets], dtype=bool)
        return Shelf(
            version=version,
            ids=self._ids.made(),
            cards=self._cards.made(),
            kinds=Kinds(sets.reshape(-1, len(KINDS)), np.array(self._held, dtype=np.uint16)),
            points=self._points.make(),
            areas=self._areas.make(),
            does=Does(holders, np.array(self._strengths, np.float32)[order], np.array(self._sure, bool)[order]),
            not_done=self._not_done.by_column(self._not_done.columns, activities)[0],
            other=np.array(self._other, dtype=np.float32),
            sirens=np.array(self._sirens, dtype=np.uint32),
            awards=self._awards.make(),
            wordings=self._wordings.make(),
            facts=self._facts.make(),
        )
