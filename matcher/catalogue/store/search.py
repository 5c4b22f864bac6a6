"""Finding suppliers as one types: by name, SIRET, FINESS number, town or activity, typos forgiven."""

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
LONGEST = 120  # characters: beyond, it is no name that one types
MOST_WORDS = 8
# What a word is worth by the field that holds it; judgement: a name is what one remembers.
_NAME, _TOWN, _ACTIVITY = 1.0, 0.95, 0.8
# What a way to match is worth: the word itself, its grammar apart, its beginning, with a typo (times the likeness).
_SAME, _STEM, _BEGINNING, _TYPO = 1.0, 0.97, 0.9, 0.8
_LIKE = 80.0  # rapidfuzz ratio, 0 to 100: two letters of eight
_SHORTEST_TYPO, _SHORTEST_BEGINNING = 4, 2
# An activity that the text is read as counts from this confidence, for a word that names no town.
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
    """Position in the suppliers that a text finds: how likely, and the id of one that is as likely."""

    likely: float
    id: str

    @classmethod
    def read(cls, written: str) -> Self:
        """Return a position as it is written. Raises ValueError."""
        likely, _, supplier = written.partition("~")
        if not isfinite(float(likely)) or not supplier:
            raise ValueError(f"no position of a supplier: {written!r}")
        return cls(float(likely), supplier)

    def __str__(self) -> str:
        return f"{self.likely!r}~{self.id}"


@dataclass(frozen=True, slots=True)
class SuppliersFound:
    """Suppliers that a text finds, likeliest first, as `rows` of the shelf; `whole` is False where no one answers every word.

    `likely` is how likely each is, the same of all where nothing orders them; `by_kind` counts them by kind, before the filter
    on kinds.
    """

    rows: Ints
    likely: Doubles
    whole: bool
    by_kind: dict[SupplierKind, int]

    def page(self, number: int, size: int) -> list[int]:
        """Return the rows of a page, numbered from 1."""
        return [int(row) for row in self.rows[(number - 1) * size : number * size]]

    def first(self, shelf: Shelf, most: int, after: FoundPosition | None) -> list[int]:
        """Return the places in `rows` of the first ones, those as likely in the order of their ids; of those that come `after` a position."""
        order = np.lexsort((self.rows, -self.likely))
        if after is not None:
            rows, likely = self.rows[order], self.likely[order]
            further = (likely == after.likely) & (rows >= bisect_right(shelf.ids, after.id))
            order = order[(likely < after.likely) | further]
        return [int(place) for place in order[:most]]

    def position(self, shelf: Shelf, place: int) -> FoundPosition:
        """Return the position of the one at this place in `rows`."""
        return FoundPosition(float(self.likely[place]), shelf.ids[int(self.rows[place])])


def search(
    engine: Engine,
    shelf: Shelf,
    text: str,
    kinds: Iterable[SupplierKind] = (),
    among: Bools | None = None,
    km: Floats | None = None,
) -> SuppliersFound:
    """Return the suppliers that `text` finds, of one of `kinds` where some are given, `among` these (n,) alone where that is.

    For an empty text, every supplier: the nearest first where their distances `km`, (n,), are given, else by name.
    """
    typed = " ".join(text[:LONGEST].split())
    rows, whole = _numbered(engine, shelf, typed), True
    likely = np.zeros(len(rows))
    if not len(rows):
        rows, likely, whole = _worded(shelf, typed)
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
    """Return the rows of the suppliers that a person may mean by a name, a number or an id, likeliest first: one alone where it is the only one
    of this very name."""
    typed = " ".join(text[:LONGEST].split())
    if (row := shelf.find(typed)) is not None:
        return (row,)
    options = [option.supplier for option in load_recogniser(engine).recognise(WrittenSupplier(typed)).options]
    same = [its for its in options if name_key(its.name) == name_key(typed)]
    rows = [shelf.find(its.id) for its in (same if len(same) == 1 else options)]
    rows_found = tuple(row for row in rows if row is not None)
    return rows_found or tuple(search(engine, shelf, typed).page(1, MOST_MEANT) if typed else ())


