"""Learning the weights of words from past contracts that their CPV labels: what fills termes_appris.csv, and what measures it.

Two steps of logistic regression (scikit-learn): which group, then inside each group which activity. Groups and activities
weigh the same however many contracts they have: building sites are a third of all contracts, not a third of what is asked here.
scikit-learn is imported where it learns: it costs a second.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

from matcher.cleaning.markup import plain_text
from matcher.cleaning.words import stems
from matcher.evaluation.contracts import Contract, marches
from matcher.paths import shipped
from matcher.reading.place.proper_names import without_names
from matcher.reading.trade.learned import features_of
from matcher.reference.tables import read_rows
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.cpv import cpv_weights, normalise_cpv

FEWEST_CONTRACTS = 6  # of a word, below which it is chance
FEWEST_BUYERS = 3  # of a word, below which it is a habit of theirs
FEWEST_EXAMPLES = 12  # of an activity, below which nothing is learned of it
STRENGTH_GROUPS, STRENGTH_LEAVES = 3.0, 2.0  # C of the regressions
LEAST_WEIGHT = 0.5
LEAST_LABEL = 0.5  # a CPV that maps to its activity by less is no label


Facts = dict[tuple[str, str], float]


@dataclass(frozen=True, slots=True)
class PastContract:
    """A past contract: its object, the features of it, the activity or group that its CPV tells, and who bought (SIREN)."""

    objet: str
    features: tuple[str, ...]
    code: str
    buyer: str


def examples(contracts: Path) -> list[PastContract]:
    """Read a DECP 2019 file: each object with a telling CPV, once, but for those labelled by hand, which are never learned from.

    Raises LotsError where the file is not one.
    """
    return list(_examples(marches(contracts)))


def every_object(contracts: Path) -> list[tuple[str, str]]:
    """Return (object, CPV as written) of every contract of a DECP 2019 file. Raises LotsError where the file is not one."""
    return [(str(marche.get("objet") or ""), str(marche.get("codeCPV") or "")) for marche in marches(contracts)]


def digest(objet: str) -> str:
    """Return what stands for an object in the table of those labelled by hand, so that the object itself is not copied."""
    return hashlib.sha256(objet.strip().encode()).hexdigest()[:16]


@lru_cache(maxsize=1)
def by_hand() -> dict[str, dict[str, str]]:
    """Return the rows of data/evaluation/lectures.csv by digest."""
    return {row["empreinte"]: row for row in read_rows(shipped("data/evaluation/lectures.csv"))}


def learn(contracts: Sequence[PastContract]) -> Facts:
    """Return the weight of each (word or pair, group or activity) that tells something. Same contracts, same weights."""
    group_of = taxonomy().group_of
    facts = _learn(contracts, [group_of(example.code) for example in contracts], STRENGTH_GROUPS)
    for group in sorted({group_of(example.code) for example in contracts}):
        inside = [example for example in contracts if group_of(example.code) == group != example.code]
        facts |= _learn(inside, [example.code for example in inside], STRENGTH_LEAVES)
    return facts


def _examples(its: Sequence[Contract]) -> Iterator[PastContract]:
    seen: set[tuple[str, ...]] = set()
    for marche in its:
        objet = str(marche.get("objet") or "")
        code, _ = normalise_cpv(str(marche.get("codeCPV") or ""))
        weights = cpv_weights(code) if code else {}
        words = tuple(sorted(set(features_of(stems(objet)))))
        if not words or words in seen or not weights or digest(objet) in by_hand():
            continue
        best = max(weights, key=lambda target: (weights[target], target))
        if weights[best] >= LEAST_LABEL:
            seen.add(words)
            features = tuple(sorted(set(features_of(stems(without_names(plain_text(objet)))))))
            yield PastContract(objet, features, best, str((marche.get("acheteur") or {}).get("id") or "")[:9])


def _learn(contracts: Sequence[PastContract], labels: Sequence[str], strength: float) -> Facts:
    from sklearn.linear_model import LogisticRegression

    common = Counter(labels)
    kept = [
        (example, label) for example, label in zip(contracts, labels, strict=True) if common[label] >= FEWEST_EXAMPLES
    ]
    vocabulary = _vocabulary([example for example, _ in kept])
    classes = sorted({label for _, label in kept})
    if len(classes) < 2 or not vocabulary:
        return {}
    model = LogisticRegression(C=strength, fit_intercept=False, max_iter=400, random_state=0, class_weight="balanced")
    model.fit(_matrix([example.features for example, _ in kept], vocabulary), [label for _, label in kept])
    weights = model.coef_ if len(classes) > 2 else np.vstack([-model.coef_[0], model.coef_[0]])
    return {
        (vocabulary[column], classes[row]): float(weights[row, column])
        for row, column in zip(*np.nonzero(np.abs(weights) >= LEAST_WEIGHT), strict=True)
    }


def _vocabulary(contracts: Sequence[PastContract]) -> list[str]:
    times: Counter[str] = Counter()
    buyers: dict[str, set[str]] = {}
    for example in contracts:
        for word in example.features:
            times[word] += 1
            buyers.setdefault(word, set()).add(example.buyer)
    return sorted(word for word, n in times.items() if n >= FEWEST_CONTRACTS and len(buyers[word]) >= FEWEST_BUYERS)


def _matrix(documents: Sequence[Sequence[str]], vocabulary: Sequence[str]) -> csr_matrix:
    """Presence of each word, each row of unit length over all the document's words, as `learned_scores` reads them."""
    column = {word: i for i, word in enumerate(vocabulary)}
    cells = [
        (row, column[word], 1 / np.sqrt(len(words)))
        for row, words in enumerate(documents)
        for word in words
        if word in column
    ]
    rows, columns, values = zip(*cells, strict=True)
    return csr_matrix((values, (rows, columns)), shape=(len(documents), len(vocabulary)))
