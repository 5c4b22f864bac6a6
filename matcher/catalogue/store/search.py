"""Full-text search of suppliers (search box, « search », API): by name, SIRET, FINESS number, postal code, town or activity, tolerant of typing errors.

An inverted index of the words of names, towns and activities is built once per shelf (the catalogue's suppliers loaded as arrays).
Also chooses the activities that a list shows of a supplier.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite
from typing import NamedTuple, Self, TypedDict

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from sqlalchemy import Engine

from matcher.catalogue.identity.recogniser import WrittenSupplier
from matcher.catalogue.store.read import find_supplier
from matcher.catalogue.store.recognition import load_recogniser
from matcher.cleaning.names import name_key
from matcher.cleaning.words import stem, words
from matcher.domain.kinds import SupplierKind
from matcher.mapped import Ints
from matcher.ranking.shelf.card import Card
from matcher.ranking.shelf.columns import Cells, Postings
from matcher.ranking.shelf.shelf import Shelf
from matcher.ranking.shelf.sphere import Floats
from matcher.ranking.shelf.word_index import Bools
from matcher.reading.trade.activities import read_activities
from matcher.reference.geography.communes import communes_of_post_code
from matcher.reference.trades.activities import taxonomy

Doubles = NDArray[np.float64]

MOST_MEANT = 8
LONGEST = 120  # characters of a query; the rest is ignored
MOST_WORDS = 8
# Weight of a word by the field that contains it. A judgement: people remember names.
_NAME, _TOWN, _ACTIVITY = 1.0, 0.95, 0.8
# Factor by kind of match: same word, same stem, prefix, with a typing error (times the likeness).
_SAME, _STEM, _BEGINNING, _TYPO = 1.0, 0.97, 0.9, 0.8
_LIKE = 80.0  # least rapidfuzz ratio, 0 to 100: two wrong letters of eight
_SHORTEST_TYPO, _SHORTEST_BEGINNING = 4, 2
# Least confidence for an activity read in the query to count.
_SURE = 0.3
_EMPTY = frozenset(("a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "par", "pour", "sur", "un", "une"))  # fmt: skip


class ListedSupplierShape(TypedDict):
    """Un fournisseur dans une liste."""

    id: str
    siret: str | None
    name: str
    kinds: list[str]
    city: str | None


class FoundPosition(NamedTuple):
    """Cursor in search results: the likelihood and the id of the last supplier of a page."""

    likely: float
    id: str

    @classmethod
    def read(cls, written: str) -> Self:
        """Parse a cursor. Raises ValueError."""
        likely, _, supplier = written.partition("~")
        if not isfinite(float(likely)) or not supplier:
            raise ValueError(f"no position of a supplier: {written!r}")
        return cls(float(likely), supplier)

    def __str__(self) -> str:
        return f"{self.likely!r}~{self.id}"


@dataclass(frozen=True, slots=True)
class SuppliersFound:
    """Search results, likeliest first, as `rows` of the shelf; `whole` is False where no supplier matches all words.

    `likely` is the likelihood of each, equal where nothing orders them; `by_kind` counts them by kind, before the filter on kinds.
    """

    rows: Ints
    likely: Doubles
    whole: bool
    by_kind: dict[SupplierKind, int]

    def page(self, number: int, size: int) -> list[int]:
        """Return the rows of a page, numbered from 1."""
        return [int(row) for row in self.rows[(number - 1) * size : number * size]]

    def first(self, shelf: Shelf, most: int, after: FoundPosition | None) -> list[int]:
        """Return indexes into `rows` of at most `most` results after a cursor, equal likelihoods sorted by id."""
        order = np.lexsort((self.rows, -self.likely))
        if after is not None:
            rows, likely = self.rows[order], self.likely[order]
            further = (likely == after.likely) & (rows >= bisect_right(shelf.ids, after.id))
            order = order[(likely < after.likely) | further]
        return [int(place) for place in order[:most]]

    def position(self, shelf: Shelf, place: int) -> FoundPosition:
        """Return the cursor of the result at this index of `rows`."""
        return FoundPosition(float(self.likely[place]), shelf.ids[int(self.rows[place])])


def search(
    engine: Engine,
    shelf: Shelf,
    text: str,
    kinds: Iterable[SupplierKind] = (),
    among: Bools | None = None,
    km: Floats | None = None,
) -> SuppliersFound:
    """Return the suppliers that match `text`, of one of `kinds` if given, within the mask `among` (n,) if given.

    An empty text matches all: nearest first where distances `km` (n,) are given, else by name.
    """
    typed = " ".join(text[:LONGEST].split())
    rows, whole = _by_number(engine, shelf, typed), True
    likely = np.zeros(len(rows))
    if not len(rows):
        rows, likely, whole = _by_words(shelf, typed)
    if among is not None:
        rows, likely = rows[among[rows]], likely[among[rows]]
    if km is not None and not typed:
        likely = -km[rows].astype(np.float64)
    by_kind = {kind: n for kind in SupplierKind if (n := int(shelf.kinds.any_of((kind,))[rows].sum()))}
    if chosen := tuple(kinds):
        mask = shelf.kinds.any_of(chosen)[rows]
        rows, likely = rows[mask], likely[mask]
    return SuppliersFound(rows, likely, whole, by_kind)


def suppliers_meant(engine: Engine, shelf: Shelf, text: str) -> tuple[int, ...]:
    """Return the rows of the suppliers that a name, number or id may mean, likeliest first; a single one if only one has exactly this name."""
    typed = " ".join(text[:LONGEST].split())
    if (row := shelf.find(typed)) is not None:
        return (row,)
    options = [option.supplier for option in load_recogniser(engine).recognise(WrittenSupplier(typed)).options]
    same = [option for option in options if name_key(option.name) == name_key(typed)]
    rows = [shelf.find(supplier.id) for supplier in (same if len(same) == 1 else options)]
    rows_found = tuple(row for row in rows if row is not None)
    return rows_found or tuple(search(engine, shelf, typed).page(1, MOST_MEANT) if typed else ())


def activities_shown(card: Card, most: int = 3) -> tuple[tuple[bool, tuple[str, ...]], ...]:
    """Return the labels of a card's first activities: the declared ones, then the deduced ones."""
    values: dict[str, bool] = {}
    for clue in card.clues:
        values.setdefault(taxonomy().label(clue.code), clue.evidence.is_declared)
    first = list(values.items())[:most]
    by_proof = ((proof, tuple(label for label, declared in first if declared is proof)) for proof in (True, False))
    return tuple((proof, labels) for proof, labels in by_proof if labels)