def activities_shown(card: Card, most: int = 3) -> tuple[tuple[bool, tuple[str, ...]], ...]:
    """Return the first activities of a card in words: those that are declared, then those that are deduced."""
    values: dict[str, bool] = {}
    for clue in card.clues:
        values.setdefault(taxonomy().label(clue.code), clue.evidence.is_declared)
    first = list(values.items())[:most]
    by_proof = ((proof, tuple(label for label, declared in first if declared is proof)) for proof in (True, False))
    return tuple((proof, labels) for proof, labels in by_proof if labels)


@dataclass(frozen=True, eq=False)
class _Index:
    """W words, sorted: `holders` the cells of each, `worth` what each cell is worth; `alphabetical` every row by its name."""

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


def _numbered(engine: Engine, shelf: Shelf, typed: str) -> Ints:
    """The suppliers that a number names: a SIRET or its beginning, a FINESS number, an id, a postal code's communes."""
    digits = "".join(typed.split())
    if not (digits.isascii() and digits.isdigit()):
        row = shelf.find(typed) if ":" in typed else None
        return np.array([] if row is None else [row], dtype=np.int32)
    if len(digits) == 5:
        towns = {name_key(commune.name) for commune in communes_of_post_code(digits)}
        rows = [int(row) for row in _index(shelf).alphabetical if name_key(shelf.suppliers[int(row)].city) in towns]
        return np.array(rows, dtype=np.int32)
    first = bisect_left(shelf.ids, f"siret:{digits}")
    last = bisect_left(shelf.ids, f"siret:{digits};")  # « ; » comes after the digits
    rows = list(range(first, last)) if len(digits) > 2 else []
    known = find_supplier(engine, digits) if not rows and len(digits) == 9 else None
    if known is not None and (row := shelf.find(known.id)) is not None:
        rows.append(row)
    return np.array(rows, dtype=np.int32)


def _worded(shelf: Shelf, typed: str) -> tuple[Ints, Doubles, bool]:
    """The suppliers that words name, how likely each is, and whether any answers every word."""
    index = _index(shelf)
    typed_words = tuple(dict.fromkeys(words(typed)))
    query_words = ([word for word in typed_words if word not in _EMPTY] or list(typed_words))[:MOST_WORDS]
    if not query_words:
        every = np.array([], dtype=np.int32) if typed else index.alphabetical
        return every, np.zeros(len(every)), True
    does = _doing(shelf, typed)
    towns = np.array([word in index.towns for word in query_words])
    values = np.zeros((len(query_words), len(shelf)), dtype=np.float32)
    for at, word in enumerate(query_words):
        for place, value in _matches(index, word):
            span = index.holders.span(place)
            np.maximum.at(values[at], index.holders.rows[span], index.worth[span] * value)
        if word not in index.towns:
            np.maximum(values[at], does, out=values[at])
    answered = (values > 0).sum(axis=0)
    whole = answered == len(query_words)
    # Where nobody answers every word, those of the town come first: near counts more than one word of a trade.
    here = (values[towns] >= _TOWN * _STEM).all(axis=0) & bool(towns.any())
    rows = np.flatnonzero(whole if whole.any() else here | (answered == max(int(answered.max(initial=0)), 1)))
    total = values.sum(axis=0)[rows]
    like = np.zeros(len(rows), dtype=np.float32)
    if len(rows):
        like = process.cdist(
            [name_key(typed)], [index.names[row] for row in rows], scorer=fuzz.ratio, dtype=np.float32
        )[0]
    # One number: the town first, then what the words are worth, to the thousandth, then how alike the whole name is.
    likely = here[rows] * (MOST_WORDS + 1.0) + np.round(total.astype(np.float64), 3) + like.astype(np.float64) * 1e-6
    order = np.lexsort((rows, -likely))
    return rows[order].astype(np.int32), likely[order], bool(whole.any()) or not len(rows)


def _matches(index: _Index, word: str) -> list[tuple[int, float]]:
    """The words of the catalogue that a typed one may be, each with what it is worth."""
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


def _doing(shelf: Shelf, typed: str) -> Floats:
    """(n,) what each supplier is worth for the activities that the whole text is read as; 0 where it is read as none."""
    wanted = np.zeros(len(taxonomy().codes), dtype=np.float32)
    understood = read_activities(typed)
    for guess in understood.activities if understood.sure else ():
        if guess.named or guess.confidence >= _SURE:
            wanted[taxonomy().index[guess.code]] = 1.0
    return (shelf.does.best(wanted, len(shelf)) * np.float32(_ACTIVITY)).astype(np.float32)
