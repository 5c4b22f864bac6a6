"""Trains the trade model (`model.py`) on a corpus of labelled needs (scikit-learn, imported by the functions that fit).

Four steps: margins of each clause, by models that have not seen its sentence; weights of clauses by their cues, so that sentences are read right
(L-BFGS); then one linear model on sentences whose clauses have these weights; last, a logistic regression that decides when another trade is asked too. The
same sentences give the same model on one machine.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, diags, hstack

from matcher.reading.trade.clauses import BLOCKS, PIECE, STEM, TERM, WORD, Clause, clauses_of, cues_of
from matcher.reading.trade.corpus import CorpusSentence, shipped_words
from matcher.reading.trade.model import BLOCK_LENGTHS, OTHER_SIGNS, Floats, TradeModel, scale_count, signs_of_others
from matcher.reference.trades.lexicon import LOTS, lexicon
from matcher.reference.trades.links import twins_of

# Sentences that a feature of each block needs: a piece of a word, a stem or a pair of stems, seen once is chance; a word seen once may be a name
# of the trade.
FEWEST = (1, 2, 1, 2)
# Terms of the lexicon of this weight and more are short sentences, of half the weight of a sentence; words of a trade, of 0.3.
TOLD, TERM_WEIGHT, WORDS_WEIGHT = 3, 0.5, 0.3
# Each is read by its words, pieces and stems, never by the lexicon, which would be learned to be always right; a term again by its pieces alone,
# as it is when a letter slips.
SHORT_FEATURES = (WORD, PIECE, STEM)
# Each trade of a sentence after the first is learned at half the weight of the first, so that the first stays first.
SECOND_WEIGHT = 0.5
# Loss against simplicity: the C of linear support vectors; the usual values between .1 and 1 read folds alike.
STRENGTH, TOLERANCE = 0.3, 0.1
# A cue is an opener, or a word of so many sentences (grammar, « cherchons », « besoin »), of so many clauses: words of a trade are none.
CUE_SENTENCES, CUE_CLAUSES = 300, 30
CUE_STRENGTH, CUE_STEPS = 3.0, 60
INNER_FOLDS = 3
# Sentences, drawn with a seed, that cues are learned from: their numbers need no more, and each of the inner fits is of two thirds of them.
CUE_SAMPLE = 30_000
# Loss against simplicity of what signs tell; ten times less reads folds a little worse.
OTHER_STRENGTH = 10.0
# One sentence in so many tries the model that has not seen it, to learn when another trade is asked too.
HELD_OUT = 5
# Weights written, the largest by how much they are used: a table of 6 MB; a third fewer read two sentences of a hundred worse.
MOST_WEIGHTS = 2_000_000

# The clauses of a sentence, and the activities that it asks for.
CutSentence = tuple[tuple[Clause, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Blocks:
    """Features of clauses by block: the names of each block in order, and a matrix of clauses by names, rarities applied."""

    names: tuple[str, ...]
    rarities: Floats
    matrices: tuple[csr_matrix, ...]


def train(sentences: Sequence[CorpusSentence], *, terms: bool = True) -> TradeModel:
    """Return the model learned from sentences, and, where `terms`, from short ones: terms of the lexicon, words of trades. Raises ValueError for under two
    outcomes."""
    read = cut_sentences(sentences)
    clauses, labels, weights = with_terms(read) if terms else _unzipped(read)
    outcomes = tuple(sorted({code for codes in labels for code in codes}))
    if len(outcomes) < 2:
        raise ValueError("a model needs two outcomes")
    own = np.repeat(np.arange(len(clauses)), [len(its) for its in clauses])
    blocks = blocks_of(clauses)
    first = np.array([outcomes.index(codes[0]) for codes in labels])
    cues, cue_weights, counts = _cue_weights(clauses[: len(read)], own, blocks, first, weights)
    counts = np.concatenate([counts, np.ones(len(own) - len(counts), np.float32)])
    sentences_by_names = assemble(blocks, own, counts, len(clauses))
    rows, targets, row_weights = with_second(labels, outcomes, weights)
    held_out = (rows % HELD_OUT == 0) & (rows < len(read))
    digest = corpus_digest([*sentences, *(shipped_words() if terms else ())])

    def model_of(mask: NDArray[np.bool_]) -> TradeModel:
        coefficients, bias = fit_few(sentences_by_names[rows[mask]], targets[mask], row_weights[mask], len(outcomes))
        return compact(digest, outcomes, cues, cue_weights, blocks, coefficients, bias)

    other_weights = _other_weights(model_of(~held_out), read[::HELD_OUT])
    return replace(model_of(np.ones(len(rows), dtype=bool)), other_weights=other_weights)


def corpus_digest(sentences: Iterable[CorpusSentence]) -> str:
    """Return the SHA-256 of the activities and words of sentences; terms of the lexicon are not in it."""
    digest = hashlib.sha256()
    for sentence in sentences:
        digest.update(f"{' '.join(sentence.activities)};{sentence.objet}\n".encode())
    return digest.hexdigest()


def cut_sentences(sentences: Iterable[CorpusSentence]) -> list[CutSentence]:
    """Return the clauses of each sentence that has a word, and the activities that it asks for."""
    return [(cut, sentence.activities) for sentence in sentences if (cut := clauses_of(sentence.objet))]


def short_sentences() -> list[tuple[str, str, tuple[str, ...], float]]:
    """Return the terms of the lexicon that name an activity outright and the words of trades: the text, the activity, the blocks of features that it
    is read by, its weight."""
    terms = [(term.text, term.target) for term in lexicon(LOTS) if term.weight >= TOLD and "." in term.target]
    return [
        *((text, code, blocks, TERM_WEIGHT) for blocks in (SHORT_FEATURES, (PIECE,)) for text, code in terms),
        *((words.objet, words.activities[0], SHORT_FEATURES, WORDS_WEIGHT) for words in shipped_words()),
    ]


def with_terms(
    read: Sequence[CutSentence],
) -> tuple[list[tuple[Clause, ...]], list[tuple[str, ...]], NDArray[np.float64]]:
    """Return the clauses of sentences, what they ask for and their weights, 1 each, then those of `short_sentences`."""
    clauses, labels, weights = _unzipped(read)
    lightness: list[float] = []
    for text, code, blocks, weight in short_sentences():
        cut = []
        for clause in clauses_of(text):
            pairs = zip(BLOCKS, clause.features, strict=True)
            features = tuple(of_block if block in blocks else {} for block, of_block in pairs)
            cut.append(Clause(clause.opener, clause.words, features))
        clauses.append(tuple(cut))
        labels.append((code,))
        lightness.append(weight)
    return clauses, labels, np.append(weights, lightness)


def _unzipped(
    read: Sequence[CutSentence],
) -> tuple[list[tuple[Clause, ...]], list[tuple[str, ...]], NDArray[np.float64]]:
    return [cut for cut, _ in read], [codes for _, codes in read], np.ones(len(read))


def blocks_of(clauses: Sequence[tuple[Clause, ...]]) -> Blocks:
    """Return the features of all clauses of sentences, without the names that too few sentences have (`FEWEST`)."""
    every = list(chain.from_iterable(clauses))
    names: list[str] = []
    rarities: list[Floats] = []
    matrices: list[csr_matrix] = []
    for block, fewest in enumerate(FEWEST):
        uses: Counter[str] = Counter()
        for sentence_clauses in clauses:
            uses.update({name for clause in sentence_clauses for name in clause.features[block]})
        remaining = sorted(name for name, count in uses.items() if count >= fewest)
        rare = np.array([1.0 + np.log((1 + len(clauses)) / (1 + uses[name])) for name in remaining], np.float32)
        rarity = np.ones(len(remaining), np.float32) if BLOCKS[block] == TERM else rare
        places = {name: place for place, name in enumerate(remaining)}
        cells = [
            (row, places[name], scale_count(count, block))
            for row, clause in enumerate(every)
            for name, count in clause.features[block].items()
            if name in places
        ]
        rows, columns, values = zip(*cells, strict=True) if cells else ((), (), ())
        shape = len(every), len(places)
        matrices.append(csr_matrix((np.array(values, np.float32), (rows, columns)), shape=shape) @ diags(rarity))
        names += remaining
        rarities.append(rarity)
    return Blocks(tuple(names), np.concatenate(rarities), tuple(matrices))


def assemble(blocks: Blocks, own: NDArray[np.int64], counts: Floats, size: int) -> csr_matrix:
    """Return the matrix (sentences, features): the sum of their clauses weighted by `counts`, each block scaled to its length."""
    of_sentence = csr_matrix((counts, (own, np.arange(len(own)))), shape=(size, len(own)))
    parts = []
    for matrix, length in zip(blocks.matrices, BLOCK_LENGTHS, strict=True):
        summed = csr_matrix(of_sentence @ matrix)
        parts.append(diags((length / _norms(summed)).astype(np.float32)) @ summed)
    return hstack(parts, format="csr", dtype=np.float32)


def _norms(matrix: csr_matrix) -> Floats:
    norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return np.where(norms > 0, norms, 1.0).astype(np.float32)


def with_second(
    labels: Sequence[Sequence[str]], outcomes: Sequence[str], weights: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return the rows to learn from, with outcome and weight: each sentence for its first trade, and again, lighter, for each of the others."""
    place = {code: at for at, code in enumerate(outcomes)}
    rows = [
        (row, place[code], weights[row] * (SECOND_WEIGHT if rank else 1.0))
        for row, codes in enumerate(labels)
        for rank, code in enumerate(codes)
    ]
    every, targets, worth = zip(*rows, strict=True)
    return np.array(every), np.array(targets), np.array(worth)