@dataclass(frozen=True, eq=False)
class _Index:
    """Inverted index of W sorted words: `holders` are the rows of each word, `worth` the weight of each (word, row); `alphabetical` all rows by name."""

    words: tuple[str, ...]
    stems: tuple[str, ...]
    holders: Postings
    worth: Floats
    towns: frozenset[str]
    names: tuple[str, ...]
    alphabetical: Ints


@lru_cache(maxsize=2)
def _index(shelf: Shelf) -> _Index:
    known: dict[str, int] = {}
    cells, worth = Cells(), []
    names: list[str] = []
    towns: set[str] = set()
    labels = [frozenset(words(taxonomy().label(code))) - _EMPTY for code in taxonomy().codes]
    done: list[list[int]] = [[] for _ in range(len(shelf))]
    for column in range(len(labels)):
        for row in shelf.does.holders.of(column):
            done[row].append(column)
    for row, card in enumerate(shelf.suppliers):
        names.append(name_key(card.name))
        here = {word: _ACTIVITY for column in done[row] for word in labels[column]}
        town = words(card.city)
        towns.update(town)
        here |= dict.fromkeys(town, _TOWN) | dict.fromkeys(words(card.name), _NAME)
        for word, value in here.items():
            cells.add(row, known.setdefault(word, len(known)))
            worth.append(value)
    ordered = sorted(known)
    place = np.empty(len(known), dtype=np.int32)
    place[[known[word] for word in ordered]] = np.arange(len(known), dtype=np.int32)
    holders, order = cells.by_column(place[cells.columns], len(known))
    return _Index(
        words=tuple(ordered),
        stems=tuple(stem(word) for word in ordered),
        holders=holders,
        worth=np.array(worth, dtype=np.float32)[order],
        towns=frozenset(towns - _EMPTY),
        names=tuple(names),
        alphabetical=np.array(sorted(range(len(names)), key=lambda row: (not names[row], names[row], row)), dtype=np.int32),
    )  # fmt: skip


