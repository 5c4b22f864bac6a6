"""The trade model: weights learned from a corpus, which turn the words of a need into a share for each activity; loads the shipped or learned one."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import log
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from matcher.mapped import read_mapped_table
from matcher.paths import shipped_path
from matcher.reading.trade.chosen_model import chosen_model
from matcher.reading.trade.clauses import (
    BLOCKS,
    OPENING,
    TERM,
    WORD,
    Clause,
    clauses_of,
    cues_of,
    pair_features,
    pieces_of,
    stem_features,
)
from matcher.reference.trades.links import twins_of

Floats = NDArray[np.float32]
Halves = NDArray[np.float16]
# Layout of the table, and names of the features: a table of another version is not read.
VERSION = "lecteur 5"
SHIPPED = "data/reference/lecteur.table"
# No activity of the list is asked for.
NOTHING = "aucun"
# Length of the blocks of words, of pieces, of terms and of stems: half for terms, which every setting is full of.
BLOCK_LENGTHS = (1.0, 1.0, 0.5, 1.0)
# Margins to shares: on folds of the corpus, as many readings of a high share are right as it says (docs/evaluation.md).
SHARPNESS = 6.0
# Another trade is asked for from this chance on: it finds 74 doubles of 100, and one too many in 6 other sentences of 100 (docs/evaluation.md).
# Under one in nine, what is asked might have less than a tenth beside a first of nine.
ASKED_TOO = 1 / 9
# Signs that another trade is asked: so many numbers, their products two by two (a short clause tells a trade only where it is one by itself),
# and what opens its clause.
NUMBERS = 15
OTHER_SIGNS = NUMBERS + NUMBERS * (NUMBERS + 1) // 2 + len(OPENING)
# Clauses beyond these count as so many: a notice has hundreds, the sentences that taught have a dozen.
MOST_CLAUSES = 12
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TextRead:
    """Shares of the outcomes of a text, which sum to 1; its likeliest activity; those that it asks for beside it, each with the chance that
    it does; the part of its words that the model has learned something of."""

    shares: Mapping[str, float]
    first: str
    beside: Mapping[str, float]
    known: float


@dataclass(frozen=True, slots=True)
class _Cells:
    """Features of clauses: name, clause, row of the table, what each is worth in the text, and in its clause alone."""

    names: list[str]
    clauses: NDArray[np.int64]
    rows: NDArray[np.int64]
    values: Floats
    alone: Floats


@dataclass(frozen=True, slots=True)
class ClauseMargins:
    """Margins (clauses, outcomes) that clauses add to those of their text, those of each read alone, what each clause counts, its number of
    words, whether the lexicon has a term of it, and what opens it."""

    within: Floats
    alone: Floats
    counts: Floats
    lengths: Floats
    has_term: NDArray[np.bool_]
    openers: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class TradeModel:
    """Weights of features for each outcome, an activity or `NOTHING`, and weights of cues for what a clause counts.

    `keys` are the CRC-32 of the names of features, sorted; `rarities` their inverse document frequency; feature i has the next `counts[i]`
    of `weights`, in units of `scales[i]`, for the outcomes `columns` of the same places. `other_weights` are a constant, then the
    weights of the signs that another trade is asked too. `corpus` is the digest of what it was learned from.
    """

    corpus: str
    outcomes: tuple[str, ...]
    cues: tuple[str, ...]
    cue_weights: Floats
    keys: NDArray[np.uint32]
    rarities: Halves
    counts: NDArray[np.uint8]
    columns: NDArray[np.uint8]
    weights: NDArray[np.int8]
    scales: Halves
    bias: Floats
    other_weights: Floats

    @cached_property
    def apart(self) -> NDArray[np.bool_]:
        """(outcomes, outcomes) True for two different trades: neither one outcome, nor twins (one trade listed twice), nor `NOTHING`."""
        return two_trades(self.outcomes)

    @cached_property
    def starts(self) -> NDArray[np.int32]:
        """Return where the weights of each feature begin, and the end of the last."""
        return np.append(0, np.cumsum(self.counts, dtype=np.int32)).astype(np.int32)

    @cached_property
    def cue_places(self) -> Mapping[str, int]:
        """Place of each cue among `cue_weights`."""
        return {cue: place for place, cue in enumerate(self.cues)}

    def read(self, text: str) -> TextRead:
        """Return the shares of the outcomes of a text, and the activities that it asks for beside the likeliest."""
        return self.read_clauses(clauses_of(text))

    def read_clauses(self, clauses: tuple[Clause, ...]) -> TextRead:
        """Return what `read` returns, for a text cut into clauses."""
        read = self.clause_margins(clauses) if clauses else None
        if read is None or not read.within.any():  # of politeness alone, or of nothing that was learned
            return TextRead({**dict.fromkeys(self.outcomes, 0.0), NOTHING: 1.0}, NOTHING, {}, 0.0)
        first, others, signs = signs_of_others(read, self.bias, self.apart)
        chances = 0.5 + 0.5 * np.tanh((signs @ self.other_weights[1:] + self.other_weights[0]) / 2.0)
        # « Location et entretien de vêtements » : one word that no term knows asks for nothing by itself.
        speaks = (read.lengths > 1) | read.has_term
        shares = shares_of(self.outcomes, read.within.sum(axis=0) + self.bias)
        others_asked: dict[int, float] = {}
        for other, chance in sorted(zip(others, chances.tolist(), strict=True), key=lambda each: -each[1]):
            is_spoken = speaks[int(read.alone[:, other].argmax())]
            if is_spoken and chance >= ASKED_TOO and all(self.apart[other, already] for already in others_asked):
                others_asked[other] = chance
        known = np.isfinite(self.word_rarities([word for clause in clauses for word in clause.words]))
        return TextRead(
            shares,
            self.outcomes[first],
            {self.outcomes[other]: chance for other, chance in others_asked.items()},
            float(known.mean()) if len(known) else 0.0,
        )

    def word_rarities(self, words: Sequence[str]) -> Floats:
        """Return how rare each folded word is in the corpus, infinite where it is not there; « élagages » is as « élagage »."""
        rarities = np.full(len(words), np.inf, np.float32)
        for form in (words, [*map(singular, words)]):
            # not by `_key`, which would remember every spelling that is tried
            keys = np.fromiter((crc32(f"{WORD}{word}".encode()) for word in form), np.uint32, len(form))
            places, known = self._rows(keys)
            rarities = np.minimum(rarities, np.where(known, self.rarities[places].astype(np.float32), np.inf))
        return rarities

    def has_stem(self, word: str) -> bool:
        """Return whether the stems of a word are features."""
        names = [name for name, _ in stem_features([word])]
        return bool(names) and bool(self._places(names)[1].all())

    def clause_weights(self, clauses: tuple[Clause, ...]) -> list[float]:
        """Return what each clause counts, from 0 (set aside) to 2; 1 where no cue speaks."""
        places = self.cue_places
        sums = [
            sum(self.cue_weights[[places[cue] for cue in sorted(cues & places.keys())]].tolist())
            for cues in cues_of(clauses)
        ]
        return [1.0 + float(np.tanh(total / 2.0)) for total in sums]

    def clause_margins(self, clauses: tuple[Clause, ...]) -> ClauseMargins:
        """Return what each clause adds to the margin of each outcome, its margins were it alone, and what it counts."""
        cells = self._cells(clauses)
        starts, lengths = self.starts[cells.rows], self.starts[cells.rows + 1] - self.starts[cells.rows]
        where = np.repeat(starts - (np.cumsum(lengths) - lengths), lengths) + np.arange(int(lengths.sum()))
        size = len(self.outcomes)
        at = np.repeat(cells.clauses * size, lengths) + self.columns[where]

        def sum_cells(values: Floats) -> Floats:
            worth = np.repeat(values * self.scales[cells.rows].astype(np.float32), lengths) * self.weights[where]
            return np.bincount(at, worth, len(clauses) * size).astype(np.float32).reshape(len(clauses), size)

        counts = np.array(self.clause_weights(clauses), np.float32)
        word_counts = np.array([len(clause.words) for clause in clauses], np.float32)
        has_term = np.array([bool(clause.features[BLOCKS.index(TERM)]) for clause in clauses])
        openers = tuple(clause.opener for clause in clauses)
        alone = sum_cells(cells.alone) + self.bias
        return ClauseMargins(sum_cells(cells.values), alone, counts, word_counts, has_term, openers)

    def word_margins(self, text: str, outcome: str) -> dict[str, float]:
        """Return what each word of a text adds to the margin of an outcome by itself, by its pieces and its stem, a pair by half to each word."""
        values = self.vector(text)
        column = self.outcomes.index(outcome)
        margins: dict[str, float] = {}
        owners: dict[str, set[str]] = {}  # the words that each feature comes from
        for clause in clauses_of(text):
            for word in clause.words:
                for name in pieces_of(word):
                    owners.setdefault(name, set()).add(word)
            for name, from_words in (*pair_features(WORD, clause.words, clause.words), *stem_features(clause.words)):
                owners.setdefault(name, set()).update(from_words)
        for name, words in owners.items():
            weight = values.get(name, 0.0) * self._weight(name, column)
            for word in words:
                margins[word] = margins.get(word, 0.0) + weight / len(words)
        return margins

    def vector(self, text: str) -> Mapping[str, float]:
        """Return the features of a text and what each is worth, each block of its length: what two texts are compared by."""
        cells = self._cells(clauses_of(text))
        features: dict[str, float] = {}
        for name, value in zip(cells.names, cells.values.tolist(), strict=True):
            features[name] = features.get(name, 0.0) + value
        return features

    def _cells(self, clauses: tuple[Clause, ...]) -> _Cells:
        weights = self.clause_weights(clauses)
        blocks = [self._block(clauses, weights, block, length) for block, length in enumerate(BLOCK_LENGTHS)]
        return _Cells(
            [name for cells in blocks for name in cells.names],
            np.concatenate([cells.clauses for cells in blocks]),
            np.concatenate([cells.rows for cells in blocks]),
            np.concatenate([cells.values for cells in blocks]),
            np.concatenate([cells.alone for cells in blocks]),
        )

    def _block(self, clauses: tuple[Clause, ...], weights: Sequence[float], block: int, length: float) -> _Cells:
        """Return the features of one block, scaled to this length together."""
        counts = [
            (name, place, weights[place] * scale_count(count, block))
            for place, clause in enumerate(clauses)
            for name, count in clause.features[block].items()
        ]
        names = [name for name, _, _ in counts]
        rows, known = self._places(names)
        places = np.fromiter((place for _, place, _ in counts), np.int64, len(counts))[known]
        values = np.fromiter((worth for _, _, worth in counts), np.float32, len(counts))[known] * self.rarities[
            rows[known]
        ].astype(np.float32)
        distinct, feature = np.unique(rows[known], return_inverse=True)
        sums = np.bincount(feature, values, len(distinct))
        norm = float(np.sqrt(sums @ sums)) or 1.0
        norms = np.sqrt(np.bincount(places, values * values, len(clauses)))[places]
        return _Cells(
            [name for name, is_known in zip(names, known.tolist(), strict=True) if is_known],
            places,
            rows[known],
            (values * (length / norm)).astype(np.float32),
            (values * length / np.where(norms > 0, norms, 1.0)).astype(np.float32),
        )

    def _places(self, names: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return the row of each feature, and True where it has one."""
        return self._rows(np.fromiter(map(_key, names), np.uint32, len(names)))

    def _rows(self, keys: NDArray[np.uint32]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        at = np.searchsorted(self.keys, keys).clip(max=len(self.keys) - 1)
        return at, self.keys[at] == keys

    def _weight(self, name: str, column: int) -> float:
        at, known = self._places([name])
        row = int(at[0])
        here = slice(int(self.starts[row]), int(self.starts[row + 1]))
        total = float(self.weights[here][self.columns[here] == column].sum())
        return total * float(self.scales[row]) if known[0] else 0.0


@lru_cache(maxsize=32_768)  # pieces of words, which are most of the names, come back in every text
def _key(name: str) -> int:
    return crc32(name.encode())


def signs_of_others(read: ClauseMargins, bias: Floats, apart: NDArray[np.bool_]) -> tuple[int, list[int], Floats]:
    """Return the likeliest activity of a text, others that it may ask for (the likeliest of each clause read alone, and of the whole), and
    the signs (others, `OTHER_SIGNS`) by which whether each is asked too is learned.

    Of the clause that gives the other best: its margin alone, and where it is above zero; how far below the best there, how it wins over the
    first there, in the text and alone; what the clause counts, its length, whether a term gives it, what opens it; of the whole: the margin of
    the other, how far below the first, the number of clauses, those before and after, their mean length, the part of them that name a trade."""
    total = read.within.sum(axis=0) + bias
    first = int(np.where(apart.any(axis=1), total, -np.inf).argmax())
    possible = np.where(apart[first], 0.0, -np.inf)
    others = list(dict.fromkeys([*(read.alone + possible).argmax(axis=1).tolist(), int((total + possible).argmax())]))
    if not apart[first].any():
        return first, [], np.zeros((0, OTHER_SIGNS), np.float32)
    size = len(read.within)
    trades_told, mean_length = float((read.alone.max(axis=1) > 0).mean()), float(np.log(read.lengths.mean()))
    signs = []
    for other in others:
        best = int(read.alone[:, other].argmax())
        signs.append(
            (
                read.alone[best, other],
                read.alone[best].max() - read.alone[best, other],
                read.within[best, other] - read.within[best, first],
                read.counts[best],
                total[other],
                total[first] - total[other],
                np.log(min(size, MOST_CLAUSES)),
                min(best, MOST_CLAUSES) / MOST_CLAUSES,
                min(size - 1 - best, MOST_CLAUSES) / MOST_CLAUSES,
                np.log(read.lengths[best]),
                mean_length,
                trades_told,
                max(read.alone[best, other], 0.0),
                read.has_term[best],
                max(read.alone[best, other] - read.alone[best, first], 0.0),
                *(float(opener in read.openers[best].split()) for opener in OPENING),
            )
        )
    table = np.array(signs, np.float32)
    # The products of numbers two by two are put after the numbers: (others, `OTHER_SIGNS`).
    left, right = np.triu_indices(NUMBERS)
    return first, others, np.hstack([table[:, :NUMBERS], table[:, left] * table[:, right], table[:, NUMBERS:]])


def singular(word: str) -> str:
    """Return a folded word without the mark of its plural, if it has one."""
    return word[:-1] if word.endswith(("s", "x")) else word


def two_trades(outcomes: Sequence[str]) -> NDArray[np.bool_]:
    """Return (outcomes, outcomes) whether two outcomes are two trades."""
    twins = [{code, *twins_of(code)} for code in outcomes]
    same = np.array([[other in codes for other in outcomes] for codes in twins])
    trade = np.array([code != NOTHING for code in outcomes])
    return np.asarray(~same & trade[:, None] & trade[None, :])


def scale_count(count: float, block: int) -> float:
    """Return what a feature that stands so many times in a clause is worth: a repeated word does not count twice; a term is worth its weight."""
    return count if BLOCKS[block] == TERM or count == 1 else 1.0 + log(count)


def shares_of(outcomes: Sequence[str], margins: Floats) -> Mapping[str, float]:
    """Return the shares of outcomes by their margins: a softmax, as sharp as folds of the corpus show."""
    powers = np.exp(SHARPNESS * (margins - margins.max()))
    return dict(zip(outcomes, (powers / powers.sum()).tolist(), strict=True))


def load_model(path: Path, key: str = VERSION) -> TradeModel:
    """Return the model of a file. Raises ValueError where it is none, or was written under another key."""
    model = read_mapped_table(TradeModel, path, key)
    if model is None:
        raise ValueError(f"« {path.name} » n’est pas un modèle de lecture de cette version : faites-le de nouveau.")
    return model


@lru_cache(maxsize=1)
def shipped_model() -> TradeModel:
    """Return the model that the installation carries."""
    return load_model(shipped_path(SHIPPED))


def learned_key() -> str:
    """Return the key of a model learned here: one learned beside another shipped model is not read."""
    return f"{VERSION} {shipped_model().corpus}"


def current_model() -> TradeModel:
    """Return the model that readings use: the one chosen, as its file is now, else the shipped one."""
    path = chosen_model()
    try:
        stat = path.stat() if path else None
    except FileNotFoundError:
        stat = None
    if path is None or stat is None:
        return shipped_model()
    return _learned_model(path, (stat.st_ino, stat.st_mtime_ns, stat.st_size), learned_key())


@lru_cache(maxsize=2)
def _learned_model(path: Path, _version: tuple[int, int, int], key: str) -> TradeModel:
    """The model of a file at a version of it; the shipped one, which the log names, where it is of another version of Entremise."""
    try:
        return load_model(path, key)
    except ValueError:
        _LOG.warning(
            "« %s » n’est pas lu, la lecture livrée sert à sa place : il est d’une autre version d’Entremise. Refaites-le, "
            "« entremise apprendre FICHIER », ou ôtez-le, « entremise apprendre --oublier »",
            path,
        )
        return shipped_model()