def fit(
    matrix: csr_matrix, targets: NDArray[np.int64], weights: NDArray[np.float64], size: int
) -> tuple[Floats, Floats]:
    """Return coefficients (features, outcomes) and biases of one margin an outcome; an outcome that no row has gets a margin of -1."""
    from sklearn.svm import LinearSVC

    machine = LinearSVC(C=STRENGTH, tol=TOLERANCE, random_state=0)
    machine.fit(matrix, targets, sample_weight=weights)
    coefficients = np.zeros((matrix.shape[1], size), np.float32)
    bias = np.full(size, -1.0, np.float32)
    if len(machine.classes_) == 2:
        coefficients[:, machine.classes_] = np.stack([-machine.coef_[0], machine.coef_[0]], axis=1)
        bias[machine.classes_] = (-machine.intercept_[0], machine.intercept_[0])
    else:
        coefficients[:, machine.classes_] = machine.coef_.T
        bias[machine.classes_] = machine.intercept_
    return coefficients, bias


def fit_few(
    matrix: csr_matrix, targets: NDArray[np.int64], weights: NDArray[np.float64], size: int
) -> tuple[Floats, Floats]:
    """Return what `fit` does with `MOST_WEIGHTS` coefficients and those equal to the last, the others 0.

    Each outcome is fitted again on the features where it has these: one sentence of a hundred more is read right than by what is left of the first fit.
    """
    coefficients, bias = fit(matrix, targets, weights, size)
    if coefficients.size <= MOST_WEIGHTS:
        return coefficients, bias
    use = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=0)).ravel())
    amounts = np.abs(coefficients) * use[:, None]
    large = amounts >= np.partition(amounts.ravel(), -MOST_WEIGHTS)[-MOST_WEIGHTS]
    columns = matrix.tocsc()
    for outcome in np.unique(targets).tolist():
        features = np.flatnonzero(large[:, outcome])
        coefficients[~large[:, outcome], outcome] = 0.0
        if len(features):
            again, own_bias = fit(columns[:, features].tocsr(), (targets == outcome).astype(np.int64), weights, 2)
            coefficients[features, outcome], bias[outcome] = again[:, 1], own_bias[1]
    return coefficients, bias


