"""Groups similar purchase needs by text: TF-IDF vectors, cosine distance, agglomerative clustering with average linkage (scikit-learn, imported lazily).

A need's vector of unit length joins the TF-IDF of its word stems and pairs of stems with its recognised activities, weighted by confidence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot

import numpy as np
from numpy.typing import NDArray

from matcher.cleaning.markup import plain_text
from matcher.cleaning.words import stems
from matcher.domain.kinds import SupplierKind
from matcher.reading.place.proper_names import without_names
from matcher.reading.reader import read_need
from matcher.reference.trades.cpv import cpv_label, normalise_cpv
from matcher.reference.trades.links import homogeneous

# Weight of the activities in the similarity, words having the rest; mean distance, in [0, 1], from which needs are separate. Both chosen by precision and
# recall pooled over samples of whole buyers (docs/decisions/0028-families-are-proposed.md).
READ_SHARE = 0.2
FARTHEST = 0.6
# Greatest distance of needs whose trades are homogeneous by rule (activites_homogenes.csv): smaller, so that they are grouped.
HOMOGENEOUS = 0.3
# Most different needs: their distance matrix takes half a gigabyte, the limit of a small server.
MOST_NEEDS = 5_000
_ROWS_AT_ONCE = 500
# Digits of a CPV class, whose label is added to the words of the need.
CPV_CLASS = 4
_KINDS = frozenset(kind.value.lower() for kind in SupplierKind)


@dataclass(frozen=True, slots=True)
class ComparedNeed:
    """Features of a need: stems and pairs of stems (CPV class included), (activity, confidence) pairs, and `part_of`: the homogeneous group of its trade,
    empty if none or unsure."""

    words: tuple[str, ...]
    activities: tuple[tuple[str, float], ...]
    part_of: str = ""


def compare_need(objet: str, cpv: str = "") -> ComparedNeed:
    """Return the features of a need from its object and CPV as written; either may be empty."""
    text = plain_text(objet)
    words = features_of(stems(without_names(text)))
    code, _ = normalise_cpv(cpv)
    if code:
        words += features_of(stems(cpv_label(code[:CPV_CLASS].ljust(len(code), "0"))))
    _, understood = read_need(text, (cpv,) if code else ())
    activities = tuple((guess.code, guess.confidence) for guess in understood.activities)
    part_of = homogeneous().get(activities[0][0], "") if understood.sure and activities else ""
    return ComparedNeed(tuple(words), activities, part_of)


def features_of(text_stems: Sequence[str]) -> list[str]:
    """Return stems and pairs of neighbouring stems joined by a space, without numbers, references (« 18TX004 ») and kinds of suppliers (« ACI »)."""
    words = [word for word in text_stems if word.isalpha() and word not in _KINDS]
    return [*words, *(f"{first} {second}" for first, second in pairwise(words))]


def group_needs(needs: Sequence[ComparedNeed], settled: Sequence[str]) -> list[int | str]:
    """Return the group of each need: its name in `settled` if not empty, else the name of the nearest settled group if near enough, else the rank of the first
    need of its cluster. A need without words is alone. Deterministic for the same needs in the same order.
    """
    groups: list[int | str] = [name or rank for rank, name in enumerate(settled)]
    worded = [rank for rank, need in enumerate(needs) if need.words]
    if len(worded) < 2:
        return groups
    distances = _distances([needs[rank] for rank in worded])
    free = []
    names, means = _distances_to_settled(distances, [settled[rank] for rank in worded])
    for place, rank in enumerate(worded):
        if settled[rank]:
            continue
        if names and means[place].min() < FARTHEST:
            groups[rank] = names[int(means[place].argmin())]
        else:
            free.append(place)
    free_distances = distances if len(free) == len(worded) else distances[np.ix_(free, free)]
    for place, label in zip(free, _clusters(free_distances), strict=True):
        groups[worded[place]] = worded[free[label]]
    return groups


def _distances(needs: Sequence[ComparedNeed]) -> NDArray[np.float32]:
    """Return the (n, n) matrix of distances between needs, in [0, 1]."""
    from scipy.sparse import hstack
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.feature_extraction.text import TfidfVectorizer

    words = TfidfVectorizer(analyzer=lambda its: its, sublinear_tf=True).fit_transform([need.words for need in needs])
    lengths = [hypot(*(confidence for _, confidence in need.activities)) for need in needs]
    read = DictVectorizer().fit_transform(
        [
            {code: confidence / length for code, confidence in need.activities}
            for need, length in zip(needs, lengths, strict=True)
        ]
    )
    vectors = hstack([words * (1 - READ_SHARE) ** 0.5, read * READ_SHARE**0.5]).tocsr()
    distances = np.empty((len(needs), len(needs)), dtype=np.float32)
    for start in range(0, len(needs), _ROWS_AT_ONCE):
        part = slice(start, start + _ROWS_AT_ONCE)
        np.clip(1.0 - (vectors[part] @ vectors.T).toarray(), 0.0, 1.0, out=distances[part], casting="same_kind")
    for whole in sorted({need.part_of for need in needs} - {""}):
        parts = np.ix_(*[[rank for rank, need in enumerate(needs) if need.part_of == whole]] * 2)
        distances[parts] = np.minimum(distances[parts], HOMOGENEOUS)
    np.fill_diagonal(distances, 0.0)
    return distances


def _distances_to_settled(
    distances: NDArray[np.float32], settled: Sequence[str]
) -> tuple[list[str], NDArray[np.float32]]:
    """Return the names of the m settled groups in order, and the (n, m) mean distances of needs to groups."""
    names = sorted({name for name in settled if name})
    places = [[place for place, its in enumerate(settled) if its == name] for name in names]
    means = np.empty((len(settled), len(names)), dtype=np.float32)
    for column, own in enumerate(places):
        means[:, column] = distances[:, own].mean(axis=1)
    return names, means


def _clusters(distances: NDArray[np.float32]) -> list[int]:
    """Return the cluster of each need, named by the rank of its first member."""
    if len(distances) < 2:
        return list(range(len(distances)))
    from sklearn.cluster import AgglomerativeClustering

    model = AgglomerativeClustering(
        n_clusters=None, metric="precomputed", linkage="average", distance_threshold=FARTHEST
    )
    first: dict[int, int] = {}
    return [first.setdefault(label, rank) for rank, label in enumerate(model.fit_predict(distances).tolist())]