def _by_number(engine: Engine, shelf: Shelf, typed: str) -> Ints:
    """The rows matched by a number: a SIRET or its beginning, a FINESS number, an id, or the communes of a postal code."""
    digits = "".join(typed.split())
    if not (digits.isascii() and digits.isdigit()):
        row = shelf.find(typed) if ":" in typed else None
        return np.array([] if row is None else [row], dtype=np.int32)
    if len(digits) == 5:
        towns = {name_key(commune.name) for commune in communes_of_post_code(digits)}
        rows = [int(row) for row in _index(shelf).alphabetical if name_key(shelf.suppliers[int(row)].city) in towns]
        return np.array(rows, dtype=np.int32)
    first = bisect_left(shelf.ids, f"siret:{digits}")
    last = bisect_left(shelf.ids, f"siret:{digits};")  # « ; » sorts just after the digits and « : »
    rows = list(range(first, last)) if len(digits) > 2 else []
    known = find_supplier(engine, digits) if not rows and len(digits) == 9 else None
    if known is not None and (row := shelf.find(known.id)) is not None:
        rows.append(row)
    return np.array(rows, dtype=np.int32)


def _by_words(shelf: Shelf, typed: str) -> tuple[Ints, Doubles, bool]:
    """The rows matched by words, their likelihoods, and whether any matches all words."""
    index = _index(shelf)
    typed_words = tuple(dict.fromkeys(words(typed)))
    query_words = ([word for word in typed_words if word not in _EMPTY] or list(typed_words))[:MOST_WORDS]
    if not query_words:
        every = np.array([], dtype=np.int32) if typed else index.alphabetical
        return every, np.zeros(len(every)), True
    by_activity = _activity_worth(shelf, typed)
    towns = np.array([word in index.towns for word in query_words])
    values = np.zeros((len(query_words), len(shelf)), dtype=np.float32)
    for at, word in enumerate(query_words):
        for place, value in _matches(index, word):
            span = index.holders.span(place)
            np.maximum.at(values[at], index.holders.rows[span], index.worth[span] * value)
        if word not in index.towns:
            np.maximum(values[at], by_activity, out=values[at])
    answered = (values > 0).sum(axis=0)
    whole = answered == len(query_words)
    # Where no supplier matches all words, those in the town come first.
    here = (values[towns] >= _TOWN * _STEM).all(axis=0) & bool(towns.any())
    rows = np.flatnonzero(whole if whole.any() else here | (answered == max(int(answered.max(initial=0)), 1)))
    total = values.sum(axis=0)[rows]
    like = np.zeros(len(rows), dtype=np.float32)
    if len(rows):
        like = process.cdist(
            [name_key(typed)], [index.names[row] for row in rows], scorer=fuzz.ratio, dtype=np.float32
        )[0]
    # Lexicographic order as one number: town, then total weight (rounded to 0.001), then likeness of the whole name.
    likely = here[rows] * (MOST_WORDS + 1.0) + np.round(total.astype(np.float64), 3) + like.astype(np.float64) * 1e-6
    order = np.lexsort((rows, -likely))
    return rows[order].astype(np.int32), likely[order], bool(whole.any()) or not len(rows)


def _matches(index: _Index, word: str) -> list[tuple[int, float]]:
    """The indexed words that a typed word may be, each with its factor."""
    scores: dict[int, float] = {}
    if len(word) >= _SHORTEST_TYPO:
        for _, like, place in process.extract(word, index.words, scorer=fuzz.ratio, score_cutoff=_LIKE, limit=40):
            scores[place] = _TYPO * like / 100
    if len(word) >= _SHORTEST_BEGINNING:
        place = bisect_left(index.words, word)
        while place < len(index.words) and index.words[place].startswith(word):
            scores[place] = _BEGINNING
            place += 1
    root = stem(word)
    for place in list(scores):
        if index.stems[place] == root:
            scores[place] = _STEM
    place = bisect_left(index.words, word)
    if place < len(index.words) and index.words[place] == word:
        scores[place] = _SAME
    return list(scores.items())


def _activity_worth(shelf: Shelf, typed: str) -> Floats:
    """(n,) weight of each supplier for the activities read in the whole query; 0 where none is read."""
    wanted = np.zeros(len(taxonomy().codes), dtype=np.float32)
    understood = read_activities(typed)
    for guess in understood.activities if understood.sure else ():
        if guess.named or guess.confidence >= _SURE:
            wanted[taxonomy().index[guess.code]] = 1.0
    return (shelf.does.best(wanted, len(shelf)) * np.float32(_ACTIVITY)).astype(np.float32)