def _cue_weights(
    clauses: Sequence[tuple[Clause, ...]],
    own: NDArray[np.int64],
    blocks: Blocks,
    first: NDArray[np.int64],
    weights: NDArray[np.float64],
) -> tuple[tuple[str, ...], Floats, Floats]:
    """Return the cues, their weights, and the weight of each clause by them."""
    size = len(clauses)
    count = int(np.searchsorted(own, size))
    cues, marks = _cues(clauses)
    matrix = assemble(blocks, own, np.ones(len(own), np.float32), len(first))
    margins = np.zeros((count, int(first.max()) + 1), np.float32)
    # Clauses by names, each divided by the length of its whole sentence: their sum is the sentence.
    of_sentence = csr_matrix((np.ones(len(own), np.float32), (own, np.arange(len(own)))), shape=(len(first), len(own)))
    parts = [
        diags((length / _norms(csr_matrix(of_sentence @ block)))[own]) @ block
        for block, length in zip(blocks.matrices, BLOCK_LENGTHS, strict=True)
    ]
    within = hstack(parts, format="csr", dtype=np.float32)
    draw = np.random.default_rng(0)
    folds = draw.integers(INNER_FOLDS, size=size)
    folds[draw.permutation(size)[CUE_SAMPLE:]] = INNER_FOLDS  # outside the sample
    for fold in range(INNER_FOLDS):
        learned = np.append((folds != fold) & (folds < INNER_FOLDS), np.ones(len(first) - size, dtype=bool))
        coefficients, _ = fit(matrix[learned], first[learned], weights[learned], margins.shape[1])
        here = np.flatnonzero(folds[own[:count]] == fold)
        margins[here] = within[here] @ coefficients
    sampled = folds[own[:count]] < INNER_FOLDS
    sentences, own_sampled = np.unique(own[:count][sampled], return_inverse=True)
    result = _solve(marks[sampled], margins[sampled], own_sampled, first[sentences])
    return cues, result, (2.0 / (1.0 + np.exp(-(marks @ result)))).astype(np.float32)


