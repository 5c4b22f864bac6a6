"""Trains the trade model again on the shipped corpus and the sentences of a catalogue, and measures what these change on sentences held out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from matcher.reading.trade.corpus import CorpusSentence, shipped_words, words_key
from matcher.reading.trade.model import Floats, TradeModel
from matcher.reading.trade.training import (
    HELD_OUT,
    assemble,
    blocks_of,
    compact,
    corpus_digest,
    cut_sentences,
    fit,
    fit_few,
    with_second,
    with_terms,
)
from matcher.reference.trades.links import twins_of

# A sentence that an organisation corrected is the very one that it will type again: it counts as two of the corpus, which is enough for eight
# read wrong to be read right, and surely. At five, ten of a wrong trade cost twice what they brought.
ADDED_WEIGHT = 2.0


@dataclass(frozen=True, slots=True)
class Relearned:
    """A model learned from the shipped corpus and from `added` sentences, and what those change to sentences of the corpus that it had not seen
    meanwhile: how many were `tried`, and of them those whose trade is read right (`gained`), or wrong (`lost`), by them alone."""

    model: TradeModel
    added: int
    tried: int
    gained: int
    lost: int

    @property
    def error(self) -> float:
        """One standard error of what is gained less what is lost."""
        return float(np.sqrt(self.gained + self.lost))

    @property
    def loses(self) -> bool:
        """Return whether more is lost than chance explains."""
        return self.lost - self.gained > self.error


def relearn(
    base: TradeModel,
    shipped: Sequence[CorpusSentence],
    added: Sequence[CorpusSentence],
    tell: Callable[[str], None] = lambda _: None,
) -> Relearned:
    """Return the model learned from the shipped corpus and from added sentences, which take the place of those of the same words, and what it
    gains and loses on a fold of the corpus. What a clause counts and when another trade is asked are as in `base`.

    `tell` is given the name of each step, in French. Three fits, each of five minutes of processor on the whole corpus.
    """
    words = {words_key(sentence.objet) for sentence in added}
    corpus_sentences = [sentence for sentence in shipped if words_key(sentence.objet) not in words]
    known, new = cut_sentences(corpus_sentences), cut_sentences(added)
    clauses, labels, weights = with_terms([*known, *new])
    size = len(known) + len(new)
    outcomes = tuple(sorted({code for codes in labels for code in codes}))
    own = np.repeat(np.arange(len(clauses)), [len(its) for its in clauses])
    tell("mots et tournures")
    blocks = blocks_of(clauses)
    counts = np.ones(len(own), np.float32)
    of_sentences = [count for cut in clauses[:size] for count in base.clause_weights(cut)]
    counts[: len(of_sentences)] = of_sentences
    matrix = assemble(blocks, own, counts, len(clauses))
    weights[len(known) : size] = ADDED_WEIGHT
    rows, targets, row_weights = with_second(labels, outcomes, weights)

    def fit_on(learned: NDArray[np.bool_]) -> tuple[Floats, Floats]:
        return fit(matrix[rows[learned]], targets[learned], row_weights[learned], len(outcomes))

    tried = np.arange(0, len(known), HELD_OUT)
    learned_rows = (rows % HELD_OUT != 0) | (rows >= len(known))
    tell("épreuve sans vos phrases")
    before = _right(matrix[tried], *fit_on(learned_rows & ((rows < len(known)) | (rows >= size))), outcomes, labels)
    tell("épreuve avec vos phrases")
    after = _right(matrix[tried], *fit_on(learned_rows), outcomes, labels)
    tell("apprentissage")
    coefficients, bias = fit_few(matrix[rows], targets, row_weights, len(outcomes))
    model = replace(
        compact(
            corpus_digest([*corpus_sentences, *added, *shipped_words()]),
            outcomes,
            base.cues,
            base.cue_weights,
            blocks,
            coefficients,
            bias,
        ),
        other_weights=base.other_weights,
    )
    return Relearned(model, len(new), len(tried), int((after & ~before).sum()), int((before & ~after).sum()))


def _right(
    matrix: csr_matrix, coefficients: Floats, bias: Floats, outcomes: Sequence[str], labels: Sequence[Sequence[str]]
) -> NDArray[np.bool_]:
    """Return whether the likeliest outcome of each sentence tried, one in `HELD_OUT`, is asked for, or is one trade with what is."""
    likeliest = np.asarray(matrix @ coefficients + bias).argmax(axis=1).tolist()
    firsts = (outcomes[column] for column in likeliest)
    return np.array(
        [not {first, *twins_of(first)}.isdisjoint(labels[at * HELD_OUT]) for at, first in enumerate(firsts)], bool
    )
