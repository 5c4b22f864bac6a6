"""Weights of words learned from past public contracts, kept as a table that a person can read (data/reference/termes_appris.csv)."""

import csv
import itertools
from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import sqrt

from matcher.paths import shipped

# Word, or pair of words, to activity or group, to weight.
Weights = Mapping[str, Mapping[str, float]]


def learned_scores(text_stems: Sequence[str], weights: Weights) -> dict[str, float]:
    """Return the points of each activity and group for a text: the sum of its words' weights over the square root of their number.

    That is the linear model that `matcher/evaluation/learning.py` fits: words and pairs of words, present or not, of unit length.
    """
    features = sorted(set(features_of(text_stems)))
    scores: dict[str, float] = {}
    for feature in features:
        for code, weight in weights.get(feature, {}).items():
            scores[code] = scores.get(code, 0.0) + weight
    return {code: score / sqrt(len(features)) for code, score in scores.items()}


def features_of(text_stems: Sequence[str]) -> list[str]:
    """Return the stems of a text and its pairs of neighbouring stems, joined by a space.

    Numbers tell nothing, nor do references (« 18TX004 ») that a buyer gives all its contracts.
    """
    words = [word for word in text_stems if word.isalpha()]
    return [*words, *(f"{first} {second}" for first, second in itertools.pairwise(words))]


@lru_cache(maxsize=1)
def learned_weights() -> Weights:
    """Return the shipped table."""
    weights: dict[str, dict[str, float]] = {}
    with shipped("data/reference/termes_appris.csv").open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file, delimiter=";")
        next(lines)
        for term, target, weight in lines:
            weights.setdefault(term, {})[target] = float(weight)
    return weights