def _other_weights(model: TradeModel, tried: Sequence[CutSentence]) -> Floats:
    """Return a constant and the weights of the signs by which a sentence asks for another trade too, learned on sentences new to the model."""
    from sklearn.linear_model import LogisticRegression

    signs: list[Floats] = []
    targets: list[bool] = []
    for clauses, codes in tried:
        _, others, of_others = signs_of_others(model.clause_margins(clauses), model.bias, model.apart)
        signs.append(of_others)
        several = codes if len(codes) > 1 else ()
        targets += [
            not {model.outcomes[other], *twins_of(model.outcomes[other])}.isdisjoint(several) for other in others
        ]
    if len(set(targets)) < 2:
        return np.array([-10.0] + [0.0] * OTHER_SIGNS, np.float32)
    regression = LogisticRegression(C=OTHER_STRENGTH, max_iter=2000).fit(np.concatenate(signs), targets)
    return np.append(regression.intercept_, regression.coef_[0]).astype(np.float32)


def _cues(clauses: Sequence[tuple[Clause, ...]]) -> tuple[tuple[str, ...], csr_matrix]:
    every = [cues for its in clauses for cues in cues_of(its)]
    in_sentences = Counter(word for its in clauses for word in {word for clause in its for word in clause.words})
    in_clauses = Counter(cue for cues in every for cue in cues)
    common_cues = []
    for cue, count in sorted(in_clauses.items()):
        kind, _, word = cue.partition("=")
        is_common = kind in ("op", "pop", "nop") or in_sentences.get(word, 0) >= CUE_SENTENCES
        if is_common and count >= CUE_CLAUSES:
            common_cues.append(cue)
    return tuple(common_cues), _marks(every, common_cues)


