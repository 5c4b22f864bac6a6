"""termes_appris.csv: weights of words, learned from past public contracts that their CPV labels.

Two steps of logistic regression (scikit-learn) on the objects of contracts: which group, then inside each group which activity.
Only weights that matter are written, so that a person can read the table; no model is pickled. The contracts themselves stay where
they are, in a file of the DECP 2019 format beside the project.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from data.build.packages import REFERENCE, write_table
from matcher.reading.learned import features_of
from matcher.reference.activities import taxonomy
from matcher.reference.cpv import cpv_weights, normalise_cpv

CONTRACTS = REFERENCE.parents[2] / "shared/data/sources/decp_2018_2020.json"
FEWEST_CONTRACTS = 8  # of a word, below which it is chance
FEWEST_EXAMPLES = 12  # of an activity, below which nothing is learned of it
STRENGTH_GROUPS, STRENGTH_LEAVES = 3.0, 2.0  # C of the regressions
LEAST_WEIGHT = 0.5
LEAST_LABEL = 0.5  # a CPV that maps to its activity by less is no label

Example = tuple[list[str], str]


def build(contracts: Path = CONTRACTS) -> None:
    """Learn from a DECP file and write termes_appris.csv: term, activity or group, weight to the hundredth."""
    examples = list(_examples(contracts))
    group_of = taxonomy().group_of
    facts = _learn([words for words, _ in examples], [group_of(code) for _, code in examples], STRENGTH_GROUPS)
    for group in sorted({group_of(code) for _, code in examples}):
        inside = [(words, code) for words, code in examples if group_of(code) == group and code != group]
        facts |= _learn([words for words, _ in inside], [code for _, code in inside], STRENGTH_LEAVES)
    write_table(
        "termes_appris.csv", ("terme", "cible", "poids"), ((t, c, f"{w:.2f}") for (t, c), w in sorted(facts.items()))
    )


def _examples(contracts: Path) -> Iterator[Example]:
    """Yield (features, activity) of each contract with a telling CPV; the same object counts once."""
    seen: set[str] = set()
    for contract in json.loads(contracts.read_text(encoding="utf-8"))["marches"]:
        objet = contract.get("objet") or ""
        code, _ = normalise_cpv(str(contract.get("codeCPV") or ""))
        weights = cpv_weights(code) if code else {}
        features = sorted(set(features_of(objet)))
        key = " ".join(features)
        if not features or key in seen or not weights:
            continue
        best = max(weights, key=lambda target: (weights[target], target))
        if weights[best] >= LEAST_LABEL:
            seen.add(key)
            yield features, best


def _learn(documents: Sequence[list[str]], labels: Sequence[str], strength: float) -> dict[tuple[str, str], float]:
    common = Counter(labels)
    kept = [(words, label) for words, label in zip(documents, labels, strict=True) if common[label] >= FEWEST_EXAMPLES]
    counts = Counter(word for words, _ in kept for word in words)
    vocabulary = sorted(word for word, n in counts.items() if n >= FEWEST_CONTRACTS)
    classes = sorted({label for _, label in kept})
    if len(classes) < 2 or not vocabulary:
        return {}
    model = LogisticRegression(C=strength, fit_intercept=False, max_iter=400, random_state=0)
    model.fit(_matrix([words for words, _ in kept], vocabulary), [label for _, label in kept])
    weights = model.coef_ if len(classes) > 2 else np.vstack([-model.coef_[0], model.coef_[0]])
    return {
        (vocabulary[column], classes[row]): float(weights[row, column])
        for row, column in zip(*np.nonzero(np.abs(weights) >= LEAST_WEIGHT), strict=True)
    }


def _matrix(documents: Sequence[list[str]], vocabulary: Sequence[str]) -> csr_matrix:
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
