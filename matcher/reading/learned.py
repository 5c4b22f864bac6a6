"""Weights of words learned from past public contracts, kept as a table that a person can read (data/reference/termes_appris.csv)."""

import csv
import itertools
from collections.abc import Mapping
from functools import lru_cache
from math import sqrt

from matcher.cleaning.words import stems
from matcher.paths import shipped


def learned_scores(text: str) -> dict[str, float]:
    """Return the points of each activity for a text: the sum of its words' weights over the square root of their number.

    That is the linear model that `data/build/terms.py` fits: words and pairs of words, present or not, of unit length.
    """
    features = sorted(set(features_of(text)))
    scores: dict[str, float] = {}
    for feature in features:
        for code, weight in _weights().get(feature, {}).items():
            scores[code] = scores.get(code, 0.0) + weight
    return {code: score / sqrt(len(features)) for code, score in scores.items()}


def features_of(text: str) -> list[str]:
    """Return the stems of a text and its pairs of neighbouring stems, joined by a space. Numbers tell nothing."""
    words = [word for word in stems(text) if not word.isdigit()]
    return [*words, *(f"{first} {second}" for first, second in itertools.pairwise(words))]


@lru_cache(maxsize=1)
def _weights() -> Mapping[str, Mapping[str, float]]:
    weights: dict[str, dict[str, float]] = {}
    with shipped("data/reference/termes_appris.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            weights.setdefault(row["terme"], {})[row["cible"]] = float(row["poids"])
    return weights