def _marks(every: Sequence[Iterable[str]], remaining: Sequence[str]) -> csr_matrix:
    """Return the matrix (clauses, cues), 1 where a clause has a cue."""
    place = {cue: at for at, cue in enumerate(remaining)}
    cells = [(row, place[cue]) for row, cues in enumerate(every) for cue in sorted(cues) if cue in place]
    rows, columns = zip(*cells, strict=True) if cells else ((), ())
    return csr_matrix((np.ones(len(cells)), (rows, columns)), shape=(len(every), len(remaining)))


def _solve(marks: csr_matrix, margins: Floats, own: NDArray[np.int64], first: NDArray[np.int64]) -> Floats:
    """Return the weights of cues that minimise minus the log share of the right trades, plus the squares of the weights."""
    size, rows = len(first), np.arange(len(first))
    of_sentence = csr_matrix((np.ones(len(own)), (own, np.arange(len(own)))), shape=(size, len(own)))
    margins64 = margins.astype(np.float64)

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        cues, sharpness = parameters[:-1], float(np.exp(parameters[-1]))
        half = 1.0 / (1.0 + np.exp(-(marks @ cues)))
        summed = of_sentence @ (2.0 * half[:, None] * margins64)
        scores = sharpness * summed
        scores -= scores.max(axis=1, keepdims=True)
        shares = np.exp(scores)
        shares /= shares.sum(axis=1, keepdims=True)
        missed = -float(np.log(shares[rows, first] + 1e-12).sum())
        shares[rows, first] -= 1.0
        by_clause = sharpness * np.einsum("ij,ij->i", margins64, shares[own]) * 2.0 * half * (1.0 - half)
        slope = np.append(marks.T @ by_clause + CUE_STRENGTH * cues, sharpness * float((shares * summed).sum()))
        return missed + 0.5 * CUE_STRENGTH * float(cues @ cues), slope

    begun = np.append(np.zeros(marks.shape[1]), np.log(4.0))
    solved = minimize(loss, begun, jac=True, method="L-BFGS-B", options={"maxiter": CUE_STEPS})
    return np.asarray(solved.x[:-1], np.float32)


def compact(
    corpus: str,
    outcomes: tuple[str, ...],
    cues: tuple[str, ...],
    cue_weights: Floats,
    blocks: Blocks,
    coefficients: Floats,
    bias: Floats,
) -> TradeModel:
    """Return the model of the features that have a coefficient: weights as integers times a scale of their feature; the weights of signs are 0, to be
    learned later."""
    seen = np.flatnonzero(coefficients.any(axis=1))
    pruned = coefficients[seen]
    scales = (np.abs(pruned).max(axis=1) / 127.0).astype(np.float16).astype(np.float32)
    whole = np.rint(np.divide(pruned, scales[:, None], out=np.zeros_like(pruned), where=scales[:, None] > 0)).astype(
        np.int8
    )
    keys = np.array([crc32(blocks.names[at].encode()) for at in seen.tolist()], np.uint32)
    order = np.argsort(keys, kind="stable")
    whole = whole[order]
    rows, columns = np.nonzero(whole)
    return TradeModel(
        corpus=corpus,
        outcomes=outcomes,
        cues=cues,
        cue_weights=cue_weights,
        keys=keys[order],
        rarities=blocks.rarities[seen][order].astype(np.float16),
        counts=np.bincount(rows, minlength=len(keys)).astype(np.uint8),
        columns=columns.astype(np.uint8),
        weights=whole[rows, columns],
        scales=scales[order].astype(np.float16),
        bias=bias,
        other_weights=np.zeros(1 + OTHER_SIGNS, np.float32),
    )
