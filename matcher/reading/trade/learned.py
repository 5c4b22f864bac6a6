"""Weights of words learned from past public contracts, kept as a table that a person can read (data/reference/termes_appris.csv)."""

import itertools
from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import sqrt

from matcher.domain.kinds import SupplierKind
from matcher.reference.tables import rows

# Word, or pair of words, to activity or group, to weight.
Weights = Mapping[str, Mapping[str, float]]
_KINDS = frozenset(kind.value.lower() for kind in SupplierKind)
# Position of a stem to the groups that a person has said of it.
Settled = Mapping[int, frozenset[str]]
NOTHING_SETTLED: Settled = {}
# What was learned of stems that a person has settled counts for this share where it gainsays them: enough to rank the other groups.
HUSHED = 0.3


def learned_scores(text_stems: Sequence[str], weights: Weights, settled: Settled = NOTHING_SETTLED) -> dict[str, float]:
    """Return the points of each activity and group for a text: the sum of its words' weights over the square root of their number.

    That is the linear model that `matcher/evaluation/learning.py` fits: words and pairs of words, present or not, of unit length.
    What was learned of stems that are all `settled` backs the groups that were said of them, and hardly gainsays them.
    """
    features = sorted(set(features_of(text_stems)))
    said = _said(text_stems, settled) if settled else {}
    scores: dict[str, float] = {}
    for feature in features:
        groups = said.get(feature)
        for code, weight in weights.get(feature, {}).items():
            gainsays = groups and "." not in code and (code in groups) == (weight < 0)
            scores[code] = scores.get(code, 0.0) + (HUSHED * weight if gainsays else weight)
    return {code: score / sqrt(len(features)) for code, score in scores.items()}


def features_of(text_stems: Sequence[str]) -> list[str]:
    """Return the stems of a text and its pairs of neighbouring stems, joined by a space.

    Numbers tell nothing, nor do references (« 18TX004 ») that a buyer gives all its contracts, nor kinds of suppliers (« ACI »).
    """
    words = [word for word in text_stems if _tells(word)]
    return [*words, *(f"{first} {second}" for first, second in itertools.pairwise(words))]


def _tells(word: str) -> bool:
    return word.isalpha() and word not in _KINDS


def _said(text_stems: Sequence[str], settled: Settled) -> dict[str, frozenset[str]]:
    """The groups said of each feature whose stems are settled wherever it stands; none of a feature that is not."""
    words = [settled.get(place, frozenset()) for place, word in enumerate(text_stems) if _tells(word)]
    groups = [
        *words,
        *(first | second if first and second else frozenset() for first, second in itertools.pairwise(words)),
    ]
    said: dict[str, frozenset[str]] = {}
    for feature, its in zip(features_of(text_stems), groups, strict=True):
        said[feature] = said.get(feature, its) | its if its and said.get(feature, its) else frozenset()
    return said


@lru_cache(maxsize=1)
def learned_weights() -> Weights:
    """Return the shipped table."""
    weights: dict[str, dict[str, float]] = {}
    for row in rows("termes_appris"):
        weights.setdefault(row["terme"], {})[row["cible"]] = float(row["poids"])
    return weights
