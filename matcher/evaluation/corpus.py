"""Suite of the corpus: sentences read by models that have not seen them, in five folds, by genre; their confusions, calibration and curve."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matcher.reading.trade.corpus import CorpusSentence
from matcher.reading.trade.doubt import least_sure
from matcher.reading.trade.model import NOTHING, TradeModel
from matcher.reading.trade.training import train
from matcher.reference.trades.twins import twins_of

FOLDS = 5
SEED = 0
# Parts of what is learned from, for the curve.
PARTS = (0.125, 0.25, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class SentenceRead:
    """A sentence and what a model that has not seen it reads: the likeliest outcome, its share with that of its twin, all that is asked."""

    sentence: CorpusSentence
    first: str
    share: float
    asked: frozenset[str]

    @property
    def right(self) -> bool:
        """Return whether the likeliest outcome is asked for, or is one trade with what is."""
        return self.first in _same(self.sentence.activities)

    @property
    def all_asked(self) -> bool:
        """Return whether every trade of the sentence is asked for."""
        return all(_same([code]) & self.asked for code in self.sentence.activities)

    @property
    def sure(self) -> bool:
        """Return whether it is read without asking."""
        return self.first != NOTHING and self.share >= least_sure(self.sentence.objet)


def sentence_folds(sentences: Sequence[CorpusSentence]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the fold of each sentence: those of one activity are dealt one by one, in an order drawn with a seed."""
    draw = np.random.default_rng(SEED)
    folds = np.zeros(len(sentences), np.int64)
    dealt: Counter[str] = Counter()
    for row in draw.permutation(len(sentences)).tolist():
        first = sentences[row].activities[0]
        folds[row] = dealt[first] % FOLDS
        dealt[first] += 1
    return folds


def read_in_folds(sentences: Sequence[CorpusSentence]) -> list[SentenceRead]:
    """Return every sentence as the model of the other folds reads it (a minute or two of processor a fold)."""
    folds = sentence_folds(sentences)
    sentence_reads: dict[int, SentenceRead] = {}
    for fold in range(FOLDS):
        model = train([sentences[row] for row in np.flatnonzero(folds != fold).tolist()])
        sentence_reads |= {row: read_by(model, sentences[row]) for row in np.flatnonzero(folds == fold).tolist()}
    return [sentence_reads[row] for row in range(len(sentences))]


def learning_curve(sentences: Sequence[CorpusSentence]) -> dict[float, float]:
    """Return the share read right of one fold, by the part of the other folds that was learned from."""
    folds = sentence_folds(sentences)
    rest, tried = np.flatnonzero(folds != 0), np.flatnonzero(folds == 0).tolist()
    drawn = np.random.default_rng(SEED).permutation(rest).tolist()
    shares = {}
    for part in PARTS:
        model = train([sentences[row] for row in drawn[: int(part * len(drawn))]])
        shares[part] = share_right([read_by(model, sentences[row]) for row in tried])
    return shares


def read_by(model: TradeModel, sentence: CorpusSentence) -> SentenceRead:
    """Return a sentence as a model reads it."""
    read = model.read(sentence.objet)
    first = max(read.shares, key=lambda code: (read.shares[code], code))
    outcomes = {first, *read.beside} if first != NOTHING else {first}
    share = sum(read.shares.get(code, 0.0) for code in {first, *twins_of(first)})
    return SentenceRead(sentence, first, share, frozenset(outcomes))


def share_right(reads: Sequence[SentenceRead]) -> float:
    """Return the share of the sentences of which the likeliest outcome is right; NaN of none."""
    return sum(read.right for read in reads) / len(reads) if reads else float("nan")


def by_genre(reads: Sequence[SentenceRead]) -> dict[str, dict[str, float]]:
    """Return, for all and for each genre, how many, the share right, the share sure, the share right of the sure."""
    genres = {"ensemble": list(reads)}
    for genre in sorted({read.sentence.genre for read in reads}):
        genres[genre] = [read for read in reads if read.sentence.genre == genre]
    return {
        genre: {
            "phrases": float(len(its)),
            "métier@1": share_right(its),
            "part sûre": sum(read.sure for read in its) / len(its),
            "juste si sûre": share_right([read for read in its if read.sure]),
        }
        for genre, its in genres.items()
    }


def doubles(reads: Sequence[SentenceRead]) -> dict[str, float]:
    """Return the share of sentences of several trades all of which are asked, and of those of one where another is asked too."""
    several = [read for read in reads if len(read.sentence.activities) > 1]
    alone = [read for read in reads if len(read.sentence.activities) == 1]
    return {
        "les deux d’un double": sum(read.all_asked for read in several) / len(several) if several else float("nan"),
        "un de trop": sum(len(read.asked) > 1 for read in alone) / len(alone) if alone else float("nan"),
    }


def tenths(reads: Sequence[SentenceRead]) -> list[tuple[float, int, float, float]]:
    """Return, by tenth of share, its upper end, how many sentences, their mean share and the share right."""
    rows = []
    for tenth in range(10):
        sentence_reads = [read for read in reads if tenth / 10 < read.share <= (tenth + 1) / 10 + 1e-9]
        if sentence_reads:
            rows.append(
                (
                    (tenth + 1) / 10,
                    len(sentence_reads),
                    sum(read.share for read in sentence_reads) / len(sentence_reads),
                    share_right(sentence_reads),
                )
            )
    return rows


def worst_pairs(reads: Sequence[SentenceRead], most: int = 20) -> list[tuple[str, str, int]]:
    """Return the pairs most confused: what is asked first, what is read, how many times."""
    pairs = Counter((read.sentence.activities[0], read.first) for read in reads if not read.right)
    return [
        (asked, first, times) for (asked, first), times in sorted(pairs.items(), key=lambda each: (-each[1], each[0]))
    ][:most]


def _same(codes: Sequence[str]) -> frozenset[str]:
    return frozenset(codes).union(*(twins_of(code) for code in codes))
