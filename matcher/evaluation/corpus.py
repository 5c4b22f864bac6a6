"""Evaluation suite of the corpus: five-fold cross-validation of the trade model on labelled sentences; by genre, confusions, calibration, learning curve."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matcher.evaluation.suites import share_true
from matcher.reading.trade.corpus import CorpusSentence
from matcher.reading.trade.doubt import least_sure
from matcher.reading.trade.model import NOTHING, TradeModel
from matcher.reading.trade.training import train
from matcher.reference.trades.links import twins_of

FOLDS = 5
SEED = 0
# Shares of the training sentences used for each point of the learning curve.
PARTS = (0.125, 0.25, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class SentenceRead:
    """A labelled sentence read by a model not trained on it: its likeliest trade or NOTHING (`first`), probability of `first` and its twins, all trades."""

    sentence: CorpusSentence
    first: str
    share: float
    asked: frozenset[str]

    @property
    def right(self) -> bool:
        """Return whether the likeliest trade is a label of the sentence, or the twin of one."""
        return self.first in _same(self.sentence.activities)

    @property
    def all_asked(self) -> bool:
        """Return whether the model finds every trade that labels the sentence."""
        return all(_same([code]) & self.asked for code in self.sentence.activities)

    @property
    def sure(self) -> bool:
        """Return whether the model is sure enough that the user is asked nothing."""
        return self.first != NOTHING and self.share >= least_sure(self.sentence.objet)


def sentence_folds(sentences: Sequence[CorpusSentence]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the fold of each sentence, stratified by activity: the sentences of each one are dealt in turn, in a seeded random order."""
    draw = np.random.default_rng(SEED)
    folds = np.zeros(len(sentences), np.int64)
    dealt: Counter[str] = Counter()
    for row in draw.permutation(len(sentences)).tolist():
        first = sentences[row].activities[0]
        folds[row] = dealt[first] % FOLDS
        dealt[first] += 1
    return folds


def read_in_folds(sentences: Sequence[CorpusSentence]) -> list[SentenceRead]:
    """Return every sentence as read by the model trained on the other folds (one or two minutes of processor a fold)."""
    folds = sentence_folds(sentences)
    sentence_reads: dict[int, SentenceRead] = {}
    for fold in range(FOLDS):
        model = train([sentences[row] for row in np.flatnonzero(folds != fold).tolist()])
        sentence_reads |= {row: read_by(model, sentences[row]) for row in np.flatnonzero(folds == fold).tolist()}
    return [sentence_reads[row] for row in range(len(sentences))]


def learning_curve(sentences: Sequence[CorpusSentence]) -> dict[float, float]:
    """Return the accuracy on fold 0, by the share of the other folds used for training."""
    folds = sentence_folds(sentences)
    rest, tried = np.flatnonzero(folds != 0), np.flatnonzero(folds == 0).tolist()
    drawn = np.random.default_rng(SEED).permutation(rest).tolist()
    shares = {}
    for part in PARTS:
        model = train([sentences[row] for row in drawn[: int(part * len(drawn))]])
        shares[part] = share_right([read_by(model, sentences[row]) for row in tried])
    return shares


def read_by(model: TradeModel, sentence: CorpusSentence) -> SentenceRead:
    """Read a sentence with a model."""
    read = model.read(sentence.objet)
    first = max(read.shares, key=lambda code: (read.shares[code], code))
    outcomes = {first, *read.beside} if first != NOTHING else {first}
    share = sum(read.shares.get(code, 0.0) for code in {first, *twins_of(first)})
    return SentenceRead(sentence, first, share, frozenset(outcomes))


def share_right(reads: Sequence[SentenceRead]) -> float:
    """Return the accuracy: the share of the sentences whose likeliest trade is right; NaN without sentences."""
    return share_true([read.right for read in reads])


def by_genre(reads: Sequence[SentenceRead]) -> dict[str, dict[str, float]]:
    """Return, for all sentences and for each genre: their number, the share right, the share sure, the share right among the sure."""
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
    """Return the share of the sentences with several trades whose trades are all found, and of those with one trade where another is found too."""
    several = [read for read in reads if len(read.sentence.activities) > 1]
    alone = [read for read in reads if len(read.sentence.activities) == 1]
    return {
        "les deux d’un double": share_true([read.all_asked for read in several]),
        "un de trop": share_true([len(read.asked) > 1 for read in alone]),
    }


def tenths(reads: Sequence[SentenceRead]) -> list[tuple[float, int, float, float]]:
    """Return the calibration by tenth of probability: upper bound, number of sentences, mean probability, share right."""
    rows = []
    for tenth in range(10):
        among = [read for read in reads if tenth / 10 < read.share <= (tenth + 1) / 10 + 1e-9]
        if among:
            mean = sum(read.share for read in among) / len(among)
            rows.append(((tenth + 1) / 10, len(among), mean, share_right(among)))
    return rows


def worst_pairs(reads: Sequence[SentenceRead], most: int = 20) -> list[tuple[str, str, int]]:
    """Return the most frequent confusions: main label, trade read, number of times."""
    pairs = Counter((read.sentence.activities[0], read.first) for read in reads if not read.right)
    return [
        (asked, first, times) for (asked, first), times in sorted(pairs.items(), key=lambda each: (-each[1], each[0]))
    ][:most]


def _same(codes: Sequence[str]) -> frozenset[str]:
    return frozenset(codes).union(*(twins_of(code) for code in codes))
