"""The one visible list of weights: integers that sum to 100 per profile, by the key of the signal."""

from collections.abc import Mapping
from types import MappingProxyType

# One line a signal, one column a profile: as a rule, and where the buyer wants its incumbents first (`--titulaires`):
# past contracts then decide, with it or with another. A signal of weight nothing is shown and does not move the order. docs/scoring.md tells
# how they were compared.
_WEIGHTS = {
    "activity": (30, 23),
    "proximity": (37, 27),
    "kind": (25, 18),
    "references": (4, 13),
    "incumbent": (0, 15),
    "wording": (2, 2),
    "capacity": (1, 1),
    "freshness": (1, 1),
}


def _profile(column: int) -> Mapping[str, int]:
    return MappingProxyType({signal: weights[column] for signal, weights in _WEIGHTS.items()})


DEFAULT, INCUMBENTS_FIRST = _profile(0), _profile(1)
